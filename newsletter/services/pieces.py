"""An issue taken apart into what is approved by itself (``core.approvals``), as it stands now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from newsletter.core import approvals
from newsletter.core.approvals import Bound, Piece
from newsletter.core.variants import Placed, Planned, plan
from newsletter.models import Issue, Item, ItemForm, Variant
from newsletter.services import looks
from newsletter.services.article_records import to_text
from subscribers.services import regions

if TYPE_CHECKING:
    from newsletter.rendering.values import Frame


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of an issue in the order in which they are read, and the variants made of them."""

    pieces: tuple[Piece, ...]
    variants: tuple[Bound, ...]


def of_draft(session: Session, issue: Issue, *, frame: "Frame") -> Pieces:
    """Return the pieces of an issue that has not gone: what all share, each item, each variant's order."""
    names = _names(session)
    placed = [Placed(item.id, item.audience.within(item.article.audience)) for item in issue.items]
    planned = plan(placed, regions=list(names.items()), reach=issue.audience)
    items = {item.id: _piece(item, issue, names) for item in issue.items}
    words = approvals.words(title=issue.title, subject=issue.subject, preheader=issue.preheader)
    shared = (words, looks.of(frame), looks.reach_of(issue, names))
    orders = {one.name: _order(one, {item.id: item for item in issue.items}) for one in planned}
    seen = {item_id for one in planned for item_id in one.item_ids}
    return Pieces(
        (*shared, *(items[item.id] for item in issue.items if item.id in seen), *orders.values()),
        tuple(
            Bound(
                one.name,
                frozenset(
                    {*(each.key for each in shared), orders[one.name].key, *_keys(one.item_ids, items)}
                ),
            )
            for one in planned
        ),
    )


def of_released(session: Session, issue: Issue, variants: Sequence[Variant], *, frame: "Frame") -> Pieces:
    """Return the look and the items of these variants of a released issue, as they would be put right now.

    Words, order and readers are those that it went out with: only articles can be corrected.
    """
    look = looks.of(frame)
    names = _names(session)
    chosen = {item_id for variant in variants for item_id in variant.item_ids}
    items = {item.id: _piece(item, issue, names) for item in issue.items if item.id in chosen}
    return Pieces(
        (look, *items.values()),
        tuple(
            Bound(variant.name, frozenset({look.key, *_keys(variant.item_ids, items)}))
            for variant in variants
        ),
    )


def _names(session: Session) -> dict[str, str]:
    return {region.slug: region.name for region in regions.all_regions(session)}


def _keys(item_ids: Sequence[int], items: dict[int, Piece]) -> list[str]:
    return [items[item_id].key for item_id in item_ids if item_id in items]


def _piece(item: Item, issue: Issue, names: dict[str, str]) -> Piece:
    audience = item.audience.within(item.article.audience)
    limited = audience.within(issue.audience) if audience and audience.regions else None
    return approvals.item(
        item.article_id,
        to_text(item.article),
        teaser=item.form is ItemForm.TEASER,
        regions=[name for slug, name in names.items() if limited and limited.sees(slug)],
    )


def _order(one: Planned, items: dict[int, Item]) -> Piece:
    placed = [(items[item_id].section, items[item_id].article.title) for item_id in one.item_ids]
    return approvals.order(one.name, placed)
