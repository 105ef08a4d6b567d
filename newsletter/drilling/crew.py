"""The senders of a drill: real processes, killed at any moment, and started again at once."""

import signal
import subprocess
from collections.abc import Callable
from types import TracebackType
from typing import IO, Protocol

from sqlalchemy import select

from newsletter.app import App
from newsletter.models import Delivery, DeliveryState
from newsletter.settings import Settings, child_environment
from newsletter.working import sender_command

#: A sender that is told to stop has ten seconds for what is on the wire, and then some to settle it.
_STOP_SECONDS = 20.0


class Process(Protocol):
    """A sender process, as ``subprocess.Popen`` gives it."""

    pid: int

    def poll(self) -> int | None:
        """Return the exit status; None while it runs."""

    def kill(self) -> None:
        """Kill it."""

    def terminate(self) -> None:
        """Tell it to stop."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return the exit status."""


#: Starts a sender with these settings; what it has to say goes to the file.
Start = Callable[[Settings, IO[bytes]], Process]


def start_sender(settings: Settings, said: IO[bytes]) -> Process:
    """Start a sender process exactly as ``rundbrev work`` does."""
    return subprocess.Popen(  # noqa: S603 - our own module, and no shell
        sender_command(settings),
        env=child_environment(settings),
        stdin=subprocess.DEVNULL,
        stderr=said,
    )


class Crew:
    """``size`` senders that are kept alive. Use it in ``with``: at the end they are told to stop.

    ``accidents`` holds the exit statuses of those that ended by themselves.
    """

    def __init__(self, app: App, size: int, start: Start) -> None:
        self._app = app
        self._start = start
        self._said = (app.paths.root / "senders.log").open("ab")
        self._running = [start(app.settings, self._said) for _ in range(size)]
        self.accidents: list[int] = []

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._running:
            process.terminate() if kind is None else process.kill()
        for process in self._running:
            status = _ended(process)
            if kind is None and status not in (0, -signal.SIGTERM):  # the latter: it had only begun to start
                self.accidents.append(status)
        self._said.close()

    @property
    def pids(self) -> list[int]:
        """The process ids of those that run."""
        return [process.pid for process in self._running]

    def holding(self) -> list[int]:
        """Return the process ids of those that hold claims just now."""
        with self._app.readers() as session:
            held = select(Delivery.claimed_by).where(Delivery.state == DeliveryState.SENDING).distinct()
            holders = {_pid_of(name) for name in session.scalars(held) if name}
        return sorted(holders.intersection(self.pids))

    def kill(self, pid: int) -> frozenset[int]:
        """Kill one, say which deliveries it held when it was dead, and start another in its place."""
        [at] = [at for at, process in enumerate(self._running) if process.pid == pid]
        self._running[at].kill()
        self._running[at].wait()
        held = self._held_by(pid)
        self._running[at] = self._start(self._app.settings, self._said)
        return held

    def tend(self) -> None:
        """Start others for those that have ended by themselves."""
        for at, process in enumerate(self._running):
            status = process.poll()
            if status is not None:
                self.accidents.append(status)
                self._running[at] = self._start(self._app.settings, self._said)

    def _held_by(self, pid: int) -> frozenset[int]:
        with self._app.readers() as session:
            held = session.execute(
                select(Delivery.id, Delivery.claimed_by).where(Delivery.state == DeliveryState.SENDING)
            )
            return frozenset(each for each, name in held if name and _pid_of(name) == pid)


def _pid_of(sender: str) -> int:
    """Read a process id out of a sender's name (``mail.journal.new_sender``); 0 where there is none."""
    number = [*sender.split("~"), ""][1]
    return int(number) if number.isdecimal() else 0


def _ended(process: Process) -> int:
    try:
        return process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
