"""From a claimed copy to a message on the wire: fill the template's slots for one person.

Copy (from the ledger) + MessageTemplate (of its variant) + House (of the association) -> Letter
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol
from urllib.parse import quote

from newsletter.core import headers, messages, verp
from newsletter.core.greetings import greeting
from newsletter.core.messages import Encoded, MessageTemplate
from newsletter.core.verp import EnvelopeMode
from subscribers.core import tokens
from subscribers.core.tokens import Keyring, Purpose

#: As long as the longest, and nothing that stands in an address.
_ANY_TOKEN = "7" * 58


class Claim(NamedTuple):
    """A delivery that a sender holds. ``attempt`` is the number of the try it is held for, from 1."""

    delivery_id: int
    attempt: int
    first_try_at: datetime | None


class Copy(NamedTuple):
    """A claimed delivery with all that its message needs.

    ``address`` is as written, ``name`` the addressee's whole name. ``greeted`` are the names of everyone
    whom the copy greets, the addressee's first. ``language`` is that of the variant's frame (sv, en).
    ``reply_to`` is the role address that answers go to; empty for the association's contact. ``number`` is
    that of a copy that was asked for: its message has another Message-ID than the first one.
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
    number: int = 0


class Letter(NamedTuple):
    """One message to one recipient, ready for the wire.

    ``sender`` and ``recipient`` are the envelope (RFC 5321), with domains in ASCII. ``content`` is what
    follows DATA, in lines that end with CRLF, without the final dot. ``dotless`` says that no line of it
    begins with a dot, so that nobody needs to look: looking at 66 KB takes longer than sending them.
    """

    claim: Claim
    sender: str
    recipient: str
    content: bytes
    dotless: bool = False


class Seal(Protocol):
    """What is done to a whole message last."""

    def __call__(self, message: bytes, *, relaxed: bool = False) -> bytes:
        """Return the message with our signatures. ``relaxed`` as in ``messages.MessageTemplate``."""


def as_it_is(message: bytes, *, relaxed: bool = False) -> bytes:  # noqa: ARG001 - a seal that does nothing
    """Return a message unsigned: the next server signs it."""
    return message


@dataclass(frozen=True)
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
    seal: Seal = as_it_is

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
        return token.join(self._around_list_unsubscribe)

    def message_id(self, token: str) -> str:
        """Return the value of Message-ID."""
        return token.join(self._around_message_id)

    def list_unsubscribe_field(self, token: str) -> Encoded:
        """Return the line with List-Unsubscribe."""
        return messages.line("List-Unsubscribe", self._around_list_unsubscribe, token)

    def message_id_field(self, token: str) -> Encoded:
        """Return the line with Message-ID."""
        return messages.line("Message-ID", self._around_message_id, token)

    def envelope_sender(self, ring: Keyring, delivery_id: int) -> str:
        """Return the address for MAIL FROM (F2)."""
        if self.envelope is EnvelopeMode.FIXED:
            return self._fixed_sender
        token = tokens.make(ring, Purpose.ENVELOPE, delivery_id)
        return verp.envelope_sender(self.envelope, bounce_address=self.bounce_address, token=token)

    # A million letters differ in their tokens only: what stands around these is made, and checked, once.

    @cached_property
    def _around_list_unsubscribe(self) -> list[str]:
        mailto = None
        if self.inbound_address:
            address = quote(headers.wire_address(self.inbound_address), safe="@+")
            mailto = f"mailto:{address}?subject={_ANY_TOKEN}"
        return headers.list_unsubscribe(self.unsubscribe_url(_ANY_TOKEN), mailto).split(_ANY_TOKEN)

    @cached_property
    def _around_message_id(self) -> list[str]:
        return headers.message_id(_ANY_TOKEN, self.from_address.rpartition("@")[2]).split(_ANY_TOKEN)

    @cached_property
    def _fixed_sender(self) -> str:
        return verp.envelope_sender(EnvelopeMode.FIXED, bounce_address=self.bounce_address, token="")


def write(
    copy: Copy, template: MessageTemplate, *, house: House, ring: Keyring, reply_to: str, date: str
) -> Letter:
    """Fill a template for one person.

    ``reply_to`` and ``date`` are header values that many letters share (``House.reply_to``,
    ``headers.date``). The Message-ID follows from the delivery, so that the same delivery is the same
    message whenever it is sent; only a copy that was asked for is another. Raises
    ``HeaderRefused`` for a name or address that no mail can carry.
    """
    delivery_id = copy.claim.delivery_id
    choice = tokens.make(ring, Purpose.LETTERS, copy.subscriber_id, copy.list_id, delivery_id)
    recipient = headers.wire_address(copy.address)
    content = template.fill(
        {
            messages.TO: headers.mailbox(copy.name, recipient),
            messages.REPLY_TO: reply_to,
            messages.DATE: date,
            messages.MESSAGE_ID: house.message_id_field(message_token(ring, delivery_id, copy.number)),
            messages.LIST_UNSUBSCRIBE: house.list_unsubscribe_field(choice),
            messages.GREETING: _greeting(copy.greeted, copy.language),
            messages.UNSUBSCRIBE_URL: messages.link(house.unsubscribe_url(""), choice),
            messages.PREFERENCES_URL: messages.link(house.preferences_url(""), choice),
            messages.WEB_URL: house.web_url(web_token(ring, copy.variant_id)),
        }
    )
    # Dotless: a template promises it (core.messages), and no line of a signature begins with a dot.
    sealed = house.seal(content, relaxed=template.relaxed)
    return Letter(copy.claim, house.envelope_sender(ring, delivery_id), recipient, sealed, dotless=True)


@lru_cache(maxsize=4096)  # many people have the same given name
def _greeting(greeted: tuple[str, ...], language: str) -> str:
    return greeting(greeted, language)


def message_token(ring: Keyring, delivery_id: int, number: int = 0) -> str:
    """Return what tells a letter, or a copy of it that was asked for, in its Message-ID."""
    numbers = (delivery_id, number) if number else (delivery_id,)
    return tokens.make(ring, Purpose.MESSAGE, *numbers)


@lru_cache(maxsize=1024)  # everybody who gets a variant has the same one
def web_token(ring: Keyring, variant_id: int) -> str:
    """Return the key that opens a variant on the web, and tells nothing of who has it."""
    return tokens.make(ring, Purpose.WEB_VERSION, variant_id)


def check(house: House, ring: Keyring) -> None:
    """Raise ``HeaderRefused`` or ``ValueError`` for a house whose letters could not be written at all."""
    house.reply_to()
    house.list_unsubscribe(_ANY_TOKEN)
    house.message_id(_ANY_TOKEN)
    house.envelope_sender(ring, 2**48 - 1)
