"""The ledger of consents: every yes and no, as it was said. Append-only; subscriptions follow from it.

    write_down   subscriptions that were just answered -> entries
    rebuild      the last entry of each person and list -> subscriptions

An entry names a person by pseudonym only, so it stays valid when the person is erased (rule L7).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from subscribers.core.authority import Everything, Scope
from subscribers.core.consents import BEFORE_THE_LEDGER, LONGEST_SOURCE
from subscribers.errors import SubscribersError
from subscribers.models import ConsentEntry, ConsentWording, MailingList, Subscriber, Subscription
from subscribers.services.dialects import insert_into
from subscribers.services.scopes import check_within, people_within

_COLUMNS = ["pseudonym", "list_id", "given", "at", "paused_until", "how", "place", "wording_id"]
#: People in one statement: SQLite takes 32,766 values in one.
_PORTION = 5_000
_SUBSCRIPTION = ["subscriber_id", "list_id", "active", "changed_at", "source", "paused_until"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One yes or no, with the list's short name and the text that was shown (empty where there was none)."""

    entry: ConsentEntry
    list_slug: str
    text: str
    version: int | None


def write_down(
    session: Session,
    *,
    scope: Scope,
    subscriber_ids: Sequence[int],
    how: str,
    place: str = "",
    list_id: int | None = None,
    wording_id: int | None = None,
) -> int:
    """Append what these people's subscriptions say now, and return how many entries that made.

    With ``list_id``, their answer to that list, which the caller has just changed or heard again. Without,
    their answers to all lists that the ledger knows nothing of yet: those of people who have just come in.
    """
    said = _Said(how, place[:200], list_id, wording_id)
    portions = (subscriber_ids[at : at + _PORTION] for at in range(0, len(subscriber_ids), _PORTION))
    return sum(_write_down(session, scope, portion, said) for portion in portions)


def entries_of(session: Session, *, scope: Scope, subscriber_id: int) -> Sequence[Entry]:
    """Return everything that a person has said, in the order in which it was said. Raises ``NotFound``."""
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    rows = session.execute(
        select(ConsentEntry, MailingList.slug, ConsentWording.text, ConsentWording.version)
        .join(Subscriber, Subscriber.pseudonym == ConsentEntry.pseudonym)
        .join(MailingList, MailingList.id == ConsentEntry.list_id)
        .outerjoin(ConsentWording, ConsentWording.id == ConsentEntry.wording_id)
        .where(Subscriber.id == subscriber_id)
        .order_by(ConsentEntry.id)
    )
    return [Entry(entry, slug, text or "", version) for entry, slug, text, version in rows]


def rebuild(session: Session, *, scope: Scope) -> int:
    """Make every subscription what the last entry of the ledger says; return how many were otherwise.

    Raises ``SubscribersError`` for a scope over less than everything.
    """
    if not isinstance(scope, Everything):
        raise SubscribersError("Samtyckena byggs om av den som ansvarar för hela föreningen.")
    insert = insert_into(session, Subscription).from_select(_SUBSCRIPTION, _last_words())
    otherwise = or_(
        *(getattr(Subscription, c).is_distinct_from(insert.excluded[c]) for c in _SUBSCRIPTION[2:])
    )
    mended = session.execute(
        insert.on_conflict_do_update(
            index_elements=["subscriber_id", "list_id"],
            set_={column: insert.excluded[column] for column in _SUBSCRIPTION[2:]},
            where=otherwise,
        ).returning(Subscription.subscriber_id)
    ).all()
    groundless = session.execute(
        delete(Subscription).where(_unheard()).returning(Subscription.subscriber_id),
        execution_options={"synchronize_session": False},
    ).all()
    session.expire_all()
    return len(mended) + len(groundless)


@dataclass(frozen=True, slots=True)
class _Said:
    how: str
    place: str
    list_id: int | None
    wording_id: int | None


def _write_down(session: Session, scope: Scope, subscriber_ids: Sequence[int], said: _Said) -> int:
    answers = (
        select(
            Subscriber.pseudonym,
            Subscription.list_id,
            Subscription.active,
            Subscription.changed_at,
            Subscription.paused_until,
            literal(said.how),
            literal(said.place),
            literal(said.wording_id, ConsentEntry.wording_id.type),
        )
        .join(Subscription, Subscription.subscriber_id == Subscriber.id)
        .where(Subscriber.id.in_(subscriber_ids), people_within(scope))
        .where(_unheard() if said.list_id is None else Subscription.list_id == said.list_id)
        .order_by(Subscriber.id, Subscription.list_id)
    )
    written = insert_into(session, ConsentEntry).from_select(_COLUMNS, answers)
    counted = written.execution_options(preserve_rowcount=True)
    return session.connection().execute(counted).rowcount


def _last_words() -> Select[int, int, bool, object, str, object]:
    newest = select(func.max(ConsentEntry.id)).group_by(ConsentEntry.pseudonym, ConsentEntry.list_id)
    return (
        select(
            Subscriber.id,
            ConsentEntry.list_id,
            ConsentEntry.given,
            ConsentEntry.at,
            _source(),
            ConsentEntry.paused_until,
        )
        .join(Subscriber, Subscriber.pseudonym == ConsentEntry.pseudonym)
        .where(ConsentEntry.id.in_(newest), Subscriber.erased_at.is_(None))
    )


def _source() -> ColumnElement[str]:
    """Say ``core.consents.source_of`` in SQL."""
    joined = ConsentEntry.how.concat(literal(", ")).concat(ConsentEntry.place)
    said = case(
        (ConsentEntry.how == BEFORE_THE_LEDGER, ConsentEntry.place),
        (ConsentEntry.place == "", ConsentEntry.how),
        else_=joined,
    )
    return func.substr(said, 1, LONGEST_SOURCE)


def _unheard() -> ColumnElement[bool]:
    """Hold for subscriptions that the ledger knows nothing of."""
    theirs = and_(
        ConsentEntry.pseudonym == Subscriber.pseudonym, ConsentEntry.list_id == Subscription.list_id
    )
    return ~exists(
        select(ConsentEntry.id)
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .where(theirs)
        .correlate(Subscription)
    )
