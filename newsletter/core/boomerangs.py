"""A boomerang: a mail that we send ourselves through a relay, to see what was done to it on the way.

It has all that a letter has: both unsubscribing fields, a list, HTML and text with links. Its token is
nobody's (``core.unsubscribe_trials``), and stands in its subject, so that it is known whatever was changed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from html import escape

from newsletter.core import headers
from newsletter.core.letters import House
from newsletter.core.notes import part
from newsletter.core.unsubscribe_trials import NOBODY
from subscribers.core import tokens
from subscribers.core.tokens import Keyring, Purpose

#: In a token of nobody's, what tells a boomerang from a trial: where a letter's has its list.
BOOMERANG = 1
#: How long it may take. Mail servers that are new to us may let it wait.
PATIENCE = timedelta(minutes=10)


class Where(Enum):
    """Where a boomerang is."""

    REFUSED = "refused"
    """The relay did not take it."""
    UNDERWAY = "underway"
    LOST = "lost"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Words:
    """What a boomerang says, in its reader's language."""

    subject: str
    text: str
    link: str


def token(ring: Keyring, number: int) -> str:
    """Return the token of a boomerang, which stops nobody's letters."""
    return tokens.make(ring, Purpose.LETTERS, NOBODY, BOOMERANG, number)


def where(*, accepted: bool, sent_at: datetime, came_at: datetime | None, now: datetime) -> Where:
    """Tell where a boomerang is."""
    if came_at is not None:
        return Where.HOME
    if not accepted:
        return Where.REFUSED
    return Where.LOST if now - sent_at >= PATIENCE else Where.UNDERWAY


def write(*, house: House, words: Words, token: str, date: str) -> bytes:
    """Return the whole message, ready for SMTP's DATA (but for the final dot), unsigned.

    ``token`` names it; ``date`` is a header value. Raises ``HeaderRefused`` for a setting that no mail
    can carry.
    """
    domain = house.from_address.rpartition("@")[2]
    boundary = f"=_{token}"
    fields = [
        ("From", headers.address(house.name, house.from_address)),
        ("To", headers.address("", house.inbound_address)),
        ("Reply-To", house.reply_to()),
        ("Subject", headers.unstructured(f"{words.subject} {token}")),
        ("Date", date),
        ("Message-ID", headers.message_id(token, domain)),
        ("List-Id", headers.list_id(words.subject, "prov", domain)),
        ("List-Unsubscribe", house.list_unsubscribe(token)),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    head = "".join(_line(name, value) for name, value in fields)
    leave = house.unsubscribe_url(token)
    plain = part("plain", f"{words.text}\n\n{words.link}: {house.base_url}/\n{leave}\n")
    rich = part("html", _html(words, house.base_url, leave))
    between = f"--{boundary}\r\n"
    return f"{head}\r\n{between}{plain}{between}{rich}--{boundary}--\r\n".encode()


def _line(name: str, value: str) -> str:
    # RFC 8058's fields are never folded (rule U12).
    return f"{name}: {value}\r\n" if name.startswith("List-Unsubscribe") else headers.fold(name, value)


def _html(words: Words, base_url: str, leave: str) -> str:
    return (
        '<!DOCTYPE html><html lang="sv" dir="auto"><head><meta charset="utf-8">'
        f"<title>{escape(words.subject)}</title></head><body>"
        f'<p>{escape(words.text)}</p><p><a href="{escape(base_url)}/">{escape(words.link)}</a></p>'
        f'<p><a href="{escape(leave)}">{escape(leave)}</a></p></body></html>'
    )
