"""A copy of a letter that a member asks for, because the first one never came.

accepted -> queued, with a word that numbers the copy: its message has a Message-ID of its own

Some servers drop a message whose id they have seen, and then the copy would be lost as the first one was. The
number is that of the tries before it, so each copy has another one.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, literal, update
from sqlalchemy.orm import Session

from newsletter.errors import IssueError
from newsletter.models import Delivery, DeliveryState, Issue
from newsletter.services import claims, issues, unknowns
from subscribers.core.authority import Scope

#: What the ledger's word begins with while a copy is on its way; the number of the copy follows.
ASKED_FOR = claims.ASKED_FOR


def send(session: Session, *, scope: Scope, delivery_id: int, now: datetime) -> bool:
    """Put a letter that a server took in the queue anew; False where none was taken, or a copy is on its way.

    Who has left the list or is blocked meanwhile gets none, as with any letter. Raises ``NotFound`` for a
    letter that is missing or to somebody outside the scope, and ``IssueError`` where the send was stopped.
    """
    issue = unknowns.issue_of(session, scope, delivery_id)
    if issue.stopped_at is not None:
        raise IssueError("{issue} är avbrutet, och inget mer av det skickas.", issue=issues.name_of(issue))
    moved = session.scalar(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.ACCEPTED)
        .values(
            state=DeliveryState.QUEUED,
            why=_numbered(),
            due_at=now,
            settled_at=None,
            first_try_at=None,
            claimed_by=None,
        )
        .returning(Delivery.issue_id),
        execution_options={"synchronize_session": False},
    )
    if moved is not None:  # how the issue ended is counted anew
        session.execute(update(Issue).where(Issue.id == moved).values(summarised_at=None))
    return moved is not None


def _numbered() -> ColumnElement[str]:
    return literal(ASKED_FOR).concat(cast(Delivery.attempts, String))
