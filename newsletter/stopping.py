"""Being told to stop, by a signal handler or by another thread.

``threading.Event`` is no such thing: its ``set`` takes a lock that the interrupted ``wait`` may hold, in the
same thread, and then both wait for ever. ``queue.SimpleQueue.put`` is made to be called again from within
itself.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue

#: A signal may come to another thread, or in the instant before this one sleeps; its handler then runs when
#: this one is awake again, which nothing else would see to. In seconds.
_LONGEST_NAP = 1.0


class Stop:
    """Whether somebody has told us to stop; once said, it stays said."""

    def __init__(self) -> None:
        self._told = False
        self._bell: SimpleQueue[None] = SimpleQueue()

    def set(self) -> None:
        """Say it. Safe from a signal handler and from any thread, and any number of times."""
        self._told = True
        self._bell.put(None)

    def is_set(self) -> bool:
        """Tell whether it has been said."""
        return self._told

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is said, at most ``seconds`` (None: for ever); return whether it has been said."""
        until = None if seconds is None else time.monotonic() + seconds
        while not self._told:
            left = _LONGEST_NAP if until is None else min(_LONGEST_NAP, until - time.monotonic())
            if left <= 0:
                break
            with suppress(Empty):
                self._bell.get(timeout=left)
                self._bell.put(None)  # for others who wait
        return self._told


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
