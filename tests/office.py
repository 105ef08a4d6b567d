"""A working application in a test: real database, real folders, a clock that stands still, a register."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from newsletter.app import App, build
from newsletter.settings import load
from subscribers.models import Address, AddressKind, ListPurpose, MailingList, Subscriber, Subscription

#: For tests of processes, where the kind of database makes no difference.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def environment(database_url: str, **settings: object) -> dict[str, str]:
    """Return settings for a child process or ``load``: this database, loopback, and nothing from outside."""
    url = database_url.replace("postgresql+psycopg://", "postgresql://")
    return {"DATABASE_URL": url, **{name: str(value) for name, value in settings.items()}}


@contextmanager
def opened(directory: Path, database_url: str, **settings: object) -> Iterator[App]:
    """Open the application on a database that is migrated already."""
    with build(load(directory, environment(database_url, **settings)), migrate=False) as app:
        yield app


def today(app: App) -> date:
    """Return the date in the association's zone, which late in the evening (UTC) is another."""
    return app.now().astimezone(ZoneInfo(app.settings.time_zone)).date()


def start(
    module: str, *arguments: str, directory: Path, database_url: str, **settings: object
) -> subprocess.Popen[str]:
    """Start one of our programs as a process of its own, the head of its own group."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments, "--dir", str(directory)],
        env={**os.environ, **environment(database_url, **settings)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def crowd(session: Session, names: Sequence[str], *, now: datetime, region: str = "skane") -> int:
    """Write a subscriber of the newsletter for each local part of an address; return the list's id."""
    newsletter = session.scalars(
        select(MailingList.id).where(MailingList.purpose == ListPurpose.NEWSLETTER)
    ).one()
    first = (session.scalar(select(func.max(Subscriber.id))) or 0) + 1
    people = list(enumerate(names, start=first))
    connection = session.connection()
    connection.execute(
        insert(Subscriber),
        [
            {
                "id": number,
                "given_name": f"Åsa{number}",
                "family_name": "Öst",
                "sort_key": "",
                "language": "sv",
                "workplace": "",
                "region_slug": region,
                "created_at": now,
                "updated_at": now,
            }
            for number, _ in people
        ],
    )
    connection.execute(
        insert(Address),
        [
            {
                "subscriber_id": number,
                "address": f"{name}@many.example",
                "canonical": f"{name}@many.example",
                "kind": AddressKind.OTHER,
                "preferred": True,
                "created_at": now,
            }
            for number, name in people
        ],
    )
    connection.execute(
        insert(Subscription),
        [
            {
                "subscriber_id": number,
                "list_id": newsletter,
                "active": True,
                "changed_at": now,
                "source": "register",
            }
            for number, _ in people
        ],
    )
    return newsletter
