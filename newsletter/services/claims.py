"""What senders do with the ledger: take copies that are due, and write down what became of them.

    claim   queued, waiting -> sending    | the caller commits before it opens a connection
    halted  which issues a sender must begin no more letters of, though it holds some
    settle  sending -> accepted, waiting, refused, unknown; or queued, where nothing was tried

A row that was left behind as ``sending`` is never simply claimed again: its message may have left, and two
copies are worse than one question. Recovery settles it by what the dead sender's journal proves.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, assert_never, cast

from sqlalchemy import Select, Table, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from newsletter.core import retry
from newsletter.core.greetings import called
from newsletter.core.letters import Claim, Copy
from newsletter.core.messages import MessageTemplate
from newsletter.core.outcomes import NoServer, NotBegun, Outcome, Postponed, Unanswered, Unfit
from newsletter.core.replies import Meaning, NoReply, Reply
from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus, LeftOutReason, Variant
from newsletter.services import letterheads
from newsletter.services.deliveries import OPEN, SENDING, stop_copies, withdraw_copies
from subscribers.models import ListPurpose, MailingList, Subscriber, Subscription, Suppression

#: When to try again where no server could be talked to: soon, for nothing was said against the message.
SHORTLY = timedelta(seconds=5)

_TABLE = cast(Table, Delivery.__table__)


def claim(session: Session, *, sender: str, now: datetime, limit: int, quiet: bool = False) -> Sequence[Copy]:
    """Take at most ``limit`` copies that are due and mark them as held by ``sender``; oldest first.

    Those of an urgent issue go before those of a member notice, and these before all others; of an issue
    that is paused or stopped none is taken, nor of any other issue while it is ``quiet``. The caller commits
    before it sends. From then on no other sender gets these, even if this one dies. A copy of a variant that
    has been corrected is one of the new variant. Who has died, unsubscribed or paused since the release, or
    whose address is suppressed by now, is withdrawn instead of being returned (rule P8).
    """
    taken: list[int] = []
    # Shared, so that senders do not wait for each other; who pauses or undoes an issue waits for them.
    for issue_id in session.scalars(_sendable(now, quiet=quiet).with_for_update(read=True, of=Issue)).all():
        taken += _take(session, issue_id, sender=sender, now=now, limit=limit - len(taken))
        if len(taken) == limit:
            break
    if not taken:
        return []
    for why, ids in _left_since(session, taken).items():
        withdraw_copies(session, and_(Delivery.id.in_(ids), SENDING), why=why, now=now)
    return _copies(session, taken, now)


def settle(session: Session, results: Iterable[tuple[Claim, Outcome]], *, sender: str, now: datetime) -> int:
    """Write down what became of claimed deliveries, and return how many were still ``sender``'s to settle."""
    rows = [{"held": held.delivery_id, **_settled(held, outcome, now)} for held, outcome in results]
    if not rows:
        return 0
    back = [row["held"] for row in rows if row["state"] in (DeliveryState.QUEUED, DeliveryState.WAITING)]
    stopped = _stopped(session, back)
    statement = (
        update(_TABLE)
        .where(
            _TABLE.c.id == bindparam("held"),
            _TABLE.c.state == DeliveryState.SENDING,
            _TABLE.c.claimed_by == sender,
        )
        .values(
            {name: bindparam(name, type_=_TABLE.c[name].type) for name in rows[0].keys() - {"held", "due_at"}}
        )
        # Where nothing was tried, it keeps its place in the queue.
        .values(due_at=func.coalesce(bindparam("due_at", type_=_TABLE.c.due_at.type), _TABLE.c.due_at))
    )
    settled = session.connection().execute(statement, rows).rowcount
    for issue_id in stopped:  # what was stopped while it was held does not wait for anything any more
        stop_copies(session, issue_id=issue_id, now=now)
    return settled


def halted(session: Session, *, issue_ids: Iterable[int]) -> frozenset[int]:
    """Return which of the issues are paused or stopped; a session that can only read is enough."""
    which = Issue.id.in_(list(issue_ids)), or_(Issue.paused_at.is_not(None), Issue.stopped_at.is_not(None))
    return frozenset(session.scalars(select(Issue.id).where(*which)))


