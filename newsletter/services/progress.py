"""How a send goes, by region and by the domain that its letters go to: one query for all who watch."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from newsletter.models import Delivery, DeliveryState
from subscribers.core.authority import Scope
from subscribers.models import Subscriber
from subscribers.services.dialects import domain_of
from subscribers.services.scopes import rows_within

_OPEN = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.WAITING)


@dataclass(frozen=True, slots=True)
class Count:
    """So many letters of one state, to people of a region ("" for none) at a domain ("" for no letter).

    ``next_at`` is when the first of them is due; None where nothing is waited for.
    """

    region: str
    domain: str
    state: DeliveryState
    number: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One region or domain: its letters by state, and when the first of those that wait is tried again."""

    key: str
    states: Counter[DeliveryState]
    next_at: datetime | None

    @property
    def letters(self) -> int:
        """All letters that were to go."""
        return sum(self.states.values()) - self.states[DeliveryState.LEFT_OUT]

    @property
    def open(self) -> int:
        """Letters that are still to be settled."""
        return sum(self.states[state] for state in _OPEN)


@dataclass(frozen=True, slots=True)
class Progress:
    """An issue's letters at one moment. What a viewer may not see is not in it (``within``)."""

    counts: tuple[Count, ...]

    def within(self, regions: frozenset[str] | None) -> "Progress":
        """Return what somebody sees who may see these regions (slugs); None is everything."""
        if regions is None:
            return self
        return Progress(tuple(count for count in self.counts if count.region in regions))

    @property
    def total(self) -> Line:
        """All of it."""
        return next(iter(_lines(self.counts, lambda _: "")), Line("", Counter(), None))

    def by_region(self) -> Sequence[Line]:
        """Return a line for each region, in no particular order."""
        return _lines(self.counts, lambda count: count.region)

    def by_domain(self) -> Sequence[Line]:
        """Return a line for each domain that letters go to: most letters first, then by name."""
        sent = [count for count in self.counts if count.state is not DeliveryState.LEFT_OUT]
        return sorted(_lines(sent, lambda count: count.domain), key=lambda line: (-line.letters, line.key))


def counts(session: Session, *, scope: Scope, issue_id: int) -> Progress:
    """Count an issue's letters to the people of the scope."""
    region = func.coalesce(Subscriber.region_slug, "")
    left_out = Delivery.state == DeliveryState.LEFT_OUT
    domain = case((left_out, ""), else_=domain_of(Delivery.canonical))
    waits = case((Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.WAITING)), Delivery.due_at))
    found = session.execute(
        select(region, domain, Delivery.state, func.count(), func.min(waits))
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.issue_id == issue_id, rows_within(scope))
        .group_by(region, domain, Delivery.state)
    )
    return Progress(tuple(Count(*row) for row in found))


def _lines(counts: Sequence[Count], key: Callable[[Count], str]) -> list[Line]:
    states: dict[str, Counter[DeliveryState]] = {}
    next_at: dict[str, datetime] = {}
    for count in counts:
        states.setdefault(key(count), Counter())[count.state] += count.number
        if count.next_at is not None:
            next_at[key(count)] = min(count.next_at, next_at.get(key(count), count.next_at))
    return [Line(name, theirs, next_at.get(name)) for name, theirs in states.items()]
