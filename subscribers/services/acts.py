"""The log of what people did: imports, changes, exports, erasures, rights, sends. It only grows.

No personal data stands in it: a person is named by their pseudonym, so that an erasure leaves it valid.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from subscribers.models import Act


def log(
    session: Session,
    *,
    actor: str,
    act: str,
    subject: str = "",
    details: Mapping[str, Any] | None = None,
    now: datetime,
) -> Act:
    """Write down an act ("import", "erase", "role given" ...), in the transaction that it happens in."""
    entry = Act(at=now, actor=actor, act=act, subject=subject, details=dict(details or {}))
    session.add(entry)
    session.flush()
    return entry


def latest(session: Session, *, limit: int = 100, before_id: int | None = None) -> Sequence[Act]:
    """Return the newest acts first; ``before_id`` goes on from an earlier page."""
    query = select(Act).order_by(Act.id.desc()).limit(limit)
    return session.scalars(query if before_id is None else query.where(Act.id < before_id)).all()


def last(session: Session, *, act: str) -> Act | None:
    """Return the newest act of a kind; None when it was never done."""
    return session.scalar(select(Act).where(Act.act == act).order_by(Act.id.desc()).limit(1))
