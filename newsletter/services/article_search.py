"""The register of articles, looked through: by words, state, region, and where they were used.

SQLite finds words by an FTS5 table that triggers keep in step, PostgreSQL by an index over the same columns,
in Swedish. "far" never finds "får". The last word may be unfinished, since people search as they type.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    column,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    text,
    type_coerce,
)
from sqlalchemy.orm import Session

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.models import Article, ArticleStatus, Issue, Item
from newsletter.services import issues

_WORD = re.compile(r"\w+")
_MOST_WORDS = 12

_COLUMNS = "title || ' ' || kicker || ' ' || lead || ' ' || body || ' ' || byline_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. ``regions`` limits to articles meant for these regions (slugs) and no others.

    ``status`` None is all but the archived ones. ``used`` True or False asks for those that stand in an
    issue, or do not; ``expired_by`` for those whose last day was before it.
    """

    words: str = ""
    status: ArticleStatus | None = None
    region: str | None = None
    regions: Collection[str] | None = None
    used: bool | None = None
    expired_by: date | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """An issue that an article stands in. ``audience`` is who sees it there."""

    issue_id: int
    issue: str
    audience: Audience


def find(
    session: Session, *, wanted: Wanted, before_id: int | None = None, limit: int = 50
) -> Sequence[Article]:
    """Return the newest articles first; ``before_id`` goes on from an earlier page."""
    query = _matching(session, wanted).order_by(Article.id.desc()).limit(limit)
    return session.scalars(query if before_id is None else query.where(Article.id < before_id)).all()


def count(session: Session, *, wanted: Wanted) -> int:
    """Return how many articles ``find`` has in all."""
    return session.scalars(select(func.count()).select_from(_matching(session, wanted).subquery())).one()


def uses(session: Session, *, article_ids: Collection[int]) -> Mapping[int, Sequence[Use]]:
    """Return where articles stand, by article, the newest issue first."""
    rows = session.execute(
        select(Item, Issue)
        .join(Issue, Issue.id == Item.issue_id)
        .where(Item.article_id.in_(article_ids))
        .order_by(Issue.year.desc(), Issue.number.desc(), Issue.id.desc())
    )
    found: dict[int, list[Use]] = {}
    for item, issue in rows:
        use = Use(issue.id, issues.name_of(issue), item.audience)
        found.setdefault(item.article_id, []).append(use)
    return found


def _matching(session: Session, wanted: Wanted) -> Select[Article]:
    conditions: list[ColumnElement[bool]] = [
        Article.status != ArticleStatus.ARCHIVED if wanted.status is None else Article.status == wanted.status
    ]
    if wanted.words.strip():
        conditions.append(_has_words(session, wanted.words))
    if wanted.region is not None:
        conditions.append(or_(Article.audience == EVERYONE, _for_region(wanted.region)))
    if wanted.regions is not None:
        conditions.append(Article.audience.in_(_within(wanted.regions)))
    if wanted.used is not None:
        used = exists().where(Item.article_id == Article.id)
        conditions.append(used if wanted.used else not_(used))
    if wanted.expired_by is not None:
        conditions.append(and_(Article.expires_on.is_not(None), Article.expires_on < wanted.expired_by))
    return select(Article).where(*conditions)


def _for_region(slug: str) -> ColumnElement[bool]:
    """Hold for an audience that names the region: "vast" is not in "vastmanland-uppsala"."""
    stored = literal(",").concat(type_coerce(Article.audience, String)).concat(",")
    return stored.contains(f",{slug},", autoescape=True)


def _within(slugs: Collection[str]) -> list[Audience]:
    """Return every audience that holds none but these regions; a lead has one region, or two."""
    ordered = sorted(slugs)[:6]
    subsets = [
        [slug for at, slug in enumerate(ordered) if chosen & (1 << at)]
        for chosen in range(1, 1 << len(ordered))
    ]
    return [Audience.of(subset) for subset in subsets]


def _has_words(session: Session, words: str) -> ColumnElement[bool]:
    found = _WORD.findall(words)[:_MOST_WORDS]
    if not found:
        return Article.id.is_(None)
    if session.get_bind().dialect.name == "postgresql":
        query = func.to_tsquery("swedish", " & ".join([*found[:-1], f"{found[-1]}:*"]))
        words_of: ColumnElement[Any] = literal_column(f"to_tsvector('swedish', {_COLUMNS})")
        return words_of.bool_op("@@")(query)
    matching = " ".join(f'"{word}"' for word in found) + "*"
    rows = text("SELECT rowid FROM article_search WHERE article_search MATCH :words")
    return Article.id.in_(rows.bindparams(words=matching).columns(column("rowid")))
