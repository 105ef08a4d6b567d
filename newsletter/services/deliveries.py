"""The delivery ledger: one row per person and issue. What may still be taken back, and how it all stands.

    withdraw  queued, waiting -> withdrawn | those whom the copy greeted too get one of their own
    status    how an issue stands, by state, by variant and by region
    left_out  who got no letter of their own, by name, and why
    troubles  whom the letter was refused, put off or may not have reached, and what the server said
    is_done   whether anything is left to do: a query, never a flag

Rows are written by ``services.releases``; senders take and settle them through ``services.claims``. Each
move is an UPDATE that names the state it moves from, so it happens once whoever else tries.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, text, true, update
from sqlalchemy.orm import Session

from newsletter.core.outcomes import POSTPONED
from newsletter.models import Delivery, DeliveryState, Hold, Issue, IssueStatus, LeftOutReason, Variant
from subscribers.core.authority import Scope
from subscribers.models import Subscriber
from subscribers.services.scopes import check_within, people_within, rows_within

# Written out, since a partial index is used only where the query has the same constants in it.
OPEN = text("deliveries.state IN ('queued', 'waiting')")
SENDING = text("deliveries.state = 'sending'")

_CARRIED = and_(Delivery.state == DeliveryState.LEFT_OUT, Delivery.why == LeftOutReason.SHARED_ADDRESS.value)

#: The word in the ledger for letters that were not sent because the whole send was stopped.
STOPPED = "stopped"

States = Mapping[DeliveryState, int]


@dataclass(frozen=True, slots=True)
class VariantStatus:
    """How the copies of one variant stand. ``name`` is for people ("Skåne", "Gemensam")."""

    variant_id: int
    name: str
    language: str
    states: States


@dataclass(frozen=True, slots=True)
class Status:
    """How an issue's deliveries stand, for the people of a scope.

    ``states`` holds every state that occurs, ``left_out`` every reason. ``by_region`` has the slugs as keys,
    "" for people with no region; ``by_variant`` leaves out those who get no copy of their own.
    """

    states: States
    left_out: Mapping[LeftOutReason, int]
    by_region: Mapping[str, States]
    by_variant: tuple[VariantStatus, ...]

    @property
    def people(self) -> int:
        """Everyone in the issue's reach."""
        return sum(self.states.values())

    @property
    def open(self) -> int:
        """Copies that are still to be settled."""
        return sum(self.states.get(state, 0) for state in _OPEN_STATES)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A letter that did not get through, or not yet. ``reply`` is the last word on it, a server's or ours."""

    subscriber_id: int
    name: str
    address: str
    state: DeliveryState
    reply: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A person in an issue's reach who got no letter of their own. ``region`` is a slug, or "" for none."""

    subscriber_id: int
    name: str
    region: str
    reason: LeftOutReason


_TROUBLED = (DeliveryState.REFUSED, DeliveryState.UNKNOWN, DeliveryState.WAITING)

_OPEN_STATES = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.WAITING)


def withdraw(
    session: Session, *, scope: Scope, subscriber_id: int, list_id: int, why: str, now: datetime
) -> int:
    """Take back what has not left for a person, of all issues of a list; return how many letters that was.

    Where their copy greets others too, the first of those gets it instead. Where they are greeted by
    another's copy, they are not greeted any more. What a sender holds by now cannot be taken back.
    Raises ``NotFound`` for a person outside the scope.
    """
    of_list = Delivery.issue_id.in_(select(Issue.id).where(Issue.list_id == list_id))
    return _withdraw(session, scope, subscriber_id, of_list, why=why, now=now)


def withdraw_all(session: Session, *, scope: Scope, subscriber_id: int, why: str, now: datetime) -> int:
    """Take back what has not left for a person, of every issue; the rest is as for ``withdraw``."""
    return _withdraw(session, scope, subscriber_id, true(), why=why, now=now)


def _withdraw(
    session: Session,
    scope: Scope,
    subscriber_id: int,
    which: ColumnElement[bool],
    *,
    why: str,
    now: datetime,
) -> int:
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    theirs = and_(Delivery.subscriber_id == subscriber_id, which)
    own = withdraw_copies(session, and_(theirs, OPEN), why=why, now=now)
    return own + _stop_greeting(session, theirs, why=why, now=now)


def withdraw_copies(session: Session, which: ColumnElement[bool], *, why: str, now: datetime) -> int:
    """Withdraw the copies of a condition, which must name the state they are in; return how many.

    Others whom such a copy would have greeted lose nothing: the first of them gets it.
    """
    withdrawn = session.execute(
        update(Delivery)
        .where(which)
        .values(state=DeliveryState.WITHDRAWN, why=why, settled_at=now)
        .returning(Delivery.issue_id, Delivery.subscriber_id, Delivery.due_at),
        execution_options={"synchronize_session": False},
    ).all()
    for issue_id, subscriber_id, due_at in withdrawn:
        _hand_over(session, issue_id, subscriber_id, due_at or now)
    return len(withdrawn)


def stop_copies(session: Session, *, issue_id: int, now: datetime) -> int:
    """Withdraw every open copy of an issue that was stopped; return how many letters that was.

    Whom such a copy would have greeted too is withdrawn with it: nobody gets it in their stead.
    """
    of_issue = Delivery.issue_id == issue_id
    gone = {"state": DeliveryState.WITHDRAWN, "why": STOPPED, "settled_at": now}
    withdrawn = session.scalars(
        update(Delivery).where(of_issue, OPEN).values(gone).returning(Delivery.id),
        execution_options={"synchronize_session": False},
    ).all()
    carrier = Delivery.__table__.alias("carrier")
    with_it = exists(
        select(carrier.c.id).where(
            carrier.c.issue_id == Delivery.issue_id,
            carrier.c.subscriber_id == Delivery.carried_by,
            carrier.c.state == DeliveryState.WITHDRAWN,
            carrier.c.why == STOPPED,
        )
    )
    session.execute(
        update(Delivery).where(of_issue, _CARRIED, with_it).values(gone),
        execution_options={"synchronize_session": False},
    )
    return len(withdrawn)


