"""What follows from mail that a person wrote to be read: it reaches whoever should answer it, at once."""

from sqlalchemy.orm import Session

from newsletter.services import forwarding, mailed_texts
from newsletter.services.taken_mails import Circumstances, Taken


def reply(session: Session, taken: Taken, circumstances: Circumstances) -> str:
    """Forward a reply to its owner; a stranger's, to no letter of ours, waits in the inbox ("")."""
    if outcome := mailed_texts.block(session, taken, circumstances):
        return outcome
    people = forwarding.owner_of(session, taken, circumstances)
    return forwarding.forward_to(session, taken, circumstances, people=people) if people else ""
