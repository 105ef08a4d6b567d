"""A conversation in which mail comes in, over SMTP or LMTP (RFC 5321, RFC 2033), on top of aiosmtpd.

    connect  -> 421 for who has too many | RCPT -> 550 for what is not ours | DATA -> the spool -> 250

The message is read here and not by aiosmtpd, which keeps an object a line (fifty times a mail of empty
lines), and gives one reply after DATA where LMTP wants one a recipient.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from newsletter.core.inbound.accepting import Accepting
from newsletter.mail.peers import Limits, Peers, peer_of

#: Commands of one connection; a server that has more to say connects again.
_MOST_COMMANDS = {"*": 50, "RCPT": 1_000, "MAIL": 500, "DATA": 500, "RSET": 500, "NOOP": 500}
#: More of these fields than any real way is long: the mail goes round (RFC 5321 6.3).
_MOST_HOPS = 100
_HOP = re.compile(rb"^received:", re.IGNORECASE | re.MULTILINE)
#: A line feed alone ends no line (RFC 5321 2.3.8). Whoever reads it as one sees another mail than we do.
_BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
_END = b"\r\n.\r\n"

_log = logging.getLogger(__name__)

#: Puts a mail (its octets, sender, recipients) where no crash loses it. Raises ``OSError``.
Keep = Callable[[bytes, str, list[str]], object]


@dataclass(frozen=True, slots=True)
class House:
    """What all conversations of a listener share. ``accepting`` and ``keep`` run in a thread of their own."""

    accepting: Callable[[], Accepting]
    keep: Keep
    peers: Peers

    @property
    def limits(self) -> Limits:
        """What a listener allows."""
        return self.peers.limits


class _Handler:
    """What aiosmtpd calls. Each hook returns the reply to the client."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def handle_EHLO(  # noqa: N802 - aiosmtpd fixes name and arguments
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # Nobody signs in here.
        return [each for each in responses if not each.startswith("250-AUTH")]

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._house.peers.may_send(_peer(session), time.monotonic()):
            return "450 4.7.1 Too many mails, come back in a minute"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= self._house.limits.recipients:
            return "452 4.5.3 Too many recipients"
        accepting = await asyncio.to_thread(self._house.accepting)
        if not accepting.takes(address):
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_exception(self, error: Exception) -> str:
        """Say that it is us; what it was stands in the log, and never in a reply."""
        _log.error("a conversation failed", exc_info=error)
        return "451 4.3.0 Something went wrong here, come back later"


class Conversation(SMTP):
    """What SMTP and LMTP have in common: who may come in, and how a message is read."""

    #: A server must take 1,000 octets, and should take what comes: old systems write longer lines.
    line_length_limit = 65_536
    one_reply_a_recipient = False

    def __init__(self, house: House, **options: Any) -> None:
        limits = house.limits
        super().__init__(
            _Handler(house),
            data_size_limit=limits.octets,
            enable_SMTPUTF8=True,
            ident="Rundbrev",
            timeout=limits.idle_seconds,
            command_call_limit=_MOST_COMMANDS,
            loop=asyncio.get_running_loop(),
            **options,
        )
        self._house = house

    async def _handle_client(self) -> None:
        peer = _peer(self.session)
        if not self._house.peers.enter(peer):
            await self.push("421 4.7.0 Too many connections, come back later")
            transport: Any = self.transport
            transport.close()
            return
        try:
            await super()._handle_client()
        finally:
            self._house.peers.leave(peer)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - as SMTP writes it
        """Read a message, keep it, and only then say yes."""
        if await self.check_helo_needed():
            return
        envelope: Any = self.envelope
        if arg or not envelope.rcpt_tos:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Error: need RCPT command")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        recipients, sender = list(envelope.rcpt_tos), _written(envelope.mail_from)
        content = await self._content()
        reply = "552 5.3.4 The message is too large" if content is None else _refusal(content)
        if content is not None and not reply:
            reply = await self._kept(content, sender, recipients)
        self.envelope = self._create_envelope()
        times = len(recipients) if self.one_reply_a_recipient else 1
        await self.push("\r\n".join([reply] * times))

    async def _content(self) -> bytes | None:
        """Return what the client sends up to the lone dot, dots unstuffed; None if it is too large.

        Only CR LF . CR LF ends it: what other servers may take for an end is content.
        """
        read = bytearray(b"\r\n")  # a dot in the very first line ends it, too
        too_large = False
        while not read.endswith(_END):
            try:
                read += await self._reader.readuntil(b".\r\n")
            except asyncio.LimitOverrunError as more:
                read += await self._reader.read(more.consumed)
            if len(read) > self._house.limits.octets + len(_END) + 2:
                too_large = True
                del read[: -len(_END)]
        return None if too_large else bytes(read[:-3]).replace(b"\r\n.", b"\r\n")[2:]

    async def _kept(self, content: bytes, sender: str, recipients: list[str]) -> str:
        try:
            await asyncio.to_thread(self._house.keep, content, sender, recipients)
        except OSError:
            _log.exception("a mail could not be kept")
            return "451 4.3.1 Cannot keep it now, come back later"
        return "250 2.0.0 Ok: it is on the disk"


class SmtpConversation(Conversation):
    """SMTP, as other mail servers speak it."""


class LmtpConversation(Conversation, LMTP):
    """LMTP, as a mail server speaks it that hands over for delivery: a reply for each recipient."""

    one_reply_a_recipient = True


def _refusal(content: bytes) -> str:
    """Return the reply to a message that must not be taken; "" if it may."""
    if _BARE_LINE_FEED.search(content):
        return "550 5.6.0 Lines must end with CR LF"
    head = content.partition(b"\r\n\r\n")[0]
    if sum(1 for _ in _HOP.finditer(head)) > _MOST_HOPS:
        return "554 5.4.6 The message goes round in circles"
    return ""


def _peer(session: Any) -> str:
    return peer_of(str(session.peer[0])) if session and session.peer else "unknown"


def _written(address: str | None) -> str:
    return "" if address in (None, "<>") else str(address)
