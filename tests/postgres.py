"""PostgreSQL for tests: one database that is put back for each, and fresh ones for those who change tables.

To make and drop a database takes half a second of the server's work with files; to put back some rows takes
some milliseconds. The facts that each test begins with lie beside the tables, in a schema of their own.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url

TEST_DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "postgresql+psycopg://127.0.0.1:5432/test")

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
#: The tables, their columns, indexes and triggers: what putting rows back does not mend.
_SHAPE = """
SELECT md5(string_agg(name, ',' ORDER BY name)) FROM (
  SELECT relname || '.' || attname AS name FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
  WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
) AS all_names
"""
_PLAIN_COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = :table AND is_generated = 'NEVER'
"""


@contextmanager
def empty_postgres(template: str = "template1") -> Iterator[str | None]:
    """Make a PostgreSQL database for a while and give its URL; None where no server answers."""
    admin = _engine(TEST_DATABASE_URL)
    if admin is None:
        yield None
        return
    name = f"rundbrev_{uuid.uuid4().hex[:12]}"
    _execute(admin, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    # What a test writes is thrown away, so no commit need wait for the disk.
    _execute(admin, f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    try:
        yield make_url(TEST_DATABASE_URL).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(admin, f'DROP DATABASE "{name}" WITH (FORCE)')
        admin.dispose()


class Reused:
    """A copy of a template database that is put back to what it was, or made anew when its tables are not."""

    def __init__(self, template: str) -> None:
        self._template = template
        self._copies = ExitStack()
        self._begin()

    @property
    def url(self) -> str:
        """Where it is; another place when it has been made anew."""
        return self._url

    def put_back(self) -> None:
        """End all other connections, and make every row and every counter what it was."""
        with self._admin.connect() as connection:
            connection.execute(text(_OTHERS))
            same = connection.scalar(text(_SHAPE)) == self._shape
            if same:
                connection.exec_driver_sql(self._back)
        if not same:
            self.close()
            self._begin()

    def close(self) -> None:
        """Let go of the database, and drop it."""
        self._copies.close()

    def _begin(self) -> None:
        url = self._copies.enter_context(empty_postgres(self._template))
        assert url is not None
        self._url = url
        self._admin = create_engine(url, isolation_level="AUTOCOMMIT")
        self._copies.callback(self._admin.dispose)
        with self._admin.connect() as connection:
            self._shape = connection.scalar(text(_SHAPE))
            self._back = "; ".join(_statements(connection))


def _statements(connection: Connection) -> Iterator[str]:
    """Keep what each table holds now, and give the statements that bring it back."""
    tables = list(connection.scalars(text(_TABLES)))
    yield "BEGIN"
    yield "SET LOCAL session_replication_role = replica"  # no trigger and no foreign key has a say here
    yield from (f'DELETE FROM public."{table}"' for table in tables)
    connection.execute(text("CREATE SCHEMA facts"))
    for table in tables:
        if connection.scalar(text(f'SELECT EXISTS (SELECT FROM public."{table}")')):
            connection.execute(text(f'CREATE TABLE facts."{table}" AS TABLE public."{table}"'))
            columns = connection.scalar(text(_PLAIN_COLUMNS), {"table": table})
            yield (
                f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE '
                f'SELECT {columns} FROM facts."{table}"'
            )
    for name, last in connection.execute(text(_SEQUENCES)):
        yield f"SELECT setval('public.\"{name}\"', {last or 1}, {str(last is not None).lower()})"
    yield "COMMIT"


@contextmanager
def reused(template: str) -> Iterator[Reused | None]:
    """Make a copy of ``template`` that can be put back, for a while; None where we are no superuser."""
    admin = _engine(TEST_DATABASE_URL)
    assert admin is not None
    with admin.connect() as connection:
        may = connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
    admin.dispose()
    if not may:
        yield None
        return
    with closing(Reused(template)) as database:
        yield database


def _engine(url: str) -> Engine | None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return engine
    except Exception:
        engine.dispose()
        return None


def _execute(engine: Engine, statement: str) -> None:
    with engine.connect() as connection:
        connection.execute(text(statement))
