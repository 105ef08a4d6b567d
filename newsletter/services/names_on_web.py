"""Where people are named in what can be read on the web: looked for by name, and noted when they are erased.

An erased person's name is kept nowhere: what is noted is where in an article it stands.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from newsletter.core import naming
from newsletter.core.articles import ArticleText
from newsletter.core.naming import Excerpt, Spot
from newsletter.models import Issue, NamedOnWeb, Variant, WebVersion
from newsletter.services.issue_states import name_of

#: A name is looked for where it stands whole; one word is somebody else's as often as not.
LEAST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Named:
    """An article that names somebody. ``row`` is what waits for a decision, None for what was looked for."""

    issue_id: int
    issue: str
    article_id: int | None
    title: str
    name: str
    excerpts: tuple[Excerpt, ...]
    row: int | None = None


def find(session: Session, *, name: str) -> Sequence[Named]:
    """Return where a name stands on the web, the newest issue first; nowhere for fewer than four letters."""
    if len("".join(name.split())) < LEAST_LETTERS:
        return []
    found: dict[tuple[int, int | None], Named] = {}
    for issue, article_id, text in _texts(session, name):
        spots = naming.spots(text, name)
        if spots:
            excerpts = tuple(naming.excerpt(text, spot) for spot in spots)
            one = Named(issue.id, name_of(issue), article_id, text.title, name, excerpts)
            found.setdefault((issue.id, article_id), one)
    return list(found.values())


def note(session: Session, *, name: str, now: datetime) -> int:
    """Note where somebody is named who is being erased, without their name; return in how many articles."""
    if len(name.split()) < 2:
        return 0  # a given name alone is many people's
    seen: set[tuple[int, int | None]] = set()
    for issue, article_id, text in _texts(session, name):
        spots = naming.spots(text, name)
        if not spots or (issue.id, article_id) in seen:
            continue
        seen.add((issue.id, article_id))
        places = [[spot.text, spot.start, spot.end] for spot in spots]
        session.add(NamedOnWeb(issue_id=issue.id, article_id=article_id, spots=places, found_at=now))
    session.flush()
    return len(seen)


def waiting(session: Session) -> Sequence[Named]:
    """Return what names somebody erased and waits for a decision, in the order in which it was found."""
    from newsletter.services import amendments

    rows = session.execute(
        select(NamedOnWeb, Issue).join(Issue, Issue.id == NamedOnWeb.issue_id).order_by(NamedOnWeb.id)
    ).all()
    found = []
    for row, issue in rows:
        published = {one.article_id: one.text for one in amendments.published(session, issue.id)}
        text = published.get(row.article_id)
        spots = [Spot(*each) for each in row.spots]
        if text is None or not (name := naming.at(text, spots[0])):
            continue
        excerpts = tuple(naming.excerpt(text, spot) for spot in spots)
        found.append(Named(issue.id, name_of(issue), row.article_id, text.title, name, excerpts, row.id))
    return found


def count_waiting(session: Session) -> int:
    """Return how many articles wait for a decision."""
    return session.scalar(select(func.count()).select_from(NamedOnWeb)) or 0


def let_stand(session: Session, *, row: int) -> int | None:
    """Decide that a name may stand where it is; return the issue's id, None where nothing waited."""
    found = session.get(NamedOnWeb, row)
    if found is None:
        return None
    issue_id = found.issue_id
    session.delete(found)
    session.flush()
    return issue_id


def _texts(session: Session, name: str) -> Iterator[tuple[Issue, int | None, ArticleText]]:
    """Give the texts in which a name may stand, each once for each of its issues, the newest issue first.

    The database leaves out what does not hold the last word of the name, as it is or in small letters.
    """
    from newsletter.rendering import web_articles

    word = name.rsplit(maxsplit=1)[-1]
    holds = or_(
        *(
            column.contains(spelled, autoescape=True)
            for column in (WebVersion.articles, WebVersion.title, WebVersion.preheader)
            for spelled in {word, word.upper(), word.capitalize()}
        )
    )
    found = session.execute(
        select(Issue, WebVersion.title, WebVersion.preheader, WebVersion.articles)
        .join(WebVersion, WebVersion.issue_id == Issue.id)
        .join(Variant, Variant.id == WebVersion.variant_id)
        .where(Variant.replaced_by_id.is_(None), holds)
        .order_by(Issue.released_at.desc(), Issue.id.desc(), Variant.id)
    )
    for issue, title, preheader, articles in found:
        yield issue, None, ArticleText(title=title, lead=preheader)
        for item in web_articles.load(json.loads(articles)):
            yield issue, item.article_id, item.text
