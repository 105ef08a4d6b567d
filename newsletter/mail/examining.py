"""Looking at a relay, step by step, so that it can be said which step fails. No letter is sent.

connect | EHLO | STARTTLS, or TLS at once | EHLO again | the whole of it anew, signed in, as sending does
"""

import smtplib
import socket
import ssl
from contextlib import suppress
from datetime import datetime

from newsletter.core.health.checks import printable
from newsletter.core.health.relays import Examined, Failure
from newsletter.errors import SendingRefused
from newsletter.mail import smtp
from newsletter.mail.oauth import TokenRefused
from newsletter.mail.smtp import AccessTokens, Relay, Timeouts

#: Seconds for one step: somebody waits at a page or a terminal.
PATIENCE = 8.0
_DAY = 24 * 60 * 60


def examine(
    relay: Relay,
    *,
    now: datetime,
    patience: float = PATIENCE,
    context: ssl.SSLContext | None = None,
    access_token: AccessTokens | None = None,
) -> Examined:
    """Look at a relay. ``context`` replaces the system's certificates; ``access_token`` as for sending.

    Never raises for what a server does.
    """
    seen = _look(relay, now, patience, context)
    return seen if seen.failure is not None else _sign_in(relay, seen, patience, context, access_token)


def _look(relay: Relay, now: datetime, patience: float, context: ssl.SSLContext | None) -> Examined:
    try:
        client = _open(relay, patience, context)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return _failed(relay, error)
    try:
        return _secure(client, relay, now, context)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return _failed(relay, error)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
        client.close()


def _open(relay: Relay, patience: float, context: ssl.SSLContext | None) -> smtplib.SMTP:
    if relay.security == "tls":
        return smtplib.SMTP_SSL(
            relay.host, relay.port, "localhost", timeout=patience, context=context or _context(relay)
        )
    return smtplib.SMTP(relay.host, relay.port, "localhost", timeout=patience)


def _secure(client: smtplib.SMTP, relay: Relay, now: datetime, context: ssl.SSLContext | None) -> Examined:
    client.ehlo_or_helo_if_needed()
    offered = client.has_extn("starttls")
    if relay.security == "starttls" and (offered or not relay.stays_here):
        if not offered:
            return Examined(relay.host, relay.port, Failure.NO_TLS, greeting=_greeting(client))
        client.starttls(context=context or _context(relay))
        client.ehlo()
    wire = client.sock
    secured = wire if isinstance(wire, ssl.SSLSocket) else None
    return Examined(
        relay.host,
        relay.port,
        greeting=_greeting(client),
        tls=(secured.version() or "") if secured else "",
        certificate_days=days_left(secured, now) if secured else None,
        stays_here=relay.stays_here,
        extensions={name.lower(): value.strip() for name, value in client.esmtp_features.items()},
    )


def _sign_in(
    relay: Relay,
    seen: Examined,
    patience: float,
    context: ssl.SSLContext | None,
    access_token: AccessTokens | None,
) -> Examined:
    timeouts = Timeouts(connect=patience, command=patience, quit=1)
    try:
        smtp.connect(relay, timeouts=timeouts, context=context, access_token=access_token).close()
    except smtp.Unreachable as error:
        failure = Failure.NOT_SIGNED_IN if _is_about_signing_in(relay, error) else Failure.ELSE
        return _again(seen, failure, str(error))
    except SendingRefused:
        return _again(seen, Failure.NO_TLS, "")
    return _again(seen, None, "", signs_in=bool(relay.user or relay.grant))


def _is_about_signing_in(relay: Relay, error: smtp.Unreachable) -> bool:
    refused = smtplib.SMTPResponseException | smtplib.SMTPNotSupportedError | TokenRefused
    return bool(relay.user or relay.grant) and isinstance(error.__cause__, refused)


def _again(seen: Examined, failure: Failure | None, said: str, *, signs_in: bool = False) -> Examined:
    return Examined(
        seen.host,
        seen.port,
        failure,
        printable(said),
        seen.greeting,
        seen.tls,
        seen.certificate_days,
        seen.stays_here,
        signs_in,
        seen.extensions,
    )


def _failed(relay: Relay, error: Exception) -> Examined:
    return Examined(relay.host, relay.port, _failure_of(error), printable(str(error)))


def _failure_of(error: Exception) -> Failure:
    if isinstance(error.__context__, TimeoutError):  # smtplib says "disconnected" where nobody answers
        return Failure.SILENT
    kinds: tuple[tuple[type[Exception], Failure], ...] = (
        (ssl.SSLCertVerificationError, Failure.BAD_CERTIFICATE),
        (ssl.SSLError, Failure.NO_MAIL_SERVER),
        (socket.gaierror, Failure.NO_NAME),
        (ConnectionRefusedError, Failure.REFUSED),
        (TimeoutError, Failure.SILENT),
        (smtplib.SMTPServerDisconnected, Failure.NO_MAIL_SERVER),
        (smtplib.SMTPResponseException, Failure.NO_MAIL_SERVER),
        (UnicodeError, Failure.NO_NAME),
    )
    return next((failure for kind, failure in kinds if isinstance(error, kind)), Failure.ELSE)


def days_left(secured: ssl.SSLSocket, now: datetime) -> int | None:
    """Return how many days a server's certificate lasts; None for one that was not looked at."""
    certificate = secured.getpeercert()
    ends = certificate.get("notAfter") if certificate else None
    if not isinstance(ends, str):
        return None
    return int((ssl.cert_time_to_seconds(ends) - now.timestamp()) // _DAY)


def _greeting(client: smtplib.SMTP) -> str:
    said = (client.ehlo_resp or client.helo_resp or b"").partition(b"\n")[0]
    return printable(said.decode("utf-8", "replace"))


def _context(relay: Relay) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if relay.stays_here:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
