"""Incoming mail: written down once, and what follows from it done in the same transaction.

    take_in   a row for the mail, if it is news | what its kind asks for, by a handler of its own

A mail that comes again, by whatever way, finds its row and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, make_transient_to_detached

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
from subscribers.services.dialects import insert_into, table_of
from subscribers.services.scopes import people_within

#: Characters of the writer's words that are shown; the whole mail stays beside them.
LONGEST_WORDS = 20_000

_ISSUE = "the issue that a mail was about"
#: What servers write; who had a letter is told by what comes back of it.
_OF_MACHINES = (What.BOUNCE, What.COMPLAINT)


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
    scope = circumstances.scope
    delivery, issue = _letter(session, read)
    people = _people_with(session, scope, read)
    writers = tuple(person.id for person in people)
    person = _whose(session, scope, _whose_id(read, writers, delivery), people)
    about = {
        "delivery_id": delivery.id if delivery else None,
        "issue_id": issue.id if issue else None,
        "subscriber_id": person.id if person else None,
        "region": _region(person, issue),
    }
    row = _written(session, _values(received, read) | about)
    if row is None:
        return None
    taken = Taken(row, read, writers, delivery, issue)
    _settle(session, taken, circumstances.now)
    if handler := HANDLERS.get(read.what):
        row.outcome = handler(session, taken, circumstances)
    session.flush()
    return row


def _written(session: Session, values: dict[str, object]) -> InboundMail | None:
    """Write a mail's row, and return it; None where the mail has one.

    What was written is not read again: a mail is long.
    """
    statement = (
        insert_into(session, InboundMail)
        .on_conflict_do_nothing(index_elements=[InboundMail.fingerprint])
        .returning(table_of(InboundMail).c.id)
    )
    mail_id = session.execute(statement, values).scalar_one_or_none()
    if mail_id is None:
        return None
    row = InboundMail(id=mail_id, **values)
    make_transient_to_detached(row)
    session.add(row)
    return row


def _letter(session: Session, read: Inbound) -> tuple[Delivery | None, Issue | None]:
    """Return the letter that a mail answers or that came back, and its issue."""
    traced = read.traces.delivery_id
    delivery = session.get(Delivery, traced) if traced is not None else None
    if delivery is None:
        return None, None
    issue = session.get(Issue, delivery.issue_id)
    session.info[_ISSUE] = issue  # a session forgets what nobody holds, and the next mail is about the same
    return delivery, issue


def _settle(session: Session, taken: Taken, now: datetime) -> None:
    """Take a letter that its addressee answers, by themselves or by a program, for one that arrived."""
    delivery = taken.delivery
    if delivery is None or taken.read.what in _OF_MACHINES:
        return
    if delivery.subscriber_id in taken.writers:
        settlements.settled_by_answer(session, delivery=delivery, now=now)
        summaries.forget(session, issue_ids=[delivery.issue_id])  # which counts who answered


def _whose(
    session: Session, scope: Scope, person_id: int | None, people: Sequence[Subscriber]
) -> Subscriber | None:
    """Return the person whom a mail is from or about; None where that is not clear, or they are gone."""
    if person_id is None:
        return None
    if known := next((person for person in people if person.id == person_id), None):
        return known
    return session.scalar(select(Subscriber).where(Subscriber.id == person_id, people_within(scope)))


def _whose_id(read: Inbound, writers: Sequence[int], delivery: Delivery | None) -> int | None:
    """Return whom a mail is from or about.

    A letter that came back is its addressee's, and so is the link in it. A mail of one's own is the
    addressee's where it comes from their address, and else whoever's its address is, if only one has it.
    """
    if choice := read.traces.choice:
        return choice.subscriber_id
    addressee = delivery.subscriber_id if delivery else None
    if read.what in _OF_MACHINES or addressee in writers:
        return addressee
    return writers[0] if len(writers) == 1 else None


def _region(person: Subscriber | None, issue: Issue | None) -> str | None:
    """Return the region that may see a mail: its person's; of a stranger, that of the letter answered."""
    if person is not None:
        return person.region_slug
    return letterheads.region_of(issue) if issue else None


def _people_with(session: Session, scope: Scope, read: Inbound) -> Sequence[Subscriber]:
    """Return who in the register has the address that a mail is from; a server is nobody."""
    if read.what in _OF_MACHINES:
        return ()
    try:
        canonical = addresses.canonical(read.mail.sender)
    except BadAddress:
        return ()
    held = select(Subscriber).join(Address, Address.subscriber_id == Subscriber.id)
    whose = held.where(Address.canonical == canonical, people_within(scope)).order_by(Subscriber.id)
    return session.scalars(whose).unique().all()


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
