"""All sends by day, for whom they are, and where they come too close."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.models import Issue, IssueStatus
from newsletter.services import calendars, issues
from subscribers.core import segments as rules
from subscribers.core.authority import Everything, OnePerson, SomeRegions
from subscribers.services import segments
from tests.cast import Cast
from tests.conftest import NOON
from tests.statements import statements

EVERYONE_MAY = Everything("the tests look at everything")
SKANE = SomeRegions(frozenset({"skane"}))
MONDAY = date(2030, 3, 4)


def plan(session: Session, days: int, audience: Audience = EVERYONE) -> Issue:
    issue = issues.create(session, title="Ett", subject="Ett", audience=audience, now=NOON)
    issue.planned_for = MONDAY + timedelta(days=days)
    return issue


def week(session: Session, scope: calendars.Scope) -> calendars.Calendar:
    return calendars.sends(session, scope=scope, first=MONDAY, last=MONDAY + timedelta(days=6))


def test_a_week_holds_what_goes_in_it_by_the_officers_clock(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        plan(session, -1)
        first, last, _after = plan(session, 0), plan(session, 6), plan(session, 7)
        cancelled, midnight = plan(session, 3), plan(session, 40)
        cancelled.status = IssueStatus.CANCELLED
        midnight.send_at = datetime(2030, 3, 5, 23, 30, tzinfo=UTC)
        midnight.send_zone = "Europe/Stockholm"
        session.flush()

        found = week(session, EVERYONE_MAY).entries

        assert [(entry.issue_id, entry.day) for entry in found][:3] == [
            (first.id, MONDAY), (midnight.id, date(2030, 3, 6)), (last.id, date(2030, 3, 10)),
        ]  # fmt: skip


def test_a_lead_sees_what_reaches_the_own_region_and_never_others_names(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        mine = plan(session, 1, Audience.of(["skane", "norra"]))
        plan(session, 2, Audience.of(["norra"]))

        found = week(session, SKANE).entries

        assert [(entry.issue_id, entry.regions) for entry in found] == [(mine.id, frozenset({"skane"}))]
        assert week(session, OnePerson(cast.anna)).entries == []


def test_a_crowd_around_the_edge_of_the_days_is_told_with_all_its_letters(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        close = [plan(session, days) for days in (-3, -2, 0)]

        found = week(session, EVERYONE_MAY)

        assert [crowd.keys for crowd in found.crowds] == [tuple(issue.id for issue in close)]
        assert set(found.names) == {issue.id for issue in close}


@pytest.mark.parametrize(("scope", "reached"), [(EVERYONE_MAY, {"norra"}), (SKANE, set())])
def test_a_letter_to_a_segment_reaches_the_regions_where_somebody_fits_it(
    sessions: sessionmaker[Session], cast: Cast, scope: calendars.Scope, reached: set[str]
) -> None:
    with sessions.begin() as session:
        rule = rules.Has(rules.Attribute.REGION, ("norra",))
        segment = segments.save(session, scope=EVERYONE_MAY, name="Norr", rule=rule, now=NOON)
        issue = plan(session, 1)
        issue.segment = segment
        session.flush()

        assert calendars.reached(session, scope=scope, issue=issue, day=MONDAY) == frozenset(reached)


def test_ten_sends_are_asked_for_with_as_few_statements_as_one(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    asked = []
    with sessions.begin() as session:
        for count in (1, 9):
            for _ in range(count):
                plan(session, 1)
            session.flush()
            session.expire_all()
            with statements(session) as said:
                assert week(session, EVERYONE_MAY).entries
            asked.append(len(said))

    assert asked[0] == asked[1]
