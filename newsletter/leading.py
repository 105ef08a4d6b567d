"""Which of several clocks leads: on PostgreSQL the one that holds an advisory lock, on SQLite every one.

    leads()   connected? | lock held, or to be had? -> True

The lock belongs to a connection of its own and ends with it: when the process dies at once, when its machine
is cut off within ten seconds, for then the server gives the connection up. The one that was cut off notices
sooner: it asks anew before each thing it does, and no answer is a no. What a clock does is harmless twice;
that one leads spares the others the work, and people the same sentence from each machine.
"""

import logging
import threading
from contextlib import suppress

from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from newsletter import database

#: Any number will do, as long as all processes use the same. Advisory locks are a database's own.
LOCK = 7_265_002

#: What the connection is called in ``pg_stat_activity``.
NAME = "rundbrev clock"

#: How long the server is silent until a connection is given up: by us after four seconds, by the server, and
#: the lock with it, after nine.
_OURS_SECONDS, _SERVERS_SECONDS = 4, 9


_log = logging.getLogger(__name__)


class Leadership:
    """Whether this process's clock leads. Safe from any thread; close it to let another lead at once."""

    def __init__(self, engine: Engine) -> None:
        self._always = engine.dialect.name != "postgresql"
        self._url = engine.url
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._holds = False
        self._one_at_a_time = threading.Lock()

    def leads(self) -> bool:
        """Ask the database; False, too, while it does not answer. Takes four seconds at most to say so."""
        if self._always:
            return True
        with self._one_at_a_time:
            try:
                return self._ask()
            except SQLAlchemyError:
                self._let_go()
                return False

    def close(self) -> None:
        """Lead no more, and let another at once."""
        with self._one_at_a_time:
            if self._connection is not None:
                with suppress(
                    SQLAlchemyError
                ):  # a connection that ends gives the lock back, too, in its time
                    self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
            self._let_go()

    def _ask(self) -> bool:
        if self._connection is None:
            self._connection = self._connect()
        if self._holds:
            self._connection.execute(text("SELECT 1"))  # the lock is there as long as the connection is
        else:
            lock = text("SELECT pg_try_advisory_lock(:lock)")
            self._holds = bool(self._connection.scalar(lock, {"lock": LOCK}))
            if self._holds:
                _log.info("this clock leads now")
        return self._holds

    def _connect(self) -> Connection:
        if self._engine is None:
            ours = database.patience(self._url, seconds=_OURS_SECONDS)
            servers = database.patience(self._url, seconds=_SERVERS_SECONDS)
            arguments = {**ours, "options": servers["options"], "application_name": NAME}
            self._engine = create_engine(
                self._url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=arguments
            )
        return self._engine.connect()

    def _let_go(self) -> None:
        if self._holds:
            _log.info("this clock leads no more")
        self._holds = False
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()  # never waits for an answer
