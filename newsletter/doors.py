"""The ways in that stand open while a process runs: listeners for SMTP and LMTP.

standing_open(app)   what the settings name, for the length of the block; what comes lies in the spool
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy.exc import SQLAlchemyError

from newsletter.app import App
from newsletter.core.inbound.accepting import Accepting, accepting
from newsletter.mail.listener import Listener, Ports, tls_context
from newsletter.settings import Settings
from subscribers.services import role_addresses

#: How long what is ours counts before it is asked for again, in seconds.
_LOOK_EVERY_SECONDS = 10.0

_log = logging.getLogger(__name__)


@contextmanager
def standing_open(app: App) -> Iterator[None]:
    """Take mail in every way that the settings name.

    Raises ``PlaceTaken`` when a port is another program's, ``SettingsError`` for a certificate that cannot
    be read; nothing stands open then.
    """
    settings = app.settings
    with ExitStack() as open_ones:
        if settings.inbound_smtp_port or settings.inbound_lmtp_port:
            ports = Ports(
                settings.inbound_host,
                smtp=settings.inbound_smtp_port or None,
                lmtp=settings.inbound_lmtp_port or None,
            )
            tls = tls_context(settings.inbound_tls_cert, settings.inbound_tls_key)
            listener = Listener(app.paths.inbound, ports, accepting=Doorkeeper(app), now=app.now, tls=tls)
            open_ones.enter_context(listener)
        yield


class Doorkeeper:
    """Knows the addresses that are ours, as they are set now; asked anew every ten seconds.

    While the database does not answer, what was known last counts.
    """

    def __init__(self, app: App, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._known = ours(app.settings, ())
        self._look_at = clock()

    def __call__(self) -> Accepting:
        """Return what to accept. Safe from every thread: two that ask at once get the same answer."""
        if self._clock() >= self._look_at:
            self._look_at = self._clock() + _LOOK_EVERY_SECONDS
            try:
                with self._app.readers() as session:
                    regional = role_addresses.of_regions(session)
                self._known = ours(self._app.current(), regional)
            except SQLAlchemyError:
                _log.warning("the database does not answer; the addresses known last count")
        return self._known


def ours(settings: Settings, regional: tuple[str, ...]) -> Accepting:
    """Return what to accept by these settings, and the regions' role addresses."""
    return accepting(
        bounces=settings.envelope_address,
        inbound=settings.inbound_address,
        others=(settings.articles_address, *settings.role_addresses, *regional),
    )
