"""The ledger in a few numbers, for whoever watches over the service: of letters, never of people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus, IssueSummary
from newsletter.services import releases
from newsletter.services.deliveries import OPEN

#: Issues older than this are history: their letters do not change any more.
RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Gauges:
    """How the ledger stands.

    ``states`` counts the letters of issues released within ``RECENT``, every state among them. ``unknown``
    are those of all issues. ``overdue`` is how long the letter has waited that could have gone first;
    ``late`` how long the issue that should have been released first. Both are nothing where nothing waits.
    """

    states: Mapping[DeliveryState, int]
    unknown: int
    overdue: timedelta
    late: timedelta


def gauges(session: Session, *, now: datetime) -> Gauges:
    """Count the ledger; a session that can only read is enough."""
    late = [each.late for each in releases.due(session, now=now)]
    return Gauges(
        states=_states(session, now - RECENT),
        unknown=session.scalars(select(func.count()).where(Delivery.state == _UNKNOWN)).one(),
        overdue=_overdue(session, now),
        late=max(late, default=timedelta()),
    )


_UNKNOWN = DeliveryState.UNKNOWN


def _states(session: Session, since: datetime) -> Mapping[DeliveryState, int]:
    recent = select(Issue.id).where(Issue.status == IssueStatus.RELEASED, Issue.released_at >= since)
    found = Counter(dict.fromkeys(DeliveryState, 0))
    # What is over has been counted already: of a million letters a region's row is read, not the letters.
    counted = recent.where(Issue.summarised_at.is_not(None))
    for states in session.scalars(select(IssueSummary.states).where(IssueSummary.issue_id.in_(counted))):
        found.update({DeliveryState(state): number for state, number in states.items()})
    going: Sequence[int] = session.scalars(recent.where(Issue.summarised_at.is_(None))).all()
    rows = session.execute(
        select(Delivery.state, func.count()).where(Delivery.issue_id.in_(going)).group_by(Delivery.state)
    )
    for state, number in rows:
        found[state] += number
    return found


def _overdue(session: Session, now: datetime) -> timedelta:
    first = select(func.min(Delivery.due_at)).where(Delivery.issue_id == Issue.id, OPEN).scalar_subquery()
    waiting = session.scalars(
        select(first).where(
            Issue.status == IssueStatus.RELEASED, Issue.paused_at.is_(None), Issue.stopped_at.is_(None)
        )
    )
    due = [at for at in waiting if at is not None]
    return max(now - min(due), timedelta()) if due else timedelta()
