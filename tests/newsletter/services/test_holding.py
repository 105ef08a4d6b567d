"""Whoever watches a send is told what it waits for, and honestly when it can be done."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.pacing import Limits, parse
from newsletter.core.quiet import Hours
from newsletter.core.replies import Reply
from newsletter.language import using
from newsletter.models import Issue
from newsletter.services import holding, holding_words, pacing, releases
from newsletter.services.holding import FREE, Holding, Kind, Rules
from newsletter.services.pacing import Heard, Standing
from subscribers.core.authority import Everything
from tests import office
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import set_issue

MINUTE = timedelta(minutes=1)
ZONE = "Europe/Stockholm"
SLOW_DOWN = Reply.of(421, "4.7.28 Gmail has detected an unusual rate of unsolicited mail")
QUOTA = Reply.of(454, "Throttling failure: Maximum sending rate exceeded.")
FREE_LIMITS = Limits()
RELAY = "smtp.forening.example:587"

pytestmark = office.on_sqlite


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    """A newsletter on its way."""
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=Everything("a test"), issue_id=issue_id, now=NOON)
        return issue_id


def rules_of(limits: Limits = FREE_LIMITS, *, relays=(RELAY,), hours: Hours | None = None) -> Rules:
    return Rules(limits, relays, hours, ZONE)


def look(
    sessions: sessionmaker[Session], issue_id: int, rules: Rules, domains: dict[str, int], *, now=NOON
) -> Holding:
    with sessions() as session:
        return holding.holding(
            session, session.get_one(Issue, issue_id), domains=domains, rules=rules, now=now
        )


def clock(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(ZONE)):%H.%M}"


def said(found: Holding, **more) -> list[str]:
    with using("sv"):
        return holding_words.sentences(found, clock, **more)


def hear(sessions: sessionmaker[Session], *replies: Heard) -> None:
    with sessions.begin() as session:
        pacing.heard(session, replies, standing=Standing(NOON), now=NOON)


def test_without_limits_nothing_is_said(sessions: sessionmaker[Session], issue_id: int) -> None:
    assert look(sessions, issue_id, rules_of(), {"many.example": 1000}) == FREE
    assert said(FREE) == []


def test_a_relays_rate_is_told_with_when_it_is_done(sessions: sessionmaker[Session], issue_id: int) -> None:
    found = look(sessions, issue_id, rules_of(Limits(each_relay=parse("30/minute"))), {"many.example": 960})
    assert said(found) == [
        "Väntar: högst 30 brev i minuten till smtp.forening.example.",
        "Klart omkring 13.31.",
    ]
    assert said(found, measured=NOON + 60 * MINUTE)[-1] == "Klart omkring 14.00."


def test_letters_are_counted_where_nobody_has(sessions: sessionmaker[Session], issue_id: int) -> None:
    """The newsletter has four open letters."""
    with sessions() as session:
        issue, rules = session.get_one(Issue, issue_id), rules_of(Limits(parse("1/minute")))
        found = holding.holding(session, issue, rules=rules, now=NOON)
    assert found.done_at == NOON + 3 * MINUTE


def test_what_goes_in_a_moment_is_held_by_nothing(sessions: sessionmaker[Session], issue_id: int) -> None:
    assert look(sessions, issue_id, rules_of(Limits(parse("14/second"))), {"many.example": 100}) == FREE


def test_the_slowest_limit_is_told(sessions: sessionmaker[Session], issue_id: int) -> None:
    limits = Limits(
        overall=parse("100/minute"),
        each_relay=parse("50/second, 2000/hour"),
        domains={"gmail.com": parse("1/second"), "outlook.com": parse("1/minute")},
    )
    found = look(
        sessions, issue_id, rules_of(limits), {"gmail.com": 600, "googlemail.com": 301, "x.example": 100}
    )
    assert said(found) == ["Väntar: högst 1 brev i sekunden till gmail.com.", "Klart omkring 13.15."]


def test_two_relays_share_the_letters(sessions: sessionmaker[Session], issue_id: int) -> None:
    limits = Limits(each_relay=parse("30/minute")).with_relays({"b.example:25": parse("60/minute")})
    found = look(sessions, issue_id, rules_of(limits, relays=(RELAY, "b.example:25")), {"many.example": 900})
    assert found.done_at == pytest.approx(NOON + 10 * MINUTE, abs=timedelta(seconds=3))
    free = limits.with_relays({})
    assert (
        look(sessions, issue_id, rules_of(free, relays=(RELAY,)), {"many.example": 900}).done_at is not None
    )


def test_issues_that_go_before_are_counted_in(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    """The first has four letters, which take four hours."""
    with sessions.begin() as session:
        later = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=Everything("a test"), issue_id=later, now=NOON + MINUTE)
    limits = rules_of(Limits(parse("1/hour")))
    first = look(sessions, issue_id, limits, {"many.example": 4})
    second = look(sessions, later, limits, {"many.example": 4})
    assert second.done_at is not None
    assert first.done_at is not None
    assert second.done_at - first.done_at == pytest.approx(4 * timedelta(minutes=61), abs=2 * MINUTE)


def test_a_send_that_may_still_be_regretted_begins_later(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    with sessions.begin() as session:
        issue = session.get_one(Issue, issue_id)
        issue.grace_minutes, issue.head_start_minutes = 10, 15
    limits = rules_of(Limits(parse("1/minute")))
    assert look(sessions, issue_id, limits, {"many.example": 21}).done_at == NOON + 30 * MINUTE
    assert look(sessions, issue_id, limits, {"many.example": 2}).done_at == NOON + 25 * MINUTE


def test_quiet_hours_are_told_and_counted_with(sessions: sessionmaker[Session], issue_id: int) -> None:
    night = datetime(2030, 3, 1, 23, 0, tzinfo=ZoneInfo(ZONE))
    limits = Limits(each_relay=parse("1/minute"))
    found = look(sessions, issue_id, rules_of(limits, hours=Hours(22, 7)), {"many.example": 61}, now=night)
    assert said(found) == [
        "Tysta timmar till 07.00.",
        "Väntar: högst 1 brev i minuten till smtp.forening.example.",
        "Klart omkring 08.00.",
    ]
    only = look(sessions, issue_id, rules_of(hours=Hours(22, 7)), {"many.example": 61}, now=night)
    assert said(only) == ["Tysta timmar till 07.00."]
    assert holding_words.standing("Breven går ut.", "going", only) == "Breven väntar."
    assert holding_words.standing("Pausat.", "paused", only) == "Pausat."
    with sessions.begin() as session:
        session.get_one(Issue, issue_id).urgent = True
    assert look(sessions, issue_id, rules_of(hours=Hours(22, 7)), {"many.example": 61}, now=night) == FREE


def test_who_wants_fewer_letters_is_told_to_those_who_may_see_letters_there(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    hear(sessions, Heard("a@gmail.com", RELAY, SLOW_DOWN), Heard("a@yahoo.se", RELAY, SLOW_DOWN))
    found = look(sessions, issue_id, rules_of(), {"googlemail.com": 5, "x.example": 1})
    assert said(found) == ["gmail.com vill ha färre brev: väntar till 13.10.", "Klart tidigast 13.10."]
    assert said(found.seen_by(["x.example"])) == ["Klart tidigast 13.10."]
    assert said(found.seen_by(["gmail.com"])) == said(found)

    later = look(sessions, issue_id, rules_of(), {"gmail.com": 5}, now=NOON + 11 * MINUTE)
    assert said(later) == ["gmail.com vill ha färre brev och får ett i taget tills vidare."]


def test_a_rest_goes_on_in_the_night(sessions: sessionmaker[Session], issue_id: int) -> None:
    hear(sessions, Heard("a@gmail.com", RELAY, SLOW_DOWN))
    evening = rules_of(hours=Hours(13, 15))
    assert look(sessions, issue_id, evening, {"gmail.com": 5}).done_at == NOON + 120 * MINUTE


def test_a_relay_that_rests_is_told_for_all_issues(sessions: sessionmaker[Session], issue_id: int) -> None:
    hear(sessions, Heard("a@gmail.com", RELAY, QUOTA))
    with sessions() as session:
        (found,) = holding.of_all(session, rules=rules_of(), now=NOON)
    assert (found.kind, found.name, found.said) == (Kind.RELAY_RESTS, "smtp.forening.example", "454")
    with using("sv"):
        assert holding_words.told([found], clock) == [
            "smtp.forening.example tar inte emot fler brev just nu: väntar till 13.10."
        ]


def test_a_slow_start_is_told(sessions: sessionmaker[Session], issue_id: int) -> None:
    found = look(sessions, issue_id, rules_of(Limits(slow_start=100)), {"many.example": 150})
    assert said(found)[0] == "Långsam start: högst 100 brev om dygnet till smtp.forening.example än så länge."


def test_a_send_that_a_person_has_stopped_waits_for_nothing_else(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    with sessions.begin() as session:
        session.get_one(Issue, issue_id).paused_at = NOON
    assert look(sessions, issue_id, rules_of(Limits(parse("1/day"))), {"many.example": 9}) == FREE
