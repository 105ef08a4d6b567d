"""Senders of several machines on one PostgreSQL: one that is lost, and one that comes back and knows more."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from newsletter import recovering, sending
from newsletter.app import App
from newsletter.bookkeeping import Entry
from newsletter.core.outcomes import NotBegun
from newsletter.core.replies import Reply
from newsletter.leases import Lease, LeaseLost
from newsletter.mail import journal as journal_files
from newsletter.mail.journal import Journal
from newsletter.mail.sink import Sink
from newsletter.models import Delivery, DeliveryState, SenderLease, SenderState
from newsletter.sending import Run, Sender
from newsletter.services import claims, releases
from newsletter.services.senders import LEASE
from tests import office
from tests.letterpress import set_issue

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

OK = Reply.of(250, "2.0.0 Ok: queued as 4F1")


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    (tmp_path / "sink").mkdir()
    clock = App.now
    with Sink(tmp_path / "sink", 0, now=lambda: clock(None)) as sink:  # type: ignore[arg-type]
        yield sink


@pytest.fixture
def app(tmp_path: Path, database_url: str, sink: Sink) -> Iterator[App]:
    with office.opened(tmp_path / "one", database_url, SINK_PORT=sink.port) as app:
        with app.sessions.begin() as session:
            list_id = office.crowd(session, [f"p{n}" for n in range(6)], now=app.now())
            issue_id = set_issue(session, list_id=list_id, now=app.now())
            releases.release(session, scope=app.everything("a test"), issue_id=issue_id, now=app.now())
        yield app


@pytest.fixture
def other(tmp_path: Path, database_url: str, sink: Sink) -> Iterator[App]:
    """Another machine: another data directory, and no way to the first one's journals."""
    with office.opened(tmp_path / "two", database_url, SINK_PORT=sink.port) as app:
        yield app


def let_leases_run_out(app: App) -> None:
    with app.sessions.begin() as session:
        working = SenderLease.state == SenderState.WORKING
        session.execute(update(SenderLease).where(working).values(lease_until=app.now() - LEASE))


def claim(sender: Sender, wanted: int) -> None:
    sender.lay(sender.books.keep(Entry(wanted=wanted, relays=sender.relays())))
    assert sender.desk.held == wanted


def states(app: App) -> Counter[str]:
    with app.readers() as session:
        return Counter(
            f"{state.value} {why}".strip()
            for state, why in session.execute(select(Delivery.state, Delivery.why))
        )


def test_a_living_sender_of_another_machine_is_left_alone(app: App, other: App) -> None:
    with sending.open_sender(app) as sender:
        claim(sender, 2)

        assert recovering.recover(other) == 0

        assert states(app) == {"sending": 2, "queued": 4}
        sender.desk.surrender(NotBegun(""))
        sender.books.keep(Entry(sender.desk.hand_over()))


def test_a_sender_that_comes_back_tells_what_it_knows_and_gives_way(app: App, other: App, sink: Sink) -> None:
    told: list[str] = []
    with sending.open_sender(app) as sender:
        claim(sender, 4)
        let_leases_run_out(app)
        assert recovering.recover(other) == 4
        assert states(app) == {"unknown lease-lost": 4, "queued": 2}
        first = next(iter(sender.desk.deliveries()))
        letter = sender.desk.take(sender.relays()[0])
        assert letter is not None
        assert letter.claim.delivery_id == first
        sender.desk.settle(
            letter.claim, OK, sender.relays()[0], 0.1
        )  # its reply came while the machine was cut off
        run = Run(app, sender, until_done=False, tell=told.append)

        run.run()

    assert run.lost
    assert "räknas som förlorad" in told[0]
    found = states(app)  # some may have gone before it learnt of its loss: the ledger has each of them
    assert found == {"accepted": sink.kept + 1, "queued": 5 - sink.kept}
    assert list(app.paths.journal.iterdir()) == []
    with app.readers() as session:
        assert session.scalars(select(SenderLease.state)).all() == [SenderState.LAPSED]


def test_who_reads_the_journal_of_a_lost_sender_later_makes_it_exact(app: App, other: App) -> None:
    """The machine was cut off, its sender killed, and then it came back."""
    name = journal_files.new_sender(app.paths.journal)
    lease, journal = Lease(app, name), Journal.open(app.paths.journal, name)
    with lease.ledger() as session:
        copies = claims.claim(session, sender=name, now=app.now(), limit=4)
    accepted, begun, *_ = [copy.claim.delivery_id for copy in copies]
    journal.write([f"> {accepted} 1\n", f"< {accepted} 1 250 2.0.0 Ok\n", f"> {begun} 1\n"])
    let_leases_run_out(app)
    assert recovering.recover(other) == 4
    journal.close(settled=False)  # as its death does

    assert recovering.recover(app) == 4

    assert states(app) == {"accepted": 1, "unknown": 1, "queued": 4}
    with app.readers() as session:
        row = session.get_one(Delivery, begun)
        assert (row.state, row.attempts) == (DeliveryState.UNKNOWN, 1)


def test_who_has_lost_the_lease_claims_nothing_more(app: App, other: App) -> None:
    with sending.open_sender(app) as sender:
        let_leases_run_out(app)
        recovering.recover(other)

        with pytest.raises(LeaseLost):
            sender.books.keep(Entry(wanted=2, relays=sender.relays()))
        assert not sender.books.keep(Entry(wanted=2, relays=sender.relays())).news.copies

    assert states(app) == {"queued": 6}
