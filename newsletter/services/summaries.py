"""How closed issues ended, kept as a row a region: reports read these, however many letters there were.

due    issues with nothing open that have no summary, or whose summary is not true any more
write  the ledger and the consents of one issue -> its rows
forget what was counted is not true any more: a late "no", a letter settled by hand
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from newsletter.core.explanations import source_parts
from newsletter.core.inbound.kinds import What
from newsletter.models import Delivery, DeliveryState, InboundMail, Issue, IssueStatus, IssueSummary
from newsletter.services.deliveries import OPEN, SENDING
from subscribers.core.authority import Everything, Scope
from subscribers.errors import SubscribersError
from subscribers.models import ConsentEntry, Subscriber
from subscribers.services.scopes import rows_within

_Value = TypeVar("_Value")

#: The word in the ledger for letters that were taken and came back.
BOUNCED = "bounced"

#: No statement holds more values than this.
_AT_ONCE = 500

_FORGOTTEN = "issues whose summaries were forgotten, in which transaction"


@dataclass
class Counted:
    """How an issue stands for one region, as ``IssueSummary`` keeps it."""

    people: int = 0
    states: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    unsubscribed: int = 0
    bounced: int | None = None
    replies: int | None = None


def due(session: Session) -> Sequence[int]:
    """Return the released issues with nothing open that have no true summary, the oldest first."""
    waits = exists(select(Delivery.id).where(Delivery.issue_id == Issue.id, OPEN))
    held = exists(select(Delivery.id).where(Delivery.issue_id == Issue.id, SENDING))
    found = select(Issue.id).where(
        Issue.status == IssueStatus.RELEASED, Issue.summarised_at.is_(None), ~waits, ~held
    )
    return session.scalars(found.order_by(Issue.id)).all()


def write(session: Session, *, scope: Scope, issue_id: int, now: datetime) -> bool:
    """Count an issue and keep the rows, in place of what was kept; False when it is not finished.

    Twice gives the same. Raises ``SubscribersError`` for a scope over less than everything.
    """
    if not isinstance(scope, Everything):
        raise SubscribersError("Ett utskick räknas samman för hela föreningen.")
    # Locked first: who reopens it meanwhile waits, and forgets what is written here.
    session.execute(select(Issue.id).where(Issue.id == issue_id).with_for_update())
    if issue_id not in due(session):
        return False
    session.execute(delete(IssueSummary).where(IssueSummary.issue_id == issue_id))
    session.add_all(
        IssueSummary(
            issue_id=issue_id,
            region=region,
            people=each.people,
            states=dict(each.states),
            left_out=dict(each.left_out),
            unsubscribed=each.unsubscribed,
            bounced=each.bounced,
            replies=each.replies,
        )
        for region, each in count(session, scope=scope, issue_id=issue_id).items()
    )
    session.execute(update(Issue).where(Issue.id == issue_id).values(summarised_at=now))
    session.info.pop(_FORGOTTEN, None)
    session.flush()
    return True


def forget(session: Session, *, issue_ids: Iterable[int]) -> None:
    """Say that the summaries of these issues are true no more; the clock soon writes them anew.

    Once in a transaction is enough: mail comes in by the thousand, and all of it about one issue.
    """
    said = _said(session)
    if not (news := set(issue_ids) - said):
        return
    stale = Issue.id.in_(news), Issue.summarised_at.is_not(None)
    session.execute(update(Issue).where(*stale).values(summarised_at=None))
    said |= news


def _said(session: Session) -> set[int]:
    """Return the issues whose summaries have been forgotten in the transaction, or savepoint, under way."""
    transaction = session.get_nested_transaction() or session.get_transaction()
    known: tuple[object, set[int]] = session.info.get(_FORGOTTEN, (None, set()))
    if transaction is None or known[0] is not transaction:
        known = session.info[_FORGOTTEN] = (transaction, set())
    return known[1]


def forget_letter(session: Session, *, delivery_id: int, subscriber_id: int) -> None:
    """Say so of the issue that a person's letter belongs to; of none, when there is no such letter."""
    theirs = Delivery.id == delivery_id, Delivery.subscriber_id == subscriber_id
    issue_id = session.scalar(select(Delivery.issue_id).where(*theirs))
    forget(session, issue_ids=[] if issue_id is None else [issue_id])


