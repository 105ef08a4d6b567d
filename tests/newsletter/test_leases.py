"""A sender gives up by its own clock before others may take its lease, and notices when they have."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter.app import App
from newsletter.leases import Lease, LeaseLost
from newsletter.models import SenderLease, SenderState
from newsletter.services import senders
from newsletter.services.senders import LEASE
from tests import office

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@dataclass
class Clock:
    """Seconds since something, as a test wants them."""

    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def app(tmp_path: Path, database_url: str) -> Iterator[App]:
    with office.opened(tmp_path, database_url) as app:
        yield app


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lease(app: App, clock: Clock) -> Lease:
    return Lease(app, "host~1~aa", clock=clock)


def row(app: App) -> SenderLease:
    with app.readers() as session:
        return session.get_one(SenderLease, "host~1~aa")


def lose(app: App) -> None:
    with app.sessions.begin() as session:
        session.get_one(SenderLease, "host~1~aa").lease_until -= 2 * LEASE
    with app.sessions.begin() as session:
        senders.lapse(session, name="host~1~aa", now=app.now())


@on_postgresql
def test_it_begins_nothing_more_seconds_before_anybody_may_take_the_lease(lease: Lease, clock: Clock) -> None:
    assert lease.holds()
    clock.seconds += LEASE.total_seconds() - 6
    assert lease.holds()
    clock.seconds += 2
    assert not lease.holds()

    with lease.ledger():
        clock.seconds += 10  # a slow commit is no part of the lease
    assert lease.holds()
    clock.seconds += LEASE.total_seconds() - 14
    assert not lease.holds()


@on_postgresql
def test_a_renewal_that_is_not_committed_does_not_count(app: App, lease: Lease, clock: Clock) -> None:
    clock.seconds += LEASE.total_seconds() - 6
    before = row(app).lease_until

    with pytest.raises(ConnectionError), lease.ledger():
        raise ConnectionError

    assert row(app).lease_until == before
    clock.seconds += 2
    assert not lease.holds()


@on_postgresql
def test_who_has_lost_the_lease_claims_nothing(app: App, lease: Lease) -> None:
    lose(app)
    assert lease.holds()  # by its own clock, which does not know yet

    with pytest.raises(LeaseLost), lease.ledger():
        pytest.fail("a transaction under a lease that is lost")

    assert not lease.holds()


@on_postgresql
def test_while_idle_it_is_renewed_now_and_then_and_at_the_end_it_leaves(
    app: App, lease: Lease, clock: Clock
) -> None:
    before = row(app).lease_until
    lease.keep()
    assert row(app).lease_until == before
    clock.seconds += 6

    lease.keep()
    assert row(app).lease_until > before

    lease.leave()
    assert row(app).state is SenderState.LEFT


@office.on_sqlite
def test_on_sqlite_nothing_is_written_and_it_always_holds(app: App, lease: Lease, clock: Clock) -> None:
    clock.seconds += 1000
    lease.keep()
    with lease.ledger() as session:
        assert session.scalar(select(func.count()).select_from(SenderLease)) == 0

    assert lease.holds()
    lease.leave()
