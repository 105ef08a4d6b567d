"""What machines answer while somebody is away or has left: filed, and never answered (RFC 3834; rule U10).

    the token of our mailto link  -> the list is left: mail programs may send that on their own (RFC 2369 3)
    "is back on ..."              -> the day is kept with the mail
    "does not work here any more" -> somebody to ring or write to, where we know who

A reply is nobody's word: no letter is stopped by it, no address is changed, and a successor whom it names
has not asked us for anything.
"""

from sqlalchemy.orm import Session

from newsletter.models import CallReason, Note
from newsletter.services import calls, unsubscribing
from newsletter.services.taken_mails import Circumstances, Taken
from subscribers.core import addresses
from subscribers.models import Subscriber

#: What is written down of an automatic reply.
FILED, HAS_LEFT = "filed", "has left"


def file(session: Session, taken: Taken, circumstances: Circumstances) -> str:
    """File an automatic reply (``What.AUTOMATIC``); the day of return stands in its facts (ISO 8601)."""
    if taken.read.traces.choice is not None:
        return unsubscribing.unsubscribe(session, taken, circumstances)
    told = taken.read.automatic
    if told is None:
        return FILED
    if told.back_on is not None:
        taken.row.facts = {**taken.row.facts, "back_on": told.back_on.isoformat()}
    whose = _whose(session, taken) if told.has_left else None
    if whose is None:
        return FILED
    subscriber_id, canonical = whose
    taken.row.facts = {**taken.row.facts, "has_left": True}
    calls.open_call(
        session,
        subscriber_id=subscriber_id,
        canonical=canonical,
        reason=CallReason.HAS_LEFT,
        facts={},
        inbound_id=taken.row.id,
        now=circumstances.now,
    )
    return HAS_LEFT


def _whose(session: Session, taken: Taken) -> tuple[int, str] | None:
    """Return who has left, and the address that says so; None where that would be a guess.

    Our own token tells: the machine answers what we sent. Without one it is whoever alone has the address.
    """
    if taken.delivery is not None and taken.delivery.canonical:
        return taken.delivery.subscriber_id, taken.delivery.canonical
    note_id = taken.read.traces.note_id
    note = session.get(Note, note_id) if note_id is not None else None
    if note is not None and note.subscriber_id is not None:
        return note.subscriber_id, addresses.canonical(note.address)
    if len(taken.writers) != 1:
        return None
    person = session.get_one(Subscriber, taken.writers[0])
    return person.id, addresses.canonical(taken.read.mail.sender)