def status(session: Session, *, scope: Scope, issue_id: int) -> Status:
    """Return how an issue stands, counted over the people of the scope."""
    region = func.coalesce(Subscriber.region_slug, "")
    counts = session.execute(
        select(Delivery.state, Delivery.why, Delivery.variant_id, region, func.count())
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.issue_id == issue_id, rows_within(scope))
        .group_by(Delivery.state, Delivery.why, Delivery.variant_id, region)
    ).all()
    states: Counter[DeliveryState] = Counter()
    left_out: Counter[LeftOutReason] = Counter()
    by_region: dict[str, Counter[DeliveryState]] = {}
    by_variant: dict[int, Counter[DeliveryState]] = {}
    for state, why, variant_id, slug, count in counts:
        states[state] += count
        by_region.setdefault(slug, Counter())[state] += count
        if state is DeliveryState.LEFT_OUT:
            left_out[LeftOutReason(why)] += count
        elif variant_id is not None:
            by_variant.setdefault(variant_id, Counter())[state] += count
    return Status(states, left_out, by_region, _named(session, issue_id, by_variant))


def troubles(session: Session, *, scope: Scope, issue_id: int) -> Sequence[Trouble]:
    """Return an issue's letters that were refused, may be lost, or wait, for the people of the scope.

    What only keeps a pace is no trouble.
    """
    found = session.execute(
        select(Delivery.address, Delivery.state, Delivery.reply, Subscriber)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(
            Delivery.issue_id == issue_id,
            Delivery.state.in_(_TROUBLED),
            ~Delivery.reply.startswith(POSTPONED),
            people_within(scope),
        )
        .order_by(Delivery.state, Delivery.id)
    )
    return [Trouble(person.id, person.name, address, state, reply) for address, state, reply, person in found]


def left_out(session: Session, *, scope: Scope, issue_id: int) -> Sequence[LeftOut]:
    """Return who got no letter of their own, for the people of the scope: by reason, then by name."""
    found = session.execute(
        select(Delivery.why, Subscriber)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.issue_id == issue_id, Delivery.state == DeliveryState.LEFT_OUT, people_within(scope))
        .order_by(Delivery.why, Subscriber.sort_key, Subscriber.id)
    )
    return [
        LeftOut(person.id, person.name, person.region_slug or "", LeftOutReason(why)) for why, person in found
    ]


def states(session: Session) -> States:
    """Return how many deliveries there are in each state, over all issues."""
    counts = select(Delivery.state, func.count()).group_by(Delivery.state).order_by(Delivery.state)
    return dict(session.execute(counts).all())


def is_done(session: Session, *, now: datetime) -> bool:
    """Tell whether nothing is left to do: no scheduled issue is due, and no delivery is open.

    What a person holds back, an issue that is paused or held, is nothing that can be done.
    """
    due_issue = exists().where(
        Issue.status == IssueStatus.SCHEDULED,
        Issue.send_at <= now,
        Issue.hold.is_distinct_from(Hold.PERSON),
    )
    moving = select(Delivery.id).join(Issue, Issue.id == Delivery.issue_id)
    is_open = exists(moving.where(OPEN, Issue.paused_at.is_(None)))
    is_held = exists(select(Delivery.id).where(SENDING))
    return not session.scalar(select(or_(due_issue, is_open, is_held)))


def _hand_over(session: Session, issue_id: int, carrier: int, due_at: datetime) -> None:
    """Give a withdrawn copy to the first of those whom it would have greeted; it greets the others."""
    carried = and_(Delivery.issue_id == issue_id, Delivery.carried_by == carrier, _CARRIED)
    heir = session.scalar(select(func.min(Delivery.subscriber_id)).where(carried))
    if heir is None:
        return
    session.execute(
        update(Delivery)
        .where(carried, Delivery.subscriber_id == heir)
        .values(state=DeliveryState.QUEUED, why="", carried_by=None, due_at=due_at),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(Delivery).where(carried).values(carried_by=heir),
        execution_options={"synchronize_session": False},
    )


def _stop_greeting(session: Session, theirs: ColumnElement[bool], *, why: str, now: datetime) -> int:
    """Withdraw a person from copies of others that have not been settled yet."""
    carrier = Delivery.__table__.alias("carrier")
    still_open = exists(
        select(carrier.c.id).where(
            carrier.c.issue_id == Delivery.issue_id,
            carrier.c.subscriber_id == Delivery.carried_by,
            carrier.c.state.in_(_OPEN_STATES),
        )
    )
    stopped = session.scalars(
        update(Delivery)
        .where(theirs, _CARRIED, still_open)
        .values(state=DeliveryState.WITHDRAWN, why=why, settled_at=now)
        .returning(Delivery.id),
        execution_options={"synchronize_session": False},
    )
    return len(stopped.all())


def _named(session: Session, issue_id: int, by_variant: Mapping[int, States]) -> tuple[VariantStatus, ...]:
    variants = session.execute(
        select(Variant.id, Variant.name, Variant.language)
        .where(Variant.issue_id == issue_id)
        .order_by(Variant.name, Variant.language)
    )
    return tuple(
        VariantStatus(variant_id, name, language, by_variant[variant_id])
        for variant_id, name, language in variants
        if variant_id in by_variant
    )
