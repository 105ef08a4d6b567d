"""Letters of which nobody knows whether they arrived, and what a person decides about each.

unknown -> accepted    it counts as taken; nothing is sent
        -> queued      the same message once more, with the same Message-ID: who has it sees one copy
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import Session

from newsletter.errors import IssueError
from newsletter.models import Delivery, DeliveryState, Issue
from newsletter.services import claims, issues
from subscribers.core.authority import Scope
from subscribers.errors import NotFound
from subscribers.models import Subscriber
from subscribers.services.scopes import people_within

#: The words in the ledger for what a person has decided.
TAKEN_BY_HAND, SENT_AGAIN = "taken-by-hand", "sent-again"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A letter that may have left. ``said`` is the last word on it, a server's or ours; ``at`` when it was.

    ``region`` is a slug, or "" for none.
    """

    delivery_id: int
    issue_id: int
    issue: str
    subscriber_id: int
    name: str
    address: str
    region: str
    attempts: int
    at: datetime | None
    said: str


def listed(session: Session, *, scope: Scope, issue_id: int | None = None) -> Sequence[Unknown]:
    """Return the unknown letters of an issue, or of all, to the people of the scope; the oldest first."""
    query = (
        select(Delivery, Subscriber, Issue)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .join(Issue, Issue.id == Delivery.issue_id)
        .where(Delivery.state == DeliveryState.UNKNOWN, people_within(scope))
        .order_by(Delivery.issue_id, Delivery.id)
    )
    found = session.execute(query if issue_id is None else query.where(Delivery.issue_id == issue_id))
    return [
        Unknown(
            delivery_id=row.id,
            issue_id=row.issue_id,
            issue=issues.name_of(issue),
            subscriber_id=person.id,
            name=person.name,
            address=row.address,
            region=person.region_slug or "",
            attempts=row.attempts,
            at=row.settled_at,
            said=row.reply,
        )
        for row, person, issue in found
    ]


def take_as_accepted(session: Session, *, scope: Scope, delivery_id: int, now: datetime) -> bool:
    """Count an unknown letter as taken; False when it is not unknown any more.

    Raises ``NotFound`` for a letter that is missing or to somebody outside the scope.
    """
    issue_of(session, scope, delivery_id)
    return _decide(session, delivery_id, state=DeliveryState.ACCEPTED, why=TAKEN_BY_HAND, settled_at=now)


def send_again(session: Session, *, scope: Scope, delivery_id: int, now: datetime) -> bool:
    """Put an unknown letter in the queue once more; False when it is not unknown any more.

    Whoever got the first copy gets the same message, by its Message-ID. Raises ``NotFound`` as
    ``take_as_accepted`` does, and ``IssueError`` where the send was stopped.
    """
    issue = issue_of(session, scope, delivery_id)
    if issue.stopped_at is not None:
        raise IssueError("{issue} är avbrutet, och inget mer av det skickas.", issue=issues.name_of(issue))
    # Patience with the server begins anew; the number of the try goes on, which journals know it by.
    again = {"due_at": now, "settled_at": None, "first_try_at": None, "claimed_by": None}
    return _decide(session, delivery_id, state=DeliveryState.QUEUED, why=_again(), **again)


def _again() -> ColumnElement[str]:
    """Return the word for a letter that is sent again; a copy that was asked for keeps its number."""
    is_copy = Delivery.why.startswith(claims.ASKED_FOR)
    return case((is_copy, Delivery.why), else_=SENT_AGAIN)


def _decide(session: Session, delivery_id: int, **values: Any) -> bool:
    """Move a letter out of ``unknown``: of all who decide at once, one does."""
    moved = session.scalar(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.UNKNOWN)
        .values(values)
        .returning(Delivery.issue_id),
        execution_options={"synchronize_session": False},
    )
    if moved is not None:  # how the issue ended is counted anew
        session.execute(update(Issue).where(Issue.id == moved).values(summarised_at=None))
    return moved is not None


def issue_of(session: Session, scope: Scope, delivery_id: int) -> Issue:
    """Return the issue of a letter, and let nobody stop it meanwhile."""
    issue = session.scalar(
        select(Issue)
        .join(Delivery, Delivery.issue_id == Issue.id)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.id == delivery_id, people_within(scope))
        .with_for_update(of=Issue)
    )
    if issue is None:
        raise NotFound("Det finns inget sådant brev. Se efter i listan över ovissa brev.")
    return issue
