"""A released issue goes to officers and leads first, and to everybody else a while later."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.pace import STANDARD
from newsletter.models import Hold, Issue, IssueStatus
from newsletter.services import claims, releases, sendings
from subscribers.core.authority import Everything
from subscribers.models import Role, RoleName
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue

ALL = Everything("a test")
FIRST = NOON + timedelta(minutes=10)
REST = NOON + timedelta(minutes=25)


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        issue = session.get_one(Issue, issue_id)
        issue.grace_minutes, issue.head_start_minutes = STANDARD.grace_minutes, STANDARD.head_start_minutes
        return issue_id


def appoint(sessions: sessionmaker[Session], who: int, role: RoleName, *, ended: bool = False) -> None:
    ends_on = NOON.date() - timedelta(days=1) if ended else None
    with sessions.begin() as session:
        session.add(Role(subscriber_id=who, role=role, ends_on=ends_on))


def due(sessions: sessionmaker[Session], issue_id: int) -> dict[int, object]:
    with sessions.begin() as session:
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
    with sessions() as session:
        return {who: row.due_at for who, row in rows(session, issue_id).items() if row.due_at}


def test_officers_and_leads_have_it_before_everybody_else(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    appoint(sessions, cast.anna, RoleName.OFFICER)
    appoint(sessions, cast.bo, RoleName.REGIONAL_LEAD)

    assert due(sessions, issue_id) == {
        cast.anna: FIRST, cast.bo: FIRST, cast.cecilia: REST, cast.hilma: REST,
    }  # fmt: skip


def test_a_copy_goes_first_when_any_of_those_whom_it_greets_does(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    appoint(sessions, cast.david, RoleName.REGIONAL_LEAD)  # Cecilia's copy is his, too

    assert due(sessions, issue_id)[cast.cecilia] == FIRST


@pytest.mark.parametrize(("role", "ended"), [(RoleName.READER, False), (RoleName.OFFICER, True)])
def test_where_nobody_goes_first_nobody_waits_for_it(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int, role: RoleName, ended: bool
) -> None:
    appoint(sessions, cast.anna, role, ended=ended)

    assert set(due(sessions, issue_id).values()) == {FIRST}


def test_an_officer_whom_the_letter_does_not_reach_holds_nobody_up(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    appoint(sessions, cast.elsa, RoleName.OFFICER)  # she has no address

    assert set(due(sessions, issue_id).values()) == {FIRST}


def test_no_sender_takes_a_letter_before_its_wave(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    appoint(sessions, cast.hilma, RoleName.OFFICER)
    due(sessions, issue_id)

    def taken(now: datetime) -> list[int]:
        with sessions.begin() as session:
            copies = claims.claim(session, sender="a~1~b", now=now, limit=9)
            return sorted(copy.subscriber_id for copy in copies)

    assert taken(FIRST - timedelta(seconds=1)) == []
    assert taken(FIRST) == [cast.hilma]
    assert taken(REST - timedelta(seconds=1)) == []
    assert taken(REST) == [cast.anna, cast.bo, cast.cecilia]


# --- What an urgent issue holds back ------------------------------------------------------------------------


def test_what_waits_for_an_urgent_issue_goes_when_that_has_gone_out(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        urgent = set_issue(session, list_id=cast.newsletter, now=NOON)
        session.get_one(Issue, urgent).urgent = True
        assert [i.id for i in sendings.hold_others(session, issue_id=urgent, until=Hold.AFTER)] == [issue_id]
    late = NOON + timedelta(hours=5)
    with sessions.begin() as session:
        assert [each.issue_id for each in releases.due(session, now=late)] == [urgent]
        releases.release(session, scope=ALL, issue_id=urgent, now=late)
    with sessions.begin() as session:
        assert releases.let_go(session, now=late) == []
        for row in rows(session, urgent).values():
            row.attempts = 1  # tried; whoever's server says "later" holds up nobody
    with sessions.begin() as session:
        assert releases.waits_for_urgent(session)
        assert releases.let_go(session, now=late) == [issue_id]
    with sessions() as session:
        assert not releases.waits_for_urgent(session)
        [freed] = releases.due(session, now=late)
    assert (freed.issue_id, freed.late) == (issue_id, timedelta())  # it is not late for having waited


@pytest.mark.parametrize("status", [IssueStatus.CANCELLED, IssueStatus.DRAFT])
def test_an_urgent_issue_that_will_not_go_holds_nothing(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int, status: IssueStatus
) -> None:
    with sessions.begin() as session:
        urgent = set_issue(session, list_id=cast.newsletter, now=NOON)
        sendings.hold_others(session, issue_id=urgent, until=Hold.AFTER)
        session.get_one(Issue, urgent).status = status
    with sessions.begin() as session:
        assert releases.let_go(session, now=NOON) == [issue_id]


def test_what_a_person_must_let_go_waits_for_a_person(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        urgent = set_issue(session, list_id=cast.newsletter, now=NOON)
        sendings.hold_others(session, issue_id=urgent, until=Hold.PERSON)
        session.get_one(Issue, urgent).status = IssueStatus.CANCELLED
        # A second urgent issue does not turn the person's decision into one of its own.
        another = set_issue(session, list_id=cast.newsletter, now=NOON)
        session.get_one(Issue, another).status = IssueStatus.DRAFT
        sendings.hold_others(session, issue_id=another, until=Hold.AFTER)
    with sessions.begin() as session:
        assert releases.let_go(session, now=NOON) == []
        assert releases.due(session, now=NOON) == []
        assert [issue.id for issue in sendings.held_back(session)] == [issue_id]

    with sessions.begin() as session:
        sendings.let_go(session, issue_id=issue_id, now=NOON + timedelta(hours=9))
    with sessions() as session:
        [freed] = releases.due(session, now=NOON + timedelta(hours=9))
    assert freed.late == timedelta()
