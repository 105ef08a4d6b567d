"""A send to many, from the release to the last acceptance: rates, bytes, memory, and a page meanwhile.

    python benchmarks/scale.py [PEOPLE] [sqlite|postgresql]

By default 10,000 people, on both databases; for 1,000,000, say so, and have ten minutes. PostgreSQL is the
one that TEST_DATABASE_URL names (the tests' own by default), with the settings that it has. Letters of 66 KB
go through a sender process, as ``rundbrev work`` starts it, into Postfix's smtp-sink on this machine. No
limit is tested here: machines differ. What the figures mean stands in docs/scale.md.
"""

import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Integer, String, cast, func, insert, literal, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from newsletter import bookkeeping, database, jobs, serving
from newsletter.app import App, build
from newsletter.models import Delivery, DeliveryState
from newsletter.settings import child_environment, load
from newsletter.working import sender_command
from subscribers.models import (
    Address,
    AddressKind,
    ListPurpose,
    MailingList,
    RoleName,
    Subscriber,
    Subscription,
)
from subscribers.services.dialects import table_of
from tests.letterpress import set_issue, template
from tests.newsletter.web.visitors import Visitor, appoint, signed_in
from tests.postgres import TEST_DATABASE_URL, empty_postgres

PEOPLE = 10_000
LETTER_BYTES = 66_000
CONNECTIONS = 10
#: Pages that an officer has open while an issue goes.
PAGES = {"the start page": "/", "the articles": "/artiklar", "the progress": "/utskick/{issue}"}
_SINK = "/usr/sbin/smtp-sink"


@dataclass(frozen=True)
class Sizes:
    """Bytes of what grows with each delivery: by table and by index."""

    bytes: dict[str, int]

    def since(self, before: "Sizes") -> dict[str, int]:
        """Return by how much each has grown; what has not is left out."""
        grown = {name: size - before.bytes.get(name, 0) for name, size in self.bytes.items()}
        return {name: size for name, size in sorted(grown.items()) if size > 0}


def main() -> None:
    """Measure, and print."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    kinds = sys.argv[2:3] or ["sqlite", "postgresql"]
    machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    print(f"{people:,} people; {machine}")
    for kind in kinds:
        with ExitStack() as parts:
            url = "" if kind == "sqlite" else parts.enter_context(_postgresql())
            if url is None:
                print(f"{kind}: none answers at {TEST_DATABASE_URL}")
                continue
            folder = Path(parts.enter_context(tempfile.TemporaryDirectory()))
            port = parts.enter_context(_smtp_sink())
            settings = {
                "DATABASE_URL": url,
                "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": str(port),
                "SMTP_SECURITY": "none",
                "SMTP_CONNECTIONS": str(CONNECTIONS),
                "SEND_GRACE_MINUTES": "0",
                "SEND_HEAD_START_MINUTES": "0",
            }
            app = parts.enter_context(build(load(folder, settings)))
            _measure(app, kind, people)


def _measure(app: App, kind: str, people: int) -> None:
    print(f"\n{kind}")
    begun = time.perf_counter()
    list_id = _move_in(app, people)
    _tell("people written, a second", people / (time.perf_counter() - begun))
    _look_through(app)
    officer = _officer(app)
    with app.sessions.begin() as session:
        now = app.now()
        letter = template(bulk=LETTER_BYTES)
        issue_id = set_issue(session, list_id=list_id, now=now, letter=letter)
    idle = {name: _page(officer, path.format(issue=issue_id)) for name, path in PAGES.items()}
    before = _sizes(app)
    with _sender(app) as process:
        time.sleep(3)  # it has started, and looks for work
        started = time.perf_counter()
        report = jobs.release_issues(app)
        released = time.perf_counter()
        if report.failed or not report.released:
            raise SystemExit(f"the issue was not released: {report}")
        _tell("release, seconds", released - started, digits=2)
        first = _first_acceptance(app, process)
        _tell("from its commit to the first acceptance in the ledger, ms", (first - released) * 1000)
        after = _sizes(app)
        _show_sizes("bytes a delivery, when released", after.since(before), people)
        busy = _pages_meanwhile(app, officer, issue_id)
        ended = time.perf_counter()
        _tell("letters a second, from the first to the last", people / (ended - first))
        _tell("peak memory of the sender, MB", _peak(process.pid) / 1e6)
        _tell("processor time of the sender a letter, µs", _processor_seconds(process.pid) / people * 1e6)
    for name, seconds in busy.items():
        _tell(f"{name}: idle, ms", idle[name] * 1000)
        _tell(f"{name}: meanwhile, ms (median of {len(seconds)})", median(seconds) * 1000)
    _show_sizes("bytes a delivery, when all have gone", _sizes(app).since(before), people)
    _show_updates(app)


# --- People -------------------------------------------------------------------------------------------------


def _move_in(app: App, people: int) -> int:
    """Write so many people, subscribed to the newsletter, by three statements; return the list's id."""
    first = select(literal(1, Integer).label("i")).cte("n", recursive=True)
    n = first.union_all(select(first.c.i + 1).where(first.c.i < people))
    number = cast(n.c.i, String)
    address = literal("p") + number + literal("@d") + cast(n.c.i % 300, String) + literal(".example")
    region = func.substr("skanenorravast ", (n.c.i % 3) * 5 + 1, 5)
    with app.sessions.begin() as session:
        now = literal(app.now(), Subscriber.created_at.type)
        newsletter = select(MailingList.id).where(MailingList.purpose == ListPurpose.NEWSLETTER)
        list_id = session.scalars(newsletter).one()
        person = {
            "id": n.c.i, "given_name": literal("Åsa") + number, "family_name": literal("Öst"),
            "sort_key": literal(""),
            "language": literal("sv"), "workplace": literal(""), "region_slug": func.trim(region),
            "pseudonym": number, "created_at": now, "updated_at": now,
        }  # fmt: skip
        _write(session, Subscriber, n, person)
        kind = literal(AddressKind.OTHER, Address.kind.type)
        _write(session, Address, n, {
            "subscriber_id": n.c.i, "address": address, "canonical": address, "kind": kind,
            "preferred": literal(True), "created_at": now,
        })  # fmt: skip
        _write(session, Subscription, n, {
            "subscriber_id": n.c.i, "list_id": literal(list_id), "active": literal(True), "changed_at": now,
            "source": literal("register"),
        })  # fmt: skip
        if app.engine.dialect.name == "postgresql":  # they came with their ids
            session.execute(text(f"SELECT setval(pg_get_serial_sequence('subscribers', 'id'), {people})"))
    return list_id


