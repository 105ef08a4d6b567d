"""How the regions stand with their blocks of an issue: who was asked, who has opened, who has handed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.core import blocks as rules
from newsletter.models import Block, BlockNotice, BlockRound, BlockState, Issue, IssueStatus, StandingBlock
from newsletter.services import block_requests, blocks, contributions
from newsletter.services.contributions import Contribution
from subscribers.core.authority import Scope
from subscribers.models import RoleName
from subscribers.services import regions, roles


@dataclass(frozen=True, slots=True)
class RegionBlock:
    """How one region stands. ``block`` is None while nobody is asked.

    ``leads`` are names of those within the scope who lead it today. ``falls_to_officer``: none of them can be
    reached. ``placed``: it stands in the issue; ``stands_in``: the standing text does instead.
    """

    slug: str
    name: str
    block: Block | None
    leads: tuple[str, ...]
    falls_to_officer: bool
    asked_on: date | None
    placed: bool
    stands_in: bool
    has_standing: bool


def of_issue(session: Session, *, scope: Scope, issue: Issue, today: date) -> Sequence[RegionBlock]:
    """Return how each region stands that the issue reaches, in their order."""
    found = {block.region: block for block in block_requests.of_issue(session, issue_id=issue.id)}
    standing = {each.region: each.article_id for each in session.scalars(select(StandingBlock))}
    told = _asked_on(session, issue)
    return [
        _of_region(
            session, scope, issue, today, region.slug, region.name, found.get(region.slug), standing, told
        )
        for region in regions.all_regions(session)
        if issue.audience.sees(region.slug)
    ]


def is_asked(session: Session, *, issue_id: int) -> bool:
    """Tell whether regions are asked for their blocks of this issue now."""
    asked = session.get(BlockRound, issue_id)
    return asked is not None and asked.closed_at is None


def own(session: Session, *, within: frozenset[str], today: date) -> Sequence[Block]:
    """Return the blocks of these regions (slugs) for issues that are not ready, the nearest last day first.

    Blocks whose last day is over are among them as long as their issue is a draft.
    """
    query = (
        select(Block)
        .join(Issue, Issue.id == Block.issue_id)
        .join(BlockRound, BlockRound.issue_id == Block.issue_id)
        .where(
            Block.region.in_(within),
            Issue.status == IssueStatus.DRAFT,
            BlockRound.closed_at.is_(None),
            Issue.deadline.is_not(None),
        )
        .order_by(Issue.deadline < today, Issue.deadline, Block.id)
    )
    return session.scalars(query).all()


def missing(
    session: Session, *, issue: Issue, within: frozenset[str] | None, today: date
) -> Sequence[Contribution]:
    """Return the regions that have nothing of their own in an issue although its last day is over.

    None within: all regions. Nobody is missing where nobody was asked, or once the issue is scheduled.
    """
    is_over = issue.deadline is not None and not rules.is_open(issue.deadline, today)
    if not is_over or issue.status is not IssueStatus.DRAFT or session.get(BlockRound, issue.id) is None:
        return []
    found = contributions.of_regions(session, issue=issue, within=within)
    return [each for each in found if not each.titles]


def _asked_on(session: Session, issue: Issue) -> Mapping[int, date]:
    first = (
        select(BlockNotice.block_id, func.min(BlockNotice.told_on))
        .join(Block, Block.id == BlockNotice.block_id)
        .where(Block.issue_id == issue.id, BlockNotice.step != rules.VACANT)
        .group_by(BlockNotice.block_id)
    )
    return {row[0]: row[1] for row in session.execute(first)}


def _of_region(
    session: Session,
    scope: Scope,
    issue: Issue,
    today: date,
    slug: str,
    name: str,
    block: Block | None,
    standing: Mapping[str, int],
    told: Mapping[int, date],
) -> RegionBlock:
    leads = roles.holders(session, scope=scope, role=RoleName.REGIONAL_LEAD, region=slug, today=today)
    reached = block_requests.reachable(session, scope=scope, region=slug, today=today)
    return RegionBlock(
        slug=slug,
        name=name,
        block=block,
        leads=tuple(who.name for who in leads),
        falls_to_officer=not reached,
        asked_on=told.get(block.id) if block is not None else None,
        placed=block is not None
        and block.state is BlockState.HANDED_IN
        and blocks.item_of(issue, block.article_id) is not None,
        stands_in=slug in standing and blocks.item_of(issue, standing[slug]) is not None,
        has_standing=slug in standing,
    )
