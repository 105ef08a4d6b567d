"""Who set which value of a person, and when: written beside every change, read before the next.

record   old value, new value, author -> a row that stays
latest   the newest row of each field of a person: who set what it holds now
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from subscribers.core.authority import Scope
from subscribers.models import FieldChange, SetBy, Subscriber
from subscribers.services.dialects import table_of
from subscribers.services.scopes import no_such_person, people_within

#: As many as both databases take in one question.
_PORTION = 5_000


@dataclass(frozen=True, slots=True)
class Author:
    """Who sets a value: a file, the member, somebody with a role (``actor`` is their name), or the system."""

    set_by: SetBy
    actor: str = ""
    import_run_id: int | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A field that gets another value. ``old`` and ``new`` are text as a file has it, or None."""

    subscriber_id: int
    field: str
    old: str | None
    new: str | None


def record(
    session: Session, *, scope: Scope, changed: Iterable[Changed], author: Author, now: datetime
) -> int:
    """Write down changes (those that change nothing are passed over), and return how many.

    Raises ``NotFound`` for a person outside the scope, before anything is written.
    """
    real = [change for change in changed if change.old != change.new]
    _check_all_within(session, scope, sorted({change.subscriber_id for change in real}))
    rows = [
        {
            "subscriber_id": change.subscriber_id,
            "field": change.field,
            "old": change.old,
            "new": change.new,
            "set_by": author.set_by,
            "actor": author.actor,
            "import_run_id": author.import_run_id,
            "at": now,
        }
        for change in real
    ]
    if rows:
        # The session would ask for the id of each; a register has a hundred thousand.
        session.connection().execute(insert(table_of(FieldChange)), rows)
    return len(rows)


def latest(session: Session, *, scope: Scope, subscriber_id: int) -> Mapping[str, FieldChange]:
    """Return the newest change of each field of a person, by field; none for a person outside the scope."""
    newest = (
        select(func.max(FieldChange.id))
        .join(Subscriber, Subscriber.id == FieldChange.subscriber_id)
        .where(FieldChange.subscriber_id == subscriber_id, people_within(scope))
        .group_by(FieldChange.field)
    )
    found = session.scalars(select(FieldChange).where(FieldChange.id.in_(newest)))
    return {change.field: change for change in found}


def _check_all_within(session: Session, scope: Scope, ids: Sequence[int]) -> None:
    for begin in range(0, len(ids), _PORTION):
        portion = ids[begin : begin + _PORTION]
        within = select(func.count(Subscriber.id)).where(Subscriber.id.in_(portion), people_within(scope))
        if session.scalar(within) != len(portion):
            raise no_such_person()
