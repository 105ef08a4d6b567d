"""One way to the database: SQLite in a file by default, PostgreSQL by one setting."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.segments import fold
from subscribers.services.dialects import SQLITE_FOLD

if TYPE_CHECKING:
    from alembic.config import Config

#: How long a SQLite writer waits for another, in milliseconds.
BUSY_TIMEOUT_MS = 10_000

_MIGRATIONS = Path(__file__).parent / "migrations"

#: The execution option by which a connection says that it will only read.
READ_ONLY = "rundbrev_read_only"

#: Any number will do, as long as all processes use the same.
_MIGRATION_LOCK = 7_265_001


def make_engine(url: str) -> Engine:
    """Open an engine for a SQLAlchemy URL (SQLite or PostgreSQL through psycopg)."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, connect_args=patience(url, seconds=15))
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def patience(url: str | URL, *, seconds: int) -> dict[str, str | int]:
    """Return arguments for libpq that end a connection on which nobody has answered for so long.

    On both sides: a server that cannot reach us would otherwise keep our locks for hours. What the URL asks
    of the server stands beside it. Without effect on a socket of the same machine.
    """
    asked = make_url(url).query.get("options", ())
    between = max(1, seconds // 5)
    ours = {
        "tcp_keepalives_idle": between,
        "tcp_keepalives_interval": between,
        "tcp_keepalives_count": 3,
        "tcp_user_timeout": seconds * 1000,  # milliseconds
    }
    options = [*((asked,) if isinstance(asked, str) else asked), *(f"-c {k}={v}" for k, v in ours.items())]
    return {
        "connect_timeout": seconds,
        "keepalives_idle": between,
        "keepalives_interval": between,
        "keepalives_count": 3,
        "tcp_user_timeout": seconds * 1000,
        "options": " ".join(options),
    }


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Return the factory of sessions; values stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def make_readers(engine: Engine) -> sessionmaker[Session]:
    """Return the factory of sessions that can only read, whatever their caller tries.

    On SQLite they also leave the writer's lock alone, so that looking on never slows the sending down.
    """
    reading = engine.execution_options(**{READ_ONLY: True, "postgresql_readonly": True})
    return sessionmaker(reading, expire_on_commit=False, autoflush=False)


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to ``revision``, one process at a time; one that is there already takes no time."""
    if revision == "head" and _is_at_head(engine):
        return
    with _one_at_a_time(engine), engine.connect() as connection, _foreign_keys_off(connection):
        _run_alembic(connection, revision)
        _check_foreign_keys(connection)
        connection.commit()


def newest_revision() -> str:
    """Return the revision that the package ships: migrations are numbered, one after the other."""
    return max(path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _is_at_head(engine: Engine) -> bool:
    """Tell whether nothing is to be done, without loading Alembic: most starts are such ones."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [
            newest_revision()
        ]


def alembic_config(connection: Connection | None = None) -> "Config":
    """Return Alembic's configuration for the migrations that ship with the package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _run_alembic(connection: Connection, revision: str) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), revision)


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration left {len(broken)} rows without their parents")


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Spare the children while a batch ALTER rebuilds their parent's table, which SQLite would cascade.

    The pragma does nothing inside a transaction, so it goes to the driver before SQLAlchemy begins one.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    if engine.dialect.name == "sqlite" and engine.url.database:
        lock = Path(engine.url.database).with_suffix(".migrating")
        with lock.open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        return
    with engine.connect() as keeper:
        keeper.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        keeper.commit()
        try:
            yield
        finally:
            keeper.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _MIGRATION_LOCK})
            keeper.commit()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: BEGIN IMMEDIATE below does.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # with NORMAL a power cut takes the last commits, and a mail goes out twice
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function(SQLITE_FOLD, 1, fold, deterministic=True)


def _begin_sqlite(connection: Connection) -> None:
    reads = bool(connection.get_execution_options().get(READ_ONLY))
    connection.exec_driver_sql(f"PRAGMA query_only={int(reads)}")
    # A reader that turns writer halfway cannot wait for the lock; a writer takes it at once.
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
