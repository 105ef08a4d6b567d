"""Two machines, then four: one is cut off, one killed, the database drops all; nobody is lost or has two.

Real workers in namespaces of their own, with addresses of their own, on one PostgreSQL; a sink that counts is
the judge. What is told on the way goes to standard output: `pytest -s` shows it, and docs/scale.md keeps one.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, text

from newsletter import bookkeeping, database
from newsletter.app import App
from newsletter.drilling.judging import Kill, Verdict, judge
from newsletter.leading import LOCK
from newsletter.mail import journal as journal_files
from newsletter.models import Delivery, DeliveryState
from newsletter.services import releases
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.services import regions
from tests import machines, office
from tests.letterpress import set_issue
from tests.machines import Machine, Network

PEOPLE, CONNECTIONS, DELAY = 1_500, 4, 0.06
RELAY_PORT = 2525
TAKEOVER_SECONDS = 15.0


@dataclass
class Worker:
    """A machine with a worker on it, and a data directory of its own."""

    machine: Machine
    directory: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def senders(self) -> str:
        """How the names of its senders begin."""
        return journal_files.new_sender(self.directory / "journal").partition("~")[0] + "~"


class Drill:
    """What all machines have in common, and what we see of it."""

    def __init__(self, app: App, network: Network, url: str, folder: Path) -> None:
        self.app = app
        self._network = network
        self._url = url
        self._folder = folder
        self._begun = time.monotonic()
        self.workers: list[Worker] = []

    def say(self, what: str) -> None:
        """Tell what happens."""
        print(f"{time.monotonic() - self._begun:6.1f} s  {what}", flush=True)

    def worker(self) -> Worker:
        """Start a worker on a machine of its own; its relay is reached through the machine's own loopback."""
        made = Worker(self._network.machine(), self._folder / f"machine{len(self.workers) + 1}")
        shutil.copytree(self.app.paths.keys, made.directory / "keys")
        made.machine.start(machines.passing(RELAY_PORT, f"{machines.HUB}:{RELAY_PORT}"))
        self.workers.append(made)
        self.start(made)
        return made

    def start(self, worker: Worker) -> None:
        """Start a worker's process, for the first time or again."""
        settings = office.environment(
            self._url,
            SMTP_HOST="127.0.0.1",
            SMTP_PORT=RELAY_PORT,
            SMTP_SECURITY="none",
            SMTP_CONNECTIONS=CONNECTIONS,
        )
        command = [sys.executable, "-m", "newsletter", "worker", "--dir", str(worker.directory)]
        worker.process = worker.machine.start(command, settings, said=worker.directory / "said")

    def leader(self) -> str:
        """Return the address of the machine whose clock leads; empty where none does."""
        holder = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = :lock"
        asked = f"SELECT host(client_addr) FROM pg_stat_activity WHERE pid IN ({holder})"
        with self.app.readers() as session:
            return session.scalar(text(asked), {"lock": LOCK}) or ""

    def holding(self, worker: Worker) -> frozenset[int]:
        """Return the deliveries that a machine's senders hold."""
        with self.app.readers() as session:
            held = select(Delivery.id).where(
                Delivery.state == DeliveryState.SENDING, Delivery.claimed_by.startswith(worker.senders)
            )
            return frozenset(session.scalars(held))

    def states(self) -> Counter[str]:
        """Count the letters."""
        with self.app.readers() as session:
            found = session.execute(select(Delivery.state, Delivery.why)).all()
        return Counter(f"{state.value} {why}".strip() for state, why in found)

    def let_time_pass(self, worker: Worker) -> None:
        """Let a machine's leases be over by the database's clock, as after half a minute."""
        over = (
            "UPDATE senders SET lease_until = now() - interval '1 second' WHERE starts_with(name, :senders)"
        )
        with self.app.sessions.begin() as session:
            session.execute(text(f"{over} AND state = 'working'"), {"senders": worker.senders})

    def drop_connections(self) -> int:
        """Let the server end every connection but this one."""
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        with self.app.engine.connect() as connection:
            ended = connection.scalars(
                text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
            )
            return len(ended.all())


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[tuple[Drill, "Sink"]]:
    with machines.network() as network, machines.postgresql(network.hub) as (url, ours):
        (tmp_path / "here").mkdir()
        engine = database.make_engine(ours.replace("postgresql://", "postgresql+psycopg://"))
        database.upgrade(engine)
        with database.make_sessions(engine).begin() as session:
            regions.load_facts(session)
        engine.dispose()
        with sink(network.hub, tmp_path) as counting, office.opened(tmp_path / "here", ours) as app:
            yield Drill(app, network, url, tmp_path), counting


