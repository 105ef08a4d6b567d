"""Trials of leaving a list: the last one is kept, with what came of it. Nobody's letters are touched.

begin   what the one-click address answered | a note to the mailto address
seen    the note has come home
latest  the trial, as it stands now
"""

import json
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core.unsubscribe_trials import NOBODY, Click, Mailed, Trial, mailed_of
from newsletter.models import InboundMail, Note
from newsletter.services import notes
from newsletter.services.taken_mails import Taken
from subscribers.models import Fact
from subscribers.services.dialects import insert_into

#: The kind of the note, and what is written down of it when it has come home.
KIND, SEEN = "unsubscribe-trial", "trial"
_KEY = "unsubscribe trial"


def begin(
    session: Session,
    *,
    number: int,
    token: str,
    click: Click,
    said: str,
    inbound_address: str,
    language: str,
    actor: str,
    now: datetime,
) -> None:
    """Write a trial down in place of the last one, and send its mail where there is an address for it.

    ``number`` and ``token`` are ``core.unsubscribe_trials``'.
    """
    if inbound_address:
        notes.queue(
            session,
            kind=KIND,
            to=inbound_address,
            language=language,
            values={"token": token},
            about={"trial": number},
            now=now,
        )
    written = {"number": number, "click": click.value, "said": said, "mail": bool(inbound_address)}
    values = {"value": json.dumps(written), "stated_by": actor[:120], "stated_at": now}
    statement = insert_into(session, Fact).values(key=_KEY, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))
    session.expire_all()


def seen(taken: Taken) -> bool:
    """Tell whether a mail is a trial's, and write down which."""
    choice = taken.read.traces.choice
    if choice is None or choice.subscriber_id != NOBODY:
        return False
    taken.row.facts = {**taken.row.facts, "trial": choice.delivery_id}
    return True


def latest(session: Session, *, now: datetime) -> Trial | None:
    """Return the last trial as it stands; None where there was none."""
    fact = session.get(Fact, _KEY)
    if fact is None:
        return None
    kept = json.loads(fact.value)
    number, begun_at = int(kept["number"]), fact.stated_at
    back_at = _back_at(session, number, begun_at)
    mailed = Mailed.NOT_SET_UP
    if kept["mail"]:
        note = _note(session, number)
        mailed = mailed_of(
            begun_at=begun_at,
            open_still=note is not None and note.due_at is not None,
            taken_at=note.accepted_at if note else None,
            back_at=back_at,
            now=now,
        )
    took = back_at - begun_at if back_at else None
    return Trial(number, begun_at, Click(kept["click"]), str(kept["said"]), mailed, took)


def _note(session: Session, number: int) -> Note | None:
    newest = select(Note).where(Note.kind == KIND).order_by(Note.id.desc()).limit(20)
    return next((note for note in session.scalars(newest) if note.about == {"trial": number}), None)


def _back_at(session: Session, number: int, begun_at: datetime) -> datetime | None:
    came = select(InboundMail.received_at, InboundMail.facts).where(
        InboundMail.outcome == SEEN, InboundMail.received_at >= begun_at - timedelta(minutes=1)
    )
    found = session.execute(came.order_by(InboundMail.id))
    return next((at for at, facts in found if facts.get("trial") == number), None)
