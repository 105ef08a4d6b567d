"""Whom to ring or write to: people whose letters do not arrive any more, or soon will not.

    open_call   something happened -> one open row for a person, an address and a reason
    listed      the open rows of a scope, for those who ring
    close       somebody says how it ended
    settled     the person has another address: what was open about the old one is closed

Nobody loses a membership by it, and nothing here writes to anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from newsletter.models import Call, CallReason
from subscribers.core.authority import Scope
from subscribers.errors import NotFound
from subscribers.models import Subscriber, Suppression
from subscribers.services import acts, suppressions
from subscribers.services.dialects import insert_into
from subscribers.services.scopes import people_within


class Closing(Enum):
    """How it ended."""

    REACHED = "reached"  # they know, and see to it themselves
    WORKS = "works"  # the address works after all: it is written to again
    NEW_ADDRESS = "new-address"  # the register has another now
    NOT_ANY_MORE = "not-any-more"  # they want no letters, or are gone
    UNREACHABLE = "unreachable"  # nobody could get hold of them


@dataclass(frozen=True, slots=True)
class Listed:
    """An open row, whose it is, and why its address is suppressed, if it is."""

    call: Call
    person: Subscriber
    suppressed: Suppression | None


def open_call(
    session: Session,
    *,
    subscriber_id: int,
    canonical: str,
    reason: CallReason,
    facts: Mapping[str, Any],
    proposal: str = "",
    inbound_id: int | None = None,
    now: datetime,
) -> bool:
    """Say that somebody should be rung or written to; False where that is said already, and still open.

    ``canonical`` is the address that it is about, ``proposal`` a new one that a mail names. ``facts`` are
    told by the sentences (``call_words``); they are JSON.
    """
    insert = insert_into(session, Call).values(
        subscriber_id=subscriber_id,
        canonical=canonical[:320],
        reason=reason,
        facts=dict(facts),
        proposal=proposal[:320],
        inbound_id=inbound_id,
        opened_at=now,
        closed_by="",
        closed_how="",
    )
    opened = session.execute(insert.on_conflict_do_nothing().returning(Call.id))
    return opened.first() is not None


def listed(session: Session, *, scope: Scope) -> Sequence[Listed]:
    """Return whom within the scope to ring or write to, the newest first. The dead are not rung."""
    found = session.execute(
        _open(scope)
        .add_columns(Subscriber, Suppression)
        .outerjoin(Suppression, Suppression.canonical == Call.canonical)
        .order_by(Call.opened_at.desc(), Call.id.desc())
    )
    return [Listed(call, person, suppressed) for call, person, suppressed in found]


def count_open(session: Session, *, scope: Scope) -> int:
    """Return how many rows are open."""
    return session.scalars(_open(scope).with_only_columns(func.count(Call.id))).one()


def get(session: Session, *, scope: Scope, call_id: int) -> Call:
    """Return an open row. Raises ``NotFound`` for one that is closed, or about somebody outside the scope."""
    found = session.scalar(_open(scope).where(Call.id == call_id))
    if found is None:
        raise NotFound("Den raden finns inte kvar i listan. Läs in sidan på nytt.")
    return found


def close(
    session: Session, *, scope: Scope, call_id: int, how: Closing, note: str = "", actor: str, now: datetime
) -> None:
    """Take a row off the list; where the address works after all it is also released.

    ``note`` is why it may be released, for whoever wonders in a year. Raises ``NotFound`` as ``get`` does,
    and ``SubscribersError`` where an address is to be released without a reason.
    """
    call = get(session, scope=scope, call_id=call_id)
    if how is Closing.WORKS:
        suppressions.release(session, scope=scope, address=call.canonical, reason=note, actor=actor, now=now)
    call.closed_at, call.closed_by, call.closed_how = now, actor[:120], how.value
    person = session.get_one(Subscriber, call.subscriber_id)
    details = {"reason": call.reason.value, "how": how.value}
    acts.log(
        session,
        actor=actor,
        act="call closed",
        subject=f"person {person.pseudonym}",
        details=details,
        now=now,
    )


def settled(session: Session, *, subscriber_id: int, canonical: str, now: datetime) -> None:
    """Close what is open about an address that somebody has another for by now."""
    session.execute(
        update(Call)
        .where(Call.subscriber_id == subscriber_id, Call.canonical == canonical, Call.closed_at.is_(None))
        .values(closed_at=now, closed_how=Closing.NEW_ADDRESS.value)
    )


def _open(scope: Scope) -> Select[Call]:
    return (
        select(Call)
        .join(Subscriber, Subscriber.id == Call.subscriber_id)
        .where(Call.closed_at.is_(None), Subscriber.deceased_on.is_(None), people_within(scope))
    )
