"""Mails that we send ourselves: written down before they go, known when they come, compared once.

begin | sent       around the sending, which no transaction waits for
seen               a mail has come home
to_compare | compared
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter.core.boomerangs import BOOMERANG
from newsletter.core.health.checks import Check
from newsletter.core.unsubscribe_trials import NOBODY
from newsletter.models import Boomerang, CheckUp, InboundMail
from newsletter.services.taken_mails import Taken

#: What is written down of a mail that came home.
HOME = "boomerang"


@dataclass(frozen=True, slots=True)
class Pair:
    """A mail as it went, and as it came."""

    boomerang_id: int
    relay: str
    went: bytes = field(repr=False)
    came: bytes = field(repr=False)


def begin(session: Session, *, check_up_id: int, relay: str, now: datetime) -> int | None:
    """Write down that a mail will go through a relay; return its number, None where the check-up is gone."""
    if session.get(CheckUp, check_up_id) is None:
        return None
    row = Boomerang(check_up_id=check_up_id, relay=relay[:320], sent_at=now, went=b"")
    session.add(row)
    session.flush()
    return row.id


def goes(session: Session, *, boomerang_id: int, went: bytes) -> None:
    """Keep a mail as it goes."""
    if row := session.get(Boomerang, boomerang_id):
        row.went = went


def sent(session: Session, *, boomerang_id: int, accepted: bool, said: str) -> None:
    """Write down what the relay answered."""
    if row := session.get(Boomerang, boomerang_id):
        row.accepted, row.said = accepted, said


def give_up(session: Session, *, boomerang_id: int) -> None:
    """Take back a mail that could not be written."""
    session.execute(delete(Boomerang).where(Boomerang.id == boomerang_id))


def seen(session: Session, taken: Taken, *, now: datetime) -> bool:
    """Tell whether a mail is one that we sent ourselves, and write down that it is home."""
    choice = taken.read.traces.choice
    if choice is None or (choice.subscriber_id, choice.list_id) != (NOBODY, BOOMERANG):
        return False
    row = session.get(Boomerang, choice.delivery_id)
    if row is not None and row.came_at is None:
        row.came_at, row.mail_id = now, taken.row.id
    return True


def to_compare(session: Session) -> Sequence[Pair]:
    """Return the mails that are home and that nobody has compared."""
    waiting = (
        select(Boomerang.id, Boomerang.relay, Boomerang.went, InboundMail.raw)
        .join(InboundMail, InboundMail.id == Boomerang.mail_id)
        .where(Boomerang.checks.is_(None))
    )
    return [Pair(*row) for row in session.execute(waiting)]


def compared(session: Session, *, boomerang_id: int, checks: Iterable[Check]) -> None:
    """Write down what the comparison found."""
    if row := session.get(Boomerang, boomerang_id):
        row.checks = [each.plain() for each in checks]
