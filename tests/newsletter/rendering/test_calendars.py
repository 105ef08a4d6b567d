"""The calendar file of an invitation, as RFC 5545 has it, read back by a parser."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from newsletter.core.articles import ArticleText
from newsletter.core.meetings import Meeting
from newsletter.rendering import calendars
from newsletter.rendering.values import IssueView, SectionView
from tests.newsletter.rendering.samples import INVITATION, REVISED, VIEW, item


def inviting(article: ArticleText = INVITATION, **more: object) -> IssueView:
    placed = item(article, 12, **{"revised": REVISED, "revision": 3, **more})
    return replace(VIEW, sections=(SectionView("", (placed,)),))


def event_of(view: IssueView):  # type: ignore[no-untyped-def]
    [file] = calendars.enclosed(view)
    calendar = Calendar.from_ical(file.content)
    [event] = calendar.walk("VEVENT")
    return calendar, event


def test_it_says_when_and_where_and_asks_for_nothing() -> None:
    calendar, event = event_of(inviting())

    assert calendar["method"] == "PUBLISH"
    assert calendar["version"] == "2.0"
    assert event["summary"] == "Kom till fyrens dag"
    assert event["location"] == "Utklippans fyr, södra hamnen, Utklippan 1, 371 37 Karlskrona"
    # Ten o'clock in Karlskrona in August is eight in UTC.
    assert event.decoded("dtstart") == datetime(2027, 8, 21, 8, 0, tzinfo=UTC)
    assert event.decoded("dtend") == datetime(2027, 8, 21, 19, 30, tzinfo=UTC)
    assert "attendee" not in event
    assert "organizer" not in event


def test_the_article_keeps_its_uid_and_a_later_revision_counts_as_later() -> None:
    _, before = event_of(inviting())
    _, after = event_of(
        inviting(replace(INVITATION, title="Ny tid"), revision=4, revised=datetime(2027, 6, 2, tzinfo=UTC))
    )

    assert before["uid"] == after["uid"] == "artikel-12@brev.fyrvannerna.example"
    assert before["sequence"] < after["sequence"]
    assert before.decoded("dtstamp") == REVISED
    assert before.decoded("dtstamp") < after.decoded("dtstamp")


@pytest.mark.parametrize(
    ("wall", "hour"),
    [
        (datetime(2027, 1, 10, 10, 0), 9),  # noqa: DTZ001 - winter
        (datetime(2027, 7, 10, 10, 0), 8),  # noqa: DTZ001 - summer
        (datetime(2027, 3, 28, 2, 30), 1),  # noqa: DTZ001 - in the gap: with the offset before it (3.3.5)
        (datetime(2027, 10, 31, 2, 30), 0),  # noqa: DTZ001 - twice: the first
    ],
)
def test_wall_times_become_instants_also_where_the_clock_turns(wall: datetime, hour: int) -> None:
    _, event = event_of(inviting(replace(INVITATION, meeting=Meeting(wall))))

    assert event.decoded("dtstart").hour == hour
    assert "dtend" not in event


def test_hostile_words_stay_words() -> None:
    title = "Sol; regn, \\ snö\r\nATTENDEE:mailto:spion@example.org " + "långt " * 40
    [file] = calendars.enclosed(inviting(replace(INVITATION, title=title)))
    _, event = event_of(inviting(replace(INVITATION, title=title)))

    assert event["summary"] == " ".join(title.split())
    assert "attendee" not in event
    lines = file.content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in file.content.replace(b"\r\n", b"")
    assert file.name.isascii()


def test_a_letter_that_invites_nobody_has_no_calendar() -> None:
    assert calendars.enclosed(VIEW) == ()
