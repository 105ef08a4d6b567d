"""How fast letters go from a release to the next mail server's yes, with everything on.

    python benchmarks/sending.py [--recipients N] [--rounds N] [--only NAME ...] [--large N]

Each round sends as many letters of the same size by ``smtp-source`` (Postfix's generator in C, 10 sessions)
and by a sender process of ours, from each database and with each way of signing, into a fresh ``smtp-sink``
on this machine. A real issue is rendered and frozen; each letter is personal; ledger, journal, pacing and
metrics are on. The time is that from the first claim to the last outcome in the ledger. Without a PostgreSQL
server that lets us make a database, that row is left out. Needs Debian's package postfix, which need not run.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from benchmarks import wire
from newsletter import bookkeeping, jobs, metering
from newsletter.app import App, build
from newsletter.core.messages import MessageTemplate
from newsletter.core.pace import AT_ONCE
from newsletter.mail import signing
from newsletter.models import Article, Delivery, DeliveryState, Variant
from newsletter.services import issues, items, scheduling
from newsletter.settings import child_environment, load
from tests import office
from tests.postgres import empty_postgres

CONNECTIONS = 10
#: So many paragraphs make a letter of 66 KB.
PARAGRAPHS = 61
PARAGRAPH = "Äppelträden står i blom, och på lördag ses vi i trädgården klockan tio för att räkna bin. " * 3
_TICKS = os.sysconf("SC_CLK_TCK")
_LONGEST_SECONDS = 1_800.0
_ANSWERS = {b"EHLO": b"250-here\r\n250 8BITMIME\r\n", b"QUIT": b"221 bye\r\n"}


@dataclass(frozen=True)
class Way:
    """A database, and who signs: ``ed25519``, ``rsa`` or nobody of ours."""

    name: str
    postgresql: bool = False
    key: str = ""
    goal: float = 0.0


WAYS = (
    Way("SQLite", goal=1.1),
    Way("PostgreSQL", postgresql=True, goal=1.0),
    Way("SQLite, Ed25519", key="ed25519", goal=0.8),
    Way("SQLite, RSA-2048", key="rsa", goal=0.4),
)


@dataclass(frozen=True)
class Run:
    """What one send took. ``rate`` in letters a second; ``memory`` in MB.

    ``cpu`` is microseconds of the processor a letter, ``ledger`` of the clock: the disk is waited for beside
    the wire, so it is no part of the former (``benchmarks/ledger.py`` tells its processor time, by part).
    """

    rate: float
    cpu: float
    ledger: float
    memory: float


@contextmanager
def association(way: Way, port: int, people: int) -> Iterator[App]:
    """Give an association of so many people with an issue that is due, and its mail server at a port."""
    with ExitStack() as parts:
        folder = Path(parts.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder}/rundbrev.db"
        if way.postgresql:
            made = parts.enter_context(empty_postgres())
            if made is None:
                raise LookupError("no PostgreSQL answers")
            url = made
        given = office.environment(
            url,
            SMTP_HOST="127.0.0.1",
            SMTP_PORT=port,
            SMTP_SECURITY="none",
            SMTP_CONNECTIONS=CONNECTIONS,
            DKIM="own" if way.key else "relay",
        )
        app = parts.enter_context(build(load(folder, given)))
        if way.key:
            address, ed25519 = app.settings.from_address, way.key == "ed25519"
            signing.make(app.paths.dkim, address=address, selector="bench", ed25519=ed25519)
        with app.sessions.begin() as session:
            _fill(session, app, people)
        yield app


def _fill(session: Session, app: App, people: int) -> None:
    now = app.now()
    office.crowd(session, [f"p{number}" for number in range(people)], now=now)
    theirs = "'p' || subscriber_id || '@d' || (subscriber_id % 200) || '.example'"
    session.execute(text(f"UPDATE addresses SET address = {theirs}, canonical = {theirs}"))
    add_issue(session, app)


def add_issue(session: Session, app: App, paragraphs: int = PARAGRAPHS) -> int:
    """Write an issue that is due now, rendered and frozen as an officer's is; return its id."""
    now = app.now()
    issue = issues.create(session, title="Mars", subject="Vårens träffar", now=now)
    body = "\n\n".join([PARAGRAPH] * paragraphs)
    article = Article(title="Skörden", body=body, created_at=now, updated_at=now)
    session.add(article)
    session.flush()
    items.add(session, issue_id=issue.id, article_id=article.id, now=now)
    zone, frame = app.settings.time_zone, app.frame()
    scheduling.schedule(session, issue_id=issue.id, at=now, zone=zone, frame=frame, pace=AT_ONCE, now=now)
    return issue.id


def letter_size(session: Session) -> int:
    """Return about how many octets a letter has."""
    stored = session.scalars(select(Variant.template)).first()
    return 0 if stored is None else sum(map(len, MessageTemplate.load(stored).pieces)) + 700


