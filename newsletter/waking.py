"""Waking senders of this machine: who has work for them rings, so that they need not look all the time.

    Bell   a waiting sender's: a named pipe in DIR/bells, and a thread that listens at it
    ring   one octet to each; the pipe of a sender that died is taken away

A sender that is not rung for, because the release was another machine's, finds the work at its next look.
"""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_SUFFIX = ".bell"
_RING, _LEAVE = b"r", b"l"


class Bell:
    """Calls ``heard``, from a thread of its own, when somebody rings; until ``close``.

    Where no pipe can be made, on a full disk for one, nobody hears, and that is all.
    """

    def __init__(self, folder: Path, sender: str, heard: Callable[[], None]) -> None:
        self._path = folder / f"{sender}{_SUFFIX}"
        self._heard = heard
        self._pipe: int | None = None
        self._listener = threading.Thread(target=self._listen, name="bell", daemon=True)
        with suppress(OSError):
            os.mkfifo(self._path, 0o600)
            # For writing, too: without a writer there would be an end, again and again.
            self._pipe = os.open(self._path, os.O_RDWR)
            self._listener.start()

    def close(self) -> None:
        """Hear no more."""
        if self._pipe is None:
            return
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        os.write(self._pipe, _LEAVE)
        self._listener.join()
        os.close(self._pipe)

    def _listen(self) -> None:
        while self._pipe is not None and _LEAVE not in os.read(self._pipe, 64):
            self._heard()


def ring(folder: Path) -> int:
    """Wake all senders; return how many live. Never waits, and never raises ``OSError``: it is a courtesy."""
    living = 0
    with suppress(OSError):
        for path in folder.glob(f"*{_SUFFIX}"):
            living += _rung(path)
    return living


def _rung(path: Path) -> bool:
    try:
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:  # nobody listens there any more
        path.unlink(missing_ok=True)
        return False
    try:
        with suppress(BlockingIOError):  # full: it has been rung often enough
            os.write(pipe, _RING)
    finally:
        os.close(pipe)
    return True
