"""How a send goes, by region and by the domain that its letters go to: one query for all who watch."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from newsletter.core import tempo
from newsletter.models import Delivery, DeliveryState
from subscribers.core.authority import Scope
from subscribers.models import Subscriber
from subscribers.services.dialects import domain_of
from subscribers.services.scopes import rows_within

_OPEN = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.WAITING)


@dataclass(frozen=True, slots=True)
class Count:
    """So many letters of one state, to people of a region ("" for none) at a domain ("" for no letter).

    ``next_at`` is when the first of them is due; None where nothing is waited for. ``again`` of them were
    tried more than once; ``lately`` were accepted within ``tempo.LATELY``, the first at ``first_lately``.
    """

    region: str
    domain: str
    state: DeliveryState
    number: int
    next_at: datetime | None
    again: int = 0
    lately: int = 0
    first_lately: datetime | None = None


@dataclass(slots=True)
class Line:
    """One region or domain: its letters by state, and when the first of those that wait is tried again.

    ``waits_until`` is the same for those that were put off only, and not for the queue. The rest is as in
    ``Count``.
    """

    key: str
    states: Counter[DeliveryState] = field(default_factory=Counter)
    next_at: datetime | None = None
    waits_until: datetime | None = None
    again: int = 0
    lately: int = 0
    first_lately: datetime | None = None

    @property
    def letters(self) -> int:
        """All letters that were to go."""
        return sum(self.states.values()) - self.states[DeliveryState.LEFT_OUT]

    @property
    def open(self) -> int:
        """Letters that are still to be settled."""
        return sum(self.states[state] for state in _OPEN)

    def rate(self, now: datetime) -> float:
        """Return how many letters a second were accepted just before ``now``, when it was counted."""
        before = self.states[DeliveryState.ACCEPTED] - self.lately
        return tempo.rate(lately=self.lately, before=before, first_lately=self.first_lately, now=now)

    def finishes_at(self, now: datetime) -> datetime | None:
        """Return when all that is on its way will have gone at this rate; None where nothing goes.

        What waits for another try is not waited for.
        """
        left = self.states[DeliveryState.QUEUED] + self.states[DeliveryState.SENDING]
        return tempo.finishes_at(left, self.rate(now), now)

    def add(self, count: Count) -> None:
        """Count some letters in."""
        self.states[count.state] += count.number
        self.again += count.again
        self.lately += count.lately
        self.next_at = min(filter(None, (self.next_at, count.next_at)), default=None)
        if count.state is DeliveryState.WAITING:
            self.waits_until = min(filter(None, (self.waits_until, count.next_at)), default=None)
        self.first_lately = min(filter(None, (self.first_lately, count.first_lately)), default=None)


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
        return next(iter(_lines(self.counts, lambda _: "")), Line(""))

    def by_region(self) -> Sequence[Line]:
        """Return a line for each region, in no particular order."""
        return _lines(self.counts, lambda count: count.region)

    def by_domain(self) -> Sequence[Line]:
        """Return a line for each domain that letters go to: most letters first, then by name."""
        sent = [count for count in self.counts if count.state is not DeliveryState.LEFT_OUT]
        return sorted(_lines(sent, lambda count: count.domain), key=lambda line: (-line.letters, line.key))

    def open_domains(self) -> dict[str, int]:
        """Return how many letters are still to be settled, by domain."""
        return {line.key: line.open for line in self.by_domain() if line.open}


def counts(session: Session, *, scope: Scope, issue_id: int, now: datetime) -> Progress:
    """Count an issue's letters to the people of the scope."""
    region = func.coalesce(Subscriber.region_slug, "")
    left_out = Delivery.state == DeliveryState.LEFT_OUT
    domain = case((left_out, ""), else_=domain_of(Delivery.canonical))
    waits = case((Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.WAITING)), Delivery.due_at))
    late = case((Delivery.state == DeliveryState.ACCEPTED, Delivery.settled_at))
    lately = case((late >= now - tempo.LATELY, late))
    again = case((Delivery.attempts > 1, 1))
    numbers = (func.count(), func.min(waits), func.count(again), func.count(lately), func.min(lately))
    found = session.execute(
        select(region, domain, Delivery.state, *numbers)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.issue_id == issue_id, rows_within(scope))
        .group_by(region, domain, Delivery.state)
    )
    return Progress(tuple(Count(*row) for row in found))


def _lines(counts: Sequence[Count], key: Callable[[Count], str]) -> list[Line]:
    lines: dict[str, Line] = {}
    for count in counts:
        lines.setdefault(key(count), Line(key(count))).add(count)
    return list(lines.values())
