"""What SQLAlchemy has no common word for in the two databases."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, FromClause, String, Table, bindparam, func, select
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from subscribers.core.segments import FOLDED
from subscribers.models import Base


def insert_into(session: Session, model: type[Base]) -> postgresql.Insert:
    """Return an INSERT that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``.

    Every outside event may come twice, and at the same time; one statement that matches once is the answer.
    It goes past the session: what is pending is flushed first, and what is loaded is not refreshed.
    """
    session.flush()
    if is_postgresql(session):
        return postgresql.insert(table_of(model))
    # The two dialects have the same methods, and no class in common.
    return cast("postgresql.Insert", sqlite.insert(table_of(model)))


def reserve_ids(session: Session, model: type[Base], count: int) -> Sequence[int]:
    """Return ids for so many new rows of a table with an integer ``id``, which no other transaction gets.

    The caller inserts these rows before it lets the database choose an id in the same table.
    Rows with their ids in them go in by a plain executemany, which is ten times as fast as asking the
    database for the id of each.
    """
    table = table_of(model)
    if is_postgresql(session):
        sequence = func.pg_get_serial_sequence(table.name, "id")
        return session.scalars(
            select(func.nextval(sequence)).select_from(func.generate_series(1, count).alias("each"))
        ).all()
    # A transaction on SQLite holds the one write lock from its beginning.
    last = session.scalar(select(func.max(table.c.id))) or 0
    return range(last + 1, last + 1 + count)


def table_of(model: type[Base]) -> Table:
    """Return the table of a model, for statements that go past the session."""
    return model.metadata.tables[model.__tablename__]


def is_postgresql(session: Session) -> bool:
    """Tell whether a session speaks to PostgreSQL, and not to SQLite."""
    return dialect_of(session) == "postgresql"


class domain_of(FunctionElement[str]):  # noqa: N801 - it is called like a function of SQL
    """The part of a canonical address after its last @; empty for an empty one."""

    type = String()
    name = "domain_of"
    inherit_cache = True


@compiles(domain_of, "postgresql")
def _domain_on_postgresql(element: domain_of, compiler: SQLCompiler, **kw: Any) -> str:
    [column] = element.clauses
    return f"regexp_replace({compiler.process(column, **kw)}, '^.*@', '')"


@compiles(domain_of, "sqlite")
def _domain_on_sqlite(element: domain_of, compiler: SQLCompiler, **kw: Any) -> str:
    # What is left when everything but @ is taken from the right end is the part before the domain.
    [column] = element.clauses
    inside = compiler.process(column, **kw)
    return f"substr({inside}, length(rtrim({inside}, replace({inside}, '@', ''))) + 1)"


#: What ``core.segments.fold`` is called in SQLite: whoever connects hands it in.
SQLITE_FOLD = "rundbrev_fold"


class folded(FunctionElement[str]):  # noqa: N801 - it is called like a function of SQL
    """``core.segments.fold`` of a column: the same letters in both databases, whatever their collations."""

    type = String()
    name = "folded"
    inherit_cache = True


@compiles(folded, "postgresql")
def _folded_on_postgresql(element: folded, compiler: SQLCompiler, **kw: Any) -> str:
    # Under the collation "C" lower() knows A-Z and no other letters.
    [column] = element.clauses
    inside = compiler.process(column, **kw)
    return f"""translate(lower(({inside}) COLLATE "C"), '{"".join(FOLDED)}', '{"".join(FOLDED.values())}')"""


@compiles(folded, "sqlite")
def _folded_on_sqlite(element: folded, compiler: SQLCompiler, **kw: Any) -> str:
    [column] = element.clauses
    return f"{SQLITE_FOLD}({compiler.process(column, **kw)})"


def among(dialect: str, column: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """Return the condition that a column holds one of the ids in a parameter (``id_list``), however many.

    ``dialect`` is the name of the database's, so that statements can be built once.
    """
    if dialect == "postgresql":
        return column == func.any(bindparam(name, type_=postgresql.ARRAY(BigInteger)))
    each = func.json_each(bindparam(name, type_=String())).table_valued("value")
    return column.in_(select(each.c.value))


def id_list(dialect: str, ids: Collection[int]) -> Any:
    """Return the parameter for ``among``."""
    return list(ids) if dialect == "postgresql" else json.dumps(list(ids))


def paired(dialect: str, name: str) -> FromClause:
    """Return rows of ``id`` and ``text`` to join with, out of one parameter (``pairs``)."""
    rows = bindparam(name, type_=String())
    if dialect == "postgresql":
        each = func.json_each_text(cast_to(rows, postgresql.JSON)).table_valued("key", "value")
    else:
        each = func.json_each(rows).table_valued("key", "value")
    return select(cast_to(each.c.key, BigInteger).label("id"), each.c.value.label("text")).subquery("paired")


def pairs(rows: Iterable[tuple[int, str]]) -> str:
    """Return the parameter for ``paired``; each id once."""
    return json.dumps(dict(rows))


def dialect_of(session: Session) -> str:
    """Return the name of the database's dialect: ``sqlite`` or ``postgresql``."""
    return session.get_bind().dialect.name
