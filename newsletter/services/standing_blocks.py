"""Standing texts: what goes into an issue when a region has handed in nothing. And when that happens.

save    a region's standing text, an article of its own
settle  the day after the last one: the standing text goes in, or nothing, as it was chosen for each block
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from newsletter.core import blocks as rules
from newsletter.core.articles import ArticleText
from newsletter.core.audiences import Audience
from newsletter.errors import BlockChanged
from newsletter.models import (
    Article,
    ArticleStatus,
    Block,
    BlockFallback,
    BlockRound,
    BlockState,
    Issue,
    IssueStatus,
    StandingBlock,
)
from newsletter.services import articles, block_requests, blocks, issue_states, items
from subscribers.errors import NotFound
from subscribers.models import Region


def of_region(session: Session, *, region: str) -> Article | None:
    """Return the standing text of a region (a slug), or None."""
    found = session.get(StandingBlock, region)
    return found.article if found is not None else None


def save(
    session: Session, *, region: str, title: str, body: str, seen: int, actor: str, now: datetime
) -> Article:
    """Give a region (a slug) its standing text. ``seen`` is the revision looked at; 0: there was none.

    Raises ``NotFound``, ``BlockChanged``, ``BlockError`` and ``ArticleError`` for words that will not do.
    """
    _region(session, region)
    rules.check_text(body)
    rules.check_ready(body=body, alts=())
    words: dict[str, Any] = {"title": title.strip(), "body": body.strip()}
    had = session.get(StandingBlock, region, with_for_update=True, populate_existing=True)
    if seen != (had.article.revision if had is not None else 0):
        raise BlockChanged("Någon annan sparade texten medan du skrev. Din text finns kvar här. Spara igen.")
    if had is not None:
        return articles.change(session, article_id=had.article_id, values=words, now=now, by=actor)
    article = articles.create(
        session, text=ArticleText(**words), audience=Audience.of([region]), now=now, by=actor
    )
    articles.change(session, article_id=article.id, values={"status": ArticleStatus.READY}, now=now, by=actor)
    session.add(StandingBlock(region=region, article_id=article.id))
    session.flush()
    return article


def remove(session: Session, *, region: str) -> None:
    """Let a region have no standing text. The article stays in the register. Raises ``NotFound``."""
    _region(session, region)
    had = session.get(StandingBlock, region)
    if had is not None:
        session.delete(had)
        session.flush()


def choose(session: Session, *, block_id: int, fallback: BlockFallback) -> Block:
    """Choose what happens when this block does not come. Raises ``NotFound``."""
    block = blocks.get(session, block_id=block_id)
    if block.fallback is not fallback:
        block.fallback = fallback
        asked = session.get(BlockRound, block.issue_id)
        if asked is not None:
            asked.settled_for = None
    session.flush()
    return block


def to_settle(session: Session, *, today: date) -> Sequence[int]:
    """Return the issues (ids) whose last day is over and for which nothing is settled yet."""
    found = (
        select(BlockRound.issue_id)
        .join(Issue, Issue.id == BlockRound.issue_id)
        .where(
            Issue.status == IssueStatus.DRAFT,
            Issue.deadline < today,
            or_(BlockRound.settled_for.is_(None), BlockRound.settled_for != Issue.deadline),
        )
        .order_by(BlockRound.issue_id)
    )
    return session.scalars(found).all()


def settle(session: Session, *, issue_id: int, today: date, now: datetime) -> int:
    """Put standing texts in for the blocks that did not come, and return how many. Again: nothing."""
    issue = issue_states.locked(session, issue_id)
    asked = session.get(BlockRound, issue_id, populate_existing=True)
    over = not rules.is_open(issue.deadline, today) and issue.deadline is not None
    if (
        asked is None
        or not over
        or issue.status is not IssueStatus.DRAFT
        or asked.settled_for == issue.deadline
    ):
        return 0
    put_in = sum(
        _put_in(session, issue, block, now)
        for block in block_requests.of_issue(session, issue_id=issue_id)
        if block.state is not BlockState.HANDED_IN and block.fallback is BlockFallback.STANDING
    )
    asked.settled_for = issue.deadline
    session.flush()
    return put_in


def _put_in(session: Session, issue: Issue, block: Block, now: datetime) -> bool:
    article = of_region(session, region=block.region)
    if article is None or article.status is ArticleStatus.ARCHIVED or blocks.item_of(issue, article.id):
        return False
    spot = blocks.regional_end(issue)
    items.add(
        session,
        issue_id=issue.id,
        article_id=article.id,
        position=spot.position,
        section=spot.section,
        now=now,
    )
    return True


def _region(session: Session, slug: str) -> None:
    if session.get(Region, slug) is None:
        raise NotFound("Det finns ingen region som heter {region}.", region=slug)
