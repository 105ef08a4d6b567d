"""Incoming mail: written down once, and what follows from it done in the same transaction.

    take_in   a row for the mail, if it is news | what its kind asks for, by a handler of its own

A mail that comes again, by whatever way, finds its row and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core.inbound.classifying import Inbound
from newsletter.core.inbound.kinds import What
from newsletter.models import Delivery, InboundMail, Issue, Way
from newsletter.services import (
    answers,
    automatic_replies,
    complaints,
    departing,
    failures,
    letterheads,
    mailed_texts,
    settlements,
    summaries,
    unsubscribing,
)
from newsletter.services.taken_mails import Circumstances, Handler, Taken
from subscribers.core import addresses
from subscribers.core.authority import Scope
from subscribers.errors import BadAddress
from subscribers.models import Address, Subscriber
from subscribers.services.dialects import insert_into
from subscribers.services.scopes import people_within

#: Characters of the writer's words that are shown; the whole mail stays beside them.
LONGEST_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as it came. ``sender`` and ``recipients`` are its envelope's; "" is <>, None one not known."""

    raw: bytes = field(repr=False)
    fingerprint: str
    way: Way
    sender: str | None
    recipients: Sequence[str]
    at: datetime


#: What follows from a mail, by what it is. Of the others nothing does: they are kept and shown.
HANDLERS: Mapping[What, Handler] = {
    What.ARTICLE: mailed_texts.article,
    What.AUTOMATIC: automatic_replies.file,
    What.BOUNCE: failures.bounce,
    What.COMPLAINT: complaints.complaint,
    What.LEAVING: departing.leave,
    What.NEW_ADDRESS: departing.move,
    What.REPLY: answers.reply,
    What.UNSUBSCRIBE: unsubscribing.unsubscribe,
}


def take_in(
    session: Session, *, received: Received, read: Inbound, circumstances: Circumstances
) -> InboundMail | None:
    """Write a mail down and do what follows from it; None for one that was taken in before."""
    mail_id = session.scalar(
        insert_into(session, InboundMail)
        .values(**_values(received, read))
        .on_conflict_do_nothing(index_elements=[InboundMail.fingerprint])
        .returning(InboundMail.id)
    )
    if mail_id is None:
        return None
    row = session.get_one(InboundMail, mail_id)
    taken = _known_of(session, row, read, circumstances.scope)
    row.delivery_id = taken.delivery.id if taken.delivery else None
    row.issue_id = taken.issue.id if taken.issue else None
    person = _whose(session, taken, circumstances.scope)
    row.subscriber_id = person.id if person else None
    row.region = _region(person, taken.issue)
    _settle(session, taken, circumstances.now)
    if handler := HANDLERS.get(read.what):
        row.outcome = handler(session, taken, circumstances)
    session.flush()
    return row


def _known_of(session: Session, row: InboundMail, read: Inbound, scope: Scope) -> Taken:
    traced = read.traces.delivery_id
    delivery = session.get(Delivery, traced) if traced is not None else None
    issue = session.get(Issue, delivery.issue_id) if delivery else None
    return Taken(row, read, tuple(_people_with(session, scope, read.mail.sender)), delivery, issue)


def _settle(session: Session, taken: Taken, now: datetime) -> None:
    """Take a letter that its addressee answers, by themselves or by a program, for one that arrived."""
    delivery = taken.delivery
    if delivery is None or taken.read.what in (What.BOUNCE, What.COMPLAINT):
        return
    if delivery.subscriber_id in taken.writers:
        settlements.settled_by_answer(session, delivery=delivery, now=now)
        summaries.forget(session, issue_ids=[delivery.issue_id])  # which counts who answered


def _whose(session: Session, taken: Taken, scope: Scope) -> Subscriber | None:
    """Return the person whom a mail is from or about; None where that is not clear, or they are gone.

    A letter that came back is its addressee's, and so is the link in it. A mail of one's own is the
    addressee's where it comes from their address, and else whoever's its address is, if only one has it.
    """
    person_id = _whose_id(taken)
    return session.scalar(select(Subscriber).where(Subscriber.id == person_id, people_within(scope)))


def _whose_id(taken: Taken) -> int | None:
    if choice := taken.read.traces.choice:
        return choice.subscriber_id
    addressee = taken.delivery.subscriber_id if taken.delivery else None
    if taken.read.what in (What.BOUNCE, What.COMPLAINT) or addressee in taken.writers:
        return addressee
    return taken.writers[0] if len(taken.writers) == 1 else None


def _region(person: Subscriber | None, issue: Issue | None) -> str | None:
    """Return the region that may see a mail: its person's; of a stranger, that of the letter answered."""
    if person is not None:
        return person.region_slug
    return letterheads.region_of(issue) if issue else None


def _people_with(session: Session, scope: Scope, address: str) -> Sequence[int]:
    try:
        canonical = addresses.canonical(address)
    except BadAddress:
        return ()
    held = select(Subscriber.id).join(Address, Address.subscriber_id == Subscriber.id)
    whose = held.where(Address.canonical == canonical, people_within(scope)).order_by(Subscriber.id)
    return session.scalars(whose).all()


def _values(received: Received, read: Inbound) -> dict[str, object]:
    return {
        "fingerprint": received.fingerprint,
        "way": received.way,
        "received_at": received.at,
        "sender": received.sender[:320] if received.sender is not None else None,
        "recipients": [each[:320] for each in received.recipients],
        "raw": received.raw,
        "kind": read.what,
        "from_address": read.mail.sender[:320],
        "from_name": read.mail.name[:200],
        "subject": read.mail.subject[:500],
        # PostgreSQL takes no NUL in a text, and a mail may have one anywhere.
        "words": read.words.replace("\x00", "")[:LONGEST_WORDS],
        "facts": {"over": list(read.mail.over)} if read.mail.over else {},
        "outcome": "",
    }
