"""The mail servers that letters are handed to, by the settings, and the keys where no password will do."""

import threading
import time
from pathlib import Path

from newsletter.app import App
from newsletter.core.pacing import Limits
from newsletter.core.relay_addresses import RelayAddress
from newsletter.mail import oauth, smtp
from newsletter.services.holding import Rules
from newsletter.settings import Settings, is_loopback


def relays_of(settings: Settings) -> tuple[smtp.Relay, ...]:
    """Return the next mail servers; our own sink, in plain text on this machine, where none is set."""
    if settings.uses_own_sink:
        host, port = settings.relay
        own = smtp.Relay(host, port, "none", stays_here=True, connections=settings.smtp_connections)
        return (own,)
    return tuple(_relay(settings, address) for address in settings.relays)


def limits_of(settings: Settings) -> Limits:
    """Return how fast letters may go; each relay by its name."""
    return settings.limits.with_relays({_name(settings, each): each.rates for each in settings.relays})


def rules_of(settings: Settings) -> Rules:
    """Return what may hold letters back, for those who tell people of it."""
    names = [each.name for each in relays_of(settings)]
    return Rules(limits_of(settings), names, settings.silence, settings.time_zone)


def connect(app: App, *, timeouts: smtp.Timeouts) -> smtp.Connection:
    """Open a connection to the first relay that answers.

    Raises ``Unreachable`` with what the first one said where none does, and ``SendingRefused`` as
    ``smtp.check``.
    """
    trouble: smtp.Unreachable | None = None
    tokens = access_tokens(app)
    for relay in relays_of(app.settings):
        try:
            return smtp.connect(relay, timeouts=timeouts, access_token=tokens)
        except smtp.Unreachable as error:
            trouble = trouble or error
    raise trouble or smtp.Unreachable("there is no relay")


class AccessTokens:
    """Access tokens for the relays of an installation, from any thread. Newer grants are kept in ``keys``."""

    def __init__(self, keys: Path) -> None:
        self._keys = keys
        self._one_at_a_time = threading.Lock()
        self._of: dict[oauth.Grant, oauth.Tokens] = {}

    def __call__(self, relay: smtp.Relay, *, anew: bool = False) -> str:
        """Return a token for a relay that has a grant; with ``anew`` not the one given last.

        Raises ``TokenRefused``.
        """
        if relay.grant is None:
            raise oauth.TokenRefused(f"{relay.name} has no grant")
        with self._one_at_a_time:  # connections that open at once share one token
            tokens = self._of.get(relay.grant)
            if tokens is None:
                tokens = oauth.Tokens(relay.grant, self._keys / "relay.token", time.monotonic)
                self._of[relay.grant] = tokens
            return tokens.access(anew=anew)


def access_tokens(app: App) -> AccessTokens:
    """Return what gives the application's relays their access tokens."""
    return AccessTokens(app.paths.keys)


def _relay(settings: Settings, address: RelayAddress) -> smtp.Relay:
    return smtp.Relay(
        address.host,
        address.port,
        security=address.security,
        user=address.user,
        password=address.password,
        stays_here=is_loopback(address.host),
        plaintext_allowed=settings.smtp_plaintext == "allowed",
        name=_name(settings, address),
        weight=address.weight,
        connections=address.connections or settings.smtp_connections,
        messages=address.messages,
        grant=_grant(settings) if address.by_token else None,
    )


def _name(settings: Settings, address: RelayAddress) -> str:
    where = f"{address.host}:{address.port}"
    shared = sum((each.host, each.port) == (address.host, address.port) for each in settings.relays) > 1
    return f"{address.user}@{where}" if shared else where


def _grant(settings: Settings) -> oauth.Grant:
    return oauth.Grant(
        settings.smtp_oauth_url,
        settings.smtp_oauth_client_id,
        settings.smtp_oauth_client_secret,
        settings.smtp_oauth_refresh_token,
        settings.smtp_oauth_scope,
    )
