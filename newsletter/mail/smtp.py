"""One kept connection to the next mail server: open it, hand over messages one by one, close it politely.

    connect   smtplib: connect, EHLO, STARTTLS or TLS with certificate check, AUTH
    deliver   MAIL, RCPT, DATA | journal.begun | the message | its reply | journal.replied

Everything that can happen to one message is a value (``core.outcomes``); that there is no server to talk to
is the exception ``Unreachable``.
"""

import smtplib
import socket
import ssl
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from newsletter.core.headers import needs_smtputf8
from newsletter.core.letters import Letter
from newsletter.core.outcomes import NO_SMTPUTF8, TOO_LARGE, NoServer, Outcome, Unanswered
from newsletter.core.replies import NoReply, Reply
from newsletter.errors import SendingRefused
from newsletter.mail.wire import Broken, Wire, reason

#: The server wants a sign-in, or does not take ours (RFC 4954 6): true of every message, the fault of none.
_SIGN_IN_REPLIES = frozenset({530, 534, 535, 538})


@dataclass(frozen=True, slots=True)
class Relay:
    """The next mail server. ``security`` is ``starttls``, ``tls`` or ``none``.

    ``stays_here`` says that it is this machine: only then is plain text allowed (rule P5).
    """

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    stays_here: bool = False


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long each phase may take, in seconds: at least what RFC 5321 4.5.3.2 says."""

    connect: float = 60
    command: float = 300
    data: float = 120
    content: float = 600  # the RFC gives each block three minutes; this is for the whole message
    end: float = 600
    quit: float = 2  # nothing depends on it


class Unreachable(Exception):
    """There is no connection to be had: refused, silent, not secure, or the sign-in failed. Says why."""


class Journal(Protocol):
    """Where it is written what was on the wire (``mail.journal``)."""

    def begun(self, delivery: int, attempt: int) -> None:
        """Write this before the first octet of a message; the message does not go when it raises."""

    def replied(self, delivery: int, attempt: int, reply: Reply) -> None:
        """Write the reply to the whole message."""

    def lost(self, delivery: int, attempt: int) -> None:
        """Write that the message was cut off before its end."""


class Connection:
    """An open connection.

    ``carried`` counts the messages whose data it has begun; ``usable`` turns false for good.
    """

    def __init__(self, client: smtplib.SMTP, timeouts: Timeouts) -> None:
        self._client = client
        self._socket = _socket_of(client)
        self._wire = Wire(self._socket)
        self._timeouts = timeouts
        #: The first line of the server's answer to our greeting (EHLO), as it came.
        self.greeting = (
            (client.ehlo_resp or client.helo_resp or b"").partition(b"\n")[0].decode("utf-8", "replace")
        )
        self._utf8 = client.has_extn("smtputf8")
        self._sized = client.has_extn("size")
        size = client.esmtp_features.get("size", "").strip()
        self._largest = int(size) if size.isdecimal() else 0  # 0 and nothing: no fixed limit (RFC 1870 4)
        self.carried = 0
        self.usable = True

    def deliver(self, letter: Letter, journal: Journal) -> Outcome:
        """Hand over one message and say what became of it."""
        refusal = self._impossible(letter)
        if refusal is not None:
            return refusal
        try:
            refused = self._envelope(letter)
        except Broken as broken:
            return self._give_up(NoReply(str(broken)))
        if refused is not None:
            return refused
        outcome = self._content(letter, journal)
        self.carried += 1
        return outcome

    def abort(self) -> None:
        """Cut the connection from another thread; a ``deliver`` under way ends."""
        self.usable = False
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take leave (QUIT) where there is still somebody to take leave of, and close."""
        if self.usable:
            with suppress(Broken):
                self._wire.ask("QUIT", self._timeouts.quit)
        self.usable = False
        self._client.close()

    def _impossible(self, letter: Letter) -> Outcome | None:
        """Refuse what this server has said that it cannot take; the others go on (RFC 6531; rule I1)."""
        if needs_smtputf8(letter.recipient) and not self._utf8:
            return Reply.of(553, f"5.6.7 {NO_SMTPUTF8}")
        if 0 < self._largest < len(letter.content):
            return Reply.of(552, f"5.3.4 {TOO_LARGE}{self._largest}")
        return None

    def _envelope(self, letter: Letter) -> Outcome | None:
        """Go as far as the server's 354. Returns the outcome when it does not come to that."""
        for command, seconds in (
            (self._mail_command(letter), self._timeouts.command),
            (f"RCPT TO:<{letter.recipient}>", self._timeouts.command),
        ):
            reply = self._wire.ask(command, seconds)
            if not 200 <= reply.code < 300:
                return self._refused(reply)
        reply = self._wire.ask("DATA", self._timeouts.data)
        return None if reply.code == 354 else self._refused(reply)

    def _mail_command(self, letter: Letter) -> str:
        options = f" SIZE={len(letter.content)}" if self._sized else ""
        if needs_smtputf8(letter.recipient):
            options += " SMTPUTF8 BODY=8BITMIME"  # the header holds the address as it is (RFC 6532)
        return f"MAIL FROM:<{letter.sender}>{options}"

    def _refused(self, reply: Reply) -> Outcome:
        if reply.code in _SIGN_IN_REPLIES:
            return self._give_up(NoServer(reply.line))
        if reply.code < 400:
            return self._give_up(NoReply(f"the server's reply makes no sense: {reply.line}"))
        if reply.code == 421:  # it closes the channel (RFC 5321 3.8)
            return self._give_up(reply)
        try:
            if self._wire.ask("RSET", self._timeouts.command).code != 250:
                self.usable = False
        except Broken:
            self.usable = False
        return reply

    def _content(self, letter: Letter, journal: Journal) -> Outcome:
        tried = (letter.claim.delivery_id, letter.claim.attempt)
        try:
            journal.begun(*tried)
        except OSError as error:  # what cannot be written down must not be sent
            return self._give_up(NoServer(f"the journal cannot be written: {error}"))
        try:
            self._wire.send(_stuffed(letter.content) + b".\r\n", self._timeouts.content)
        except Broken as broken:
            with suppress(OSError):
                journal.lost(*tried)
            return self._give_up(NoReply(str(broken)))
        return self._end(tried, journal)

    def _end(self, tried: tuple[int, int], journal: Journal) -> Outcome:
        try:
            reply = self._wire.reply(self._timeouts.end)
        except Broken as broken:
            return self._give_up(Unanswered(str(broken)))
        if reply.code == 421:
            self.usable = False
        if 300 <= reply.code < 400:  # 354 again, say: it may have taken the message or not
            return self._give_up(Unanswered(f"the server's reply makes no sense: {reply.line}"))
        with suppress(OSError):  # a full disk: the ledger gets the reply all the same
            journal.replied(*tried, reply)
        return reply

    def _give_up(self, outcome: Outcome) -> Outcome:
        self.usable = False
        return outcome


