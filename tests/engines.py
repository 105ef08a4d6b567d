"""Engines of the tests, each new, that share what SQLAlchemy has compiled.

Each test has a database of its own and so engines of its own, and a new engine compiles every statement anew:
that was two fifths of all that tests of services do. An engine in use for months does so once.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

#: Statements that are kept: more than the whole program has.
_STATEMENTS = 20_000


def sharing(create_engine: Callable[..., Engine]) -> Callable[..., Engine]:
    """Wrap ``create_engine``: of each kind of database, later engines have the first one's statements.

    A statement is kept by its dialect, so they have its dialect, too.
    """
    first: dict[str, Engine] = {}

    def create(url: str, **options: Any) -> Engine:
        engine = create_engine(url, query_cache_size=_STATEMENTS, **options)
        shared = first.get(engine.dialect.name)
        if shared is None or shared.dialect.server_version_info is None:  # it has never been connected
            first[engine.dialect.name] = engine
        else:
            engine.dialect, engine._compiled_cache = shared.dialect, shared._compiled_cache
        return engine

    return create
