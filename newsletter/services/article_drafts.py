"""What somebody is writing and has not saved: kept every few seconds, offered when they come back.

A draft is one person's own. It changes no article, so it can overwrite nobody's work; whether somebody else
has saved meanwhile is asked when it is saved (``articles.change``).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from newsletter.errors import ArticleChanged, ArticleError
from newsletter.models import Article, ArticleDraft
from subscribers.errors import NotFound

#: Each person keeps as many; of more the oldest goes.
MOST = 30
_LONGEST_KEY = 40


def keep(
    session: Session,
    *,
    subscriber_id: int,
    key: str,
    article_id: int | None,
    revision: int,
    version: int,
    content: Mapping[str, Any],
    now: datetime,
) -> ArticleDraft:
    """Keep what stands in a form. ``version`` is the draft's as the page knows it, 0 for none yet.

    Raises ``ArticleChanged`` where another page has gone on with the same draft: nothing is overwritten.
    """
    if not 8 <= len(key) <= _LONGEST_KEY:
        raise ArticleError("Utkastet går inte att spara. Ladda om sidan.")
    mine = _own(subscriber_id).where(ArticleDraft.key == key)
    draft: ArticleDraft | None = session.scalar(mine.with_for_update())
    if draft is not None and draft.version != version:
        raise ArticleChanged(
            "Du har skrivit vidare i utkastet i en annan flik. Det här sparas inte som utkast; "
            "tryck på Spara för att behålla det."
        )
    if draft is None:
        draft = ArticleDraft(
            subscriber_id=subscriber_id, key=key, article_id=article_id, revision=revision, version=0
        )
        session.add(draft)
    draft.version += 1
    draft.content = dict(content)
    draft.saved_at = now
    session.flush()
    _prune(session, subscriber_id)
    return draft


def of(session: Session, *, subscriber_id: int, article_id: int | None) -> Sequence[ArticleDraft]:
    """Return a person's drafts of an article (None: of new ones), the newest first."""
    about = ArticleDraft.article_id.is_(None) if article_id is None else ArticleDraft.article_id == article_id
    found = _own(subscriber_id).where(about).order_by(ArticleDraft.saved_at.desc(), ArticleDraft.id.desc())
    return session.scalars(found).all()


def get(session: Session, *, subscriber_id: int, article_id: int | None, draft_id: int) -> ArticleDraft:
    """Return a person's draft of that article. Raises ``NotFound`` for any other."""
    draft: ArticleDraft | None = session.scalar(_own(subscriber_id).where(ArticleDraft.id == draft_id))
    if draft is None or draft.article_id != article_id:
        raise NotFound("Det utkastet finns inte längre.")
    return draft


def drop(session: Session, *, subscriber_id: int, key: str) -> None:
    """Throw a person's draft away; none of that key is as well."""
    theirs = (ArticleDraft.subscriber_id == subscriber_id, ArticleDraft.key == key)
    session.execute(delete(ArticleDraft).where(*theirs))


def is_behind(draft: ArticleDraft, article: Article | None) -> bool:
    """Tell whether the article was saved after the page was opened that the draft was written on."""
    return article is not None and article.revision != draft.revision


def _own(subscriber_id: int) -> Select[ArticleDraft]:
    return select(ArticleDraft).where(ArticleDraft.subscriber_id == subscriber_id)


def _prune(session: Session, subscriber_id: int) -> None:
    newest = _own(subscriber_id).order_by(ArticleDraft.saved_at.desc(), ArticleDraft.id.desc())
    for each in session.scalars(newest.offset(MOST)).all():
        session.delete(each)