def is_due(session: Session, *, now: datetime, quiet: bool = False) -> bool:
    """Tell whether there is anything to claim; a session that can only read is enough."""
    return session.scalar(_sendable(now, quiet=quiet).limit(1)) is not None


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


def _sendable(now: datetime, *, quiet: bool) -> Select[int]:
    """Select the issues of which letters are due and may leave, in the order in which they go."""
    notice = MailingList.purpose == ListPurpose.MEMBER_NOTICES
    may_disturb = [or_(Issue.urgent, notice)] if quiet else []
    return (
        select(Issue.id)
        .join(MailingList, MailingList.id == Issue.list_id)
        .where(
            *may_disturb,
            Issue.status == IssueStatus.RELEASED,
            Issue.paused_at.is_(None),
            Issue.stopped_at.is_(None),
            exists(select(Delivery.id).where(Delivery.issue_id == Issue.id, OPEN, Delivery.due_at <= now)),
        )
        .order_by(case((Issue.urgent, 0), (notice, 1), else_=2), Issue.released_at, Issue.id)
    )


def _take(session: Session, issue_id: int, *, sender: str, now: datetime, limit: int) -> Sequence[int]:
    due = (
        select(Delivery.id)
        .where(Delivery.issue_id == issue_id, OPEN, Delivery.due_at <= now)
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")  # PostgreSQL may run a plain subquery twice, past its limit
    )
    corrected = select(Variant.replaced_by_id).where(Variant.id == Delivery.variant_id).scalar_subquery()
    return session.scalars(
        update(Delivery)
        .where(Delivery.id.in_(select(due.c.id)))
        .values(
            state=DeliveryState.SENDING,
            claimed_by=sender,
            claimed_at=now,
            variant_id=func.coalesce(corrected, Delivery.variant_id),
        )
        .returning(Delivery.id),
        execution_options={"synchronize_session": False},
    ).all()


def _stopped(session: Session, ids: Sequence[int]) -> Sequence[int]:
    """Return which issues of these deliveries are stopped; none is until the caller has committed."""
    if not ids:
        return []
    theirs = select(Delivery.issue_id).where(Delivery.id.in_(ids))
    held = select(Issue).where(Issue.id.in_(theirs)).order_by(Issue.id).with_for_update(read=True, of=Issue)
    found = session.scalars(held.execution_options(populate_existing=True)).all()
    return [issue.id for issue in found if issue.stopped_at is not None]


def _left_since(session: Session, ids: Sequence[int]) -> Mapping[str, Sequence[int]]:
    """Find those of the deliveries that must not go any more, by reason."""
    unsubscribed = (
        select(Delivery.id)
        .join(Issue, Issue.id == Delivery.issue_id)
        .join(MailingList, MailingList.id == Issue.list_id)
        .join(
            Subscription,
            and_(
                Subscription.subscriber_id == Delivery.subscriber_id,
                Subscription.list_id == MailingList.id,
                Subscription.active.is_(False),
            ),
        )
        .where(Delivery.id.in_(ids), MailingList.purpose != ListPurpose.MEMBER_NOTICES)
    )
    # A pause that was there at the release has been counted with by then; the day is told in its zone.
    paused = (
        select(Delivery.id)
        .join(Issue, Issue.id == Delivery.issue_id)
        .join(MailingList, MailingList.id == Issue.list_id)
        .join(
            Subscription,
            and_(
                Subscription.subscriber_id == Delivery.subscriber_id,
                Subscription.list_id == MailingList.id,
                Subscription.paused_until.is_not(None),
                Subscription.changed_at >= Issue.released_at,
            ),
        )
        .where(Delivery.id.in_(ids), MailingList.purpose != ListPurpose.MEMBER_NOTICES)
    )
    suppressed = (
        select(Delivery.id)
        .join(Suppression, Suppression.canonical == Delivery.canonical)
        .where(Delivery.id.in_(ids))
    )
    deceased = (
        select(Delivery.id)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.id.in_(ids), Subscriber.deceased_on.is_not(None))
    )
    found = {
        LeftOutReason.DECEASED.value: session.scalars(deceased).all(),
        LeftOutReason.UNSUBSCRIBED.value: session.scalars(unsubscribed).all(),
        LeftOutReason.PAUSED.value: session.scalars(paused).all(),
        LeftOutReason.SUPPRESSED.value: session.scalars(suppressed).all(),
    }
    return {why: which for why, which in found.items() if which}


