"""The ledger in a few numbers: what is over is not counted again, and what waits is told by how long."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Delivery, DeliveryState, Issue
from newsletter.services import releases, summaries
from newsletter.services.gauges import RECENT, gauges
from subscribers.core.authority import Everything
from tests import office
from tests.conftest import NOON
from tests.letterpress import set_issue

EVERYONE = Everything("a test of counting")


@pytest.fixture
def issue_id(sessions: sessionmaker[Session]) -> int:
    """An issue of three letters, released at noon."""
    with sessions.begin() as session:
        list_id = office.crowd(session, ["a", "b", "c"], now=NOON)
        issue_id = set_issue(session, list_id=list_id, now=NOON)
    with sessions.begin() as session:
        releases.release(session, scope=EVERYONE, issue_id=issue_id, now=NOON)
    return issue_id


def settle(session: Session, state: DeliveryState, *which: str) -> None:
    addresses = [f"{name}@many.example" for name in which]
    session.execute(update(Delivery).where(Delivery.address.in_(addresses)).values(state=state))


def test_letters_are_counted_by_state_and_every_state_is_told(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    with sessions.begin() as session:
        settle(session, DeliveryState.ACCEPTED, "a")
        settle(session, DeliveryState.UNKNOWN, "b")
        found = gauges(session, now=NOON)

    assert found.states.keys() == set(DeliveryState)
    assert {state.value: number for state, number in found.states.items() if number} == {
        "accepted": 1, "unknown": 1, "queued": 1,
    }  # fmt: skip
    assert found.unknown == 1


def test_a_finished_issue_is_counted_by_its_summary_and_an_old_one_not_at_all(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    with sessions.begin() as session:
        settle(session, DeliveryState.ACCEPTED, "a", "b", "c")
        assert summaries.write(session, scope=EVERYONE, issue_id=issue_id, now=NOON)
        settle(session, DeliveryState.REFUSED, "c")  # which the summary does not know: it was not looked at

        assert gauges(session, now=NOON).states[DeliveryState.ACCEPTED] == 3
        assert gauges(session, now=NOON).states[DeliveryState.REFUSED] == 0
        assert sum(gauges(session, now=NOON + RECENT + timedelta(seconds=1)).states.values()) == 0


def test_it_tells_how_long_the_first_letter_has_waited_and_nothing_of_a_paused_issue(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    later = NOON + timedelta(seconds=90)
    with sessions.begin() as session:
        assert gauges(session, now=later).overdue == timedelta(seconds=90)
        assert gauges(session, now=NOON - timedelta(seconds=5)).overdue == timedelta()

        session.execute(update(Issue).values(paused_at=NOON))
        assert gauges(session, now=later).overdue == timedelta()


def test_it_tells_how_late_the_first_due_issue_is(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        list_id = office.crowd(session, ["a"], now=NOON)
        set_issue(session, list_id=list_id, now=NOON)

        assert gauges(session, now=NOON + timedelta(minutes=3)).late == timedelta(minutes=3)
        assert gauges(session, now=NOON - timedelta(minutes=3)).late == timedelta()
