"""One connection of the courier's loop: its socket, which never blocks, and the exchange over it."""

import ssl
from collections.abc import Sequence

from newsletter.core.exchange import Exchange, Settled
from newsletter.mail.smtp import CLOSED, Session, Timeouts, reason

_AT_ONCE = 4096  # octets that are read at a time: all replies of a turn are shorter

#: What a socket says that cannot go on at once.
_LATER = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
TOO_LONG = "the server took too long"


class Lane:
    """An open connection. All times are of one monotonic clock, in seconds.

    ``offered`` counts the letters whose envelopes it has begun; ``begun_at`` is when the content of the last
    one did. ``leaving`` says that it takes no more letters.
    """

    def __init__(self, session: Session, timeouts: Timeouts, *, now: float) -> None:
        session.socket.setblocking(False)
        self.exchange = Exchange(session.abilities)
        self.opened_at = self.begun_at = now
        self.offered = 0
        self.leaving = False
        self.watched_for_writing = False
        self._session = session
        self._socket = session.socket
        self._secure = isinstance(session.socket, ssl.SSLSocket)
        self._timeouts = timeouts
        self._moved_at = now  # when octets of ours last went
        self._since = now  # when the server was last asked something, or answered

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self._socket.fileno()

    def receive(self, now: float) -> Sequence[Settled]:
        """Take in what has come, and return what became of letters."""
        replies = self.exchange.replies
        settled: list[Settled] = []
        more = True
        try:
            while more and not self.exchange.trouble:
                octets = self._socket.recv(_AT_ONCE)
                settled += self.exchange.receive(octets) if octets else self.exchange.abort(CLOSED)
                more = self._secure and self._pending()
        except _LATER:
            pass
        except OSError as error:
            settled += self.exchange.abort(reason(error))
        if self.exchange.replies != replies:
            self._since = now
        return settled

    def send(self, now: float) -> Sequence[Settled]:
        """Hand over as much as the system takes, and return what became of letters where the line is dead."""
        outgoing = self.exchange.outgoing
        if not self.watched_for_writing:  # something new is to go
            self._moved_at = now
        while outgoing:
            try:
                gone = self._socket.send(outgoing[0]) if self._secure else self._socket.sendmsg(outgoing)
            except _LATER:
                return ()
            except OSError as error:
                return self._last_words(reason(error))
            self.exchange.sent(gone)
            self._moved_at = self._since = now
        return ()

    def is_late(self, now: float) -> bool:
        """Tell whether the server has let the time for the present phase pass (RFC 5321 4.5.3.2)."""
        if self.exchange.outgoing:
            too_slow = self.exchange.sending and now - self.begun_at > self._timeouts.content
            return too_slow or now - self._moved_at > self._timeouts.block
        awaited = self.exchange.awaited
        return awaited is not None and now - self._since > self._timeouts.of(awaited)

    def close(self) -> None:
        """Let go of the connection, without a word."""
        self._session.close()

    def _pending(self) -> bool:
        return isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0

    def _last_words(self, why: str) -> Sequence[Settled]:
        """Read what a server said before it hung up in the middle of a message: it may be a clear "no"."""
        settled: list[Settled] = []
        try:
            while not self.exchange.trouble and (octets := self._socket.recv(_AT_ONCE)):
                settled += self.exchange.receive(octets)
        except OSError:
            pass
        return settled + self.exchange.abort(why)
