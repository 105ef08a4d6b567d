"""Pauses: a yes to a list that rests until a day, and goes on by itself.

    pause   a yes -> resting until the day | written down in the ledger of consents like any other word

``consents.resubscribe`` ends a pause at once, and so does a no. Whose letters rest is asked by
``audience.select_audience``; nothing has to be done on the day itself.
"""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from subscribers.core.authority import Scope
from subscribers.core.consents import source_of
from subscribers.core.pauses import longest
from subscribers.errors import SubscribersError
from subscribers.models import ListPurpose, Subscriber, Subscription
from subscribers.services import ledger, lists
from subscribers.services.scopes import check_within, people_within


def pause(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    list_id: int,
    until: date,
    source: str,
    place: str = "",
    wording_id: int | None = None,
    today: date,
    now: datetime,
) -> bool:
    """Let a list rest until a day, from which letters come again; return whether anything changed.

    ``until`` and ``today`` are days in the association's zone; ``source``, ``place`` and ``wording_id`` as
    for ``consents.unsubscribe``. Who gets no letters of the list has nothing to pause: nothing changes.
    Raises ``NotFound`` for a person outside the scope or an unknown list, and ``SubscribersError`` for a day
    that is not to come or too far off, and for member notices, which cannot be paused.
    """
    if lists.get(session, list_id=list_id).purpose is ListPurpose.MEMBER_NOTICES:
        raise SubscribersError(
            "Medlemsmeddelanden går till alla medlemmar och kan inte pausas: de hör till medlemskapet."
        )
    if not today < until <= longest(today):
        raise SubscribersError("En paus kan vara från i morgon och i högst ett år. Välj en annan dag.")
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    theirs = select(Subscriber.id).where(Subscriber.id == subscriber_id, people_within(scope))
    paused = session.execute(
        update(Subscription)
        .where(
            Subscription.subscriber_id.in_(theirs),
            Subscription.list_id == list_id,
            Subscription.active,
            Subscription.paused_until.is_distinct_from(until),
        )
        .values(paused_until=until, changed_at=now, source=source_of(source, place))
        .returning(Subscription.subscriber_id),
        execution_options={"synchronize_session": False},
    ).all()
    if not paused:
        return False
    session.expire_all()
    ledger.write_down(
        session,
        scope=scope,
        subscriber_ids=[subscriber_id],
        list_id=list_id,
        how=source,
        place=place,
        wording_id=wording_id,
    )
    return True
