"""Notes: short mails to one person that no list sent. Queued with what they tell of, sent by a job.

    queue     a row in the caller's transaction: the note goes if, and only if, what it tells of is kept
    tell      the same, to wherever a person reads mail
    forward   the same, with a message that stands ready
    due       rows -> notes to write; the next try of each is planned before anything is sent
    accepted  the row's content is emptied

Whatever dies on the way costs a second note at most, and never one too few.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import Note
from subscribers.models import Address, Subscriber, Suppression

#: Minutes until each next try; when they are used up, the note is given up.
_NEXT_TRY = (1, 5, 15, 60, 240, 720)


@dataclass(frozen=True, slots=True)
class DueNote:
    """A note to write. ``created_at`` and ``note_id`` make its Message-ID the same at each try.

    With a ``message`` there is nothing to write: it goes as it is. ``answers``: see ``queue``.
    """

    note_id: int
    kind: str
    address: str
    reply_to: str
    language: str
    values: Mapping[str, Any]
    created_at: datetime
    message: bytes | None = None
    answers: str | None = None


def queue(
    session: Session,
    *,
    kind: str,
    to: str,
    language: str,
    values: Mapping[str, Any],
    now: datetime,
    subscriber_id: int | None = None,
    reply_to: str = "",
    answers: str | None = None,
    about: Mapping[str, int] | None = None,
) -> int:
    """Put a note into the queue and return its id. Does not commit, so it goes only if the caller does.

    ``kind`` is a folder in ``templates/email``; ``values`` fill its templates and must be JSON. ``to`` and
    ``reply_to`` are addresses as written; without ``reply_to`` answers go to the association's contact.
    ``subscriber_id`` is whom it is about: an erasure takes the note away with the person. ``answers`` are the
    message ids of the mail that a machine of ours answers with it (``core.inbound.answering.references``): it
    then goes with the null sender, and only ``services.acknowledgements`` may queue it (rule U10). ``about``
    are the ids that an answer to the note will be about.
    """
    note = Note(
        kind=kind,
        address=to,
        reply_to=reply_to,
        language=language,
        subscriber_id=subscriber_id,
        content=dict(values),
        answers=answers,
        about=dict(about) if about else None,
        created_at=now,
        due_at=now,
    )
    session.add(note)
    session.flush()
    return note.id


def tell(
    session: Session,
    *,
    kind: str,
    person: Subscriber,
    values: Mapping[str, Any],
    now: datetime,
    reply_to: str = "",
) -> bool:
    """Put a note to somebody into the queue, in their language; False where there is no address to use."""
    address = address_of(session, person)
    if address:
        queue(
            session,
            kind=kind,
            to=address,
            language=person.language,
            values=values,
            subscriber_id=person.id,
            reply_to=reply_to,
            now=now,
        )
    return bool(address)


def forward(
    session: Session,
    *,
    kind: str,
    person: Subscriber,
    to: str,
    message: bytes | Callable[[int], bytes],
    now: datetime,
) -> int:
    """Put a message that stands ready (what follows DATA, CRLF) into the queue, and return its id.

    A ``message`` whose own id shall tell which note it is is written when that id is known.
    """
    note = Note(
        kind=kind,
        address=to,
        language=person.language,
        subscriber_id=person.id,
        content={},
        message=message if isinstance(message, bytes) else None,
        created_at=now,
        due_at=now,
    )
    session.add(note)
    session.flush()
    if not isinstance(message, bytes):
        note.message = message(note.id)
        session.flush()
    return note.id


def address_of(session: Session, person: Subscriber) -> str:
    """Return where to write to somebody: the preferred address first, none that is suppressed; or ""."""
    usable = (
        select(Address.address)
        .outerjoin(Suppression, Suppression.canonical == Address.canonical)
        .where(Address.subscriber_id == person.id, Suppression.canonical.is_(None))
        .order_by(Address.preferred.desc(), Address.id)
    )
    return session.scalar(usable.limit(1)) or ""


def is_due(session: Session, *, now: datetime) -> bool:
    """Tell whether there is a note to send; a session that can only read is enough."""
    return session.scalar(select(Note.id).where(Note.due_at <= now).limit(1)) is not None


def due(session: Session, *, now: datetime, limit: int = 50) -> Sequence[DueNote]:
    """Take the notes that are due, oldest first, and plan the next try of each."""
    waiting = select(Note).where(Note.due_at <= now).order_by(Note.due_at, Note.id).limit(limit)
    found = session.scalars(waiting.with_for_update(skip_locked=True)).all()
    taken = [_value(note) for note in found if note.content is not None]
    for note in found:
        note.attempts += 1
        tries_left = note.content is not None and note.attempts <= len(_NEXT_TRY)
        note.due_at = now + timedelta(minutes=_NEXT_TRY[note.attempts - 1]) if tries_left else None
    session.flush()
    return taken


def accepted(session: Session, *, note_id: int, now: datetime) -> None:
    """Write down that the next server took a note, and forget what stood in it."""
    _close(session, note_id, accepted_at=now)


def give_up(session: Session, *, note_id: int) -> None:
    """Try a note no more, and forget what stood in it: no server takes it for this address."""
    _close(session, note_id, accepted_at=None)


def _close(session: Session, note_id: int, *, accepted_at: datetime | None) -> None:
    note = session.get(Note, note_id)
    if note is not None:  # the person may have been erased meanwhile
        note.content, note.message, note.due_at, note.accepted_at = None, None, None, accepted_at
        session.flush()


def _value(note: Note) -> DueNote:
    return DueNote(
        note.id,
        note.kind,
        note.address,
        note.reply_to,
        note.language,
        note.content or {},
        note.created_at,
        note.message,
        note.answers,
    )
