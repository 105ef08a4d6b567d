"""INSERT with ON CONFLICT, in the dialect of the session's database.

Every outside event may come twice, and at the same time; one statement that matches once is the answer.
"""

from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from subscribers.models import Base


def insert_into(session: Session, model: type[Base]) -> postgresql.Insert:
    """Return an INSERT that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``.

    It goes past the session: what is pending is flushed first, and what is loaded is not refreshed.
    """
    session.flush()
    table = cast("Table", model.__table__)
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    # The two dialects have the same methods, and no class in common.
    return cast("postgresql.Insert", sqlite.insert(table))
