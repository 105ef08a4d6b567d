"""The machine: its database, its disk, its clock, and whether the settings let letters go at all."""

import ctypes
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from newsletter import database, permitting
from newsletter.app import App
from newsletter.core.health import machine
from newsletter.core.health.checks import Check, Group, Level, mark
from newsletter.core.health.machine import Clock, Database
from newsletter.doctoring import web
from newsletter.doctoring.at_once import Task
from newsletter.settings import is_loopback
from subscribers.errors import SentenceError

_SECONDS = 10.0
#: Room for the C library's ``struct timex``, whatever it holds, and its word for a clock that nobody sets.
_TIMEX, _NOT_SYNCHRONISED = 512, 5


def tasks(app: App) -> list[Task]:
    """Return what is looked at here."""
    return [
        Task(Group.SENDING, "settings", "SMTP_HOST", _SECONDS, lambda: _settings(app)),
        Task(Group.MACHINE, "database", "DATABASE_URL", _SECONDS, lambda: _database(app)),
        Task(Group.MACHINE, "disk", str(app.paths.root), _SECONDS, lambda: _disks(app)),
        Task(Group.MACHINE, "clock", "NTP", web.SECONDS, lambda: _clock(app)),
    ]


def _settings(app: App) -> Iterator[Check]:
    settings = app.current()
    if settings.stays_here:
        yield Check(
            Group.SENDING,
            "settings",
            Level.AMBER,
            mark("Övningsläget är på: inga brev lämnar den här datorn."),
            mark("När allt annat är grönt: sätt SMTP_HOST till er server för utgående post."),
        )
        return
    try:
        permitting.check_sending(app)
    except SentenceError as error:
        facts = {name: str(value) for name, value in error.facts.items()}
        yield Check(Group.SENDING, "settings", Level.RED, error.sentence, "", facts)
        return
    yield Check(
        Group.SENDING, "settings", Level.GREEN, mark("Inställningarna låter brev skickas på riktigt.")
    )


def _database(app: App) -> Iterable[Check]:
    with app.readers() as session:
        kind = app.engine.dialect.name
        revision = str(session.scalar(text("SELECT max(version_num) FROM alembic_version")) or "")
        version, unsafe = _of_sqlite(session) if kind == "sqlite" else _of_postgresql(session)
    name = "SQLite" if kind == "sqlite" else "PostgreSQL"
    return machine.database(Database(name, version, revision, database.newest_revision(), unsafe))


def _of_sqlite(session: Session) -> tuple[str, str]:
    mode = str(session.scalar(text("PRAGMA journal_mode"))).lower()
    synchronous = session.scalar(text("PRAGMA synchronous"))
    version = str(session.scalar(text("SELECT sqlite_version()")))
    if mode != "wal":
        return version, f"journal_mode={mode}"
    return version, "" if synchronous in (2, 3) else f"synchronous={synchronous}"


def _of_postgresql(session: Session) -> tuple[str, str]:
    version = str(session.scalar(text("SHOW server_version")))
    wrong = [
        f"{name}={value}"
        for name, bad in (("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off"))
        if (value := str(session.scalar(text(f"SHOW {name}")))) == bad
    ]
    return version, ", ".join(wrong)


def _disks(app: App) -> Iterator[Check]:
    yield machine.disk(str(app.paths.root), shutil.disk_usage(app.paths.root).free)
    if app.engine.dialect.name != "sqlite" or not app.engine.url.database:
        return
    folder = Path(app.engine.url.database).parent
    if folder.stat().st_dev != app.paths.root.stat().st_dev:  # another disk
        yield machine.disk(str(folder), shutil.disk_usage(folder).free)


def _clock(app: App) -> Iterable[Check]:
    settings, now = app.current(), app.now()
    # A web server on this machine has this machine's clock.
    here = is_loopback(urlsplit(settings.base_url).hostname or "")
    seen = web.Seen() if here else web.look(settings.base_url, now=now)
    return machine.clock(
        Clock(
            zone=settings.time_zone,
            local=now.astimezone(ZoneInfo(settings.time_zone)).strftime("%H.%M"),
            synchronised=_is_synchronised(),
            database_apart=None if app.engine.dialect.name == "sqlite" else now - _database_now(app),
            web_apart=now - seen.date if seen.date is not None else None,
        )
    )


def _database_now(app: App) -> datetime:
    with app.readers() as session:
        found: datetime = session.scalars(text("SELECT clock_timestamp()")).one()
    return found.astimezone(UTC)


def _is_synchronised() -> bool | None:
    """Ask the kernel whether a time server sets its clock (adjtimex); None where it cannot be asked."""
    try:
        answer = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX))
    except (OSError, AttributeError):
        return None
    return None if answer < 0 else answer != _NOT_SYNCHRONISED
