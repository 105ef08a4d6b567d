"""Yes and no: what a person has said to each list. The last word counts, and counts at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, and_, literal, null, or_, select, true
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from subscribers.core.authority import Scope
from subscribers.core.consents import source_of
from subscribers.errors import SubscribersError
from subscribers.models import ListPurpose, MailingList, Subscriber, Subscription, UtcDateTime
from subscribers.services import ledger, lists
from subscribers.services.dialects import insert_into
from subscribers.services.scopes import check_within, people_within


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has said to one list. ``active`` is None when they were never asked.

    ``paused_until`` is the day from which letters come again, also where that day has passed.
    """

    mailing_list: MailingList
    active: bool | None
    changed_at: datetime | None
    source: str
    paused_until: date | None = None

    @property
    def may_be_left(self) -> bool:
        """Whether one can say no to the list at all."""
        return self.mailing_list.purpose is not ListPurpose.MEMBER_NOTICES


def unsubscribe(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    list_id: int,
    source: str,
    place: str = "",
    wording_id: int | None = None,
    now: datetime,
) -> bool:
    """Write down a no to a list; return whether anything changed (a second no changes nothing: rule U6).

    ``source`` tells how it was said, at most 80 characters ("one-click"), ``place`` where ("letter 12"), and
    ``wording_id`` names the text that was shown (``services.wordings``): all of it goes to the ledger. Two
    that arrive at the same time change one row once. Raises ``NotFound`` for a person outside the scope or an
    unknown list, and ``SubscribersError`` for member notices, which cannot be left.
    """
    if lists.get(session, list_id=list_id).purpose is ListPurpose.MEMBER_NOTICES:
        raise SubscribersError(
            "Medlemsmeddelanden går till alla medlemmar och kan inte avslutas: de hör till medlemskapet."
        )
    said = _Said(False, source, place, wording_id)
    return _say(session, scope, subscriber_id, list_id, said, now=now)


def resubscribe(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    list_id: int,
    source: str,
    place: str = "",
    wording_id: int | None = None,
    again: bool = False,
    now: datetime,
) -> bool:
    """Write down a yes to a list, which also ends a pause; return whether anything changed.

    Arguments as for ``unsubscribe``. With ``again`` a yes that was said before is written down all the same,
    since this one can be proven better. Raises ``NotFound`` for a person outside the scope and for an
    unknown list.
    """
    lists.get(session, list_id=list_id)
    said = _Said(True, source, place, wording_id, again)
    return _say(session, scope, subscriber_id, list_id, said, now=now)


def subscriptions_of(session: Session, *, scope: Scope, subscriber_id: int) -> Sequence[Standing]:
    """Return what a person has said to each list, one row per list in their order. Raises ``NotFound``."""
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    rows = session.execute(
        select(
            MailingList,
            Subscription.active,
            Subscription.changed_at,
            Subscription.source,
            Subscription.paused_until,
        )
        .outerjoin(
            Subscription,
            and_(Subscription.list_id == MailingList.id, Subscription.subscriber_id == subscriber_id),
        )
        .order_by(MailingList.id)
    )
    return [
        Standing(mailing_list, active, changed_at, source or "", paused_until)
        for mailing_list, active, changed_at, source, paused_until in rows
    ]


#: The columns of an answer: what is said anew each time.
_ANSWER = ("active", "changed_at", "source", "paused_until")


@dataclass(frozen=True, slots=True)
class _Said:
    active: bool
    how: str
    place: str
    wording_id: int | None
    again: bool = False


def _say(
    session: Session, scope: Scope, subscriber_id: int, list_id: int, said: _Said, *, now: datetime
) -> bool:
    """Insert the answer, or update it where it was the other one, and write it down in the ledger.

    It is one statement, which matches once; who has changed the row is the one who writes the entry.
    """
    answer = select(
        Subscriber.id,
        literal(list_id),
        literal(said.active),
        literal(now, UtcDateTime()),
        literal(source_of(said.how, said.place)),
        null().cast(Date),
    ).where(Subscriber.id == subscriber_id, people_within(scope))
    columns = ["subscriber_id", "list_id", *_ANSWER]
    insert = insert_into(session, Subscription).from_select(columns, answer)
    differs = or_(Subscription.active != insert.excluded.active, Subscription.paused_until.is_not(None))
    is_news = true() if said.again else differs
    changed = session.execute(
        insert.on_conflict_do_update(
            index_elements=["subscriber_id", "list_id"],
            set_={name: insert.excluded[name] for name in _ANSWER},
            where=is_news,
        ).returning(Subscription.subscriber_id)
    ).all()
    if not changed:
        check_within(session, scope=scope, subscriber_id=subscriber_id)
        return False
    _forget(session, subscriber_id, list_id)
    ledger.write_down(
        session,
        scope=scope,
        subscriber_ids=[subscriber_id],
        list_id=list_id,
        how=said.how,
        place=said.place,
        wording_id=said.wording_id,
    )
    return True


def _forget(session: Session, subscriber_id: int, list_id: int) -> None:
    """Let a loaded row be read anew: the statement went past the session."""
    loaded = session.identity_map.get(identity_key(Subscription, (subscriber_id, list_id)))
    if loaded is not None:
        session.expire(loaded)
