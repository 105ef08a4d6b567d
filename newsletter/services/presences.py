"""Who has an issue open right now: their browser says so, and forgetting is a matter of minutes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from newsletter.models import Presence
from newsletter.services.issues import get
from subscribers.core.authority import Scope
from subscribers.models import Subscriber
from subscribers.services.dialects import insert_into
from subscribers.services.scopes import check_within, people_within

#: How often a browser says that it has the issue open, and when silence means that it has not.
BEAT = timedelta(seconds=15)
GONE_AFTER = timedelta(seconds=45)


def here(session: Session, *, scope: Scope, issue_id: int, subscriber_id: int, now: datetime) -> None:
    """Note that somebody has an issue open. Raises ``NotFound`` for an issue or person that is not there."""
    get(session, issue_id)
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    session.execute(delete(Presence).where(Presence.seen_at < now - GONE_AFTER))
    theirs = (Presence.issue_id == issue_id, Presence.subscriber_id == subscriber_id)
    new = insert_into(session, Presence).values(issue_id=issue_id, subscriber_id=subscriber_id, seen_at=now)
    session.execute(new.on_conflict_do_nothing())
    session.execute(update(Presence).where(*theirs).values(seen_at=now))


def others(
    session: Session, *, scope: Scope, issue_id: int, subscriber_id: int, now: datetime
) -> Sequence[str]:
    """Return the names of the others who have an issue open, as far as the scope knows them."""
    found = (
        select(Subscriber)
        .join(Presence, Presence.subscriber_id == Subscriber.id)
        .where(
            Presence.issue_id == issue_id,
            Presence.subscriber_id != subscriber_id,
            Presence.seen_at > now - GONE_AFTER,
            people_within(scope),
        )
        .order_by(Subscriber.sort_key, Subscriber.id)
    )
    return [person.name for person in session.scalars(found)]
