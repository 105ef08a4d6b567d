"""What senders take from the ledger, and what they ask of it meanwhile.

    claim   queued, waiting -> sending    | the caller commits before it opens a connection
    halted  which issues a sender must begin no more letters of, though it holds some
    left    which letters that a sender holds must not go any more, since their people have left

A row that was left behind as ``sending`` is never simply claimed again: its message may have left, and two
copies are worse than one question. Recovery settles it (``services.settling``) by what the dead sender's
journal proves.

A letter's share of all this is some microseconds: rows come many at a time, past the session.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import FromClause, Select, Update, and_, bindparam, case, exists, or_, select, update
from sqlalchemy.orm import Session

from newsletter.core.greetings import called
from newsletter.core.letters import Claim, Copy
from newsletter.core.messages import MessageTemplate
from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus, LeftOutReason, Variant
from newsletter.services import letterheads
from newsletter.services.deliveries import OPEN, SENDING, withdraw_copies
from subscribers.models import (
    ListPurpose,
    MailingList,
    Subscriber,
    Subscription,
    Suppression,
    UtcDateTime,
)
from subscribers.services.dialects import among, dialect_of, id_list, table_of

_DELIVERIES, _ISSUES, _VARIANTS = table_of(Delivery), table_of(Issue), table_of(Variant)
_LISTS, _SUBSCRIPTIONS = table_of(MailingList), table_of(Subscription)
_SUBSCRIBERS, _SUPPRESSIONS = table_of(Subscriber), table_of(Suppression)

#: What the ledger's word begins with while a copy is on its way that was asked for (``services.copies``).
ASKED_FOR = "asked-for-"

_IS_NOTICE = _LISTS.c.purpose == ListPurpose.MEMBER_NOTICES

#: A letter with its person, and what that person has said since.
_WITH_PERSON: FromClause = (
    _DELIVERIES.join(_SUBSCRIBERS, _SUBSCRIBERS.c.id == _DELIVERIES.c.subscriber_id)
    .join(_ISSUES, _ISSUES.c.id == _DELIVERIES.c.issue_id)
    .join(_LISTS, _LISTS.c.id == _ISSUES.c.list_id)
    .outerjoin(
        _SUBSCRIPTIONS,
        and_(
            _SUBSCRIPTIONS.c.subscriber_id == _DELIVERIES.c.subscriber_id,
            _SUBSCRIPTIONS.c.list_id == _ISSUES.c.list_id,
        ),
    )
    .outerjoin(_SUPPRESSIONS, _SUPPRESSIONS.c.canonical == _DELIVERIES.c.canonical)
)

#: Why a letter must not go any more; empty where it may. A notice reaches whoever has left other letters. A
#: pause that was there at the release has been counted with by then: its day is told in the issue's zone.
_WHY_NOT = case(
    (_SUBSCRIBERS.c.deceased_on.is_not(None), LeftOutReason.DECEASED.value),
    (and_(~_IS_NOTICE, _SUBSCRIPTIONS.c.active.is_(False)), LeftOutReason.UNSUBSCRIBED.value),
    (
        and_(
            ~_IS_NOTICE,
            _SUBSCRIPTIONS.c.paused_until.is_not(None),
            _SUBSCRIPTIONS.c.changed_at >= _ISSUES.c.released_at,
        ),
        LeftOutReason.PAUSED.value,
    ),
    (_SUPPRESSIONS.c.canonical.is_not(None), LeftOutReason.SUPPRESSED.value),
    else_="",
).label("why")


# --- The statements: built once, for that takes longer than their work --------------------------------------

_NOW = bindparam("now", type_=UtcDateTime())


def _sendable(*, quiet: bool) -> Select[Any]:
    """Select the issues of which letters are due and may leave, in the order in which they go."""
    may_disturb = [or_(_ISSUES.c.urgent, _IS_NOTICE)] if quiet else []
    due = select(_DELIVERIES.c.id).where(
        _DELIVERIES.c.issue_id == _ISSUES.c.id, OPEN, _DELIVERIES.c.due_at <= _NOW
    )
    return (
        select(_ISSUES.c.id)
        .join(_LISTS, _LISTS.c.id == _ISSUES.c.list_id)
        .where(
            *may_disturb,
            _ISSUES.c.status == IssueStatus.RELEASED,
            _ISSUES.c.paused_at.is_(None),
            _ISSUES.c.stopped_at.is_(None),
            exists(due),
        )
        .order_by(case((_ISSUES.c.urgent, 0), (_IS_NOTICE, 1), else_=2), _ISSUES.c.released_at, _ISSUES.c.id)
    )


#: By whether it is quiet; the second are shared, so that senders do not wait for each other.
_SENDABLE = {quiet: _sendable(quiet=quiet).limit(1) for quiet in (False, True)}
_SENDABLE_HELD = {
    quiet: _sendable(quiet=quiet).with_for_update(read=True, of=_ISSUES) for quiet in (False, True)
}

_DUE = (
    select(
        _DELIVERIES.c.id,
        _DELIVERIES.c.attempts,
        _DELIVERIES.c.first_try_at,
        _DELIVERIES.c.subscriber_id,
        _ISSUES.c.list_id,
        _DELIVERIES.c.variant_id,
        _DELIVERIES.c.address,
        _SUBSCRIBERS.c.given_name,
        _SUBSCRIBERS.c.family_name,
        _DELIVERIES.c.why.label("word"),
        _WHY_NOT,
    )
    .select_from(_WITH_PERSON)
    .where(_DELIVERIES.c.issue_id == bindparam("issue_id"), OPEN, _DELIVERIES.c.due_at <= _NOW)
    .order_by(_DELIVERIES.c.due_at, _DELIVERIES.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=_DELIVERIES)
)

_VARIANTS_OF = select(_VARIANTS.c.id, _VARIANTS.c.replaced_by_id, _VARIANTS.c.language).where(
    _VARIANTS.c.issue_id == bindparam("issue_id")
)


@cache
def _leaving(dialect: str) -> Select[Any]:
    return (
        select(_DELIVERIES.c.id, _WHY_NOT)
        .select_from(_WITH_PERSON)
        .where(among(dialect, _DELIVERIES.c.id, "ids"), _WHY_NOT != "")
    )


@cache
def _holding(dialect: str) -> Update:
    return (
        update(_DELIVERIES)
        .where(among(dialect, _DELIVERIES.c.id, "ids"))
        .values(state=DeliveryState.SENDING, claimed_by=bindparam("sender"), claimed_at=_NOW)
    )


@cache
def _correcting(dialect: str) -> Update:
    return (
        update(_DELIVERIES)
        .where(among(dialect, _DELIVERIES.c.id, "ids"), _DELIVERIES.c.variant_id == bindparam("outdated"))
        .values(variant_id=bindparam("current"))
    )


@cache
def _carrying(dialect: str) -> Select[Any]:
    return (
        select(_DELIVERIES.c.carried_by, _SUBSCRIBERS.c.given_name, _SUBSCRIBERS.c.family_name)
        .join(_SUBSCRIBERS, _SUBSCRIBERS.c.id == _DELIVERIES.c.subscriber_id)
        .where(
            _DELIVERIES.c.issue_id == bindparam("issue_id"),
            _DELIVERIES.c.carried_by.is_not(None),  # named for its index
            among(dialect, _DELIVERIES.c.carried_by, "ids"),
            _DELIVERIES.c.state == DeliveryState.LEFT_OUT,
        )
        .order_by(_SUBSCRIBERS.c.id)
    )


# --- What is done with them ---------------------------------------------------------------------------------


def claim(session: Session, *, sender: str, now: datetime, limit: int, quiet: bool = False) -> Sequence[Copy]:
    """Take at most ``limit`` copies that are due and mark them as held by ``sender``; oldest first.

    Those of an urgent issue go before those of a member notice, and these before all others; of an issue
    that is paused or stopped none is taken, nor of any other issue while it is ``quiet``. The caller commits
    before it sends. From then on no other sender gets these, even if this one dies. A copy of a variant that
    has been corrected is one of the new variant. Who has died, unsubscribed or paused since the release, or
    whose address is suppressed by now, is withdrawn instead of being returned (rule P8).
    """
    taken: list[Copy] = []
    # Who pauses or undoes an issue waits for this transaction.
    for issue_id in session.connection().scalars(_SENDABLE_HELD[quiet], {"now": now}).all():
        taken += _take(session, issue_id, sender=sender, now=now, limit=limit - len(taken))
        if len(taken) == limit:
            break
    return taken


def halted(session: Session, *, issue_ids: Iterable[int]) -> frozenset[int]:
    """Return which of the issues are paused or stopped; a session that can only read is enough."""
    which = Issue.id.in_(list(issue_ids)), or_(Issue.paused_at.is_not(None), Issue.stopped_at.is_not(None))
    return frozenset(session.scalars(select(Issue.id).where(*which)))


def left(session: Session, *, delivery_ids: Sequence[int]) -> Mapping[int, str]:
    """Return which of the letters that a sender holds must not go any more, each with the ledger's word.

    Their people have left since the claim. A session that can only read is enough.
    """
    dialect = dialect_of(session)
    rows = session.connection().execute(_leaving(dialect), {"ids": id_list(dialect, delivery_ids)})
    return {row.id: row.why for row in rows}


def is_due(session: Session, *, now: datetime, quiet: bool = False) -> bool:
    """Tell whether there is anything to claim; a session that can only read is enough."""
    return session.connection().scalar(_SENDABLE[quiet], {"now": now}) is not None


def templates(session: Session, *, variant_ids: Iterable[int]) -> Mapping[int, MessageTemplate]:
    """Return the frozen messages of these variants. Raises ``ValueError`` for a damaged one."""
    found = session.execute(select(Variant.id, Variant.template).where(Variant.id.in_(list(variant_ids))))
    return {variant_id: MessageTemplate.load(stored) for variant_id, stored in found}


def claims_of(session: Session, *, sender: str) -> Sequence[Claim]:
    """Return what a sender holds, for its recovery."""
    held = session.execute(
        select(Delivery.id, Delivery.attempts, Delivery.first_try_at).where(
            SENDING, Delivery.claimed_by == sender
        )
    )
    return [Claim(delivery_id, attempts + 1, first) for delivery_id, attempts, first in held]


def holders(session: Session) -> Sequence[str]:
    """Return the names of all senders that hold anything, dead or alive."""
    found = session.scalars(select(Delivery.claimed_by).where(SENDING).distinct())
    return sorted(name for name in found if name is not None)


def _take(session: Session, issue_id: int, *, sender: str, now: datetime, limit: int) -> Sequence[Copy]:
    """Take copies of an issue: those that may go are marked as held, those that may not are withdrawn."""
    due = {"issue_id": issue_id, "now": now, "limit": limit}
    rows: Sequence[Any] = session.connection().execute(_DUE, due).all()
    _withdraw(session, rows, now)
    rows = [row for row in rows if not row.why]
    if not rows:
        return []
    ids = [row.id for row in rows]
    variants = _variants(session, issue_id)
    _hold(session, ids, variants, sender, now)
    greeted_too = _greeted_too(session, issue_id, [row.subscriber_id for row in rows])
    answers_to = letterheads.answers(session, issue_ids={issue_id}, now=now)[issue_id]
    return [
        _copy(row, issue_id, variants[row.variant_id], greeted_too.get(row.subscriber_id, ()), answers_to)
        for row in rows
    ]


def _withdraw(session: Session, rows: Sequence[Any], now: datetime) -> None:
    leaving: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.why:
            leaving[row.why].append(row.id)
    for why, ids in leaving.items():
        withdraw_copies(session, and_(Delivery.id.in_(ids), OPEN), why=why, now=now)


def _hold(
    session: Session, ids: Sequence[int], variants: "Mapping[int, _Newest]", sender: str, now: datetime
) -> None:
    dialect = dialect_of(session)
    theirs = {"ids": id_list(dialect, ids)}
    session.connection().execute(_holding(dialect), {**theirs, "sender": sender, "now": now})
    for outdated, (current, _) in variants.items():
        if outdated != current:
            corrected = {**theirs, "outdated": outdated, "current": current}
            session.connection().execute(_correcting(dialect), corrected)


#: The variant that stands now for one that is in the ledger, and its language.
_Newest = tuple[int, str]


def _variants(session: Session, issue_id: int) -> Mapping[int, _Newest]:
    """Return each variant of an issue with the one that a copy is made of now, since it was corrected."""
    rows = session.connection().execute(_VARIANTS_OF, {"issue_id": issue_id})
    found = {variant_id: (replaced_by_id, language) for variant_id, replaced_by_id, language in rows}
    return {
        variant_id: (variant_id, language) if by is None else (by, found[by][1])
        for variant_id, (by, language) in found.items()
    }


def _greeted_too(session: Session, issue_id: int, addressees: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """Return, by the addressee, whom each copy greets besides them, in the order of the register."""
    dialect = dialect_of(session)
    asked = {"issue_id": issue_id, "ids": id_list(dialect, addressees)}
    rows = session.connection().execute(_carrying(dialect), asked)
    found: dict[int, list[str]] = defaultdict(list)
    for addressee, given_name, family_name in rows:
        found[addressee].append(called(given_name, family_name))
    return found


def _copy(
    row: Sequence[Any], issue_id: int, newest: _Newest, greeted_too: Sequence[str], answers_to: str
) -> Copy:
    delivery_id, attempts, first_try_at, subscriber_id, list_id, _, address, given, family, word, _ = row
    return Copy(
        Claim(delivery_id, attempts + 1, first_try_at),
        issue_id,
        subscriber_id,
        list_id,
        *newest,
        address,
        f"{given} {family}".strip(),
        (called(given, family), *greeted_too),
        answers_to,
        int(word.removeprefix(ASKED_FOR)) if word.startswith(ASKED_FOR) else 0,
    )
