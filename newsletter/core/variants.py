"""Which variants an issue has: one for each distinct set of items that somebody sees.

    placed items x regions -> what each region sees -> regions that see the same share a variant

People with no region are a region of their own here, written "".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsletter.core.audiences import EVERYONE, Audience

#: The variant that people with no region get: what is meant for everyone.
COMMON = "Gemensam"

#: What ``models.Variant.name`` has room for.
LONGEST_NAME = 400


@dataclass(frozen=True, slots=True)
class Placed:
    """An item and who sees it: the item's audience within the article's. None: nobody does."""

    item_id: int
    audience: Audience | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A variant to be made: its name, the regions that get it (slugs, "" for none), the items in order."""

    name: str
    regions: tuple[str, ...]
    item_ids: tuple[int, ...]


def visible(items: Iterable[Placed], region: str) -> tuple[int, ...]:
    """Return the items that a person of this region ("" for none) sees, in order."""
    return tuple(item.item_id for item in items if item.audience and item.audience.sees(region or None))


def plan(
    items: Sequence[Placed], *, regions: Sequence[tuple[str, str]], reach: Audience = EVERYONE
) -> tuple[Planned, ...]:
    """Plan the variants of an issue.

    ``regions`` are (slug, name) in the association's order, which the variants follow; what people with no
    region get comes first. ``reach`` says who gets the issue at all. A region that sees nothing is in no
    variant: nobody is sent an empty letter.
    """
    by_items: dict[tuple[int, ...], list[str]] = {}
    for slug in ("", *(slug for slug, _name in regions)):
        seen = visible(items, slug) if reach.sees(slug or None) else ()
        if seen:
            by_items.setdefault(seen, []).append(slug)
    names = dict(regions)
    return tuple(Planned(_name(slugs, names), tuple(slugs), seen) for seen, slugs in by_items.items())


def _name(slugs: Sequence[str], names: dict[str, str]) -> str:
    if "" in slugs:
        return COMMON
    name = ", ".join(names[slug] for slug in slugs)
    # Two variants never hold the same region, so the first region alone keeps the names apart.
    return name if len(name) <= LONGEST_NAME else f"{names[slugs[0]]} +{len(slugs) - 1}"
