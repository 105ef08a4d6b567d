"""Which articles are blocks that are not handed in: they stand in no issue, whoever puts them there."""

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from newsletter.models import Article, Block, BlockState, Issue


def unfinished(session: Session, *, issue_id: int) -> frozenset[int]:
    """Return the ids of articles that are blocks of this issue and not handed in."""
    found = select(Block.article_id).where(
        Block.issue_id == issue_id, Block.article_id.is_not(None), Block.state != BlockState.HANDED_IN
    )
    return frozenset(each for each in session.scalars(found) if each is not None)


def keep_out(session: Session, issue: Issue) -> None:
    """Take unfinished blocks out of an issue, such as an undone change would bring back."""
    waiting = unfinished(session, issue_id=issue.id)
    if any(item.article_id in waiting for item in issue.items):
        issue.items[:] = [item for item in issue.items if item.article_id not in waiting]
        for place, item in enumerate(issue.items, start=1):
            item.position = place


def is_unfinished(issue_id: int) -> ColumnElement[bool]:
    """Hold for an article that is an unfinished block of this issue."""
    return exists().where(
        Block.issue_id == issue_id, Block.article_id == Article.id, Block.state != BlockState.HANDED_IN
    )
