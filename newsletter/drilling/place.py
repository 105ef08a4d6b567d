"""Where a drill happens: a data directory and a database of its own, invented people, one issue for all."""

import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, insert, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from newsletter.app import App, build
from newsletter.core.pace import AT_ONCE
from newsletter.drilling.sink import HOST, CountingSink
from newsletter.errors import PlaceTaken
from newsletter.language import _
from newsletter.models import Article
from newsletter.services import issues, items, scheduling
from newsletter.settings import Settings, load, variables
from subscribers.models import Address, AddressKind, ListPurpose, MailingList, Subscriber, Subscription

#: All people of the drill live here, which is nowhere (RFC 2606).
DOMAIN = "drill.example"

#: How the names of PostgreSQL's own schemas begin.
_SYSTEMS_OWN = ("pg_", "information_schema")

#: People written by one statement.
_GROUP = 5_000


@dataclass(frozen=True, slots=True)
class Ground:
    """An application whose mail goes into the sink."""

    app: App
    sink: CountingSink


@contextmanager
def prepared(usual: Settings, *, database_url: str, people: int) -> Iterator[Ground]:
    """Prepare a drill in a directory of its own, inside the usual one, and take everything away after it.

    ``usual`` gives language and number of connections; nothing else of the installation is used or touched.
    ``database_url`` is an empty PostgreSQL database, or empty for SQLite. Raises ``PlaceTaken`` for one that
    holds anything, and ``sqlalchemy.exc.OperationalError`` for one that does not answer.
    """
    inside = usual.directory if usual.directory.is_dir() else None
    with ExitStack() as parts:
        directory = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="drill-", dir=inside)))
        url = parts.enter_context(_own_schema(database_url)) if database_url else ""
        sink = parts.enter_context(CountingSink(directory / "message-ids"))
        settings = own_settings(directory, usual, database_url=url, sink_port=sink.port)
        app = parts.enter_context(build(settings))
        with app.sessions.begin() as session:
            furnish(session, app, people)
        yield Ground(app, sink)


def own_settings(directory: Path, usual: Settings, *, database_url: str, sink_port: int) -> Settings:
    """Return the drill's settings: the defaults, whatever the environment says, and mail into the sink."""
    ours = {
        "INTERFACE_LANGUAGE": usual.interface_language,
        "SMTP_CONNECTIONS": str(usual.smtp_connections),
        "DATABASE_URL": database_url,
        "SMTP_HOST": HOST,
        "SMTP_PORT": str(sink_port),
        "SMTP_SECURITY": "none",
    }
    return load(directory, {**variables(), **ours})


def furnish(session: Session, app: App, people: int) -> None:
    """Write so many people into an empty register, and schedule an issue to them all for now."""
    now = app.now()
    newsletter = session.scalars(
        select(MailingList).where(MailingList.purpose == ListPurpose.NEWSLETTER)
    ).one()
    for first in range(1, people + 1, _GROUP):
        _move_in(session, range(first, min(first + _GROUP, people + 1)), newsletter.id, now)
    issue = issues.create(session, title=_("Provet"), subject=_("Provet"), now=now)
    article = Article(title=_("Ett prov"), body=_("Det här är ett prov."), created_at=now, updated_at=now)
    session.add(article)
    session.flush()
    items.add(session, issue_id=issue.id, article_id=article.id, now=now)
    scheduling.schedule(
        session,
        issue_id=issue.id,
        at=now,
        zone=app.settings.time_zone,
        frame=app.frame(),
        pace=AT_ONCE,
        now=now,
    )


def _move_in(session: Session, numbers: Sequence[int], list_id: int, now: datetime) -> None:
    session.execute(insert(Subscriber), [_person(number, now) for number in numbers])
    session.execute(insert(Address), [_address(number, now) for number in numbers])
    session.execute(insert(Subscription), [_subscription(number, list_id, now) for number in numbers])


def _person(number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "given_name": f"P{number}",
        "family_name": "Prov",
        "sort_key": "",
        "language": "sv",
        "workplace": "",
        "created_at": now,
        "updated_at": now,
    }


def _address(number: int, now: datetime) -> dict[str, Any]:
    address = f"p{number}@{DOMAIN}"
    return {
        "subscriber_id": number,
        "address": address,
        "canonical": address,
        "kind": AddressKind.OTHER,
        "preferred": True,
        "created_at": now,
    }


def _subscription(number: int, list_id: int, now: datetime) -> dict[str, Any]:
    return {
        "subscriber_id": number,
        "list_id": list_id,
        "active": True,
        "changed_at": now,
        "source": "register",
    }


@contextmanager
def _own_schema(database_url: str) -> Iterator[str]:
    """Make a schema in an empty database and drop it afterwards; the URL given back sees nothing else."""
    schema = f"drill_{secrets.token_hex(4)}"
    url = make_url(database_url)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        _check_empty(engine)
        _make_schema(engine, schema)
        try:
            own = url.update_query_dict({"options": f"-csearch_path={schema}"})
            yield own.render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    finally:
        engine.dispose()


def _make_schema(engine: Engine, schema: str) -> None:
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except ProgrammingError as error:
        raise PlaceTaken(
            "I databasen {name} får inget skapas ({reason}). Ange en databas som är din.",
            name=engine.url.database,
            reason=str(error.orig).partition("\n")[0],
        ) from error


def _check_empty(engine: Engine) -> None:
    found = inspect(engine)
    ours = [name for name in found.get_schema_names() if not name.startswith(_SYSTEMS_OWN)]
    if any(found.get_table_names(schema) for schema in ours):
        raise PlaceTaken(
            "I databasen {name} finns redan tabeller, och provet rör dem inte. Ange en tom databas.",
            name=engine.url.database,
        )
