"""Being told to stop, by a signal handler or by another thread.

``threading.Event`` is no such thing: its ``set`` takes a lock that the interrupted ``wait`` may hold, in the
same thread, and then both wait for ever. ``queue.SimpleQueue`` waits for ever when its time is over before it
has begun to wait. A pipe does neither: a byte in it is there before, during and after.
"""

import os
import select
import signal
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: A signal may come to another thread, and its handler then runs when this one is awake again, which nothing
#: else would see to. In seconds.
_LONGEST_NAP = 1.0


class Stop:
    """Whether somebody has told us to stop; once said, it stays said."""

    def __init__(self) -> None:
        self._told = False
        self._listening, self._speaking = os.pipe()
        os.set_blocking(self._speaking, False)
        weakref.finalize(self, _close, self._listening, self._speaking)

    def set(self) -> None:
        """Say it. Safe from a signal handler and from any thread, and any number of times."""
        self._told = True
        with suppress(BlockingIOError):  # full: it has been said often enough
            os.write(self._speaking, b"!")

    def is_set(self) -> bool:
        """Tell whether it has been said."""
        return self._told

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is said, at most ``seconds`` (None: for ever); return whether it has been said."""
        until = None if seconds is None else time.monotonic() + seconds
        ear = select.poll()  # one for each who waits: two threads may not share it
        ear.register(self._listening, select.POLLIN)
        while not self._told:
            left = _LONGEST_NAP if until is None else min(_LONGEST_NAP, until - time.monotonic())
            if left <= 0:
                break
            ear.poll(left * 1000)  # milliseconds
        return self._told


def _close(*ends: int) -> None:
    for end in ends:
        os.close(end)


@contextmanager
def told_by_signals() -> Iterator[Stop]:
    """Give a ``Stop`` that SIGINT and SIGTERM set, instead of tearing down what runs. Main thread only."""
    stop = Stop()
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
