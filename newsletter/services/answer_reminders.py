"""Reminders of mail that waits for an answer: its owner is told once, some days after it became theirs.

    remind   mails that have waited long enough -> one note to each owner | the same transaction marks them

What belongs to somebody who may not see it any more, for their role is over, goes to an officer first.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from newsletter.models import InboundMail
from newsletter.services import forwarding, inboxes, notes
from subscribers.core.authority import Everything, Scope
from subscribers.core.tokens import Keyring
from subscribers.models import RoleName, Subscriber
from subscribers.services import roles

#: How long a mail may wait for an answer before its owner is told.
PATIENCE = timedelta(days=3)
#: Of the mails of one owner, so many are named in a note.
_MOST_NAMED = 10


def is_due(session: Session, *, now: datetime) -> bool:
    """Tell whether anybody is to be reminded; a session that can only read is enough."""
    return session.scalar(select(InboundMail.id).where(*_due(now)).limit(1)) is not None


def remind(session: Session, *, scope: Scope, base_url: str, ring: Keyring, zone: str, now: datetime) -> int:
    """Queue the reminders, and return how many notes. Only a scope over everything finds any.

    ``base_url`` is what pages are under, ``ring`` makes their addresses; days are told in the zone (IANA).
    """
    if not isinstance(scope, Everything):
        return 0
    today = now.astimezone(ZoneInfo(zone)).date()
    waiting: dict[int, list[InboundMail]] = defaultdict(list)
    found = select(InboundMail).where(*_due(now)).order_by(InboundMail.id)
    for row in session.scalars(found.with_for_update(skip_locked=True)).all():
        owner_id = _owner(session, row, scope, today, now)
        row.reminded_at = now
        if owner_id is not None:
            waiting[owner_id].append(row)
    queued = 0
    for owner_id, rows in waiting.items():
        who = session.get_one(Subscriber, owner_id)
        values = {"name": who.given_name or who.name, **_values(rows, base_url, ring, zone)}
        queued += notes.tell(session, kind="answer-waits", person=who, values=values, now=now)
    session.flush()
    return queued


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        InboundMail.owner_id.is_not(None),
        InboundMail.answered_at.is_(None),
        InboundMail.reminded_at.is_(None),
        func.coalesce(InboundMail.owned_at, InboundMail.received_at) <= now - PATIENCE,
    )


def _owner(session: Session, row: InboundMail, scope: Scope, today: date, now: datetime) -> int | None:
    """Return the owner; an officer, who now owns it, in place of one who may not see the mail any more."""
    if row.owner_id is not None and inboxes.may_see(session, row, row.owner_id, today):
        return row.owner_id
    officers = roles.holders(session, scope=scope, role=RoleName.OFFICER, today=today)
    if officers:
        forwarding.own(row, officers[0], now=now)
    return row.owner_id if officers else None


def _values(rows: Sequence[InboundMail], base_url: str, ring: Keyring, zone: str) -> Mapping[str, Any]:
    return {
        "mails": [
            {
                "whose": row.from_name or row.from_address,
                "subject": row.subject,
                "day": row.received_at.astimezone(ZoneInfo(zone)).date().isoformat(),
                "link": forwarding.link(base_url, ring, row),
            }
            for row in rows[:_MOST_NAMED]
        ],
        "more": max(0, len(rows) - _MOST_NAMED),
        "link": f"{base_url.rstrip('/')}/inkorg?visa=mine",
    }
