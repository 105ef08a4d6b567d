"""The envelope sender of a delivery: where a bounce goes, and whose it is (rule F2).

    verp    studs-<token>@example.org   needs every such address to reach us
    plus    studs+<token>@example.org   where the mail host knows plus addresses
    fixed   studs@example.org           where the relay takes no other; a bounce must then tell by itself

In each, ``studs@example.org`` is the bounce address. Tokens are base32 in lower case, since mail servers may
change the case of a local part.
"""

import re
from enum import Enum

from newsletter.core.headers import LONGEST_LOCAL_PART, needs_smtputf8, wire_address

_TOKEN = re.compile("[a-z2-7]+")


class EnvelopeMode(Enum):
    """How the envelope sender tells whose delivery it was."""

    VERP = "verp"
    PLUS = "plus"
    FIXED = "fixed"


_SEPARATORS = {EnvelopeMode.VERP: "-", EnvelopeMode.PLUS: "+"}


def envelope_sender(mode: EnvelopeMode, *, bounce_address: str, token: str) -> str:
    """Return the address for MAIL FROM, with its domain in ASCII.

    ``token`` is ``tokens.make(ring, Purpose.ENVELOPE, delivery_id)``; it is not used with ``FIXED``. Raises
    ``HeaderRefused`` for a bounce address that is none, and ``ValueError`` for one that is not ASCII before
    the @ or leaves no room for the token in 64 octets (RFC 5321 4.5.3.1.1), and for what is no token.
    """
    address = wire_address(bounce_address)
    if needs_smtputf8(address):
        raise ValueError(f"a bounce address must be ASCII before the @: {bounce_address}")
    if mode is EnvelopeMode.FIXED:
        return address
    if not _TOKEN.fullmatch(token):
        raise ValueError("not a token: base32 in lower case is wanted")
    local, _, domain = address.rpartition("@")
    tagged = f"{local}{_SEPARATORS[mode]}{token}"
    if len(tagged) > LONGEST_LOCAL_PART:
        raise ValueError(f"the bounce address {bounce_address} is too long to take a token")
    return f"{tagged}@{domain}"


def read(address: str, *, bounce_address: str) -> str | None:
    """Return the token in the address that a bounce came to, or None when there is none.

    Reads what ``envelope_sender`` makes for this bounce address in either mode, so that bounces find home
    after the mode has been changed. Case and angle brackets make no difference. The token may still be
    forged: ``tokens.read`` decides.
    """
    local, _, domain = address.strip().removeprefix("<").removesuffix(">").lower().rpartition("@")
    our_local, _, our_domain = wire_address(bounce_address).lower().rpartition("@")
    token = local.removeprefix(our_local)
    if domain != our_domain or token == local or token[:1] not in _SEPARATORS.values():
        return None
    return token[1:] if _TOKEN.fullmatch(token[1:]) else None
