"""Texts that somebody takes into the register together, and takes out again while nobody uses them.

take     proposals -> articles, and one entry in the log that names them
undo     the entry -> those of its articles that are as they came, and stand nowhere, are removed
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from newsletter.core import fingerprints
from newsletter.core.articles import ArticleText
from newsletter.errors import ArticleError
from newsletter.importing.values import Proposal
from newsletter.models import Article, ArticleDraft, Block, Item, RegionalLetter, StandingBlock
from newsletter.services import articles
from newsletter.services.articles import CHANGEABLE, Outcome
from subscribers.errors import NotFound
from subscribers.models import Act
from subscribers.services import acts

_TAKEN = "import articles"
_UNDONE = "undo import of articles"


class Stays(enum.Enum):
    """Why an article that came with an import is not removed with it."""

    USED = "used"  # an issue, a block or a regional letter has it
    CHANGED = "changed"  # somebody has saved it since
    WRITTEN = "written"  # somebody has a draft of it that is not saved


@dataclass(frozen=True, slots=True)
class Taken:
    """An import: what it made that is still there, why some of it stays, and what was there before.

    ``removed`` is how many of its articles are gone; ``left_out`` how many somebody chose not to take.
    """

    id: int
    made: Sequence[Article]
    known: Sequence[Article]
    stays: dict[int, Stays]
    removed: int
    left_out: int


def known(session: Session, *, texts: Iterable[ArticleText]) -> dict[str, Article]:
    """Return which of these texts the register has already, by their fingerprint (``core.fingerprints``)."""
    wanted = [fingerprints.of_article(text) for text in texts]
    query = select(Article).where(Article.fingerprint.in_(wanted))
    return {each.fingerprint: each for each in session.scalars(query) if each.fingerprint}


def take(
    session: Session, *, proposals: Sequence[Proposal], left_out: int = 0, actor: str, now: datetime
) -> int:
    """Put the proposed articles in the register, those that it has not already; return the import's id.

    Raises ``ArticleError`` for a title that is empty or too long and when there is no article, ``NotFound``
    for a region that does not exist. All come in, or none.
    """
    for proposal in proposals:
        for proposed in proposal.articles:
            _check(proposed.text.title)
    done = articles.import_texts(session, proposals, now=now, only_adds=True)
    if not done:
        raise ArticleError("Det finns ingen artikel att ta in. Välj minst en rad som artikel.")
    made = [each.article.id for each in done if each.outcome is Outcome.IMPORTED]
    details = {
        "articles": made,
        "known": sorted({each.article.id for each in done} - set(made)),
        "left_out": left_out,
    }
    return acts.log(session, actor=actor, act=_TAKEN, details=details, now=now).id


def get(session: Session, *, import_id: int, actor: str | None = None) -> Taken:
    """Return an import. Raises ``NotFound`` where there is none, or none by ``actor`` if one is given."""
    act = session.get(Act, import_id)
    if act is None or act.act != _TAKEN or actor not in (None, act.actor):
        raise NotFound("Den importen finns inte.")
    ids, before = list(act.details["articles"]), list(act.details["known"])
    query = select(Article).order_by(Article.id)
    made = session.scalars(query.where(Article.id.in_(ids))).all()
    stays = {each.id: why for each in made if (why := _why_it_stays(session, each))}
    there = session.scalars(query.where(Article.id.in_(before))).all()
    return Taken(act.id, made, there, stays, len(ids) - len(made), int(act.details["left_out"]))


def undo(
    session: Session, *, import_id: int, actor: str, own_only: bool = False, now: datetime
) -> Sequence[int]:
    """Remove the articles that came with an import, but for those that ``Stays``; return the ids removed.

    ``own_only``: raises ``NotFound`` for another's import. Twice is as once.
    """
    taken = get(session, import_id=import_id, actor=actor if own_only else None)
    ids = [each.id for each in taken.made]
    # Whoever puts one of them into an issue right now waits for us, or we for them.
    locked = session.scalars(select(Article).where(Article.id.in_(ids)).with_for_update()).all()
    removed = []
    for article in locked:
        if _why_it_stays(session, article) is None:
            removed.append(article.id)
            session.delete(article)
    session.flush()
    if removed:
        details = {"import": import_id, "articles": removed}
        acts.log(session, actor=actor, act=_UNDONE, details=details, now=now)
    return removed


def _why_it_stays(session: Session, article: Article) -> Stays | None:
    for table in (Item, Block, StandingBlock, RegionalLetter):
        if session.scalar(select(exists().where(table.article_id == article.id))):
            return Stays.USED
    if article.revision > 1:
        return Stays.CHANGED
    if session.scalar(select(exists().where(ArticleDraft.article_id == article.id))):
        return Stays.WRITTEN
    return None


def _check(title: str) -> None:
    most = CHANGEABLE["title"] or 0
    if not title.strip():
        raise ArticleError("En artikel måste ha en titel. Skriv en.")
    if len(title) > most:
        raise ArticleError("{value} … är längre än {most} tecken. Korta det.", value=title[:40], most=most)
