"""A DNS server of our own for tests, on loopback: it answers from a zone, over UDP, as it is told."""

import contextlib
import socket
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

#: Instead of records: never answer, or answer that the server is broken.
SILENCE, BROKEN = "silence", "broken"

#: Name and type, as ``"forening.example MX"`` -> the records' values as zone files have them.
Zone = Mapping[str, Sequence[str] | str]


class NameServer:
    """Answers from a zone; a name that has nothing does not exist. ``asked`` is what it was asked."""

    def __init__(self, zone: Zone) -> None:
        self.zone = dict(zone)
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        """What DNS_SERVER says."""
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> "NameServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waking:
            waking.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            question, asker = self._socket.recvfrom(65_535)
            if not question:
                return
            with contextlib.suppress(dns.exception.DNSException, OSError):
                answer = self._answer(dns.message.from_wire(question))
                if answer is not None:
                    self._socket.sendto(answer.to_wire(), asker)

    def _answer(self, question: dns.message.Message) -> dns.message.Message | None:
        asked = question.question[0]
        name = asked.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(asked.rdtype)
        self.asked.append(f"{name} {kind}")
        found = self.zone.get(f"{name} {kind}")
        if found == SILENCE:
            return None
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.AA | dns.flags.RA
        if found == BROKEN:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif found:
            values = [_quoted(each) if kind == "TXT" else each for each in found]
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *values))
        elif not any(each.partition(" ")[0] == name for each in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


def _quoted(text: str) -> str:
    """Return a TXT value in strings of at most 255 octets (RFC 1035 3.3.14)."""
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))
