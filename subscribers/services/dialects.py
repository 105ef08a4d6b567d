"""What SQLAlchemy has no common word for in the two databases."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from subscribers.models import Base


def insert_into(session: Session, model: type[Base]) -> postgresql.Insert:
    """Return an INSERT that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``.

    Every outside event may come twice, and at the same time; one statement that matches once is the answer.
    It goes past the session: what is pending is flushed first, and what is loaded is not refreshed.
    """
    session.flush()
    if _is_postgresql(session):
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
    if _is_postgresql(session):
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


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
