"""Releasing an issue: a row for everyone in its reach, and never twice."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import Audience
from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus, LeftOutReason, VariantRegion
from newsletter.services import releases
from subscribers.core.authority import Everything, SomeRegions
from subscribers.models import Subscriber
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue

ALL = Everything("a test")


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    with sessions.begin() as session:
        return set_issue(session, list_id=cast.newsletter, now=NOON)


def release(sessions: sessionmaker[Session], issue_id: int, now: datetime = NOON) -> releases.Released:
    with sessions.begin() as session:
        released = releases.release(session, scope=ALL, issue_id=issue_id, now=now)
    assert released is not None
    return released


def test_everyone_in_reach_gets_a_row_with_a_letter_or_a_reason(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    released = release(sessions, issue_id)

    with sessions() as session:
        found = rows(session, issue_id)
    assert {who: (row.state, row.why) for who, row in found.items()} == {
        cast.anna: (DeliveryState.QUEUED, ""),
        cast.bo: (DeliveryState.QUEUED, ""),
        cast.cecilia: (DeliveryState.QUEUED, ""),
        cast.david: (DeliveryState.LEFT_OUT, "shared-address"),
        cast.elsa: (DeliveryState.LEFT_OUT, "no-address"),
        cast.farid: (DeliveryState.LEFT_OUT, "unsubscribed"),
        cast.greta: (DeliveryState.LEFT_OUT, "suppressed"),
        cast.hilma: (DeliveryState.QUEUED, ""),
    }
    assert released.queued == 4
    assert released.people == 8
    assert released.left_out == {
        LeftOutReason.SHARED_ADDRESS: 1,
        LeftOutReason.NO_ADDRESS: 1,
        LeftOutReason.UNSUBSCRIBED: 1,
        LeftOutReason.SUPPRESSED: 1,
    }


def test_a_letter_in_the_queue_has_all_that_sending_needs(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    release(sessions, issue_id, now=NOON + timedelta(minutes=1))

    with sessions() as session:
        bo = rows(session, issue_id)[cast.bo]
        norra = session.get_one(VariantRegion, (issue_id, "norra", "sv"))
        issue = session.get_one(Issue, issue_id)
    assert (bo.address, bo.canonical) == ("bo@lulea.example", "bo@lulea.example")  # the preferred one
    assert bo.variant_id == norra.variant_id
    assert bo.due_at == NOON + timedelta(minutes=1)
    assert (bo.attempts, bo.reply, bo.carried_by, bo.settled_at) == (0, "", None, None)
    assert (issue.status, issue.released_at) == (IssueStatus.RELEASED, NOON + timedelta(minutes=1))


def test_two_who_share_an_address_get_one_copy_that_the_first_of_them_carries(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    release(sessions, issue_id)

    with sessions() as session:
        found = rows(session, issue_id)
    assert found[cast.cecilia].state is DeliveryState.QUEUED
    assert found[cast.david].carried_by == cast.cecilia
    assert found[cast.david].address == "familjen@lund.example"
    assert found[cast.david].variant_id == found[cast.cecilia].variant_id


def test_two_who_share_an_address_but_not_a_region_get_a_copy_each(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        session.get_one(Subscriber, cast.david).region_slug = "vast"

    release(sessions, issue_id)

    with sessions() as session:
        found = rows(session, issue_id)
    assert found[cast.cecilia].state is found[cast.david].state is DeliveryState.QUEUED
    assert found[cast.cecilia].variant_id != found[cast.david].variant_id


def test_a_reader_of_english_gets_the_english_frame_where_there_is_one(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        only_swedish = set_issue(session, list_id=cast.newsletter, now=NOON)
        both = set_issue(session, list_id=cast.newsletter, now=NOON, languages=("sv", "en"))

    release(sessions, only_swedish)
    release(sessions, both)

    with sessions() as session:
        for issue_id, language in ((only_swedish, "sv"), (both, "en")):
            meant = session.get_one(VariantRegion, (issue_id, "", language))
            assert rows(session, issue_id)[cast.hilma].variant_id == meant.variant_id


def test_whoever_the_issue_has_nothing_for_is_told_apart(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON, regions=("skane",))

    release(sessions, issue_id)

    with sessions() as session:
        found = rows(session, issue_id)
    assert found[cast.bo].why == found[cast.hilma].why == "no-content"
    assert found[cast.farid].why == "unsubscribed"  # their own word goes before
    assert found[cast.bo].address == ""
    assert found[cast.anna].state is DeliveryState.QUEUED


def test_a_letter_to_one_region_reaches_nobody_else(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON, audience=Audience.of(["norra"]))

    release(sessions, issue_id)

    with sessions() as session:
        assert set(rows(session, issue_id)) == {cast.bo, cast.elsa}


def test_a_regional_lead_reaches_only_their_own_region(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        releases.release(session, scope=SomeRegions(frozenset({"norra"})), issue_id=issue_id, now=NOON)

    with sessions() as session:
        assert set(rows(session, issue_id)) == {cast.bo, cast.elsa}


def test_a_membership_that_ends_today_counts_until_midnight_where_the_officer_is(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    last_day = datetime(2030, 3, 1, tzinfo=UTC).date()
    late_evening = datetime(2030, 3, 1, 22, 59, tzinfo=UTC)  # 23.59 in Stockholm
    with sessions.begin() as session:
        elsa = session.get_one(Subscriber, cast.elsa)
        elsa.member_until = last_day
        elsa.subscriptions.clear()
        in_time = set_issue(session, list_id=cast.newsletter, now=NOON)
        too_late = set_issue(session, list_id=cast.newsletter, now=NOON)

    release(sessions, in_time, now=late_evening)
    release(sessions, too_late, now=late_evening + timedelta(minutes=1))

    with sessions() as session:
        assert cast.elsa in rows(session, in_time)
        assert cast.elsa not in rows(session, too_late)


def test_releasing_twice_changes_nothing(sessions: sessionmaker[Session], issue_id: int) -> None:
    release(sessions, issue_id)
    with sessions() as session:
        before = {who: row.id for who, row in rows(session, issue_id).items()}

    with sessions.begin() as session:
        assert releases.release(session, scope=ALL, issue_id=issue_id, now=NOON) is None

    with sessions() as session:
        assert {who: row.id for who, row in rows(session, issue_id).items()} == before


def test_of_many_who_release_at_once_one_succeeds(sessions: sessionmaker[Session], issue_id: int) -> None:
    start, results = threading.Barrier(6), []

    def try_it() -> None:
        start.wait()
        with sessions.begin() as session:
            results.append(releases.release(session, scope=ALL, issue_id=issue_id, now=NOON))

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 6
    assert len([released for released in results if released is not None]) == 1
    with sessions() as session:
        assert len(session.scalars(select(Delivery.id)).all()) == 8


def test_nothing_is_written_when_the_release_is_rolled_back(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    with sessions() as session:
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        session.rollback()

    with sessions() as session:
        assert rows(session, issue_id) == {}
        assert session.get_one(Issue, issue_id).status is IssueStatus.SCHEDULED


@pytest.mark.parametrize(
    "status", [IssueStatus.DRAFT, IssueStatus.CANCELLED, IssueStatus.MISSED, IssueStatus.RELEASED]
)
def test_only_a_scheduled_issue_can_be_released_or_missed(
    sessions: sessionmaker[Session], issue_id: int, status: IssueStatus
) -> None:
    with sessions.begin() as session:
        session.get_one(Issue, issue_id).status = status

    with sessions.begin() as session:
        assert releases.due(session, now=NOON) == []
        assert releases.release(session, scope=ALL, issue_id=issue_id, now=NOON) is None
        assert not releases.miss(session, issue_id=issue_id, now=NOON)


def test_an_issue_is_due_from_its_very_second(sessions: sessionmaker[Session], issue_id: int) -> None:
    with sessions() as session:
        assert releases.due(session, now=NOON - timedelta(seconds=1)) == []
        assert [found.late for found in releases.due(session, now=NOON)] == [timedelta()]
        late = releases.due(session, now=NOON + timedelta(hours=3))
    assert [(found.issue_id, found.late) for found in late] == [(issue_id, timedelta(hours=3))]


def test_a_missed_issue_sends_nothing(sessions: sessionmaker[Session], issue_id: int) -> None:
    with sessions.begin() as session:
        assert releases.miss(session, issue_id=issue_id, now=NOON)

    with sessions() as session:
        assert session.get_one(Issue, issue_id).status is IssueStatus.MISSED
        assert rows(session, issue_id) == {}
