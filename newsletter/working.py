"""Everything that must run for mail to go out, in one place: our own sink, the scheduler, the sender process.

    working   sink (where mail stays here, and none is running yet) | scheduler | sender, kept alive
    sharing   the same on one of several machines: the scheduler hands out, and whoever is free carries out

``rundbrev work`` and ``rundbrev worker`` are these and nothing more; whoever also shows pages puts them
beside it.
"""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from sqlalchemy.exc import ProgrammingError

import scheduler
from newsletter import permitting, sender
from newsletter.app import App
from newsletter.errors import SendingRefused, SettingsError
from newsletter.language import _
from newsletter.mail import sink
from newsletter.settings import Settings, child_environment

if TYPE_CHECKING:
    from newsletter.ordering import Hands

Tell = Callable[[str], None]

#: A sender that is told to stop has ten seconds for what is on the wire, and then some to settle it.
_STOP_SECONDS = 15.0
_LONGEST_PAUSE_SECONDS = 30.0
#: A sender that has run this long was well: its next accident counts as the first again.
_WELL_SECONDS = 60.0


_log = logging.getLogger(__name__)


class Keeper:
    """Keeps a sender process alive: starts one, and another when it dies.

    ``until_done`` makes it end when nothing is left to send. ``tell`` gets a sentence when it dies.
    """

    def __init__(self, settings: Settings, *, until_done: bool = False, tell: Tell = print) -> None:
        self._settings = settings
        self._until_done = until_done
        self._tell = tell
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_again_at = 0.0
        self._pause_seconds = 0.0

    @property
    def pid(self) -> int | None:
        """The sender's process id; None while there is none."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start a sender process, with exactly these settings."""
        command = sender_command(self._settings) + (["--until-done"] if self._until_done else [])
        self._process = subprocess.Popen(  # noqa: S603 - our own module, and no shell
            command, env=child_environment(self._settings), stdin=subprocess.DEVNULL
        )
        self._started_at = time.monotonic()
        _log.info("sender started", extra={"sender_process": self._process.pid})

    def check(self) -> bool:
        """Look after the sender; call it about once a second. True when it has nothing left to do.

        Raises ``SendingRefused`` when the sender says that the settings do not allow sending.
        """
        if self._process is None:
            if time.monotonic() >= self._start_again_at:
                self.start()
            return False
        status = self._process.poll()
        if status is None:
            return False
        self._process = None
        if status == 0 and self._until_done:
            return True
        if status == sender.REFUSED:
            raise SendingRefused("Inga brev skickas: sändaren godtar inte inställningarna (se ovan).")
        self._plan_another(status)
        return False

    def stop(self) -> None:
        """Let the sender finish what is on the wire, and end it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        _log.info("sender stopped", extra={"status": self._process.returncode})
        self._process = None

    def _plan_another(self, status: int) -> None:
        now = time.monotonic()
        if now - self._started_at > _WELL_SECONDS:
            self._pause_seconds = 0.0
        self._start_again_at = now + self._pause_seconds
        _log.info("sender died", extra={"status": status, "again_in_s": self._pause_seconds})
        told = _("Sändaren avslutades oväntat ({status}). En ny startas om {wait} s.")
        self._tell(told.format(status=status, wait=int(self._pause_seconds)))
        self._pause_seconds = min(max(1.0, self._pause_seconds * 2), _LONGEST_PAUSE_SECONDS)


def sender_command(settings: Settings) -> list[str]:
    """Return the command that starts a sender, which ends with this process."""
    command = [sys.executable, "-m", "newsletter.sender", "--dir", str(settings.directory)]
    return [*command, "--parent", str(os.getpid())]


@dataclass(frozen=True, slots=True)
class Shared:
    """What one of several machines keeps: the sender, and the hands that carry orders out."""

    keeper: Keeper
    hands: "Hands"


@contextmanager
def working(app: App, *, until_done: bool = False, tell: Tell = print) -> Iterator[Keeper]:
    """Run what sends mail for the length of the block; call the keeper's ``check`` about once a second.

    ``tell`` gets sentences about issues released or missed and about accidents, from any thread. Raises
    ``SendingRefused`` when the settings do not allow sending, ``PlaceTaken`` when the sink's port is
    another program's.
    """
    with ExitStack() as parts:
        _let_mail_go(app, parts)
        clock = scheduler.start(app, tell)
        parts.callback(clock.stop)
        yield _kept_sender(app, parts, until_done=until_done, tell=tell)


@contextmanager
def sharing(app: App, *, tell: Tell = print) -> Iterator[Shared]:
    """Run the same on one of several machines, whose clocks and workers share the work.

    Raises as ``working`` does, and ``SettingsError`` where work cannot be shared: on SQLite, without
    Procrastinate, or without the right to make its tables.
    """
    ordering = _ordering(app)
    with ExitStack() as parts:
        _let_mail_go(app, parts)
        board = parts.enter_context(ordering.Board(app.engine.url))
        clock = scheduler.start(app, tell, hand_out=board.hand_out)
        parts.callback(clock.stop)
        hands = parts.enter_context(ordering.Hands(app.engine.url, clock.work(), tell=tell))
        yield Shared(_kept_sender(app, parts, until_done=False, tell=tell), hands)


def _ordering(app: App) -> ModuleType:
    if app.engine.dialect.name != "postgresql":
        raise SettingsError(
            "Arbetet delas bara mellan maskiner som har en PostgreSQL gemensam (DATABASE_URL). Med SQLite "
            "finns en enda maskin, och den behöver ingen worker: kör rundbrev serve eller rundbrev work."
        )
    try:
        # Only here: the extra that brings Procrastinate is for those who have several machines.
        from newsletter import ordering
    except ImportError as error:
        raise SettingsError(
            "rundbrev worker behöver Procrastinate. Installera det med pip install 'rundbrev[postgres]'."
        ) from error
    try:
        ordering.prepare(app.engine)
    except ProgrammingError as error:
        raise SettingsError(
            "Arbetsordrarnas tabeller går inte att göra i databasen ({reason}). Ge användaren rätt att skapa "
            "scheman: GRANT CREATE ON DATABASE.",
            reason=str(error.orig).splitlines()[0],
        ) from error
    return ordering


def _let_mail_go(app: App, parts: ExitStack) -> None:
    """Check that mail may go, and start our own sink where it goes there."""
    permitting.check_sending(app)
    if app.settings.uses_own_sink and not sink.is_running(app.paths.sink, app.settings.sink_port):
        parts.enter_context(sink.Sink(app.paths.sink, app.settings.sink_port, now=app.now))


def _kept_sender(app: App, parts: ExitStack, *, until_done: bool, tell: Tell) -> Keeper:
    keeper = Keeper(app.settings, until_done=until_done, tell=tell)
    parts.callback(keeper.stop)
    keeper.start()
    return keeper
