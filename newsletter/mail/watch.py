"""Waiting until one of many connections can go on, or until somebody wakes us.

``select.epoll`` itself, and not ``selectors``: what that builds for each event was a tenth of the time that
the wire takes. Where there is no epoll, ``select.poll`` does the same.
"""

import select
import socket
from contextlib import suppress

from newsletter.mail.lanes import Lane

_READ, _WRITE = 1, 4  # the same in epoll(7) and poll(2)


class Watch:
    """Connections that are waited for. Everything but ``wake`` is for one thread only."""

    def __init__(self) -> None:
        self._lanes: dict[int, Lane] = {}
        self._waker, self._wakes = socket.socketpair()
        self._waker.setblocking(False)
        self._wakes.setblocking(False)
        self._poll: select.epoll | select.poll
        if hasattr(select, "epoll"):
            self._poll, self._unit = select.epoll(), 1  # of time: a second
        else:
            self._poll, self._unit = select.poll(), 1000  # a millisecond
        self._poll.register(self._wakes.fileno(), _READ)

    def wake(self) -> None:
        """End the wait. Safe to call from any thread and from a signal handler."""
        with suppress(OSError):  # full: it is woken already; closed: nobody waits
            self._waker.send(b"\0")

    def add(self, lane: Lane) -> None:
        """Wait for what a connection says."""
        self._lanes[lane.fileno()] = lane
        self._poll.register(lane.fileno(), _READ)

    def drop(self, lane: Lane) -> None:
        """Wait for a connection no more; only while it is open."""
        del self._lanes[lane.fileno()]
        self._poll.unregister(lane.fileno())

    def writing(self, lane: Lane, wanted: bool) -> None:
        """Wait, or do not wait any more, until a connection can be written to."""
        self._poll.modify(lane.fileno(), _READ | (_WRITE if wanted else 0))

    def wait(self, seconds: float) -> list[Lane]:
        """Return the connections that can go on, after ``seconds`` at most."""
        found = self._poll.poll(max(0.0, seconds) * self._unit)
        lanes = [lane for descriptor, _ in found if (lane := self._lanes.get(descriptor)) is not None]
        if len(lanes) < len(found):
            with suppress(OSError):
                self._wakes.recv(4096)
        return lanes

    def close(self) -> None:
        """Let go of what it needs itself."""
        del self._poll  # which closes it
        self._waker.close()
        self._wakes.close()
