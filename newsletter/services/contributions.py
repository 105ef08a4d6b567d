"""Which regions have something of their own in an issue: an item that is meant for that region alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import Block, BlockState, Issue
from subscribers.services import regions


@dataclass(frozen=True, slots=True)
class Contribution:
    """A region (slug and name) and the titles of what the issue holds for it alone; none: nothing yet.

    ``state`` is how far its block has come; None where the region was not asked for one.
    """

    region: str
    name: str
    titles: tuple[str, ...]
    state: BlockState | None = None


def of_regions(session: Session, *, issue: Issue, within: frozenset[str] | None) -> Sequence[Contribution]:
    """Return how each region that the issue reaches stands, in their order; None within: all regions."""
    own: dict[str, list[str]] = {}
    for item in issue.items:
        audience = item.audience.within(item.article.audience)
        if audience and audience.regions and len(audience.regions) == 1:
            own.setdefault(next(iter(audience.regions)), []).append(item.article.title)
    asked = select(Block.region, Block.state).where(Block.issue_id == issue.id)
    states = {row.region: row.state for row in session.execute(asked)}
    return [
        Contribution(region.slug, region.name, tuple(own.get(region.slug, ())), states.get(region.slug))
        for region in regions.all_regions(session)
        if issue.audience.sees(region.slug) and (within is None or region.slug in within)
    ]
