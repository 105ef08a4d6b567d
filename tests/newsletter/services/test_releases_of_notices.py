"""A member notice goes to those who were members on its record date, each by name, whatever they said."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import DeliveryState, Issue
from newsletter.services import releases
from subscribers.core.authority import Everything
from subscribers.models import ListPurpose, MailingList, Subscriber
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue

ALL = Everything("a test")


def notice(session: Session, *, record_date: date | None = None, last_date: date | None = None) -> int:
    """Write a scheduled member notice and return its id."""
    notices = select(MailingList.id).where(MailingList.purpose == ListPurpose.MEMBER_NOTICES)
    issue_id = set_issue(session, list_id=session.scalars(notices).one(), now=NOON)
    issue = session.get_one(Issue, issue_id)
    issue.record_date, issue.last_date = record_date, last_date
    return issue_id


def test_two_who_share_an_address_get_a_notice_each(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        shared = set_issue(session, list_id=cast.newsletter, now=NOON)
        each = notice(session)
        for issue_id in (shared, each):
            releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)

    with sessions() as session:
        newsletter, called = rows(session, shared), rows(session, each)
    assert newsletter[cast.david].why == "shared-address"  # a newsletter is merged
    assert called[cast.cecilia].state is called[cast.david].state is DeliveryState.QUEUED
    assert called[cast.cecilia].address == called[cast.david].address == "familjen@lund.example"
    assert called[cast.david].carried_by is None


def test_whoever_said_no_to_the_newsletter_is_called_to_the_meeting(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        issue_id = notice(session)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)

    with sessions() as session:
        found = rows(session, issue_id)
    assert found[cast.farid].state is DeliveryState.QUEUED
    assert found[cast.elsa].why == "no-address"
    assert found[cast.greta].why == "suppressed"
    assert cast.hilma not in found  # subscribes, but is no member


def test_membership_is_asked_of_the_record_date_and_not_of_the_day_it_goes(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    record = date(2030, 2, 1)
    with sessions.begin() as session:
        session.get_one(Subscriber, cast.anna).member_since = date(2030, 2, 2)
        session.get_one(Subscriber, cast.bo).member_until = record
        session.get_one(Subscriber, cast.farid).member_until = date(2030, 1, 31)
        issue_id = notice(session, record_date=record)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)

    with sessions() as session:
        found = rows(session, issue_id)
    assert cast.anna not in found  # joined the day after
    assert cast.bo in found  # a member that day, and no more today
    assert cast.farid not in found


def test_nobody_writes_to_the_dead(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        session.get_one(Subscriber, cast.anna).deceased_on = date(2030, 2, 20)
        issue_id = notice(session, record_date=date(2030, 2, 1))
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)

    with sessions() as session:
        anna = rows(session, issue_id)[cast.anna]
    assert (anna.state, anna.why, anna.address) == (DeliveryState.LEFT_OUT, "deceased", "")


@pytest.mark.parametrize(
    ("now", "expired"),
    [
        (datetime(2030, 3, 1, 22, 59, tzinfo=UTC), False),  # a minute before midnight in Stockholm
        (datetime(2030, 3, 1, 23, 0, tzinfo=UTC), True),
    ],
)
def test_after_midnight_of_its_last_date_a_notice_is_too_late_to_go_by_itself(
    sessions: sessionmaker[Session], cast: Cast, now: datetime, expired: bool
) -> None:
    with sessions.begin() as session:
        notice(session, last_date=date(2030, 3, 1))
        found = releases.due(session, now=now)

    assert [each.expired for each in found] == [expired]
    assert found[0].late == now - NOON < timedelta(hours=12)
