"""The whole way, once: association -> articles -> issue -> schedule -> release -> send -> one click.

prepare   the association and its register | articles | an issue, frozen and scheduled a moment ahead
follow    the scheduler releases it, the sender sends it; the ledger is looked at until nothing is open
one click the first member who got a letter of their own leaves the newsletter, as a mail program would do it
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.core.pace import AT_ONCE
from newsletter.demo import association
from newsletter.demo.association import Resident
from newsletter.demo.composing import compose
from newsletter.models import DeliveryState, VariantRegion
from newsletter.services import deliveries, scheduling
from newsletter.services.deliveries import Status
from subscribers.models import Subscriber
from subscribers.services import members

#: The issue is scheduled this far ahead, so that the scheduler has something to wait for.
HEAD_START = timedelta(seconds=1)

#: How often the ledger is asked how things stand, in seconds.
_LOOK_EVERY = 0.1

#: Stockholm's code, for those whom the generator leaves without a municipality.
_CAPITAL = "0180"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened, in numbers. ``seconds`` is from the first step to the last."""

    articles: int
    subscribers: int
    variants: int
    accepted: int
    left_out: int
    sink_messages: int
    unsubscribed: int
    seconds: float

    def as_json(self) -> dict[str, int | float]:
        """Return the fields as one JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An issue that is scheduled, and what it was made of. Counts, and the issue's id."""

    issue_id: int
    articles: int
    subscribers: int
    variants: int


def prepare(app: App, *, people: int, texts: Sequence[Path]) -> Prepared:
    """Fill an empty register, write an issue of the sample's articles (or of ``texts``), and schedule it.

    Can be run again: people and articles that are there stay as they are, and the next issue is made.
    """
    scope = app.everything("the demo owns this register")
    now = app.now()
    with app.sessions.begin() as session:
        if not members.count_members(session, scope=scope):
            association.settle(session, _one_variant_a_region(people), scope=scope, now=now)
    with app.sessions.begin() as session:
        composed = compose(session, texts=texts, now=now)
    with app.sessions.begin() as session:
        scheduling.schedule(
            session,
            issue_id=composed.issue_id,
            at=app.now() + HEAD_START,
            zone=app.settings.time_zone,
            frame=app.frame(),
            pace=AT_ONCE,  # whoever watches the demo does not wait for regrets
            now=app.now(),
        )
        return Prepared(
            composed.issue_id,
            composed.articles,
            members.count_members(session, scope=scope),
            _variants_read(session, composed.issue_id),
        )


def follow(app: App, issue_id: int, progress: Progress) -> Status:
    """Watch the ledger until every delivery of the issue is settled; tell ``progress`` of settled and all."""
    while True:
        status = look(app, issue_id)
        if status.people:
            progress(status.people - status.open, status.people)
            if not status.open:
                return status
        time.sleep(_LOOK_EVERY)


def look(app: App, issue_id: int) -> Status:
    """Return how the issue stands now."""
    scope = app.everything("the demo shows how its issue stands")
    with app.readers() as session:
        return deliveries.status(session, scope=scope, issue_id=issue_id)


def _one_variant_a_region(people: int) -> list[Resident]:
    """Invent the people, all of them in a region and readers of Swedish: ten regions, ten variants."""
    return [
        replace(
            resident,
            person=replace(
                resident.person,
                language="sv",
                municipality_code=resident.person.municipality_code or _CAPITAL,
            ),
        )
        for resident in association.generate(people)
    ]


def outcome(prepared: Prepared, status: Status | None, *, arrived: int, unsubscribed: int) -> Outcome:
    """Put together what happened; ``status`` is None when nothing was sent. ``seconds`` is for the caller."""
    states = status.states if status else {}
    return Outcome(
        articles=prepared.articles,
        subscribers=prepared.subscribers,
        variants=prepared.variants,
        accepted=states.get(DeliveryState.ACCEPTED, 0),
        left_out=states.get(DeliveryState.LEFT_OUT, 0),
        sink_messages=arrived,
        unsubscribed=unsubscribed,
        seconds=0.0,
    )


def _variants_read(session: Session, issue_id: int) -> int:
    """Count the variants that somebody in the register reads; a region without people has none."""
    theirs = and_(
        func.coalesce(Subscriber.region_slug, "") == VariantRegion.region,
        Subscriber.language == VariantRegion.language,
    )
    counted = (
        select(func.count(VariantRegion.variant_id.distinct()))
        .join(Subscriber, theirs)
        .where(VariantRegion.issue_id == issue_id)
    )
    return session.scalars(counted).one()
