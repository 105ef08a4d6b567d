"""Which regions have something of their own in an issue: an item that is meant for that region alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from newsletter.models import Issue
from subscribers.services import regions


@dataclass(frozen=True, slots=True)
class Contribution:
    """A region (slug and name) and the titles of what the issue holds for it alone; none: nothing yet."""

    region: str
    name: str
    titles: tuple[str, ...]


def of_regions(session: Session, *, issue: Issue, within: frozenset[str] | None) -> Sequence[Contribution]:
    """Return how each region that the issue reaches stands, in their order; None within: all regions."""
    own: dict[str, list[str]] = {}
    for item in issue.items:
        audience = item.audience.within(item.article.audience)
        if audience and audience.regions and len(audience.regions) == 1:
            own.setdefault(next(iter(audience.regions)), []).append(item.article.title)
    return [
        Contribution(region.slug, region.name, tuple(own.get(region.slug, ())))
        for region in regions.all_regions(session)
        if issue.audience.sees(region.slug) and (within is None or region.slug in within)
    ]