def _write(session: Session, model: Any, n: Any, values: dict[str, Any]) -> None:
    rows = select(*(value.label(name) for name, value in values.items())).select_from(n)
    session.execute(insert(table_of(model)).from_select(list(values), rows))


def _officer(app: App) -> Visitor:
    visitor = signed_in(app, appoint(app, 1, RoleName.OFFICER))
    serving.settle()
    return visitor


def _look_through(app: App) -> None:
    """Let the database know its tables, as it does by itself in time."""
    with app.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if app.engine.dialect.name == "postgresql" else "ANALYZE"))


# --- The send -----------------------------------------------------------------------------------------------


@contextmanager
def _sender(app: App) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(sender_command(app.settings), env=child_environment(app.settings))
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _first_acceptance(app: App, process: subprocess.Popen[bytes]) -> float:
    """Wait for it, and return when the ledger had it."""
    first = select(Delivery.id).where(Delivery.state == DeliveryState.ACCEPTED).order_by(Delivery.id).limit(1)
    while process.poll() is None:
        with app.readers() as session:
            if session.scalar(first) is not None:
                return time.perf_counter()
        time.sleep(0.002)
    raise SystemExit("the sender has ended")


def _pages_meanwhile(app: App, officer: Visitor, issue_id: int) -> dict[str, list[float]]:
    """Look at pages until everything has gone out."""
    seen: dict[str, list[float]] = {name: [] for name in PAGES}
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            for name, path in PAGES.items():
                seen[name].append(_once(officer, path.format(issue=issue_id)))
                over.wait(0.5)

    looking = threading.Thread(target=look)
    looking.start()
    while not bookkeeping.is_done(app):
        time.sleep(0.1)
    over.set()
    looking.join()
    return seen


def _page(officer: Visitor, path: str) -> float:
    return median(_once(officer, path) for _ in range(5))


def _once(officer: Visitor, path: str) -> float:
    begun = time.perf_counter()
    answer = officer.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return time.perf_counter() - begun


@contextmanager
def _smtp_sink() -> Iterator[int]:
    if shutil.which(_SINK) is None:
        raise SystemExit("smtp-sink is missing: it comes with the Debian package postfix")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []  # it does not work as root
    process = subprocess.Popen([_SINK, *user, f"127.0.0.1:{port}", "1024"], stderr=subprocess.DEVNULL)
    try:
        _until(lambda: _answers(port))
        yield port
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise SystemExit("waited in vain")


# --- Figures ------------------------------------------------------------------------------------------------


@contextmanager
def _postgresql() -> Iterator[str | None]:
    with empty_postgres() as url:
        if url is None:
            yield None
            return
        # As a real one: each commit waits for the disk, if the server does.
        _execute(TEST_DATABASE_URL, f'ALTER DATABASE "{make_url(url).database}" RESET synchronous_commit')
        yield url.replace("postgresql+psycopg://", "postgresql://")


def _execute(url: str, statement: str) -> None:
    engine = database.make_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _sizes(app: App) -> Sizes:
    if app.engine.dialect.name == "postgresql":
        ours = "relname ~ 'deliveries' AND relkind IN ('r', 'i')"
        query = f"SELECT relname, pg_relation_size(oid) FROM pg_class WHERE {ours}"
    else:
        query = "SELECT name, sum(pgsize) FROM dbstat WHERE name LIKE '%deliveries%' GROUP BY name"
    with app.readers() as session:
        return Sizes({name: int(size) for name, size in session.execute(text(query))})


def _show_sizes(title: str, grown: dict[str, int], people: int) -> None:
    _tell(title, sum(grown.values()) / people)
    for name, size in grown.items():
        _tell(f"  {name}", size / people)


def _show_updates(app: App) -> None:
    if app.engine.dialect.name != "postgresql":
        return
    query = (
        "SELECT n_tup_upd, n_tup_hot_upd, n_dead_tup FROM pg_stat_user_tables WHERE relname = 'deliveries'"
    )
    time.sleep(1)  # the server counts in its own time
    with app.readers() as session:
        updated, hot, dead = session.execute(text(query)).one()
    _tell("rows updated, in all", updated)
    _tell("  of these without touching an index", hot)
    _tell("  left for vacuum", dead)


def _peak(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(found[1]) * 1024 if found else 0


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _tell(what: str, figure: float, *, digits: int = 0) -> None:
    print(f"  {what:62} {figure:14,.{digits}f}", flush=True)


if __name__ == "__main__":
    main()