def _copies(session: Session, ids: Sequence[int], now: datetime) -> Sequence[Copy]:
    greeted_too = _greeted_too(session, ids)
    rows = session.execute(
        select(
            Delivery.id,
            Delivery.attempts,
            Delivery.first_try_at,
            Delivery.issue_id,
            Delivery.subscriber_id,
            Issue.list_id,
            Delivery.variant_id,
            Variant.language,
            Delivery.address,
            Subscriber.given_name,
            Subscriber.family_name,
        )
        .join(Issue, Issue.id == Delivery.issue_id)
        .join(Variant, Variant.id == Delivery.variant_id)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.id.in_(ids), SENDING)
        .order_by(Delivery.due_at, Delivery.id)
    ).all()
    answers = letterheads.answers(session, issue_ids={row.issue_id for row in rows}, now=now)
    return [
        Copy(
            claim=Claim(row.id, row.attempts + 1, row.first_try_at),
            issue_id=row.issue_id,
            subscriber_id=row.subscriber_id,
            list_id=row.list_id,
            variant_id=row.variant_id,
            language=row.language,
            address=row.address,
            name=f"{row.given_name} {row.family_name}".strip(),
            greeted=(called(row.given_name, row.family_name), *greeted_too.get(row.id, ())),
            reply_to=answers[row.issue_id],
        )
        for row in rows
    ]


def _greeted_too(session: Session, ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """Return the names of those whom each copy greets besides its addressee, in the order of the register."""
    carried = aliased(Delivery)
    rows = session.execute(
        select(Delivery.id, Subscriber.given_name, Subscriber.family_name)
        .join(
            carried,
            and_(
                carried.issue_id == Delivery.issue_id,
                carried.carried_by == Delivery.subscriber_id,
                carried.state == DeliveryState.LEFT_OUT,
            ),
        )
        .join(Subscriber, Subscriber.id == carried.subscriber_id)
        .where(Delivery.id.in_(ids))
        .order_by(Subscriber.id)
    )
    found: dict[int, list[str]] = {}
    for delivery_id, given_name, family_name in rows:
        found.setdefault(delivery_id, []).append(called(given_name, family_name))
    return found


def _settled(held: Claim, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """Say what a row becomes, all its columns: rows of a batch are written by one statement."""
    match outcome:
        case Reply() | NoReply():
            return _answered(held, outcome, now)
        case Unanswered(why):
            return _row(held, DeliveryState.UNKNOWN, tried_at=now, reply=why, settled_at=now)
        case NoServer(why):
            return _row(held, DeliveryState.WAITING, reply=why, due_at=now + SHORTLY)
        case NotBegun():
            return _row(held, DeliveryState.QUEUED)
        case Postponed(until, why):
            return _row(held, DeliveryState.WAITING, reply=why, due_at=until)
        case Unfit(why):
            return _row(held, DeliveryState.REFUSED, why="unfit", reply=why, settled_at=now)
        case _:
            assert_never(outcome)


def _answered(held: Claim, reply: Reply | NoReply, now: datetime) -> dict[str, Any]:
    said = reply.line if isinstance(reply, Reply) else reply.text
    if reply.meaning is Meaning.ACCEPTED:
        return _row(held, DeliveryState.ACCEPTED, tried_at=now, reply=said, settled_at=now)
    next_step = retry.after_refusal(reply, held.attempt, held.first_try_at or now, now)
    if isinstance(next_step, retry.TryAgain):
        return _row(held, DeliveryState.WAITING, tried_at=now, reply=said, due_at=next_step.at)
    return _row(
        held, DeliveryState.REFUSED, tried_at=now, reply=said, why=next_step.why.value, settled_at=now
    )


def _row(
    held: Claim,
    state: DeliveryState,
    *,
    tried_at: datetime | None = None,
    why: str = "",
    reply: str = "",
    due_at: datetime | None = None,
    settled_at: datetime | None = None,
) -> dict[str, Any]:
    """Build a row; ``tried_at`` is given where this counts as an attempt."""
    return {
        "state": state,
        "why": why,
        "reply": reply,
        "attempts": held.attempt if tried_at else held.attempt - 1,
        "first_try_at": held.first_try_at or tried_at,
        "due_at": due_at,
        "settled_at": settled_at,
    }
