"""Opening connections beside the courier's loop: smtplib blocks, so each gets a short-lived thread."""

import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue

from newsletter.mail import smtp
from newsletter.mail.relays import Pool


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of a connection that was tried ``since`` (seconds of a monotonic clock)."""

    pool: Pool
    since: float
    session: smtp.Session | str  # or why there is none


class Opener:
    """Opens connections in threads. ``wake`` is called from those when one has come of it."""

    def __init__(
        self,
        timeouts: smtp.Timeouts,
        context: ssl.SSLContext | None,
        access_token: smtp.AccessTokens | None,
        wake: Callable[[], None],
    ) -> None:
        self._timeouts = timeouts
        self._context = context
        self._access_token = access_token
        self._wake = wake
        self._done: SimpleQueue[Opened] = SimpleQueue()
        self._closed = threading.Event()

    def begin(self, pool: Pool, now: float) -> None:
        """Begin to open a connection."""
        pool.opens(now)
        threading.Thread(
            target=self._open, args=(pool, now), name=f"opening {pool.name}", daemon=True
        ).start()

    def done(self) -> Iterator[Opened]:
        """Return what has come of those begun, each once."""
        while not self._done.empty():  # nobody else takes them
            yield self._done.get_nowait()

    def close(self) -> None:
        """Take in no more connections."""
        self._closed.set()
        for each in self.done():
            _let_go(each.session)

    def _open(self, pool: Pool, since: float) -> None:
        session: smtp.Session | str
        try:
            session = smtp.open_session(
                pool.relay, timeouts=self._timeouts, context=self._context, access_token=self._access_token
            )
        except Exception as error:  # whatever it is, the relay is not to be had
            session = str(error) or type(error).__name__
        self._done.put(Opened(pool, since, session))
        if self._closed.is_set():
            self.close()
        else:
            self._wake()


def _let_go(session: smtp.Session | str) -> None:
    if isinstance(session, smtp.Session):
        session.close()
