"""Mails for the practice mailbox of the tests."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from newsletter.mail import folder
from tests.conftest import NOON

HTML = "<!DOCTYPE html><html><body><h1>Äpplen</h1></body></html>"


def put(
    place: Path,
    *,
    subject: str = "Äpplen i mars",
    to: str = "anna@lund.example",
    html: str | None = HTML,
    text: str | None = "Äpplen",
    minutes: int = 0,
    list_id: str = "",
) -> str:
    """Let the sink keep a mail that came so many minutes after noon, and return its name."""
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"] = "Redaktionen <hej@applen.example>"
    mail["To"] = to
    if list_id:
        mail["List-Id"] = list_id
    if text is not None:
        mail.set_content(text)
    if html is not None and text is not None:
        mail.add_alternative(html, subtype="html")
    elif html is not None:
        mail.set_content(html, subtype="html")
    return put_raw(place, mail.as_bytes(), to=to, at=NOON + timedelta(minutes=minutes))


def put_raw(place: Path, raw: bytes, *, to: str = "anna@lund.example", at: datetime = NOON) -> str:
    """Let the sink keep these very bytes."""
    return folder.keep(place, raw, folder.Envelope("bounce@applen.example", (to,), False, at))
