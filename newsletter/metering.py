"""Each sender's counts in a file of its own, ``DIR/metrics/<sender>.json``: who looks on needs no sender.

    Sheet     a living sender's: written anew once a second, and locked as long as the sender lives
    gathered  reads all; what dead senders have left is added to ``past.json``, once

Files, and not a table or a port of the sender's own. A table would be written to while the ledger is what
the sender waits for, and would be silent when the database is: just then somebody looks. A port would need a
web server in the process that must stay small, a number for each sender, and would forget all when it dies.
So counts go on growing over restarts, as Prometheus wants them.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsletter.core import meters
from newsletter.core.meters import Meters, Totals

_SUFFIX = ".json"
_PAST = "past.json"
_LOCK = ".lock"

#: How often a sender writes, in seconds.
EVERY_SECONDS = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gathered:
    """All senders' counts, living and dead; how many live, and when the last of them wrote (seconds, UTC)."""

    totals: Totals
    living: int
    last_written: float | None


class Sheet:
    """The file of a living sender. Counting must never keep a letter back: no method raises ``OSError``."""

    def __init__(self, folder: Path, sender: str, counts: Meters) -> None:
        self._path = folder / f"{sender}{_SUFFIX}"
        self._counts = counts
        self._descriptor: int | None = None
        self._write_at = 0.0
        self.write()

    def write_now_and_then(self, at: float) -> None:
        """Write if a second has gone by; ``at`` is ``time.monotonic()``. Call it as often as you like."""
        if at >= self._write_at:
            self._write_at = at + EVERY_SECONDS
            self.write()

    def write(self) -> None:
        """Write the counts: whole, under a lock that dies with this process."""
        unnamed = self._path.with_suffix(f".{os.getpid()}")
        try:
            descriptor = os.open(unnamed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # before anybody can see it
                os.write(descriptor, _written(self._counts.totals))
                unnamed.rename(self._path)
            except BaseException:
                os.close(descriptor)
                unnamed.unlink(missing_ok=True)
                raise
        except OSError:
            _log.debug("the counts cannot be written", exc_info=True)
            return
        self._let_go()
        self._descriptor = descriptor

    def close(self) -> None:
        """Write a last time and let go: the counts are history."""
        self._counts.totals.connections.clear()
        self._counts.totals.on_the_wire.clear()
        self.write()
        self._let_go()

    def _let_go(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None


def begin(folder: Path, sender: str) -> tuple[Meters, Sheet]:
    """Return a new sender's meters and its sheet; it knows the domains by name that others have named."""
    with suppress(OSError):
        past, _ = _read_past(folder)
        counts = Meters(past.domains())
        return counts, Sheet(folder, sender, counts)
    counts = Meters()
    return counts, Sheet(folder, sender, counts)


def gathered(folder: Path) -> Gathered:
    """Add up all senders' counts. Two who ask at once get the same. Raises ``OSError`` for a folder away."""
    with _one_at_a_time(folder):
        living = _fold_the_dead(folder)
        totals, _ = _read_past(folder)
    last: float | None = None
    for counts, written in living:
        totals.add(counts)
        last = max(last or written, written)
    return Gathered(totals, len(living), last)


def _fold_the_dead(folder: Path) -> list[tuple[Totals, float]]:
    """Move dead senders' counts into the past; return the living ones' with the time they were written."""
    past, folded = _read_past(folder)
    living: list[tuple[Totals, float]] = []
    dead: list[Path] = []
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        if path.name == _PAST:
            continue
        with suppress(FileNotFoundError):
            lives, counts, written = _look(path)
            if lives:
                living.append((counts, written))
                continue
            dead.append(path)
            if path.name not in folded:  # else it was added, and we died before it was taken away
                counts.connections.clear()
                counts.on_the_wire.clear()
                past.add(counts)
    if dead or folded:
        _write_past(folder, past, [path.name for path in dead])
        for path in dead:
            path.unlink(missing_ok=True)
    return living


def _look(path: Path) -> tuple[bool, Totals, float]:
    """Read a sender's sheet: whether it lives, its counts, and when they were written."""
    while True:
        descriptor = os.open(path, os.O_RDONLY)
        with os.fdopen(descriptor, "rb") as file:
            lives = _is_locked(descriptor)
            about = os.fstat(descriptor)
            if not lives and about.st_ino != path.stat().st_ino:
                continue  # it was replaced while we looked: the sender lives, and this one is old
            return lives, _read(file.read()), about.st_mtime


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _written(totals: Totals, **more: Any) -> bytes:
    return json.dumps(totals.plain() | more, separators=(",", ":")).encode()


def _read(content: bytes) -> Totals:
    try:
        return meters.of_plain(json.loads(content))
    except (ValueError, KeyError, TypeError):  # another version's, or of a disk that was full
        _log.debug("a sheet cannot be read", exc_info=True)
        return Totals()


def _read_past(folder: Path) -> tuple[Totals, frozenset[str]]:
    """Return the past's counts, and the names of files that are in them and may lie there still."""
    try:
        content = (folder / _PAST).read_bytes()
    except FileNotFoundError:
        return Totals(), frozenset()
    try:
        return _read(content), frozenset(json.loads(content)["folded"])
    except (ValueError, KeyError, TypeError):
        return Totals(), frozenset()


def _write_past(folder: Path, totals: Totals, folded: list[str]) -> None:
    unnamed = folder / f"past.{os.getpid()}"
    unnamed.touch(mode=0o600)
    unnamed.write_bytes(_written(totals, folded=folded))
    unnamed.rename(folder / _PAST)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
