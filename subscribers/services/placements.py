"""Which regions there are, what belongs to them, and whom it concerns when that changes.

    preview_move -> whom a county would take with it | move_county -> the same people, moved and written down

People who were placed by hand stay where they were placed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from subscribers.core.authority import Everything, Scope
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import County, Municipality, Region, Subscriber
from subscribers.services import changes, regions
from subscribers.services.changes import Author, Changed
from subscribers.services.scopes import people_within


@dataclass(frozen=True, slots=True)
class RegionFacts:
    """A region, its counties, and how many people of the scope belong to it (some of them by hand)."""

    region: Region
    counties: Sequence[County]
    people: int
    by_hand: int


@dataclass(frozen=True, slots=True)
class Move:
    """A county on its way to another region. ``staying`` counts those who were placed by hand."""

    county: County
    region: Region
    moving: Sequence[Subscriber]
    staying: int


def overview(session: Session, *, scope: Scope) -> Sequence[RegionFacts]:
    """Return the association's regions in its own order, with the people of the scope counted."""
    by_hand = func.count(Subscriber.id).filter(Subscriber.placed_by_hand)
    counted = session.execute(
        select(Subscriber.region_slug, func.count(Subscriber.id), by_hand)
        .where(people_within(scope), Subscriber.region_slug.is_not(None))
        .group_by(Subscriber.region_slug)
    )
    people = {slug: (total, hand) for slug, total, hand in counted}
    counties = session.scalars(select(County).order_by(County.code)).all()
    return [
        RegionFacts(
            region,
            [county for county in counties if county.region_slug == region.slug],
            *people.get(region.slug, (0, 0)),
        )
        for region in regions.all_regions(session)
    ]


def without_region(session: Session, *, scope: Scope) -> Sequence[Subscriber]:
    """Return the people of the scope who belong to no region, in Swedish order of names."""
    nowhere = select(Subscriber).where(people_within(scope), Subscriber.region_slug.is_(None))
    return session.scalars(nowhere.order_by(Subscriber.sort_key, Subscriber.id)).all()


def rename(session: Session, *, scope: Scope, region: str, name: str) -> Region:
    """Give a region another name; its slug, which stands in List-Id, stays. Return it.

    Raises ``NotFound`` for an unknown region, ``SubscribersError`` for a name that is empty, too long or
    another region's, and for a scope over less than everything.
    """
    _check_may_edit(scope)
    found = session.get_one(Region, regions.find_region(session, text=region).slug)
    wanted = " ".join(name.split())
    if not 0 < len(wanted) <= 80:
        raise SubscribersError("En regions namn ska ha mellan 1 och 80 tecken.")
    taken = regions.gazetteer(session).region(wanted)
    if taken is not None and taken.slug != found.slug:
        raise SubscribersError("Namnet {name} är upptaget av en annan region.", name=wanted)
    found.name = wanted
    session.flush()
    return found


def preview_move(session: Session, *, scope: Scope, county: str, region: str) -> Move:
    """Return whom it would move if a county came to belong to another region; nothing is changed.

    ``county`` is its code or name ("12", "Skåne", "Skåne län"). Raises ``NotFound`` for an unknown county or
    region, ``SubscribersError`` for a scope over less than everything.
    """
    _check_may_edit(scope)
    moved = _county(session, county)
    to = session.get_one(Region, regions.find_region(session, text=region).slug)
    elsewhere = _people_of(moved).where(Subscriber.region_slug.is_distinct_from(to.slug))
    moving = elsewhere.where(Subscriber.placed_by_hand.is_(False))
    staying = elsewhere.where(Subscriber.placed_by_hand).subquery()
    return Move(
        moved,
        to,
        session.scalars(moving.order_by(Subscriber.sort_key, Subscriber.id)).all(),
        session.scalar(select(func.count()).select_from(staying)) or 0,
    )


def move_county(
    session: Session, *, scope: Scope, county: str, region: str, author: Author, now: datetime
) -> Move:
    """Let a county belong to another region, and its people with it; return whom that moved.

    Each person's change is written down with its author. Raises as ``preview_move`` does.
    """
    move = preview_move(session, scope=scope, county=county, region=region)
    to = move.region.slug
    said = [Changed(who.id, "region_slug", who.region_slug, to) for who in move.moving]
    changes.record(session, scope=scope, changed=said, author=author, now=now)
    move.county.region_slug = to
    if move.moving:
        rows = [{"id": who.id, "region_slug": to, "updated_at": now} for who in move.moving]
        session.execute(update(Subscriber), rows)
    session.flush()
    return move


def _check_may_edit(scope: Scope) -> None:
    if not isinstance(scope, Everything):
        raise SubscribersError("Regionerna ändras av den som ansvarar för hela föreningen.")


def _county(session: Session, text: str) -> County:
    wanted = text.strip().casefold()
    every = session.scalars(select(County).order_by(County.code)).all()
    for county in every:
        if wanted in (county.code, county.name.casefold(), county.full_name.casefold()):
            return county
    raise NotFound(
        "Det finns inget län som heter {text}. Länen är {counties}.",
        text=text,
        counties=", ".join(county.name for county in every),
    )


def _people_of(county: County) -> Select[Subscriber]:
    lives_there = select(Municipality.code).where(Municipality.county_code == county.code)
    return select(Subscriber).where(Subscriber.municipality_code.in_(lives_there))
