"""Which addresses mail may come to: ours, and nobody else's. What is not is refused in the session.

studs@, studs+anything@, studs-anything@   bounces; whether the token is ours is seen later
svar@, svar+anything@                      members, where people unsubscribe by mail
artiklar@                                  articles
role addresses                             the association's and the regions'
postmaster@                                at each of these domains (RFC 5321 4.5.1)
"""

from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.core.headers import wire_address
from newsletter.errors import HeaderRefused


@dataclass(frozen=True, slots=True)
class Accepting:
    """The addresses of ours, as SMTP writes them, in lower case. Made by ``accepting``."""

    exact: frozenset[str]
    tagged: frozenset[tuple[str, str]]
    """What an address may begin with, its separator included, and its domain."""

    def takes(self, address: str) -> bool:
        """Tell whether mail to this address (of an envelope) is for us. Any text may be asked about."""
        wired = _wired(address)
        if wired in self.exact:
            return bool(wired)
        local, _, domain = wired.rpartition("@")
        return any(domain == ours and local.startswith(begins) for begins, ours in self.tagged)


def accepting(*, bounces: str, inbound: str = "", others: Iterable[str] = ()) -> Accepting:
    """Return what to accept. ``others`` are taken as they are written; "" is no address."""
    plain = [wired for each in (bounces, inbound, *others) if (wired := _wired(each))]
    domains = {address.rpartition("@")[2] for address in plain}
    separators = [(bounces, "+"), (bounces, "-"), (inbound, "+")]
    return Accepting(
        frozenset({*plain, *(f"postmaster@{domain}" for domain in domains)}),
        frozenset(
            (wired.rpartition("@")[0] + separator, wired.rpartition("@")[2])
            for address, separator in separators
            if (wired := _wired(address))
        ),
    )


def _wired(address: str) -> str:
    try:
        return wire_address(address).lower() if address else ""
    except (HeaderRefused, ValueError):
        return ""
