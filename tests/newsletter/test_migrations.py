"""Every step of the schema, taken with people's rows in the tables: none may be lost on the way."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Column,
    Engine,
    Executable,
    MetaData,
    Table,
    delete,
    func,
    insert,
    inspect,
    literal,
    select,
    table,
    union_all,
    update,
)
from sqlalchemy import types as sql
from sqlalchemy.exc import DBAPIError

from newsletter import database
from subscribers.core.authority import Everything
from subscribers.models import Act, SuppressionRelease
from subscribers.services import ledger
from tests.postgres import empty_postgres

ROWS = 3

pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")


def revisions() -> list[str]:
    steps = ScriptDirectory.from_config(database.alembic_config()).walk_revisions()
    return [step.revision for step in steps][::-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing in it, not even tables."""
    if request.param == "sqlite":
        engine = database.make_engine(f"sqlite:///{tmp_path / 'rundbrev.db'}")
        yield engine
        engine.dispose()
        return
    with empty_postgres() as url:
        if url is None:
            pytest.skip("no PostgreSQL answers")
        engine = database.make_engine(url)
        yield engine
        engine.dispose()


def test_a_filled_database_keeps_every_row_at_every_step_and_its_logs_only_grow(empty: Engine) -> None:
    """One walk: rows are written into each table at the step that makes it, and must be there at the end."""
    steps = revisions()
    database.upgrade(empty, steps[0])
    for before, after in pairwise(steps):
        names = fill(empty)
        counted = rows_in(empty, names)
        assert {count for name, count in counted.items() if name not in ONE_ROW} == {ROWS}, before

        database.upgrade(empty, after)

        assert rows_in(empty, names) == counted, f"{before} -> {after}"
    assert_logs_only_grow(empty)


def test_what_people_had_said_before_the_ledger_begins_it(empty: Engine) -> None:
    """L7: every subscription follows from the ledger from the first day."""
    database.upgrade(empty, "0002")
    fill(empty)

    database.upgrade(empty)

    assert row_counts(empty)["consent_entries"] == ROWS
    with database.make_sessions(empty).begin() as session:
        assert ledger.rebuild(session, scope=Everything("test")) == 0
    assert row_counts(empty)["subscriptions"] == ROWS


def test_rebuilding_a_table_takes_no_children_along(empty: Engine) -> None:
    database.upgrade(empty)
    fill(empty)
    children = row_counts(empty)["addresses"]

    with empty.connect() as connection, database._foreign_keys_off(connection):
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("subscribers", recreate="auto") as batch:
            batch.alter_column("workplace", type_=sql.String(300))
        connection.commit()

    assert row_counts(empty)["addresses"] == children == ROWS
    with empty.connect() as connection:
        if empty.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


#: What the database itself refuses to rewrite, and where rows may not be taken away either. A row may forget
#: which import it came from, since old imports are forgotten.
ONLY_GROWS = {"acts": True, "consent_entries": True, "field_changes": False}


def test_the_logs_of_a_new_database_only_grow(empty: Engine) -> None:
    """On SQLite a batch migration makes the table anew, and drops its triggers without a word."""
    database.upgrade(empty)

    assert_logs_only_grow(empty)


def test_a_migration_that_makes_a_log_anew_would_be_noticed(empty: Engine) -> None:
    """The tests of logs that only grow can fail: this is what they guard against."""
    database.upgrade(empty)
    if empty.dialect.name != "sqlite":
        return  # PostgreSQL alters tables in place
    with empty.connect() as connection, database._foreign_keys_off(connection):
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("acts", recreate="always") as batch:
            batch.alter_column("actor", type_=sql.String(300))
        connection.commit()

    with pytest.raises(AssertionError, match="acts"):
        assert_logs_only_grow(empty)


def assert_logs_only_grow(engine: Engine) -> None:
    """Try to rewrite each column of each log, and to take rows away; the database must refuse."""
    by_name = {each.name: each for each in tables(engine)}
    fill(engine)
    for name, forever in ONLY_GROWS.items():
        log = by_name[name]
        kept = [column for column in log.columns if column.name != "import_run_id"]
        tries = [update(log).values({column.name: column}) for column in kept]
        if forever:
            tries.append(delete(log))
        for attempt in tries:
            assert refused(engine, attempt), f"{name} lets itself be rewritten: {attempt}"