def check(relay: Relay) -> None:
    """Raise ``SendingRefused`` for a relay elsewhere that is to be spoken to in plain text (rule P5)."""
    if relay.security == "none" and not relay.stays_here:
        raise SendingRefused(
            "Inga brev skickas okrypterade till {host}: sätt SMTP_SECURITY till starttls eller tls.",
            host=relay.host,
        )


def connect(
    relay: Relay, *, timeouts: Timeouts | None = None, context: ssl.SSLContext | None = None
) -> Connection:
    """Open a connection, secure it and sign in.

    ``context`` replaces the system's certificates. Raises ``Unreachable``, and ``SendingRefused`` as
    ``check`` does.
    """
    check(relay)
    timeouts = timeouts or Timeouts()
    try:
        client = _open(relay, timeouts, context)
    except smtplib.SMTPResponseException as error:
        raise Unreachable(_said(error)) from error
    except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: a host name that is none
        raise Unreachable(reason(error)) from error
    return Connection(client, timeouts)


def _open(relay: Relay, timeouts: Timeouts, context: ssl.SSLContext | None) -> smtplib.SMTP:
    # The machine's full name takes a look-up in the DNS, which on this machine nobody needs.
    ours = "localhost" if relay.stays_here else None
    if relay.security == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            relay.host, relay.port, ours, timeout=timeouts.connect, context=context or _context(relay)
        )
    else:
        client = smtplib.SMTP(relay.host, relay.port, ours, timeout=timeouts.connect)
    try:
        client.ehlo_or_helo_if_needed()
        if relay.security == "starttls" and not (relay.stays_here and not client.has_extn("starttls")):
            client.starttls(context=context or _context(relay))
            client.ehlo()
        if relay.user:
            _sign_in(client, relay)
    except BaseException:
        client.close()
        raise
    return client


def _context(relay: Relay) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if relay.stays_here:  # a mail server on this machine signs for itself, and nobody listens in between
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _sign_in(client: smtplib.SMTP, relay: Relay) -> None:
    if (relay.user + relay.password).isascii():
        client.login(relay.user, relay.password)
        return
    # smtplib signs in with ASCII only; PLAIN is defined for UTF-8 (RFC 4616 2).
    response = b64encode(f"\0{relay.user}\0{relay.password}".encode()).decode("ascii")
    code, said = client.docmd("AUTH", f"PLAIN {response}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


def _socket_of(client: smtplib.SMTP) -> socket.socket:
    if client.sock is None:
        raise Unreachable("the server closed the connection")
    return client.sock


def _said(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    try:
        return Reply.of(error.smtp_code, text).line
    except ValueError:  # -1, when what came was no reply
        return "the server's reply is no SMTP"


def _stuffed(content: bytes) -> bytes:
    """Double the dot at the start of a line (RFC 5321 4.5.2). Templates have none; this is the safety net."""
    if content.startswith(b"."):
        content = b"." + content
    return content.replace(b"\r\n.", b"\r\n..") if b"\r\n." in content else content
