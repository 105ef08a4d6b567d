"""Work orders between machines: the leading clock hands them out, and one of the workers carries each out.

    Board.hand_out(name) -> Procrastinate's tables, on the same PostgreSQL -> Hands: carry_out[name]()

An order is a name: what there is to do is looked up by whoever carries it out, so one that comes twice, or is
lost, does no harm, and the next second's does the same. It never names recipients. Of each kind one waits at
most. A worker that dies with an order in its hands is silent from then on, and another finishes it.

Procrastinate's tables stand in a schema of their own, named after what they look like: another version of
Procrastinate makes another, and nothing is migrated, since an order is worth nothing after a second.
"""

import asyncio
import contextvars
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from procrastinate import App as Procrastinate
from procrastinate import PsycopgConnector, SyncPsycopgConnector, exceptions
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager
from sqlalchemy import URL, Connection, Engine, text

from newsletter import database
from newsletter.language import _

Tell = Callable[[str], None]

#: Any number will do, as long as all processes use the same.
_LOCK = 7_265_003
_PREFIX = "rundbrev_orders_"

#: How often a worker shows that it lives, after how long without it it is taken for dead, and how often the
#: leading clock has that looked for; in seconds.
_SIGN_SECONDS, _SILENT_SECONDS, _MEND_SECONDS = 2.0, 10.0, 5.0
#: How many orders a worker carries out at once, and how often it looks where no news of any reaches it.
_AT_ONCE, _LOOK_SECONDS = 4, 2.0
_PAUSE_SECONDS = 1.0
#: Tables of another version go when nobody has worked with them for so long.
_UNUSED = timedelta(hours=1)

_MEND = "mend"

#: How long a server may be silent.
_PATIENCE_SECONDS = 4


def place() -> str:
    """Return the schema in which the installed version of Procrastinate keeps orders."""
    return _PREFIX + hashlib.sha256(SchemaManager.get_schema().encode()).hexdigest()[:8]


def prepare(engine: Engine) -> None:
    """Make the tables, unless they are there. Needs the right to create a schema in the database.

    Raises what the database raises.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        there = list(
            connection.scalars(
                text("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, :prefix)"),
                {"prefix": _PREFIX},
            )
        )
        if place() not in there:
            _make(connection)
        for other in set(there) - {place()}:
            _drop_unused(connection, other)


def _make(connection: Connection) -> None:
    connection.execute(text(f"CREATE SCHEMA {place()}"))
    connection.execute(text(f"SET LOCAL search_path TO {place()}"))
    driver: Any = connection.connection.driver_connection
    driver.execute(SchemaManager.get_schema())  # many statements at once, which SQLAlchemy has no word for
    connection.execute(text("RESET search_path"))


def _drop_unused(connection: Connection, schema: str) -> None:
    connection.execute(text(f"SET LOCAL search_path TO {schema}"))
    fresh = text("SELECT max(last_heartbeat) > now() - :unused FROM procrastinate_workers")
    if not connection.scalar(fresh, {"unused": _UNUSED}):
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


class Board:
    """Where the leading clock puts orders; any thread may. Open it, and close it."""

    def __init__(self, url: URL) -> None:
        connector = SyncPsycopgConnector(**_connection(url), min_size=0, max_size=2, timeout=5.0)
        self._orders = Procrastinate(connector=connector)
        self._mended_at = 0.0

    def hand_out(self, name: str) -> None:
        """Put an order there, unless one of its kind waits. Raises what the driver raises."""
        self._put(name)
        if time.monotonic() - self._mended_at > _MEND_SECONDS:
            self._mended_at = time.monotonic()
            self._put(_MEND)

    def _put(self, name: str) -> None:
        with suppress(exceptions.AlreadyEnqueued):
            self._orders.configure_task(name, queueing_lock=name).defer()

    def __enter__(self) -> "Board":
        self._orders.open()
        return self

    def __exit__(self, *_failed: object) -> None:
        self._orders.close()


class Hands:
    """Carries orders out, in threads of its own, for the length of a block.

    ``carry_out`` says what to do at each order's name; what it raises is lost. ``tell`` gets a sentence when
    orders cannot be had.
    """

    def __init__(self, url: URL, carry_out: Mapping[str, Callable[[], None]], *, tell: Tell) -> None:
        self._orders = Procrastinate(connector=PsycopgConnector(**_connection(url), min_size=1, max_size=4))
        self._tell = tell
        self._begun = threading.Event()
        self.carried_out = 0
        for name, job in carry_out.items():
            self._orders.task(name=name)(self._counted(job))
        self._orders.task(name=_MEND)(self._mend)
        speaks_as_we_do = contextvars.copy_context()
        self._thread = threading.Thread(
            target=speaks_as_we_do.run, args=(self._run,), name="orders", daemon=True
        )

    def _counted(self, job: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            job()
            self.carried_out += 1

        return run

    async def _mend(self) -> None:
        """Have somebody else carry out what a silent worker had in its hands."""
        manager = self._orders.job_manager
        for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=_SILENT_SECONDS):
            try:
                await manager.retry_job(stalled)
            except exceptions.UniqueViolation:  # another of its kind waits already
                await manager.finish_job(stalled, Status.FAILED, delete_job=True)

    def _run(self) -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(self._keep_at_it())

    async def _keep_at_it(self) -> None:
        self._loop, self._work = asyncio.get_running_loop(), asyncio.current_task()
        self._begun.set()
        told_at = -_SILENT_SECONDS
        while True:
            why = await self._until_trouble()
            if time.monotonic() - told_at >= _SILENT_SECONDS:  # once for each time of trouble
                told = _("Arbetsordrar går inte att hämta just nu ({reason}). Nya försök görs.")
                self._tell(told.format(reason=why))
            told_at = time.monotonic()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _until_trouble(self) -> str:
        """Work until the database does not answer, and return why not."""
        try:
            async with self._orders.open_async():
                await self._orders.run_worker_async(
                    concurrency=_AT_ONCE,
                    delete_jobs="always",
                    fetch_job_polling_interval=_LOOK_SECONDS,
                    install_signal_handlers=False,
                    stalled_worker_timeout=_SILENT_SECONDS,
                    update_heartbeat_interval=_SIGN_SECONDS,
                )
        except Exception as error:
            with suppress(Exception):
                await self._orders.close_async()  # one that could not be opened is half open
            return f"{type(error).__name__}: {error}".splitlines()[0]
        return _("förbindelsen med databasen bröts")

    def __enter__(self) -> "Hands":
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # what matters is told
        self._thread.start()
        self._begun.wait()
        return self

    def __exit__(self, *_failed: object) -> None:
        """Finish what is in hand, and take nothing more."""
        if self._work is not None:
            self._loop.call_soon_threadsafe(self._work.cancel)
        self._thread.join()


def _connection(url: URL) -> dict[str, Any]:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    arguments = database.patience(url, seconds=_PATIENCE_SECONDS)
    arguments["options"] = f"{arguments['options']} -c search_path={place()}"
    return {"conninfo": plain, "kwargs": arguments}
