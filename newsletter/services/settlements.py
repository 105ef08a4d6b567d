"""What mail that comes in says of a letter that has gone: it came back, or it arrived after all.

    came_back          accepted, unknown, or still on the wire -> refused, "bounced"
    settled_by_answer  unknown -> accepted, "answered"

"Accepted" says that the next server took a letter. When a report says that it came back all the same, the
ledger must not go on saying so: to a member notice that difference is a letter on paper.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, update
from sqlalchemy.orm import Session

from newsletter.models import Delivery, DeliveryState
from newsletter.services import summaries

#: The word in the ledger for letters that were answered before anybody knew that they had arrived.
ANSWERED = "answered"


def came_back(session: Session, *, delivery: Delivery, said: str, now: datetime) -> bool:
    """Say of a letter that it came back; False where it had not gone, or that was known.

    ``said`` is what the report says a server answered. A report can be quicker than the reply of the server
    that took the letter: then the sender, which comes later, changes nothing.
    """
    gone = Delivery.state.in_((DeliveryState.ACCEPTED, DeliveryState.UNKNOWN))
    told = {"state": DeliveryState.REFUSED, "why": summaries.BOUNCED, "reply": said, "settled_at": now}
    if _move(session, delivery, gone, told):
        return True
    tried = {"attempts": Delivery.attempts + 1, "first_try_at": func.coalesce(Delivery.first_try_at, now)}
    return _move(session, delivery, Delivery.state == DeliveryState.SENDING, told | tried)


def settled_by_answer(session: Session, *, delivery: Delivery, now: datetime) -> bool:
    """Count an unknown letter as taken, since its addressee has answered; False where it was not."""
    if delivery.state is not DeliveryState.UNKNOWN:
        return False
    told = {"state": DeliveryState.ACCEPTED, "why": ANSWERED, "settled_at": now}
    return _move(session, delivery, Delivery.state == DeliveryState.UNKNOWN, told)


def _move(session: Session, delivery: Delivery, before: ColumnElement[bool], values: dict[str, Any]) -> bool:
    moved = session.scalar(
        update(Delivery)
        .where(Delivery.id == delivery.id, before)
        .values(values)
        .returning(Delivery.issue_id),
        execution_options={"synchronize_session": False},
    )
    if moved is None:
        return False
    session.expire(delivery)
    summaries.forget(session, issue_ids=[moved])
    return True
