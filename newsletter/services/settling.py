"""What became of letters, written down by the sender that holds them, or by whoever recovers it.

    sending -> accepted, waiting, refused, withdrawn, unknown; or queued, where nothing was tried

Each move is an UPDATE that names the state and the sender, so it happens once whoever else tries.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, assert_never

from sqlalchemy import Update, and_, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from newsletter.core import retry
from newsletter.core.letters import Claim
from newsletter.core.outcomes import NoServer, NotBegun, Outcome, Postponed, Unanswered, Unfit, Withdrawn
from newsletter.core.replies import Meaning, NoReply, Reply
from newsletter.models import Delivery, DeliveryState, Issue
from newsletter.services.claims import ASKED_FOR
from newsletter.services.deliveries import SENDING, stop_copies, withdraw_copies
from subscribers.models import UtcDateTime
from subscribers.services.dialects import dialect_of, paired, pairs, table_of

#: When to try again where no server could be talked to: soon, for nothing was said against the message.
SHORTLY = timedelta(seconds=5)

#: What a row is written for by itself.
_Written = Reply | NoReply | Unanswered | NoServer | NotBegun | Postponed | Unfit

_TABLE = table_of(Delivery)
_WORD = bindparam("why", type_=_TABLE.c.why.type)
_HELD = _TABLE.c.state == DeliveryState.SENDING


def settle(session: Session, results: Iterable[tuple[Claim, Outcome]], *, sender: str, now: datetime) -> int:
    """Write down what became of claimed deliveries, and return how many were still ``sender``'s to settle."""
    accepted: list[tuple[int, str]] = []
    others: list[tuple[Claim, Outcome]] = []
    for held, outcome in results:
        if isinstance(outcome, Reply) and 200 <= outcome.code < 300:
            accepted.append((held.delivery_id, outcome.line))
        else:
            others.append((held, outcome))
    settled = _settle_others(session, others, sender, now) if others else 0
    return settled + (_accept(session, accepted, sender, now) if accepted else 0)


def _accept(session: Session, rows: Sequence[tuple[int, str]], sender: str, now: datetime) -> int:
    """Write down what nearly all letters come to; each row is a delivery and the server's reply."""
    said = {"said": pairs(rows), "sender": sender, "now": now}
    return session.connection().execute(_accepting(dialect_of(session)), said).rowcount


@cache
def _accepting(dialect: str) -> Update:
    said, now = paired(dialect, "said"), bindparam("now", type_=UtcDateTime())
    return (
        update(_TABLE)
        # Each is looked up by its id: concat keeps SQLite from walking through all that is held for each.
        .where(_TABLE.c.id == said.c.id, _HELD, _TABLE.c.claimed_by.concat("") == bindparam("sender"))
        .values(
            state=DeliveryState.ACCEPTED,
            why="",
            reply=said.c.text,
            attempts=_TABLE.c.attempts + 1,
            first_try_at=func.coalesce(_TABLE.c.first_try_at, now),
            settled_at=now,
        )
    )


def _settle_others(
    session: Session, results: Sequence[tuple[Claim, Outcome]], sender: str, now: datetime
) -> int:
    leaving = [(held, outcome.why) for held, outcome in results if isinstance(outcome, Withdrawn)]
    rows = [
        {"held": held.delivery_id, **_settled(held, outcome, now)}
        for held, outcome in results
        if not isinstance(outcome, Withdrawn)
    ]
    return _withdraw(session, leaving, sender, now) + (_write(session, rows, sender, now) if rows else 0)


def _withdraw(session: Session, leaving: Sequence[tuple[Claim, str]], sender: str, now: datetime) -> int:
    return sum(
        withdraw_copies(
            session,
            and_(Delivery.id == held.delivery_id, SENDING, Delivery.claimed_by == sender),
            why=why,
            now=now,
        )
        for held, why in leaving
    )


def _write(session: Session, rows: Sequence[dict[str, Any]], sender: str, now: datetime) -> int:
    back = [row["held"] for row in rows if row["state"] in (DeliveryState.QUEUED, DeliveryState.WAITING)]
    stopped = _stopped(session, back)
    statement = (
        update(_TABLE)
        .where(_TABLE.c.id == bindparam("held"), _HELD, _TABLE.c.claimed_by == sender)
        .values(
            {
                name: bindparam(name, type_=_TABLE.c[name].type)
                for name in rows[0].keys() - {"held", "due_at", "why"}
            }
        )
        # Where nothing was tried, it keeps its place in the queue; and a copy keeps its number.
        .values(
            due_at=func.coalesce(bindparam("due_at", type_=_TABLE.c.due_at.type), _TABLE.c.due_at),
            why=case((and_(_WORD == "", _TABLE.c.why.startswith(ASKED_FOR)), _TABLE.c.why), else_=_WORD),
        )
    )
    settled = session.connection().execute(statement, rows).rowcount
    for issue_id in stopped:  # what was stopped while it was held does not wait for anything any more
        stop_copies(session, issue_id=issue_id, now=now)
    return settled


def _stopped(session: Session, ids: Sequence[int]) -> Sequence[int]:
    """Return which issues of these deliveries are stopped; none is until the caller has committed."""
    if not ids:
        return []
    theirs = select(Delivery.issue_id).where(Delivery.id.in_(ids))
    held = select(Issue).where(Issue.id.in_(theirs)).order_by(Issue.id).with_for_update(read=True, of=Issue)
    found = session.scalars(held.execution_options(populate_existing=True)).all()
    return [issue.id for issue in found if issue.stopped_at is not None]


def _settled(held: Claim, outcome: _Written, now: datetime) -> dict[str, Any]:
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
