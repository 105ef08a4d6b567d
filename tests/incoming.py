"""Mail that comes in, in tests: written as people and servers write it, and taken in as the job does."""

from datetime import date, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from newsletter.core.inbound.classifying import Addresses, Inbound, classify
from newsletter.core.inbound.fingerprints import fingerprint
from newsletter.core.letters import House
from newsletter.core.verp import EnvelopeMode
from newsletter.models import InboundMail, Way
from newsletter.services import inbound
from newsletter.services.inbound import Received
from newsletter.services.taken_mails import Circumstances
from subscribers.core import tokens
from subscribers.core.authority import Everything
from subscribers.core.tokens import Keyring, Purpose

RING = Keyring((b"a secret of the tests, of 32 bytes",))
ZONE = "Europe/Stockholm"
HOUSE = House(
    name="Äppelföreningen",
    from_address="nytt@appel.example",
    contact_address="kontakt@appel.example",
    base_url="https://brev.appel.example",
    envelope=EnvelopeMode.PLUS,
    bounce_address="studs@appel.example",
    inbound_address="svar@appel.example",
)
OURS = Addresses(bounces=HOUSE.bounce_address, articles="artiklar@appel.example")


def around(now: datetime) -> Circumstances:
    return Circumstances(Everything("a test"), HOUSE, RING, ZONE, now)


def written(
    text: str,
    *,
    sender: str,
    subject: str = "Hej",
    to: str = "svar@appel.example",
    answers: int | None = None,
    **fields: str,
) -> bytes:
    """A person's mail. ``answers`` is the delivery whose letter it answers, by its Message-ID."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    if answers is not None:
        mail["In-Reply-To"] = f"<{tokens.make(RING, Purpose.MESSAGE, answers)}@appel.example>"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def report(
    delivery_id: int, recipient: str, *, status: str = "5.1.1", said: str = "550 5.1.1 No such user here"
) -> tuple[bytes, list[str]]:
    """A server's report on one delivery (RFC 3464), and the envelope recipient that it comes to."""
    token = tokens.make(RING, Purpose.ENVELOPE, delivery_id)
    action = "delayed" if status.startswith("4.4.7") else "failed"
    raw = (
        "From: MAILER-DAEMON@mx.example\r\nTo: studs@appel.example\r\nSubject: Undelivered Mail\r\n"
        f"Message-ID: <{token[:20]}{status}@mx.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI could not deliver it.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Remote-MTA: dns; mx.{recipient.partition('@')[2]}\r\nDiagnostic-Code: smtp; {said}\r\n\r\n--b--\r\n"
    )
    return raw.encode(), [f"studs+{token}@appel.example"]


def read(raw: bytes, *, sender: str | None, recipients: list[str], today: date) -> Inbound:
    return classify(raw, sender=sender, recipients=recipients, ours=OURS, ring=RING, today=today)


def come_in(
    session: Session,
    raw: bytes,
    *,
    now: datetime,
    sender: str | None = "",
    recipients: list[str] | None = None,
    way: Way = Way.LMTP,
) -> InboundMail | None:
    """Take a mail in, as the job does; None where it had come before."""
    today = now.astimezone(ZoneInfo(ZONE)).date()
    recipients = recipients or ["svar@appel.example"]
    received = Received(raw, fingerprint(raw), way, sender, recipients, now)
    return inbound.take_in(
        session,
        received=received,
        read=read(raw, sender=sender, recipients=recipients, today=today),
        circumstances=around(now),
    )
