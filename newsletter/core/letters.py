"""From a claimed copy to a message on the wire: fill the template's slots for one person.

Copy (from the ledger) + MessageTemplate (of its variant) + House (of the association) -> Letter
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from newsletter.core import headers, messages, verp
from newsletter.core.greetings import greeting
from newsletter.core.messages import MessageTemplate
from newsletter.core.verp import EnvelopeMode
from subscribers.core import tokens
from subscribers.core.tokens import Keyring, Purpose


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that a sender holds. ``attempt`` is the number of the try it is held for, from 1."""

    delivery_id: int
    attempt: int
    first_try_at: datetime | None


@dataclass(frozen=True, slots=True)
class Copy:
    """A claimed delivery with all that its message needs.

    ``address`` is as written, ``name`` the addressee's whole name. ``greeted`` are the names of everyone
    whom the copy greets, the addressee's first. ``language`` is that of the variant's frame (sv, en).
    ``reply_to`` is the role address that answers go to; empty for the association's contact.
    """

    claim: Claim
    issue_id: int
    subscriber_id: int
    list_id: int
    variant_id: int
    language: str
    address: str
    name: str
    greeted: tuple[str, ...]
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one recipient, ready for the wire.

    ``sender`` and ``recipient`` are the envelope (RFC 5321), with domains in ASCII. ``content`` is what
    follows DATA, in lines that end with CRLF, without the final dot.
    """

    claim: Claim
    sender: str
    recipient: str
    content: bytes


def as_it_is(message: bytes) -> bytes:
    """Return a message unsigned: the next server signs it."""
    return message


@dataclass(frozen=True, slots=True)
class House:
    """What all letters of an association have in common.

    ``base_url`` is where its pages are. ``inbound_address`` is read by Rundbrev itself; empty while none is.
    With ``answers_here`` answers to letters go there.
    ``seal`` is the last that is done to a message (what follows DATA): it signs, where we sign.
    """

    name: str
    from_address: str
    contact_address: str
    base_url: str
    envelope: EnvelopeMode
    bounce_address: str
    inbound_address: str = ""
    answers_here: bool = False
    seal: Callable[[bytes], bytes] = as_it_is

    def reply_to(self, address: str = "") -> str:
        """Return the value of Reply-To: a role address or else the contact, or what Rundbrev reads itself.

        In the end answers go to people: what Rundbrev reads is forwarded to them.
        """
        if self.answers_here and self.inbound_address:
            return headers.address(self.name, self.inbound_address)
        return headers.address(self.name, address or self.contact_address)

    def unsubscribe_url(self, token: str) -> str:
        """Return the page, and one-click address, for leaving a list."""
        return f"{self.base_url}/u/{token}"

    def preferences_url(self, token: str) -> str:
        """Return the page where a person chooses among the lists."""
        return f"{self.base_url}/p/{token}"

    def web_url(self, token: str) -> str:
        """Return the page where whoever has the letter reads it in a browser."""
        return f"{self.base_url}/las/{token}"

    def list_unsubscribe(self, token: str) -> str:
        """Return the value of List-Unsubscribe, with a ``mailto:`` where mail is read (U1, U3)."""
        mailto = None
        if self.inbound_address:
            mailto = f"mailto:{quote(headers.wire_address(self.inbound_address), safe='@+')}?subject={token}"
        return headers.list_unsubscribe(self.unsubscribe_url(token), mailto)

    def envelope_sender(self, token: str) -> str:
        """Return the address for MAIL FROM (F2)."""
        return verp.envelope_sender(self.envelope, bounce_address=self.bounce_address, token=token)


def write(
    copy: Copy, template: MessageTemplate, *, house: House, ring: Keyring, reply_to: str, date: str
) -> Letter:
    """Fill a template for one person.

    ``reply_to`` and ``date`` are header values that many letters share (``House.reply_to``,
    ``headers.date``). The Message-ID follows from the delivery, so that the same delivery is the same
    message whenever it is sent. Raises ``HeaderRefused`` for a name or address that no mail can carry.
    """
    delivery_id = copy.claim.delivery_id
    choice = tokens.make(ring, Purpose.LETTERS, copy.subscriber_id, copy.list_id, delivery_id)
    domain = house.from_address.rpartition("@")[2]
    content = template.fill(
        {
            messages.TO: headers.address(copy.name, copy.address),
            messages.REPLY_TO: reply_to,
            messages.DATE: date,
            messages.MESSAGE_ID: headers.message_id(tokens.make(ring, Purpose.MESSAGE, delivery_id), domain),
            messages.LIST_UNSUBSCRIBE: house.list_unsubscribe(choice),
            messages.GREETING: greeting(copy.greeted, copy.language),
            messages.UNSUBSCRIBE_URL: house.unsubscribe_url(choice),
            messages.PREFERENCES_URL: house.preferences_url(choice),
            messages.WEB_URL: house.web_url(web_token(ring, copy.variant_id)),
        }
    )
    return Letter(
        claim=copy.claim,
        sender=house.envelope_sender(tokens.make(ring, Purpose.ENVELOPE, delivery_id)),
        recipient=headers.wire_address(copy.address),
        content=house.seal(content),
    )


@lru_cache(maxsize=1024)  # everybody who gets a variant has the same one
def web_token(ring: Keyring, variant_id: int) -> str:
    """Return the key that opens a variant on the web, and tells nothing of who has it."""
    return tokens.make(ring, Purpose.WEB_VERSION, variant_id)


def check(house: House, ring: Keyring) -> None:
    """Raise ``HeaderRefused`` or ``ValueError`` for a house whose letters could not be written at all."""
    token = tokens.make(ring, Purpose.LETTERS, 2**48 - 1, 2**48 - 1, 2**48 - 1)
    house.reply_to()
    house.list_unsubscribe(token)
    house.envelope_sender(tokens.make(ring, Purpose.ENVELOPE, 2**48 - 1))
    headers.message_id(tokens.make(ring, Purpose.MESSAGE, 2**48 - 1), house.from_address.rpartition("@")[2])
