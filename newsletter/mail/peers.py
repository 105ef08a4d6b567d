"""How much one peer may ask of a listener: connections at once, and mails a minute. Kept in memory only.

A peer is an address of the network: for IPv6 its first 64 bits, of which a single machine has all others. A
mail server on this very machine speaks for everybody, so only the sum holds for it.
"""

import ipaddress
from dataclasses import dataclass, field

_FORGET_ABOVE = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a listener allows. ``connections`` and ``mails_a_minute`` are a peer's, ``in_all`` everybody's."""

    connections: int = 10
    in_all: int = 50
    mails_a_minute: int = 120
    recipients: int = 50
    octets: int = 10 * 1024 * 1024
    idle_seconds: float = 300
    """How long a conversation may go without a command, a message's content included."""


@dataclass(slots=True)
class Peers:
    """Who is connected, and who has sent how much lately. Moments are seconds of a clock that only grows."""

    limits: Limits
    _open: dict[str, int] = field(default_factory=dict)
    _allowances: dict[str, tuple[float, float]] = field(default_factory=dict)

    def enter(self, peer: str) -> bool:
        """Count a new connection; False if it may not stay. Call ``leave`` if it may."""
        at_once = self._open.get(peer, 0)
        if sum(self._open.values()) >= self.limits.in_all:
            return False
        if at_once >= self.limits.connections and not is_local(peer):
            return False
        self._open[peer] = at_once + 1
        return True

    def leave(self, peer: str) -> None:
        """Count a connection that is over."""
        left = self._open.pop(peer, 1) - 1
        if left > 0:
            self._open[peer] = left

    def may_send(self, peer: str, now: float) -> bool:
        """Count a mail; False if the peer has sent its share of them. The share comes back evenly."""
        if is_local(peer):
            return True
        most = float(self.limits.mails_a_minute)
        left, since = self._allowances.get(peer, (most, now))
        left = min(most, left + (now - since) * most / 60)
        if left < 1:
            return False
        self._allowances[peer] = (left - 1, now)
        if len(self._allowances) > _FORGET_ABOVE:
            self._forget(now)
        return True

    def _forget(self, now: float) -> None:
        """Forget those whose share has come back, and everybody if that does not help."""
        kept = {peer: one for peer, one in self._allowances.items() if now - one[1] < 60}
        self._allowances = kept if len(kept) <= _FORGET_ABOVE else {}


def peer_of(address: str) -> str:
    """Return the peer that an address of the network is counted as."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        if not found.is_loopback:
            return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def is_local(peer: str) -> bool:
    """Tell whether a peer is this machine."""
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False
