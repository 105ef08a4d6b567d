"""Asking the DNS: ``core.health.names.Names`` over the network, each question with a limit."""

from collections.abc import Sequence

import dns.exception
import dns.rdata
import dns.resolver
import dns.reversename
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from newsletter.core.health.names import Unanswered, server

#: Seconds for one question, over all servers and tries.
LONGEST = 5.0
#: What resolvers agree not to be cut to pieces on its way (RFC 9715).
_LARGEST_ANSWER = 1232


class Resolver:
    """The DNS as the machine knows it, or as the server ``at`` does (``core.health.names.server``).

    Safe from several threads.
    """

    def __init__(self, at: str = "", *, longest: float = LONGEST) -> None:
        self._at = at
        self._longest = longest

    def texts(self, name: str) -> Sequence[str]:
        """Return the TXT records of a name. Raises ``Unanswered``."""
        found = self._ask(name, "TXT")
        return [b"".join(each.strings).decode("utf-8", "replace") for each in found if isinstance(each, TXT)]

    def addresses(self, name: str) -> Sequence[str]:
        """Return the IPv4 and IPv6 addresses of a name. Raises ``Unanswered``."""
        return [each.to_text() for kind in ("A", "AAAA") for each in self._ask(name, kind)]

    def exchanges(self, name: str) -> Sequence[tuple[int, str]]:
        """Return the MX records of a name. Raises ``Unanswered``."""
        found = self._ask(name, "MX")
        return [
            (each.preference, each.exchange.to_text(omit_final_dot=True).removesuffix("."))
            for each in found
            if isinstance(each, MX)
        ]

    def pointers(self, address: str) -> Sequence[str]:
        """Return the names that an address points back to. Raises ``Unanswered``."""
        name = dns.reversename.from_address(address).to_text()
        return [each.to_text().rstrip(".") for each in self._ask(name, "PTR")]

    def _ask(self, name: str, kind: str) -> Sequence[dns.rdata.Rdata]:
        try:
            resolver = self._resolver()
            return list(resolver.resolve(name.rstrip(".") + ".", kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            raise Unanswered(f"{name} {kind}: {type(error).__name__}") from error

    def _resolver(self) -> dns.resolver.Resolver:
        made = dns.resolver.Resolver(configure=not self._at)
        if self._at:
            address, port = server(self._at)
            made.nameservers, made.port = [address], port
        made.lifetime = self._longest
        made.use_edns(0, 0, _LARGEST_ANSWER)
        return made