def count(session: Session, *, scope: Scope, issue_id: int) -> dict[str, Counted]:
    """Count an issue from the ledger, by region (a slug, "" for none), over the people of the scope."""
    region = func.coalesce(Subscriber.region_slug, "")
    counted: dict[str, Counted] = {}
    for slug, state, why, number in session.execute(
        select(region, Delivery.state, Delivery.why, func.count())
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.issue_id == issue_id, rows_within(scope))
        .group_by(region, Delivery.state, Delivery.why)
    ):
        each = counted.setdefault(slug, Counted())
        each.people += number
        each.states[state.value] += number
        if state is DeliveryState.LEFT_OUT:
            each.left_out[why] += number
    for slug, number in _unsubscribed(session, scope, issue_id).items():
        counted.setdefault(slug, Counted()).unsubscribed += number
    if _has_a_way_in(session):
        _count_what_came_in(session, scope, issue_id, counted)
    return counted


def _has_a_way_in(session: Session) -> bool:
    """Tell whether mail reaches us at all: where none has, nobody knows how many letters came back."""
    return session.scalar(select(InboundMail.id).limit(1)) is not None


def _count_what_came_in(
    session: Session, scope: Scope, issue_id: int, counted: Mapping[str, Counted]
) -> None:
    """Count by region whose letters came back, and who answered."""
    region = func.coalesce(Subscriber.region_slug, "")
    bounced = (
        select(region, func.count())
        .join(Delivery, Delivery.subscriber_id == Subscriber.id)
        .where(Delivery.issue_id == issue_id, Delivery.state == DeliveryState.REFUSED)
        .where(Delivery.why == BOUNCED)
    )
    replies = (
        select(region, func.count(Subscriber.id.distinct()))
        .join(InboundMail, InboundMail.subscriber_id == Subscriber.id)
        .where(InboundMail.issue_id == issue_id, InboundMail.kind == What.REPLY)
    )
    came_back, answered = (
        dict(session.execute(each.where(rows_within(scope)).group_by(region)).all())
        for each in (bounced, replies)
    )
    for slug, each in counted.items():
        each.bounced, each.replies = came_back.get(slug, 0), answered.get(slug, 0)


def _unsubscribed(session: Session, scope: Scope, issue_id: int) -> Counter[str]:
    """Count by region who left the list by a link in this issue, and has not taken it back there."""
    issue = session.get_one(Issue, issue_id)
    if issue.released_at is None:
        return Counter()
    said = session.execute(
        select(ConsentEntry.pseudonym, ConsentEntry.given, ConsentEntry.how, ConsentEntry.place)
        .where(
            ConsentEntry.list_id == issue.list_id,
            ConsentEntry.at >= issue.released_at,
            ConsentEntry.place.like("letter %"),
        )
        .order_by(ConsentEntry.id)
    )
    last: dict[tuple[str, int], bool] = {}
    for pseudonym, given, how, place in said:
        letter = source_parts(how, place)[1]
        if letter is not None:
            last[pseudonym, letter] = given
    noes = [(pseudonym, letter) for (pseudonym, letter), given in last.items() if not given]
    theirs = _letters_of(session, issue_id, {letter for _, letter in noes})
    return _by_region(session, scope, {pseudonym for pseudonym, letter in noes if letter in theirs})


def _letters_of(session: Session, issue_id: int, letters: set[int]) -> set[int]:
    found: set[int] = set()
    for some in _parts(sorted(letters)):
        which = Delivery.issue_id == issue_id, Delivery.id.in_(some)
        found.update(session.scalars(select(Delivery.id).where(*which)))
    return found


def _by_region(session: Session, scope: Scope, pseudonyms: set[str]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for some in _parts(sorted(pseudonyms)):
        people = select(Subscriber.region_slug).where(Subscriber.pseudonym.in_(some), rows_within(scope))
        counted.update(slug or "" for slug in session.scalars(people))
    return counted


def _parts(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