def refused(engine: Engine, statement: Executable) -> bool:
    with engine.connect() as connection:
        try:
            connection.execute(statement)
        except DBAPIError as error:
            return "only grows" in str(error)
        finally:
            connection.rollback()
    return False


def test_reasons_for_releases_leave_the_log_and_are_kept_apart(empty: Engine) -> None:
    database.upgrade(empty, "0004")
    rows = [
        ("release address", {"reason": "Greta har ny server", "suppressed": "bounced"}),
        ("give role", {"reason": "stays", "role": "officer"}),
    ]
    with empty.begin() as connection:
        acts = Table("acts", MetaData(), autoload_with=connection)
        at = datetime(2030, 3, 1, tzinfo=UTC if empty.dialect.name == "postgresql" else None)
        for number, (act, details) in enumerate(rows, start=1):
            values = {
                "id": number,
                "at": at,
                "actor": "Kim",
                "act": act,
                "subject": "g***",
                "details": details,
            }
            connection.execute(insert(acts).values(values))

    database.upgrade(empty)

    with database.make_sessions(empty).begin() as session:
        kept = session.scalars(select(Act).order_by(Act.id)).all()
        assert [each.details for each in kept] == [
            {"suppressed": "bounced", "reason_given": True},
            rows[1][1],
        ]
        [release] = session.scalars(select(SuppressionRelease))
        assert (release.reason, release.actor, release.at) == (
            "Greta har ny server", "Kim", datetime(2030, 3, 1, tzinfo=UTC),
        )  # fmt: skip


def test_the_first_step_alone_makes_all_tables_of_its_time(empty: Engine) -> None:
    database.upgrade(empty, revisions()[0])

    assert "deliveries" in inspect(empty).get_table_names()


def row_counts(engine: Engine) -> dict[str, int]:
    return rows_in(engine, [table.name for table in tables(engine)])


def rows_in(engine: Engine, names: Sequence[str]) -> dict[str, int]:
    counts = [select(literal(name), func.count()).select_from(table(name)) for name in names]
    with engine.connect() as connection:
        return dict(connection.execute(union_all(*counts)).all())


def tables(engine: Engine) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(engine)
    # The words of articles are kept by triggers, in tables that only they fill.
    ours = [each for each in metadata.sorted_tables if not each.name.startswith("article_search")]
    return [each for each in ours if each.name != "alembic_version"]


#: Tables that hold one row at most, which the database itself sees to.
ONE_ROW = {"organisation"}


def fill(engine: Engine) -> list[str]:
    """Write rows into every table, whatever its columns: so that tomorrow's migration is tried, too.

    A table that has rows already is left alone. Returns the names of all tables.
    """
    all_of_them = tables(engine)
    counted = rows_in(engine, [each.name for each in all_of_them])
    with engine.begin() as connection:
        for each in all_of_them:
            rows = () if counted[each.name] else range(1, (1 if each.name in ONE_ROW else ROWS) + 1)
            for row in rows:
                connection.execute(insert(each).values({c.name: value(c, row) for c in each.columns}))
    return list(counted)


def value(column: Column, row: int) -> object:
    """A value that fits the type, the same for a key and for what refers to it."""
    kind = column.type
    if isinstance(kind, sql.Boolean):
        return True
    if isinstance(kind, sql.Integer):
        return row
    if isinstance(kind, sql.JSON):
        return [row]
    if isinstance(kind, sql.LargeBinary):
        return b"x"
    if isinstance(kind, sql.DateTime):
        return datetime(2030, 3, row, tzinfo=UTC if kind.timezone else None)
    if isinstance(kind, sql.Date):
        return date(2030, 3, row)
    return str(row)


def test_migrations_are_numbered_one_after_the_other(empty: Engine) -> None:
    """A start asks the numbers whether there is anything to do, and loads Alembic only if there is."""
    script = ScriptDirectory.from_config(database.alembic_config())

    assert script.get_heads() == [database.newest_revision()]
    assert all(Path(each.path).name.startswith(f"{each.revision}_") for each in script.walk_revisions())


def test_a_schema_that_is_there_already_needs_no_alembic(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.upgrade(empty)
    monkeypatch.setattr(database, "_run_alembic", lambda *_: pytest.fail("there was nothing to do"))
    database.upgrade(empty)
