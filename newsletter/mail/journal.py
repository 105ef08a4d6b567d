"""A sender's journal: an append-only file beside the ledger, and its lock, which dies with the sender.

    Journal.open  makes DIR/journal/<sender>.log, locked from the first moment it can be seen
    write         writes lines of any number of letters, in one write
    abandoned     opens a dead sender's journal for recovery, and keeps others from it meanwhile

A line is safe from a killed process as soon as it is written; a power cut may take the last ones, which the
boot id in the first line gives away (``core.journals``).
"""

import errno
import fcntl
import hashlib
import os
import re
import secrets
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from newsletter.core import journals

#: From here on the journal is begun anew when nothing is open: it only ever tells of open claims.
_LARGE = 8 * 1024 * 1024

_SUFFIX = ".log"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Alive(Exception):
    """The sender still holds its journal, or somebody else is recovering it."""


def new_sender(folder: Path) -> str:
    """Return a name for a sender process that no other has; it tells machine and data directory."""
    return f"{_place(folder)}~{os.getpid()}~{secrets.token_hex(6)}"


def boot_id() -> str:
    """Return what changes when the machine is started again; empty where it is not known."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


class Journal:
    """The journal of a living sender. Close it when its claims are settled: that takes the file away."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor
        self._head = self._size = os.fstat(descriptor).st_size

    @classmethod
    def open(cls, folder: Path, sender: str) -> "Journal":
        """Begin a journal. It gets its name when it is locked, so nobody ever sees it unlocked and alive."""
        path = folder / f"{sender}{_SUFFIX}"
        unnamed = path.with_suffix(".new")
        descriptor = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # Where the machine has no boot id, each journal has its own: it proves nothing by absence.
            _append(descriptor, journals.head(boot_id() or secrets.token_hex(8)), 0)
            unnamed.rename(path)
        except BaseException:
            os.close(descriptor)
            unnamed.unlink(missing_ok=True)
            raise
        return cls(path, descriptor)

    @property
    def is_large(self) -> bool:
        """Whether it is time to let nothing be open for a moment, so that it can begin anew."""
        return self._size > _LARGE

    def write(self, lines: Sequence[str]) -> None:
        """Write lines (``core.journals``) at once. Raises ``OSError``: then none counts as written.

        What is about to go must not go then: it could not be told what became of it.
        """
        self._size += _append(self._descriptor, "".join(lines), self._size)

    def all_settled(self) -> None:
        """Say that the ledger has every outcome, and no claim is open: a large journal begins anew."""
        if self.is_large:
            os.ftruncate(self._descriptor, self._head)
            self._size = self._head

    def close(self, *, settled: bool) -> None:
        """Let go of the journal; take the file away when the ledger has every outcome."""
        if settled:
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def found(folder: Path) -> list[str]:
    """Return the names of all senders with a journal here, alive or dead."""
    return sorted(path.name.removesuffix(_SUFFIX) for path in folder.glob(f"*{_SUFFIX}"))


@contextmanager
def abandoned(folder: Path, sender: str) -> Iterator[journals.Journal | None]:
    """Read a dead sender's journal, and take it away after the block; None when there is none.

    The block settles the sender's claims and commits; when it raises, the journal stays for the next one.
    Raises ``Alive`` when the sender lives or another process is at it.
    """
    path = folder / f"{sender}{_SUFFIX}"
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        yield None
        return
    try:
        _lock(descriptor)
        yield journals.parse(_content(descriptor))
        path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _place(folder: Path) -> str:
    """Name machine and directory: two directories on one machine may share a database, not a journal."""
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())[:40] or "host"
    return f"{host}.{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]}"


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Alive from None


def _content(descriptor: int) -> str:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read().decode("utf-8", "replace")


def _append(descriptor: int, lines: str, size: int) -> int:
    """Write lines whole or not at all, for half a line would swallow the next one; return their octets.

    ``size`` is that of the file before.
    """
    record = lines.encode("utf-8", "replace")
    if os.write(descriptor, record) != len(record):
        os.ftruncate(descriptor, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return len(record)
