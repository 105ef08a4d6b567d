"""What is said to the database meanwhile: a page must not ask once for each row that it shows."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.orm import Session


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """Collect what this session's connection is told meanwhile."""
    said: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(connection, "before_cursor_execute", hear)
