"""When an issue goes, what it may be called, and what may happen to it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import issues
from newsletter.core.issues import ClockNote, check_allowed, check_line, check_words, resolve_wall_time
from newsletter.errors import IssueError
from newsletter.models import IssueStatus

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STOCKHOLM = "Europe/Stockholm"


def at(given, zone=STOCKHOLM):
    return resolve_wall_time(given, zone, now=NOON)


def test_nine_in_stockholm_in_december_is_eight_in_utc():
    resolved = at("2026-12-01 09:00")

    assert resolved.instant == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert resolved.instant.tzinfo is UTC
    assert (resolved.wall, resolved.zone, resolved.note) == ("2026-12-01 09:00", STOCKHOLM, None)


@pytest.mark.parametrize(
    "written",
    [
        "2026-12-01 09:00",
        " 2026-12-01 09:00 ",
        "2026-12-01 9:00",
        "2026-12-1 09.00",
        "2026-12-01T09:00",
        "2026-12-01 kl. 09.00",
        "2026-12-01 kl 9.00",
        "2026-12-01 09:00:00",
        "2026-12-01T09:00+01:00",
        "2026-12-01T09:00:00.000+0100",
        "2026-12-01T08:00Z",
        "2026-12-01T03:00:00-05:00",
    ],
)
def test_an_officer_may_write_the_same_time_in_many_ways(written):
    assert at(written).instant == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert at(written).wall == "2026-12-01 09:00"


def test_a_datetime_is_as_good_as_a_text():
    naive = datetime(2026, 12, 1, 9, 0)  # noqa: DTZ001

    assert at(naive) == at("2026-12-01 09:00")
    assert at(datetime(2026, 12, 1, 8, 0, tzinfo=UTC)) == at("2026-12-01 09:00")


@pytest.mark.parametrize(
    ("written", "wait"),
    [
        ("nu", timedelta(0)),
        ("Now", timedelta(0)),
        ("+5s", timedelta(seconds=5)),
        ("+10m", timedelta(minutes=10)),
        ("+10 min", timedelta(minutes=10)),
        ("+2h", timedelta(hours=2)),
        ("+2 tim", timedelta(hours=2)),
        ("+1d", timedelta(days=1)),
    ],
)
def test_now_and_a_wait_from_now_are_times_too(written, wait):
    assert at(written).instant == NOON + wait


def test_a_time_that_is_skipped_in_spring_moves_forward_and_says_so():
    resolved = at("2027-03-28 02:30")

    assert resolved.instant == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)  # 03:30 summer time
    assert resolved.note is ClockNote.MOVED_FORWARD
    assert resolved.wall == "2027-03-28 02:30"


def test_of_two_times_in_autumn_the_first_is_meant_and_that_is_said():
    resolved = at("2027-10-31 02:30")

    assert resolved.instant == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)  # still summer time
    assert resolved.note is ClockNote.FIRST_OF_TWO


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("2027-03-28 01:59:59", None),
        ("2027-03-28 02:00", ClockNote.MOVED_FORWARD),
        ("2027-03-28 02:59:59", ClockNote.MOVED_FORWARD),
        ("2027-03-28 03:00", None),
        ("2027-10-31 01:59:59", None),
        ("2027-10-31 02:00", ClockNote.FIRST_OF_TWO),
        ("2027-10-31 02:59:59", ClockNote.FIRST_OF_TWO),
        ("2027-10-31 03:00", None),
    ],
)
def test_only_the_hour_itself_is_remarked_upon(written, note):
    assert at(written).note is note


def test_an_offset_says_which_of_the_two_is_meant():
    first, second = at("2027-10-31T02:30+02:00"), at("2027-10-31T02:30+01:00")

    assert second.instant - first.instant == timedelta(hours=1)
    assert first.note is second.note is None


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "går inte att förstå"),
        ("i morgon", "går inte att förstå"),
        ("2026-12-01", "går inte att förstå"),
        ("09:00", "går inte att förstå"),
        ("1/12 2026 09:00", "går inte att förstå"),
        ("2026-12-01 09:00 CET", "går inte att förstå"),
        ("+5", "går inte att förstå"),
        ("-5s", "går inte att förstå"),
        ("２０２６-12-01 09:00", "går inte att förstå"),
        ("2026-02-30 09:00", "finns inte i kalendern"),
        ("2026-13-01 09:00", "finns inte i kalendern"),
        ("2026-12-01 24:00", "finns inte i kalendern"),
        ("2026-12-01 09:60", "finns inte i kalendern"),
        ("2026-12-01 09:00+99:00", "finns inte i kalendern"),
        ("9999-12-31T23:59-12:00", "för långt bort"),
        ("0001-01-01T00:00+12:00", "för långt bort"),
    ],
)
def test_a_time_that_is_none_is_refused_with_what_to_write(written, says):
    with pytest.raises(IssueError, match=says):
        at(written)


def test_a_wait_beyond_the_calendar_is_refused():
    with pytest.raises(IssueError, match="för långt bort"):
        resolve_wall_time("+999999d", STOCKHOLM, now=datetime(9000, 1, 1, tzinfo=UTC))


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_a_wall_time_comes_back_from_its_instant_unless_it_was_skipped(wall):
    wall = wall.replace(microsecond=0)
    resolved = at(wall)

    assert (at(resolved.instant).wall == resolved.wall) is (resolved.note is not ClockNote.MOVED_FORWARD)
    assert at(resolved.wall) == resolved


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"title": " ", "subject": "Hej"}, "saknar titel"),
        ({"title": "December", "subject": "\t"}, "saknar ämnesrad"),
        ({"title": "December", "subject": "Hej\r\nBcc: alla@lista.example"}, "radbrytning"),
        ({"title": "December", "subject": "Hej\x00"}, "radbrytning"),
        ({"title": "December", "subject": "Hej\u2028då"}, "radbrytning"),
        ({"title": "Dec\nember", "subject": "Hej"}, "radbrytning"),
        ({"title": "December", "subject": "Hej", "preheader": "En\nrad"}, "radbrytning"),
        ({"title": "December", "subject": "å" * 301}, "301 tecken"),
    ],
)
def test_words_that_cannot_stand_in_a_mail_are_refused(words, says):
    with pytest.raises(IssueError, match=says):
        check_words(**words)


def test_a_subject_of_300_letters_in_any_script_is_fine():
    check_words(title="Δελτίο", subject="ж" * 300, preheader="")


def test_a_section_has_a_length_of_its_own():
    with pytest.raises(IssueError, match="högst 120"):
        check_line("x" * 121, issues.LONGEST_SECTION)


def test_the_table_of_states_knows_every_state_and_no_other():
    states = {status.value for status in IssueStatus}

    assert set().union(*issues.ALLOWED.values()) | set(issues.LEADS_TO.values()) == states
    assert issues.ALLOWED.keys() == issues.LEADS_TO.keys()


@pytest.mark.parametrize("action", sorted(issues.ALLOWED))
def test_nothing_happens_to_an_issue_that_is_on_its_way(action):
    with pytest.raises(IssueError, match="redan på väg ut"):
        check_allowed(action, "released", name="Nyhetsbrevet 1/2026")


@pytest.mark.parametrize(
    ("action", "status", "says"),
    [
        ("edit", "scheduled", "schemalagt"),
        ("edit", "missed", "schemalagt"),
        ("edit", "cancelled", "inställt"),
        ("schedule", "cancelled", "inställt"),
        ("unschedule", "draft", "utkast"),
        ("release", "draft", "utkast"),
        ("cancel", "cancelled", "inställt"),
    ],
)
def test_a_refusal_says_the_state_and_the_way_out(action, status, says):
    with pytest.raises(IssueError, match=says):
        check_allowed(action, status, name="Nyhetsbrevet 1/2026")


def test_a_draft_may_be_edited_scheduled_and_cancelled():
    for action in ("edit", "schedule", "cancel"):
        check_allowed(action, "draft", name="Nyhetsbrevet 1/2026")
