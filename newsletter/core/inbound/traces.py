"""Whose letter a mail answers or returns: our own tokens, wherever mail servers and people have left them.

    the address it came to       studs+<token>@...           (verp.read)
    its subject                  mailto:...?subject=<token>
    In-Reply-To, References      <token@our-domain>
    what a report gives back     Message-ID, List-Unsubscribe

Only tokens prove anything: addresses and names in a mail are written by whoever sent it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from newsletter.core import verp
from newsletter.core.inbound.mail import Mail
from newsletter.core.unsubscribe_trials import NOBODY
from subscribers.core import tokens
from subscribers.core.tokens import Keyring, Purpose
from subscribers.errors import BadToken

_TOKEN = re.compile(r"(?<![a-z2-7])[a-z2-7]{29,80}(?![a-z2-7])", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<([^<>\s@]{1,100})@[^<>\s]{1,255}>")
_RETURNED = re.compile(
    r"^(?:message-id|references|in-reply-to|list-unsubscribe):.*(?:\n[ \t].*)*", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the token of a letter's links names: whose it is, of which list, in which delivery."""

    subscriber_id: int
    list_id: int
    delivery_id: int


@dataclass(frozen=True, slots=True)
class Traces:
    """What a mail proves to know of us.

    ``choice`` stands in a mailto link of ours; who has it may stop that person's letters. ``returned_choice``
    stands in a letter that came back. ``delivery_id`` is the letter that a mail answers or that came back,
    ``note_id`` the short mail.
    """

    choice: Choice | None = None
    returned_choice: Choice | None = None
    delivery_id: int | None = None
    note_id: int | None = None


def find(
    mail: Mail, *, recipients: Iterable[str], bounce_address: str, returned: str, ring: Keyring
) -> Traces:
    """Find our tokens in a mail.

    ``recipients`` are those of its envelope; where no envelope is known (a mailbox), those that it names.
    ``returned`` is the header of the letter that a report gives back. Never raises: a forged token is none.
    """
    came_to = [*recipients, *mail.recipients()]
    ids = mail.message_ids("In-Reply-To", "References")
    back = "\n".join(found[0] for found in _RETURNED.finditer(returned))
    returned_choice = _somebodys(_choice(_TOKEN.findall(back), ring))
    delivery = (
        _first(Purpose.ENVELOPE, _envelope(came_to, bounce_address), ring)
        or _first(Purpose.MESSAGE, _local_parts([*reversed(ids), back]), ring)
        or ((returned_choice.delivery_id,) if returned_choice else None)
    )
    note = _first(Purpose.NOTE, _local_parts([*reversed(ids), back]), ring)
    return Traces(
        choice=_choice([*_TOKEN.findall(mail.subject), *_tagged(came_to)], ring),
        returned_choice=returned_choice,
        delivery_id=delivery[0] if delivery else None,
        note_id=note[0] if note else None,
    )


def without_tokens(text: str) -> str:
    """Return a subject without what may be the key to somebody's letters: people look at lists of these."""
    return " ".join(_TOKEN.sub("", text).split())


def _envelope(came_to: Iterable[str], bounce_address: str) -> Iterator[str]:
    for address in came_to:
        if token := verp.read(address, bounce_address=bounce_address):
            yield token


def _tagged(came_to: Iterable[str]) -> Iterator[str]:
    return (found for address in came_to for found in _TOKEN.findall(address.partition("@")[0]))


def _local_parts(texts: Iterable[str]) -> Iterator[str]:
    return (found.lower() for text in texts for found in _MESSAGE_ID.findall(text)[:200])


def _choice(candidates: Iterable[str], ring: Keyring) -> Choice | None:
    numbers = _first(Purpose.LETTERS, (each.lower() for each in candidates), ring)
    return Choice(*numbers) if numbers is not None and len(numbers) == 3 else None


def _somebodys(choice: Choice | None) -> Choice | None:
    """Leave out the token of a trial, which is nobody's: no delivery has its number."""
    return choice if choice is not None and choice.subscriber_id != NOBODY else None


def _first(purpose: Purpose, candidates: Iterable[str], ring: Keyring) -> tuple[int, ...] | None:
    for token in candidates:
        try:
            return tokens.read(ring, purpose, token)
        except BadToken:
            continue
    return None
