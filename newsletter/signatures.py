"""Whether we sign our mail ourselves, and with which keys: ``DKIM`` and the data directory say so."""

from functools import partial

from newsletter.app import App
from newsletter.core.letters import Seal, as_it_is
from newsletter.errors import SendingRefused


def seal(app: App) -> Seal:
    """Return what puts our DKIM signatures on a message as of now, or nothing where the relay signs.

    Raises ``SendingRefused`` where we should sign and have no key for the domain that letters come from, and
    ``NewsletterError`` for a key that cannot be used.
    """
    settings = app.current()
    if settings.dkim == "relay":
        return as_it_is
    # Here, for it brings a library along that a sender without keys has no room for.
    from newsletter.mail import signing

    keys = signing.keys_of(app.paths.dkim, settings.from_address)
    if not keys:
        raise SendingRefused(
            "Inga brev skickas: DKIM är ”own”, men det finns ingen nyckel för {domain}. "
            "Gör en med rundbrev dkim make, eller sätt DKIM till relay.",
            domain=settings.from_address.rpartition("@")[2],
        )
    return partial(signing.signed, keys=keys, at=int(app.now().timestamp()))


def threads(app: App) -> int:
    """Return how many threads are worth while to write letters in, beside the one that sends them.

    A signature with RSA takes as long as all else of a letter, and lets other threads run. One with Ed25519
    is made sooner than it is handed over. Read once: another kind of key counts from the next start.
    """
    settings = app.current()
    if settings.dkim == "relay":
        return 0
    from newsletter.mail import signing

    keys = signing.keys_of(app.paths.dkim, settings.from_address)
    return 2 if any(key.is_slow for key in keys) else 0
