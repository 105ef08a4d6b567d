"""The way to the next mail server: open it, secure it, sign in; and a connection for a few mails at a time.

    open_session   smtplib: connect, EHLO, STARTTLS or TLS with certificate check, AUTH
    Connection     one letter after another over it, each with its outcome (``core.exchange``)

Everything that can happen to one message is a value (``core.outcomes``); that there is no server to talk to
is the exception ``Unreachable``. Many letters at once go by ``mail.courier``.
"""

import smtplib
import socket
import ssl
import time
from base64 import b64encode
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Protocol

from newsletter.core.exchange import Abilities, Exchange, Settled, Stage
from newsletter.core.letters import Letter
from newsletter.core.outcomes import Outcome
from newsletter.core.replies import NoReply, Reply
from newsletter.errors import SendingRefused
from newsletter.mail.oauth import Grant, TokenRefused


@dataclass(frozen=True, slots=True)
class Relay:
    """The next mail server, or one of several. ``security`` is ``starttls``, ``tls`` or ``none``.

    ``stays_here`` says that it is this machine: only then is plain text allowed (rule P5), or with
    ``plaintext_allowed``, which is somebody's explicit word. ``name`` tells relays apart, in pacing and
    metrics, and holds no secret. Of several relays each gets its ``weight``'s share of the letters.
    ``connections`` are open at most at once; one is ended after ``messages``, where that is not 0.
    With a ``grant`` the sign-in is by an access token (XOAUTH2) and not by the password.
    """

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    stays_here: bool = False
    plaintext_allowed: bool = False
    name: str = ""
    weight: int = 1
    connections: int = 1
    messages: int = 0
    grant: Grant | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Call it by its host and port where it has no name."""
        object.__setattr__(self, "name", self.name or f"{self.host}:{self.port}")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long each phase may take, in seconds: at least what RFC 5321 4.5.3.2 says."""

    connect: float = 60
    command: float = 300
    data: float = 120
    block: float = 180  # while octets of a message are to go, and none can
    content: float = 600  # the RFC gives each block three minutes; this is for the whole message
    end: float = 600
    quit: float = 2  # nothing depends on it

    def of(self, awaited: Stage | None) -> float:
        """Return how long the server may take for this reply."""
        if awaited is Stage.QUIT:
            return self.quit
        if awaited in (Stage.END, Stage.NOBODY):
            return self.end
        return self.data if awaited is Stage.DATA else self.command


class Unreachable(Exception):
    """There is no connection to be had: refused, silent, not secure, or the sign-in failed. Says why."""


class AccessTokens(Protocol):
    """Gives access tokens for relays that take no password (``mail.oauth``)."""

    def __call__(self, relay: Relay, *, anew: bool = False) -> str:
        """Return a token; with ``anew`` not the one given last. Raises ``TokenRefused``."""


@dataclass(frozen=True, slots=True)
class Session:
    """An open, secured and signed-in way to a server. ``greeting`` is the first line of its EHLO answer."""

    client: smtplib.SMTP
    socket: socket.socket
    abilities: Abilities
    greeting: str

    def close(self) -> None:
        """Let go of it, without a word."""
        self.client.close()


class Connection:
    """A session for a few mails, one after another. ``usable`` turns false for good."""

    def __init__(self, session: Session, timeouts: Timeouts) -> None:
        self.greeting = session.greeting
        self._session = session
        self._socket = session.socket
        self._timeouts = timeouts
        self._exchange = Exchange(session.abilities)

    @property
    def usable(self) -> bool:
        """Whether another mail can be tried over it."""
        return not self._exchange.trouble

    def deliver(self, letter: Letter) -> Outcome:
        """Hand over one message and say what became of it."""
        if not self.usable:
            return NoReply(self._exchange.trouble)
        refusal = self._exchange.offer(letter)
        if refusal is not None:
            return refusal
        settled: list[Settled] = []
        while not settled:
            if self._exchange.ready:
                self._exchange.begin()
            settled = self._turn(self._timeouts.of(self._exchange.awaited))
        return settled[0].outcome

    def close(self) -> None:
        """Take leave (QUIT) where there is still somebody to take leave of, and close."""
        self._exchange.leave()
        while self.usable and self._exchange.awaited:
            self._turn(self._timeouts.quit)
        self._session.close()

    def _turn(self, seconds: float) -> list[Settled]:
        """Send what is to be sent, and take in one reply or more."""
        try:
            self._send()
            deadline = time.monotonic() + seconds
            settled: list[Settled] = []
            awaited = self._exchange.awaited
            while not settled and not self._exchange.trouble and self._exchange.awaited is awaited:
                settled = self._exchange.receive(self._receive(deadline))
            return settled
        except OSError as error:
            return self._exchange.abort(reason(error))

    def _send(self) -> None:
        deadline = time.monotonic() + self._timeouts.content
        while self._exchange.outgoing:
            self._until(deadline)
            self._exchange.sent(self._socket.send(self._exchange.outgoing[0]))

    def _receive(self, deadline: float) -> bytes:
        self._until(deadline)
        received = self._socket.recv(65_536)
        if not received:
            raise ConnectionError(CLOSED)
        return received

    def _until(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)