class SenderProcess:
    """A sender of ours, in a process of its own, that waits for work."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._process = subprocess.Popen(
            [sys.executable, "-m", "newsletter.sender", "--dir", str(app.settings.directory)],
            env=child_environment(app.settings),
            stdin=subprocess.DEVNULL,
        )
        while not list(app.paths.journal.glob("*.log")):
            if self._process.poll() is not None:
                raise RuntimeError("the sender did not begin")
            time.sleep(0.02)
        time.sleep(1.0)

    def __enter__(self) -> "SenderProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def cpu(self) -> float:
        """Return the seconds of processor it has used, its threads' with them."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """Return the most memory it has had, in MB."""
        told = Path(f"/proc/{self._process.pid}/status").read_text()
        line = next(line for line in told.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def wait_until_done(self) -> None:
        """Wait until nothing is left to send."""
        until = time.monotonic() + _LONGEST_SECONDS
        while not bookkeeping.is_done(self._app):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the sender did not end its work")
            time.sleep(0.25)


def send(app: App, people: int) -> Run:
    """Release the issue while a sender waits, and measure what it does until nothing is left."""
    with SenderProcess(app) as sender:
        before = sender.cpu()
        jobs.release_issues(app)
        sender.wait_until_done()
        time.sleep(1.2)  # its counts are written once a second
        used, memory = sender.cpu() - before, sender.memory()
        costs = metering.gathered(app.paths.metrics).totals.costs
    with app.readers() as session:
        first, last, accepted = session.execute(
            select(func.min(Delivery.claimed_at), func.max(Delivery.settled_at), func.count()).where(
                Delivery.state == DeliveryState.ACCEPTED
            )
        ).one()
    if accepted != people:
        raise RuntimeError(f"{accepted} of {people} accepted")
    return Run(
        rate=people / (last - first).total_seconds(),
        cpu=used / people * 1e6,
        ledger=(costs["claim_us"] + costs["settle_us"]) / people,
        memory=memory,
    )


def generate(port: int, count: int, size: int) -> float:
    """Send by smtp-source. Returns letters a second."""
    begun = time.monotonic()
    subprocess.run(
        [
            *(wire.tool("smtp-source"), "-s", str(CONNECTIONS), "-l", str(size), "-m", str(count), "-d"),
            *("-f", "studs@eken.example", "-t", "p@lund.example", f"127.0.0.1:{port}"),
        ],
        check=True,
    )
    return count / (time.monotonic() - begun)


class FirstYes:
    """A mail server that notes when it first took a letter."""

    def __init__(self) -> None:
        self.at = 0.0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as heard:
            connection.sendall(b"220 here\r\n")
            while said := heard.readline():
                command = said[:4].upper()
                if command == b"DATA":
                    connection.sendall(b"354 go on\r\n")
                    while heard.readline() != b".\r\n":
                        pass
                    self.at = self.at or time.monotonic()
                connection.sendall(_ANSWERS.get(command, b"250 Ok\r\n"))
                if command == b"QUIT":
                    return


def first_acceptances(times: int) -> list[float]:
    """Return how many seconds it took from a release's commit until a server had taken the first letter."""
    found = []
    server = FirstYes()
    with association(WAYS[0], server.port, 50) as app, SenderProcess(app) as sender:
        for number in range(times):
            if number:
                with app.sessions.begin() as session:
                    add_issue(session, app)
            time.sleep(1 + number / 10)  # not in step with what looks each quarter of a second
            server.at = 0.0
            jobs.release_issues(app)
            committed = time.monotonic()
            sender.wait_until_done()
            found.append(server.at - committed)
    return found


def spread(values: Sequence[float], digits: int) -> str:
    """Write a median and the range."""
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f}–{max(values):,.{digits}f})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print medians and ranges."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--recipients", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", type=int, default=100_000, help="recipients for the memory; 0 for none")
    parser.add_argument("--only", nargs="*", default=[way.name for way in WAYS])
    given = parser.parse_args(arguments)
    if not Path(wire.tool("smtp-sink")).exists():
        print("smtp-sink is missing: install Debian's package postfix.", file=sys.stderr)
        return 2
    ways = [way for way in WAYS if way.name in given.only]
    runs: dict[str, list[tuple[Run, float]]] = {way.name: [] for way in ways}
    for number in range(1, given.rounds + 1):
        _round(number, ways, given.recipients, runs)
    _tell(ways, runs, given.recipients)
    _tell_latency()
    for people in filter(None, (10_000, given.large)):
        with wire.sink() as port, association(WAYS[0], port, people) as app:
            run = send(app, people)
        print(f"memory at {people:,}: {run.memory:.1f} MB; {run.rate:,.0f} letters a second")
    return 0


def _round(number: int, ways: Sequence[Way], people: int, runs: dict[str, list[tuple[Run, float]]]) -> None:
    """Send by each way in turn, each round beginning with another."""
    turned = [*ways[number % len(ways) :], *ways[: number % len(ways)]]
    for way in turned:
        try:
            with wire.sink() as port, association(way, port, people) as app:
                with app.readers() as session:
                    size = letter_size(session)
                with wire.sink() as other:
                    source = generate(other, people, size)
                run = send(app, people)
        except LookupError:
            continue
        runs[way.name].append((run, source))
        print(
            f"round {number}, {way.name}: smtp-source {source:,.0f}/s, ours {run.rate:,.0f}/s "
            f"({run.rate / source:.2f}), {run.cpu:.1f} µs of CPU, {size:,} octets",
            flush=True,
        )


def _tell(ways: Sequence[Way], runs: dict[str, list[tuple[Run, float]]], people: int) -> None:
    print(f"\n{people:,} letters; medians (ranges)\n")
    print("| way | letters a second | to smtp-source | goal | CPU, µs | ledger, µs | memory, MB |")
    print("|---|---|---|---|---|---|---|")
    for way in ways:
        if not runs[way.name]:
            continue
        ours = [run for run, _ in runs[way.name]]
        cells = [
            way.name,
            spread([run.rate for run in ours], 0),
            spread([run.rate / source for run, source in runs[way.name]], 2),
            f"{way.goal:.1f}",
            spread([run.cpu for run in ours], 1),
            spread([run.ledger for run in ours], 1),
            spread([run.memory for run in ours], 1),
        ]
        print(f"| {' | '.join(cells)} |")
    sources = [source for found in runs.values() for _, source in found]
    if sources:
        print(f"\nsmtp-source: {spread(sources, 0)} letters a second")


def _tell_latency() -> None:
    print(
        f"release to first acceptance, ms: {spread([each * 1e3 for each in first_acceptances(10)], 0)}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
