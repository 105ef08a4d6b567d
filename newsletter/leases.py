"""A sender's lease as it sees it itself: by its own clock it gives up before anybody takes the lease away.

    with lease.ledger() as session: claims.claim(...)     renewed, and counted once committed
    lease.holds()                                         asked before a letter begins

On SQLite there is one machine, and the locks of the journals say at once who lives: nothing is written.
"""

import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.services import senders
from subscribers.core.tokens import Keyring

#: A letter that is begun at the last moment needs some for its data to be on the wire.
_MARGIN_SECONDS = 5.0
#: How old a renewal may be before an idle sender makes another, in seconds.
RENEW_SECONDS = 5.0


def since_boot() -> float:
    """Return the seconds since the machine started, also those that it slept: a lease runs on meanwhile."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _digest(ring: Keyring) -> str:
    """Tell keyrings apart, without telling them."""
    return hashlib.sha256(b"rundbrev-sender\0" + ring.secrets[0]).hexdigest()[:16]


class LeaseLost(Exception):
    """Others have taken this sender for lost. It begins nothing more, and tells what it knows."""


class Lease:
    """The lease of a sender on PostgreSQL. ``clock`` gives seconds that never go back.

    ``lost`` is whether others are known to have taken it.

    Raises ``SettingsError`` where another machine's sender has other keys.
    """

    def __init__(self, app: App, name: str, *, clock: Callable[[], float] = since_boot) -> None:
        self._app = app
        self._name = name
        self._clock = clock
        self._needed = app.engine.dialect.name == "postgresql"
        self._renewed_at = clock()
        self.lost = False
        if self._needed:
            host, keys = socket.gethostname()[:120], _digest(app.keyring)
            with app.sessions.begin() as session:
                senders.enter(session, name=name, host=host, keys=keys, now=app.now())

    def holds(self) -> bool:
        """Tell whether a letter may begin: nobody can have taken the lease yet. Asks only the own clock."""
        if not self._needed:
            return True
        left = senders.LEASE.total_seconds() - _MARGIN_SECONDS
        return not self.lost and self._clock() - self._renewed_at < left

    @contextmanager
    def ledger(self) -> Iterator[Session]:
        """Open a transaction that begins by renewing the lease. Raises ``LeaseLost``, once.

        The renewal counts from before the database was asked, and once the transaction is committed. After
        the lease is lost it is a transaction to settle in, and no more.
        """
        asked_at = self._clock()
        with self._app.sessions.begin() as session:
            if self._needed and not self.lost:
                self._renew(session)
            yield session
        self._renewed_at = asked_at

    def keep(self) -> None:
        """Renew the lease of a sender that claims nothing; now and then is enough. Raises ``LeaseLost``."""
        if self._needed and not self.lost and self._clock() - self._renewed_at > RENEW_SECONDS:
            with self.ledger():
                pass

    def _renew(self, session: Session) -> None:
        if not senders.renew(session, name=self._name, now=self._app.now()):
            self.lost = True
            raise LeaseLost

    def leave(self) -> None:
        """Say that the sender has ended, and holds nothing any more."""
        if self._needed:
            with self._app.sessions.begin() as session:
                senders.leave(session, name=self._name, now=self._app.now())
