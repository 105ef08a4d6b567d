"""What a machine of ours answers a mail with: to whom, and how often (RFC 3834; rule U10).

    may_answer  what came was written by a person, and not by one of our own addresses
    answer      the day of the mailbox is taken | a note is queued

An answer goes to the member's own address and never to From, which anybody can write: so nobody can have
us write to a third person, but for one note a day that tells them the truth.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from newsletter.core.inbound import answering
from newsletter.models import Acknowledgement, Note
from newsletter.services import notes
from newsletter.services.taken_mails import Circumstances, Taken
from subscribers.models import Address, Subscriber
from subscribers.services.dialects import insert_into


def may_answer(taken: Taken, circumstances: Circumstances) -> bool:
    """Tell whether a machine of ours may answer this mail."""
    house = circumstances.house
    ours = (house.from_address, house.bounce_address, house.inbound_address, house.contact_address)
    if taken.read.mail.sender in {each.lower() for each in ours if each}:
        return False
    return answering.may_answer(taken.read.mail, null_sender=taken.row.sender == "")


def answer(
    session: Session,
    taken: Taken,
    circumstances: Circumstances,
    *,
    person: Subscriber,
    to: Address | None,
    kind: str,
    values: Mapping[str, Any],
    about: Mapping[str, int],
    news: bool,
) -> bool:
    """Queue an answer to somebody's own address, where one may be given; return whether there is one.

    ``to`` is that address, None where none may be written to. ``kind``, ``values`` and ``about`` are a
    note's. Whoever has had an answer today gets no other; nor does what answers an answer of ours, unless it
    has ``news``: something was changed by it. So a program that answers whatever comes is soon alone.
    """
    if to is None or not may_answer(taken, circumstances):
        return False
    if not news and _answers_an_answer(session, taken):
        return False
    if not _first_today(session, to.canonical, circumstances.today):
        return False
    notes.queue(
        session,
        kind=kind,
        to=to.address,
        language=person.language,
        values=values,
        subscriber_id=person.id,
        about=about,
        answers=answering.references(taken.read.mail),
        now=circumstances.now,
    )
    return True


def _answers_an_answer(session: Session, taken: Taken) -> bool:
    note_id = taken.read.traces.note_id
    note = session.get(Note, note_id) if note_id is not None else None
    return note is not None and note.answers is not None


def _first_today(session: Session, canonical: str, today: date) -> bool:
    new = insert_into(session, Acknowledgement).values(canonical=canonical, day=today)
    taken = new.on_conflict_do_nothing(index_elements=["canonical", "day"]).returning(Acknowledgement.day)
    return session.scalar(taken) is not None
