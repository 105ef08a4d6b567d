"""What follows from mail that a person wrote to be read: it reaches whoever should answer it, at once."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import InboundMail, Note
from newsletter.services import forwarding, mailed_texts
from newsletter.services.taken_mails import Circumstances, Taken

#: What is said of an owner's own mail about what was forwarded to them.
ANSWERED = "answered"


def reply(session: Session, taken: Taken, circumstances: Circumstances) -> str:
    """Forward a reply to its owner; a stranger's, to no letter of ours, waits in the inbox ("")."""
    if _is_from_its_owner(session, taken, circumstances):
        return ANSWERED
    if outcome := mailed_texts.block(session, taken, circumstances):
        return outcome
    people = forwarding.owner_of(session, taken, circumstances)
    return forwarding.forward_to(session, taken, circumstances, people=people) if people else ""


def _is_from_its_owner(session: Session, taken: Taken, circumstances: Circumstances) -> bool:
    """Tell whether an owner answers what we forwarded, with a copy to us: then that mail is answered."""
    note_id = taken.read.traces.note_id
    note = session.get(Note, note_id) if note_id is not None else None
    if note is None or note.kind != forwarding.KIND or note.subscriber_id not in taken.writers:
        return False
    waiting = InboundMail.owner_id == note.subscriber_id, InboundMail.answered_at.is_(None)
    for row in session.scalars(select(InboundMail).where(*waiting)).all():
        if note.id in row.facts.get("notes", []):
            row.answered_at, row.answered_by_id = circumstances.now, note.subscriber_id
    return True
