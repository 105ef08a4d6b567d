"""What is asked of the DNS: an interface, so that rules about records need no network."""

import ipaddress
from collections.abc import Sequence
from typing import Protocol

_PORT = 53
#: Top-level domains that nobody can register (RFC 2606, RFC 6761).
_MADE_UP = ("example", "test", "invalid", "localhost")
_EXAMPLES = ("example.com", "example.net", "example.org")


class Unanswered(Exception):
    """The DNS gave no answer in time, or a broken one: nothing is known."""


class Names(Protocol):
    """The DNS. Names are in A-labels. An empty answer means that there is no such record, or no such name.

    Each method raises ``Unanswered``.
    """

    def texts(self, name: str) -> Sequence[str]:
        """Return the TXT records of a name, the strings of each put together (RFC 7208 3.3)."""

    def addresses(self, name: str) -> Sequence[str]:
        """Return the IPv4 and IPv6 addresses of a name."""

    def exchanges(self, name: str) -> Sequence[tuple[int, str]]:
        """Return the MX records of a name: preference and host, "" for the null MX (RFC 7505)."""

    def pointers(self, address: str) -> Sequence[str]:
        """Return the names that an IP address points back to (PTR)."""


def is_made_up(domain: str) -> bool:
    """Tell whether a domain is one for examples, which no DNS knows."""
    labels = domain.lower().rstrip(".")
    return labels.rpartition(".")[2] in _MADE_UP or any(
        labels == each or labels.endswith(f".{each}") for each in _EXAMPLES
    )


def domain_of(address: str) -> str:
    """Return the domain of an address, in lower case."""
    return address.rpartition("@")[2].lower()


def version_of(host: str) -> int:
    """Return which IP a host is an address of, 4 or 6; 0 for a name."""
    try:
        return ipaddress.ip_address(host).version
    except ValueError:
        return 0


def server(text: str) -> tuple[str, int]:
    """Return the address and port of a DNS server, such as ``192.0.2.53:5353`` or ``[2001:db8::53]:5353``.

    Raises ``ValueError`` for what is neither.
    """
    address, port = text, str(_PORT)
    if text.startswith("[") and "]" in text:
        address, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif text.count(":") == 1:
        address, _, port = text.partition(":")
    ipaddress.ip_address(address)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(text)
    return address, int(port)


def is_server(text: str) -> bool:
    """Tell whether a text names a DNS server."""
    try:
        server(text)
    except ValueError:
        return False
    return True
