"""Yes and no: what a person has said to each list. The last word counts, and counts at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from subscribers.core.authority import Scope
from subscribers.errors import SubscribersError
from subscribers.models import ListPurpose, MailingList, Subscriber, Subscription, UtcDateTime
from subscribers.services import lists
from subscribers.services.dialects import insert_into
from subscribers.services.scopes import check_within, people_within


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has said to one list. ``active`` is None when they were never asked."""

    mailing_list: MailingList
    active: bool | None
    changed_at: datetime | None
    source: str

    @property
    def may_be_left(self) -> bool:
        """Whether one can say no to the list at all."""
        return self.mailing_list.purpose is not ListPurpose.MEMBER_NOTICES


def unsubscribe(
    session: Session, *, scope: Scope, subscriber_id: int, list_id: int, source: str, now: datetime
) -> bool:
    """Write down a no to a list; return whether anything changed (a second no changes nothing: rule U6).

    ``source`` tells where it was said, at most 80 characters ("one-click"). It is one statement, so two that
    arrive at the same time change one row once. Raises ``NotFound`` for a person outside the scope or an
    unknown list, and ``SubscribersError`` for member notices, which cannot be left.
    """
    if lists.get(session, list_id=list_id).purpose is ListPurpose.MEMBER_NOTICES:
        raise SubscribersError(
            "Medlemsmeddelanden går till alla medlemmar och kan inte avslutas: de hör till medlemskapet."
        )
    return _say(session, scope, subscriber_id, list_id, active=False, source=source, now=now)


def resubscribe(
    session: Session, *, scope: Scope, subscriber_id: int, list_id: int, source: str, now: datetime
) -> bool:
    """Write down a yes to a list; return whether anything changed.

    ``source`` as for ``unsubscribe``. Raises ``NotFound`` for a person outside the scope or an unknown list.
    """
    lists.get(session, list_id=list_id)
    return _say(session, scope, subscriber_id, list_id, active=True, source=source, now=now)


def subscriptions_of(session: Session, *, scope: Scope, subscriber_id: int) -> Sequence[Standing]:
    """Return what a person has said to each list, one row per list in their order. Raises ``NotFound``."""
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    rows = session.execute(
        select(MailingList, Subscription.active, Subscription.changed_at, Subscription.source)
        .outerjoin(
            Subscription,
            and_(Subscription.list_id == MailingList.id, Subscription.subscriber_id == subscriber_id),
        )
        .order_by(MailingList.id)
    )
    return [
        Standing(mailing_list, active, changed_at, source or "")
        for mailing_list, active, changed_at, source in rows
    ]


def _say(
    session: Session,
    scope: Scope,
    subscriber_id: int,
    list_id: int,
    *,
    active: bool,
    source: str,
    now: datetime,
) -> bool:
    """Insert the answer, or update it where it was the other one: one statement, which matches once."""
    answer = select(
        Subscriber.id,
        literal(list_id),
        literal(active),
        literal(now, UtcDateTime()),
        literal(source),
    ).where(Subscriber.id == subscriber_id, people_within(scope))
    columns = ["subscriber_id", "list_id", "active", "changed_at", "source"]
    insert = insert_into(session, Subscription).from_select(columns, answer)
    changed = session.execute(
        insert.on_conflict_do_update(
            index_elements=["subscriber_id", "list_id"],
            set_={name: insert.excluded[name] for name in ("active", "changed_at", "source")},
            where=Subscription.active != insert.excluded.active,
        ).returning(Subscription.subscriber_id)
    ).all()
    if changed:
        _forget(session, subscriber_id, list_id)
    else:
        check_within(session, scope=scope, subscriber_id=subscriber_id)
    return bool(changed)


def _forget(session: Session, subscriber_id: int, list_id: int) -> None:
    """Let a loaded row be read anew: the statement went past the session."""
    loaded = session.identity_map.get(identity_key(Subscription, (subscriber_id, list_id)))
    if loaded is not None:
        session.expire(loaded)