@dataclass
class Sink:
    """The judge, in the hub: ``newsletter.drilling.sink``."""

    process: subprocess.Popen[str]
    log: Path

    def behave(self, delay: float) -> None:
        """Set how slow it is, in seconds a letter."""
        assert self.process.stdin is not None
        self.process.stdin.write(f'{{"delay": {delay}, "allow": null}}\n')
        self.process.stdin.flush()

    def taken(self, app: App) -> Counter[int | None]:
        """Count what it took, by delivery."""
        ids = Counter(self.log.read_text(encoding="utf-8").splitlines())
        return Counter({self._delivery(app, message_id): times for message_id, times in ids.items()})

    def _delivery(self, app: App, message_id: str) -> int | None:
        return tokens.read(app.keyring, Purpose.MESSAGE, message_id.strip("<>").partition("@")[0])[0]


@contextmanager
def sink(hub: Machine, folder: Path) -> Iterator[Sink]:
    log = folder / "message-ids"
    process = subprocess.Popen(
        [
            "ip",
            "netns",
            "exec",
            hub.namespace,
            sys.executable,
            "-m",
            "newsletter.drilling.sink",
            "--log",
            str(log),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    hub.start(machines.passing(RELAY_PORT, f"127.0.0.1:{port}", machines.HUB))
    yield Sink(process, log)
    process.communicate()


def wait_for(condition: Callable[[], object], seconds: float = 60) -> float:
    """Wait, and return for how long."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "waited in vain"
        time.sleep(0.05)
    return time.monotonic() - begun


def kill(worker: Worker) -> None:
    assert worker.process is not None
    os.killpg(worker.process.pid, signal.SIGKILL)
    worker.process.wait()


@pytest.mark.slow
def test_nobody_is_lost_and_nobody_has_two(drill: tuple[Drill, Sink]) -> None:
    the, sink = drill
    sink.behave(DELAY)
    with the.app.sessions.begin() as session:
        list_id = office.crowd(session, [f"p{n}" for n in range(PEOPLE)], now=the.app.now())
        issue_id = set_issue(session, list_id=list_id, now=the.app.now())
        releases.release(session, scope=the.app.everything("a drill"), issue_id=issue_id, now=the.app.now())

    first, second = the.worker(), the.worker()
    wait_for(lambda: the.leader() and the.holding(first) and the.holding(second))
    cut, killed = (first, second) if the.leader() == first.machine.address else (second, first)
    the.say(f"two workers at work; {cut.machine.address} leads")

    cut.machine.cut()
    the.say(f"{cut.machine.address} is cut off, and holds {len(the.holding(cut))} letters")
    the.worker(), the.worker()
    took = wait_for(lambda: the.leader() not in ("", cut.machine.address), TAKEOVER_SECONDS)
    the.say(f"{the.leader()} leads, {took:.1f} s after that")
    the.let_time_pass(cut)
    wait_for(lambda: the.states()["unknown lease-lost"])
    lost_by_cut = the.states()["unknown lease-lost"]
    the.say(f"its lease is over: {lost_by_cut} letters unknown")

    wait_for(lambda: the.holding(killed))
    kill(killed)
    held = the.holding(killed)
    the.say(f"{killed.machine.address} is killed, and held {len(held)} letters")
    the.let_time_pass(killed)
    wait_for(lambda: not the.holding(killed))
    assert the.states()["unknown lease-lost"] <= lost_by_cut + len(held)
    the.say(f"its lease is over: {the.states()['unknown lease-lost']} letters unknown in all")

    the.say(f"the server drops {the.drop_connections()} connections")
    cut.machine.mend()
    the.start(killed)
    the.say("the one is mended, the other started again: four workers")
    sink.behave(0.0)
    # In this order: what was lost with a lease may go back into the queue in between.
    wait_for(lambda: not the.states()["unknown lease-lost"] and bookkeeping.is_done(the.app))
    the.say(f"nothing is open: {dict(the.states())}")

    verdict = judged(the, sink, kills=[Kill(0.0, 0, held)])
    the.say(f"lost {len(verdict.lost)}, twice {len(verdict.doubled)}, unknown {verdict.all_unknown}")
    assert (verdict.lost, verdict.doubled, verdict.foreign) == ([], [], 0)
    assert (
        verdict.all_unknown <= 2 * CONNECTIONS
    )  # what was on the wire of the one that was killed, and cut off


def judged(the: Drill, sink: Sink, *, kills: list[Kill]) -> Verdict:
    with the.app.readers() as session:
        ledger = dict(session.execute(select(Delivery.id, Delivery.state)).all())
    return judge(ledger, sink.taken(the.app), kills, people=PEOPLE, allowed=CONNECTIONS)
