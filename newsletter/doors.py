"""The ways in that stand open while a process runs: listeners for SMTP and LMTP, and a mailbox.

standing_open(app)   what the settings name, for the length of the block; what comes lies in the spool
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from newsletter.app import App
from newsletter.core.inbound.accepting import Accepting, accepting
from newsletter.language import _, using
from newsletter.mail.listener import Listener, Ports, tls_context
from newsletter.settings import Settings, check_inbound
from subscribers.services import role_addresses

if TYPE_CHECKING:
    from newsletter.mail.mailbox import Watcher

#: How long what is ours counts before it is asked for again, in seconds.
_LOOK_EVERY_SECONDS = 10.0

Tell = Callable[[str], None]

_log = logging.getLogger(__name__)


@contextmanager
def standing_open(app: App, *, tell: Tell = print) -> Iterator[None]:
    """Take mail in every way that the settings name. ``tell`` gets a sentence when a mailbox cannot be read.

    Raises ``PlaceTaken`` when a port is another program's, ``SettingsError`` for a certificate that cannot
    be read and as ``settings.check_inbound`` does; nothing stands open then.
    """
    settings = app.settings
    check_inbound(settings)
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
        if settings.inbound_imap_host:
            open_ones.enter_context(_watcher(app, tell))
        yield


def _watcher(app: App, tell: Tell) -> "Watcher":
    # Only here: most associations have no such mailbox, and need not hold its library in memory.
    from newsletter.mail.mailbox import Account, Watcher
    from newsletter.mail.oauth import Grant, Tokens

    settings = app.settings
    tokens = None
    if settings.inbound_imap_oauth_url:
        grant = Grant(
            settings.inbound_imap_oauth_url,
            settings.inbound_imap_oauth_client_id,
            settings.inbound_imap_oauth_client_secret,
            settings.inbound_imap_oauth_refresh_token,
            settings.inbound_imap_oauth_scope,
        )
        tokens = Tokens(grant, app.paths.keys / "mailbox.token", time.monotonic)
    account = Account(
        settings.inbound_imap_host,
        settings.inbound_imap_port,
        settings.inbound_imap_security,
        settings.inbound_imap_user,
        settings.inbound_imap_password,
        tokens,
        tuple(name.strip() for name in settings.inbound_imap_folders.split(",") if name.strip()),
    )

    def told(reason: str) -> None:
        with using(settings.interface_language):
            said = _("Brevlådan på {host} går inte att läsa ({reason}). Nya försök görs.")
            tell(said.format(host=account.host, reason=reason))

    return Watcher(app.paths.inbound, account, now=app.now, tell=told)


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
