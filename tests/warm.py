"""Sender processes without the second that Python and its libraries take to start.

    python -m tests.warm

It has imported what a sender needs, and forks one for each line of JSON: ``{"do": "start", "args": [...],
"env": {...}, "said": path, "disturbed": [name, ...] or null}`` gives its pid, ``{"do": "poll", "pid": pid}``
its exit status or null. What runs is ``newsletter.sender.main``, with the signals, files and sockets of a
process of its own. ``disturbed`` names one of ``DISTURBANCES``, which happens to the new process only.
"""

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import psycopg  # noqa: F401 - loaded before a fork, not after each
import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.dialects.sqlite  # noqa: F401

from newsletter import app, database, sender
from newsletter.settings import Settings, child_environment


def _clock_back_an_hour(when: str) -> None:
    """Put the clock back by an hour from the moment that the file is there until it is taken away."""
    real, turned_back = app.moment, Path(when)
    app.moment = lambda: real() - timedelta(hours=1) * turned_back.exists()


def _impatient(milliseconds: str) -> None:
    """Wait for another writer of SQLite for this long only."""
    database.BUSY_TIMEOUT_MS = int(milliseconds)


DISTURBANCES: dict[str, Callable[[str], None]] = {
    "clock back an hour": _clock_back_an_hour,
    "impatient": _impatient,
}


class WarmSender:
    """A sender that was forked: what ``drilling.crew.Process`` asks for."""

    def __init__(self, warm: "Warm", pid: int) -> None:
        self._warm = warm
        self._status: int | None = None
        self.pid = pid

    def poll(self) -> int | None:
        if self._status is None:
            self._status = self._warm.ask(do="poll", pid=self.pid)["status"]
        return self._status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(9)

    def terminate(self) -> None:
        self.send_signal(15)

    def wait(self, timeout: float | None = 60) -> int:
        until = time.monotonic() + (timeout or 60)
        while (status := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("sender", timeout or 60)
            time.sleep(0.002)
        return status


class Warm:
    """The process that forks senders."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, **what: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def start(
        self, settings: Settings, said: IO[bytes], *arguments: str, disturbed: list[str] | None = None
    ) -> WarmSender:
        """Start a sender with these settings."""
        answer = self.ask(
            do="start",
            args=["--dir", str(settings.directory), *arguments],
            env=child_environment(settings),
            said=said.name,
            disturbed=disturbed,
        )
        return WarmSender(self, answer["pid"])


@contextmanager
def warm() -> Iterator[Warm]:
    """Keep the process for a while."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.warm"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Warm(process)
        process.communicate()


def _start(said: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for number, file in (
            (0, nothing),
            (1, nothing),
            (2, os.open(said["said"], os.O_WRONLY | os.O_APPEND)),
        ):
            os.dup2(file, number)
        os.environ.clear()
        os.environ.update(said["env"])
        if said["disturbed"] is not None:
            name, *given = said["disturbed"]
            DISTURBANCES[name](*given)
        status = sender.main(said["args"])
        sys.stderr.flush()
        os._exit(status)
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        sys.stderr.flush()
    finally:
        os._exit(99)


def _poll(pid: int) -> int | None:
    done, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else None


def main() -> None:
    """Fork what a test asks for until it has no more questions."""
    gc.freeze()  # a sender cleans up when it begins: looking at all this again would copy it, too
    for line in sys.stdin:
        said = json.loads(line)
        answer = {"pid": _start(said)} if said["do"] == "start" else {"status": _poll(said["pid"])}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
