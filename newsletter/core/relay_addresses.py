"""The next mail servers as they are written in the settings: an address for each, with spaces between.

    smtps://user:password@smtp.a.example:465?weight=2&connections=4&messages=100 smtp://smtp.b.example:587
    smtp://smtp.c.example?rate=14/second,2000/day

``smtp`` is secured by STARTTLS, ``smtps`` by TLS from the first octet (RFC 8314 3). User and password are
percent-encoded (RFC 3986 2.1).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from newsletter.core import pacing
from newsletter.core.pacing import Rates

_PORTS = {"smtp": 587, "smtps": 465}
_SECURITY = {"smtp": "starttls", "smtps": "tls"}


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """One mail server. ``security`` is ``starttls``, ``tls`` or ``none``.

    ``connections`` 0 is the usual number; ``messages`` 0 is as many as the server takes on a connection.
    ``by_token`` signs in by XOAUTH2 and not by a password. Without ``rates`` those of all relays hold.
    """

    host: str
    port: int
    security: str
    user: str = ""
    password: str = field(default="", repr=False)
    weight: int = 1
    connections: int = 0
    messages: int = 0
    by_token: bool = False
    rates: Rates = ()


def parse(value: str) -> tuple[RelayAddress, ...]:
    """Read the addresses, in order. Raises ``ValueError`` for one that is none, and for one named twice."""
    found = tuple(_address(each) for each in value.split())
    if len({(each.host, each.port, each.user) for each in found}) < len(found):
        raise ValueError("a server stands there twice")
    return found


def _address(value: str) -> RelayAddress:
    parts = urlsplit(value)
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.fragment:
        raise ValueError("no address of a mail server")
    given = _options(parts)
    security = given.pop("security", _SECURITY[parts.scheme])
    if security not in (_SECURITY[parts.scheme], "none") or given.pop("auth", "xoauth2") != "xoauth2":
        raise ValueError("no such security, or no such way to sign in")
    return RelayAddress(
        host=parts.hostname,
        port=_PORTS[parts.scheme] if parts.port is None else _within(1, 65_535)(str(parts.port)),
        security=security,
        user=unquote(parts.username or "", errors="strict"),
        password=unquote(parts.password or "", errors="strict"),
        by_token="auth=" in parts.query,
        rates=pacing.parse(given.pop("rate", "")),
        **{name: _NUMBERS[name](number) for name, number in given.items()},
    )


def _options(parts: SplitResult) -> dict[str, str]:
    pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True) if parts.query else []
    given = dict(pairs)
    if len(given) < len(pairs) or not given.keys() <= {"security", "auth", "rate", *_NUMBERS}:
        raise ValueError("an option that there is not, or twice")
    return given


def _within(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit()) or not least <= int(value) <= most:
            raise ValueError(f"not from {least} to {most}")
        return int(value)

    return read


_NUMBERS: Mapping[str, Callable[[str], int]] = {
    "weight": _within(1, 100),
    "connections": _within(1, 50),
    "messages": _within(0, 1_000_000),
}
