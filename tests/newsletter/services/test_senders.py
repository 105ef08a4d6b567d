"""A sender that is lost loses exactly what it holds, and one that comes back is believed."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.letters import Claim
from newsletter.core.outcomes import NotBegun, Outcome, Unanswered
from newsletter.core.replies import Reply
from newsletter.errors import SettingsError
from newsletter.models import Delivery, DeliveryState, Issue, SenderLease, SenderState
from newsletter.services import claims, releases, senders, settling, unknowns
from newsletter.services.senders import LEASE
from subscribers.core.authority import Everything
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue

ALL = Everything("a test")
ME, OTHER = "host-a.1~1~aa", "host-b.2~2~bb"
OK = Reply.of(250, "2.0.0 Ok: queued as 4F1")
FULL = Reply.of(452, "4.2.2 Mailbox full")


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    """An issue just released: Anna, Bo, Cecilia (with David) and Hilma wait for their copies."""
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON, languages=("sv", "en"))
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        for name in (ME, OTHER):
            senders.enter(session, name=name, host=name.partition(".")[0], keys="k", now=NOON)
        return issue_id


def claim(sessions: sessionmaker[Session], sender: str, *, limit: int) -> list[Claim]:
    with sessions.begin() as session:
        return [copy.claim for copy in claims.claim(session, sender=sender, now=NOON, limit=limit)]


def run_out(sessions: sessionmaker[Session], name: str) -> datetime:
    """Let a lease be over by the database's clock, and return a moment that is later by anybody's."""
    with sessions.begin() as session:
        lease = session.get_one(SenderLease, name)
        lease.lease_until -= LEASE + timedelta(seconds=1)
    return NOON + timedelta(seconds=1)


def lapse(sessions: sessionmaker[Session], name: str, now: datetime) -> int:
    with sessions.begin() as session:
        return senders.lapse(session, name=name, now=now)


def come_back(sessions: sessionmaker[Session], name: str, results: list[tuple[Claim, Outcome]]) -> int:
    with sessions.begin() as session:
        taken = senders.take_back(session, name=name)
        settling.settle(session, results, sender=name, now=NOON + 2 * LEASE)
        return taken


def states(sessions: sessionmaker[Session], issue_id: int) -> dict[int, tuple[str, str]]:
    with sessions() as session:
        return {row.id: (row.state.value, row.why) for row in rows(session, issue_id).values()}


def test_a_lost_sender_loses_what_it_holds_and_nobody_elses(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    mine, others = claim(sessions, ME, limit=2), claim(sessions, OTHER, limit=1)
    now = run_out(sessions, ME)

    with sessions() as session:
        assert senders.lapsed(session, now=now) == [ME]
    assert lapse(sessions, ME, now) == 2
    assert lapse(sessions, ME, now) == 0  # once
    assert lapse(sessions, OTHER, now) == 0  # its lease holds

    found = states(sessions, issue_id)
    assert [found[each.delivery_id] for each in mine] == [("unknown", "lease-lost")] * 2
    assert [found[each.delivery_id] for each in others] == [("sending", "")]
    with sessions() as session:
        assert session.get_one(SenderLease, ME).state is SenderState.LAPSED
        assert senders.lapsed(session, now=now) == []


def test_a_lease_that_is_renewed_is_not_over_and_one_that_is_lost_stays_lost(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    now = run_out(sessions, ME)
    with sessions.begin() as session:
        assert senders.renew(session, name=ME, now=now)
    assert lapse(sessions, ME, now) == 0

    now = run_out(sessions, ME)
    lapse(sessions, ME, now)

    with sessions.begin() as session:
        assert not senders.renew(session, name=ME, now=now)
        assert not senders.renew(session, name="nobody", now=now)


def test_what_is_sent_to_a_lost_sender_by_nobody_stays_its_own_to_tell(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    """Accepted, put off, not begun, on the wire: each as if it had never been lost."""
    held = claim(sessions, ME, limit=4)
    lapse(sessions, ME, run_out(sessions, ME))
    outcomes: list[Outcome] = [OK, FULL, NotBegun("told to stop"), Unanswered("the line went dead")]

    assert come_back(sessions, ME, list(zip(held, outcomes, strict=True))) == 4

    found = states(sessions, issue_id)
    assert [found[each.delivery_id] for each in held] == [
        ("accepted", ""),
        ("waiting", ""),
        ("queued", ""),
        ("unknown", ""),
    ]
    with sessions() as session:
        attempts = {row.id: row.attempts for row in rows(session, issue_id).values()}
    assert [attempts[each.delivery_id] for each in held] == [1, 1, 0, 1]


def test_what_a_person_has_decided_stays_decided(sessions: sessionmaker[Session], issue_id: int) -> None:
    held = claim(sessions, ME, limit=3)
    lapse(sessions, ME, run_out(sessions, ME))
    with sessions.begin() as session:
        unknowns.take_as_accepted(session, scope=ALL, delivery_id=held[0].delivery_id, now=NOON)
        unknowns.send_again(session, scope=ALL, delivery_id=held[1].delivery_id, now=NOON)

    assert come_back(sessions, ME, [(each, NotBegun("")) for each in held]) == 1

    found = states(sessions, issue_id)
    assert [found[each.delivery_id] for each in held] == [
        ("accepted", unknowns.TAKEN_BY_HAND),
        ("queued", unknowns.SENT_AGAIN),
        ("queued", ""),
    ]


def test_what_a_sender_that_came_back_knows_is_counted_anew(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    held = claim(sessions, ME, limit=1)
    lapse(sessions, ME, run_out(sessions, ME))
    with sessions.begin() as session:
        session.get_one(Issue, issue_id).summarised_at = NOON

    come_back(sessions, ME, [(held[0], OK)])

    with sessions() as session:
        assert session.get_one(Issue, issue_id).summarised_at is None


def test_a_sender_that_left_is_not_lost_and_is_forgotten_in_time(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    with sessions.begin() as session:
        senders.leave(session, name=ME, now=NOON)
    later = NOON + timedelta(days=2)
    with sessions() as session:
        assert ME not in senders.lapsed(session, now=NOON + LEASE)

    with sessions.begin() as session:
        session.get_one(SenderLease, ME).lease_until = NOON
        senders.enter(session, name="new", host="host", keys="k", now=later)

    with sessions() as session:
        assert set(session.scalars(select(SenderLease.name))) == {OTHER, "new"}


def test_nobody_enters_with_other_keys_than_those_who_work(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    """A machine that made its own keys would send links that lead nowhere, and nobody would notice."""
    with sessions.begin() as session, pytest.raises(SettingsError, match=r"tokens\.key"):
        senders.enter(session, name="new", host="host-c", keys="other", now=NOON)

    with sessions.begin() as session:
        for name in (ME, OTHER):
            senders.leave(session, name=name, now=NOON)
        senders.enter(session, name="new", host="host-c", keys="other", now=NOON)


def test_who_holds_letters_without_a_lease_is_lost_after_ten_minutes(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    """A sender of an older version, or one whose row is gone."""
    claim(sessions, "old", limit=2)

    soon, later = NOON + timedelta(minutes=9), NOON + timedelta(minutes=11)
    assert lapse(sessions, "old", soon) == 0
    with sessions() as session:
        assert "old" in senders.lapsed(session, now=later)
    assert lapse(sessions, "old", later) == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_no_machines_clock_has_a_say_on_postgresql(sessions: sessionmaker[Session], issue_id: int) -> None:
    claim(sessions, ME, limit=1)
    with sessions() as session:
        lease, moment = session.execute(
            select(SenderLease.lease_until, func.clock_timestamp()).where(SenderLease.name == ME)
        ).one()
        assert timedelta(0) < lease - moment <= LEASE

    assert lapse(sessions, ME, NOON + timedelta(days=9000)) == 0
    assert lapse(sessions, ME, run_out(sessions, ME) - timedelta(days=9000)) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_claim_under_way_is_waited_for_before_its_sender_is_lost(
    sessions: sessionmaker[Session], engine: Engine, issue_id: int
) -> None:
    """Between a sender's renewal and its commit nobody takes the lease, nor misses what it claims."""
    run_out(sessions, ME)
    found: list[int] = []
    other = threading.Thread(target=lambda: found.append(lapse(sessions, ME, NOON + LEASE)))

    with sessions.begin() as session:
        assert senders.renew(session, name=ME, now=NOON)
        other.start()
        wait_for_a_lock(engine)
        claims.claim(session, sender=ME, now=NOON, limit=1)
    other.join()

    assert found == [0]
    with sessions() as session:
        held = session.scalars(select(Delivery.state).where(Delivery.claimed_by == ME)).all()
    assert held == [DeliveryState.SENDING]


def wait_for_a_lock(engine: Engine) -> None:
    mine = "datname = current_database()"
    waiting = text(f"SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND {mine}")
    with engine.connect() as connection:
        for _ in range(10_000):
            if connection.scalar(waiting):
                return
            connection.rollback()
    raise AssertionError("nobody waits")
