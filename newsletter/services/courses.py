"""The course of a send: how many letters were accepted when, counted by the database."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Integer, cast, extract, func, select
from sqlalchemy.orm import Session

from newsletter.core import tempo
from newsletter.core.tempo import Course
from newsletter.models import Delivery, DeliveryState
from subscribers.core.authority import Scope
from subscribers.models import Subscriber
from subscribers.services.scopes import rows_within


@dataclass(frozen=True, slots=True)
class Courses:
    """The courses of a send in each region. What a viewer may not see is not in it (``within``).

    ``counts`` are region (slug, "" for none), number of the slice, and letters.
    """

    begins: datetime
    seconds: int
    counts: tuple[tuple[str, int, int], ...]

    def within(self, regions: frozenset[str] | None) -> "Courses":
        """Return what somebody sees who may see these regions (slugs); None is everything."""
        if regions is None:
            return self
        return replace(self, counts=tuple(count for count in self.counts if count[0] in regions))

    @property
    def course(self) -> Course | None:
        """All of it; None where nothing went."""
        return tempo.course(self.begins, self.seconds, ((at, letters) for _, at, letters in self.counts))


def courses(session: Session, *, scope: Scope, issue_id: int) -> Courses | None:
    """Count when an issue's letters were accepted by the first try; None while none was.

    Who was put off comes in hours later: they would press the send itself into one slice.
    """
    which = (
        Delivery.issue_id == issue_id,
        Delivery.state == DeliveryState.ACCEPTED,
        Delivery.attempts <= 1,
        rows_within(scope),
    )
    people = Subscriber.id == Delivery.subscriber_id
    first, last = session.execute(
        select(func.min(Delivery.settled_at), func.max(Delivery.settled_at))
        .join(Subscriber, people)
        .where(*which)
    ).one()
    if first is None or last is None:
        return None
    begins = first.replace(microsecond=0)
    seconds = tempo.slice_seconds(begins, last)
    region = func.coalesce(Subscriber.region_slug, "")
    second = cast(func.floor(extract("epoch", Delivery.settled_at)), Integer)
    number = ((second - int(begins.timestamp())) // seconds).label("slice")
    found = session.execute(
        select(region, number, func.count())
        .join(Subscriber, people)
        .where(*which, Delivery.settled_at.is_not(None))
        .group_by(region, number)
    )
    return Courses(begins, seconds, tuple((slug, int(at), letters) for slug, at, letters in found))
