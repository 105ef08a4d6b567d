"""The last check-up of everything that real sending needs: begun, filled as it goes on, and read.

begin | note, note ... | end       a row, which pages read meanwhile
latest                             what was found, with what has come of the mails to ourselves
largest_letter, needs_smtputf8     what our letters ask of a mail server
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from newsletter.core import boomerangs
from newsletter.core.boomerangs import Where
from newsletter.core.headers import needs_smtputf8 as needs_utf8
from newsletter.core.health.checks import Check, Group, Level, answered, in_order, worst
from newsletter.models import Boomerang, CheckUp, Variant
from newsletter.services.check_up_words import WHEREABOUTS
from subscribers.models import Address
from subscribers.services.dialects import is_postgresql

#: A check-up that has not ended by then has died with its process.
LONGEST = timedelta(minutes=3)
#: What signatures and a person's own slots add to a frozen letter, in octets, generously.
_SLOTS = 8_192


@dataclass(frozen=True, slots=True)
class Found:
    """A check-up as it stands. ``checks`` are the worst first.

    ``done`` of ``planned`` things have been looked at. ``is_waiting``: a mail to ourselves is underway.
    """

    begun_at: datetime
    ended_at: datetime | None
    planned: int
    done: int
    checks: Sequence[Check]
    died: bool
    is_waiting: bool

    @property
    def is_running(self) -> bool:
        """Whether it still looks at things."""
        return self.ended_at is None and not self.died

    @property
    def level(self) -> Level:
        """How it stands as a whole."""
        return Level.RED if self.died else worst(self.checks)

    def count(self, level: Level) -> int:
        """Count the checks of a level."""
        return sum(each.level is level for each in self.checks)


def begin(session: Session, *, planned: int, actor: str, now: datetime) -> int:
    """Write a check-up down in place of the last one, and return its id."""
    session.execute(delete(CheckUp))
    row = CheckUp(begun_at=now, actor=actor[:120], planned=planned, checks=[])
    session.add(row)
    session.flush()
    return row.id


def note(session: Session, *, check_up_id: int, checks: Iterable[Check]) -> None:
    """Write down what one of its parts has found."""
    row = session.get(CheckUp, check_up_id)
    if row is not None:  # else somebody has begun another meanwhile
        row.checks = [*row.checks, *(each.plain() for each in checks)]
        row.done += 1


def end(session: Session, *, check_up_id: int, now: datetime) -> None:
    """Write down that it has looked at everything."""
    row = session.get(CheckUp, check_up_id)
    if row is not None:
        row.ended_at = now


def is_running(session: Session, *, now: datetime) -> bool:
    """Tell whether a check-up is under way."""
    found = latest(session, now=now)
    return found is not None and found.is_running


def latest(session: Session, *, now: datetime) -> Found | None:
    """Return the last check-up as it stands; None where there was none."""
    row = session.scalars(select(CheckUp).order_by(CheckUp.id.desc()).limit(1)).first()
    if row is None:
        return None
    sent = session.scalars(
        select(Boomerang).where(Boomerang.check_up_id == row.id).order_by(Boomerang.id)
    ).all()
    places = {each.id: _where(each, now) for each in sent}
    checks = [Check.of(each) for each in row.checks]
    checks += [check for each in sent for check in _of(each, places[each.id], now)]
    return Found(
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        planned=row.planned,
        done=row.done,
        checks=in_order(answered(checks)),
        died=row.ended_at is None and now - row.begun_at > LONGEST,
        is_waiting=any(_is_open(each, places[each.id]) for each in sent),
    )


def _where(row: Boomerang, now: datetime) -> Where:
    return boomerangs.where(accepted=row.accepted, sent_at=row.sent_at, came_at=row.came_at, now=now)


def _is_open(row: Boomerang, place: Where) -> bool:
    return place is Where.UNDERWAY or (place is Where.HOME and row.checks is None and row.mail_id is not None)


def _of(row: Boomerang, place: Where, now: datetime) -> list[Check]:
    if place is Where.HOME and row.checks is not None:
        return [Check.of(each) for each in row.checks]
    level, says, do = WHEREABOUTS[place]
    took = (row.came_at or now) - row.sent_at
    facts: dict[str, str | int] = {"relay": row.relay, "seconds": int(took.total_seconds())}
    return [Check(Group.BOOMERANG, "boomerang", level, says, do, facts, said=row.said, about=row.relay)]


def largest_letter(session: Session) -> int:
    """Return the size of the largest letter that was ever frozen, as it goes out, in octets; 0 for none."""
    largest = session.scalar(select(func.max(func.length(Variant.template))))
    return int(largest) + _SLOTS if largest else 0


def needs_smtputf8(session: Session) -> bool:
    """Tell whether any address in the register can only be written to with SMTPUTF8 (RFC 6531)."""
    octets = "octet_length(address)" if is_postgresql(session) else "length(CAST(address AS BLOB))"
    # Octets beyond the characters: letters that are not ASCII, before the @ or only after it.
    found = (
        select(Address.address).where(text(f"{octets} > length(address)")).execution_options(yield_per=500)
    )
    return any(map(needs_utf8, session.scalars(found)))