#: How long the system's certificates count as read.
_TRUST_SECONDS = 3600

#: The text where a server has hung up.
CLOSED = "the server closed the connection"


def reason(error: Exception) -> str:
    """Say in a few words what an error of a connection means."""
    if isinstance(error, TimeoutError):
        return "the server took too long"
    said = error.strerror if isinstance(error, OSError) else None
    return said or str(error) or type(error).__name__


def check(relay: Relay) -> None:
    """Raise ``SendingRefused`` for a relay elsewhere that is to be spoken to in plain text (rule P5)."""
    if relay.security == "none" and not (relay.stays_here or relay.plaintext_allowed):
        raise SendingRefused(
            "Inga brev skickas okrypterade till {host}: sätt SMTP_SECURITY till starttls eller tls.",
            host=relay.host,
        )


def connect(
    relay: Relay,
    *,
    timeouts: Timeouts | None = None,
    context: ssl.SSLContext | None = None,
    access_token: AccessTokens | None = None,
) -> Connection:
    """Open a connection for a few mails; as ``open_session``."""
    timeouts = timeouts or Timeouts()
    session = open_session(relay, timeouts=timeouts, context=context, access_token=access_token)
    return Connection(session, timeouts)


def open_session(
    relay: Relay,
    *,
    timeouts: Timeouts,
    context: ssl.SSLContext | None = None,
    access_token: AccessTokens | None = None,
) -> Session:
    """Connect, secure and sign in.

    ``context`` replaces the system's certificates. Raises ``Unreachable``, and ``SendingRefused`` as
    ``check`` does.
    """
    check(relay)
    try:
        client = _open(relay, timeouts, context, access_token)
    except smtplib.SMTPResponseException as error:
        raise Unreachable(_said(error)) from error
    except TokenRefused as error:
        raise Unreachable(str(error)) from error
    except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: a host name that is none
        raise Unreachable(reason(error)) from error
    sock = socket_of(client)
    # A command must not wait for the acknowledgement of what was sent before.
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    greeting = (client.ehlo_resp or client.helo_resp or b"").partition(b"\n")[0].decode("utf-8", "replace")
    return Session(client, sock, Abilities.of(client.esmtp_features), greeting)


def _open(
    relay: Relay, timeouts: Timeouts, context: ssl.SSLContext | None, access_token: AccessTokens | None
) -> smtplib.SMTP:
    ours = "localhost" if relay.stays_here else _our_name()
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
        if relay.grant is not None and access_token is not None:
            _sign_in_by_token(client, relay, access_token)
        elif relay.user:
            _sign_in(client, relay)
    except BaseException:
        client.close()
        raise
    return client


@cache
def _our_name() -> str:
    """Return what we greet with (RFC 5321 4.1.3): a look-up in the DNS, which may take long."""
    name = socket.getfqdn()
    if "." in name:
        return name
    try:
        return f"[{socket.gethostbyname(socket.gethostname())}]"
    except OSError:
        return "[127.0.0.1]"


def _context(relay: Relay) -> ssl.SSLContext:
    # Reading the system's certificates takes some ten milliseconds; a sender that lives long reads new ones.
    return _trust(relay.stays_here, int(time.monotonic() // _TRUST_SECONDS))


@lru_cache(maxsize=2)
def _trust(stays_here: bool, _era: int) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if stays_here:  # a mail server on this machine signs for itself, and nobody listens in between
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


def _sign_in_by_token(client: smtplib.SMTP, relay: Relay, access_token: AccessTokens) -> None:
    """Sign in by XOAUTH2; a token that is refused may have ended early, so one more is asked for."""
    code, said = _xoauth2(client, relay.user, access_token(relay))
    if code in (334, 535):
        code, said = _xoauth2(client, relay.user, access_token(relay, anew=True))
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


def _xoauth2(client: smtplib.SMTP, user: str, token: str) -> tuple[int, bytes]:
    response = b64encode(f"user={user}\1auth=Bearer {token}\1\1".encode()).decode("ascii")
    code, said = client.docmd("AUTH", f"XOAUTH2 {response}")
    # The challenge holds the host's error; it is answered with nothing, and then comes the "no".
    return client.docmd("") if code == 334 else (code, said)


def socket_of(client: smtplib.SMTP) -> socket.socket:
    """Return the socket that smtplib has opened. Raises ``Unreachable`` where it has gone again."""
    if client.sock is None:
        raise Unreachable(CLOSED)
    return client.sock


def _said(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    try:
        return Reply.of(error.smtp_code, text).line
    except ValueError:  # -1, when what came was no reply
        return "the server's reply is no SMTP"
