"""Drafts of articles: kept every few seconds while somebody writes, offered when they come back.

POST /artiklar/utkast         keeps what stands in the editor; answers with a sentence for the page
POST /artiklar/utkast/kasta   throws a draft away

The editor itself (``articles``) offers drafts and brings one back: ``?utkast=`` and its number.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from newsletter.errors import ArticleChanged, ArticleError
from newsletter.language import _, sentence
from newsletter.models import Article
from newsletter.services import article_drafts
from newsletter.web import article_desk, numbers
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act

pages = Pages(done={})


@dataclass(frozen=True, slots=True)
class Offered:
    """A draft that somebody may bring back: when it was kept, and the title that it has."""

    id: int
    key: str
    title: str
    saved_at: datetime


@pages.takes("/artiklar/utkast", to=May(Act.WRITE), most_bytes=article_desk.MOST_BYTES)
def keep(site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Keep what stands in the form, as this person's draft."""
    article_id = numbers.whole(form.get("article", ""))
    now = site.app.now()
    try:
        with site.app.sessions.begin() as session:
            if article_id is not None:
                article_desk.mine(session, visit, article_id)
            draft = article_drafts.keep(
                session,
                subscriber_id=visit.person_id,
                key=form.get("draft", ""),
                article_id=article_id,
                revision=numbers.whole(form.get("revision", "")) or 0,
                version=numbers.whole(form.get("draft_version", "")) or 0,
                content=_content(form),
                now=now,
            )
            version = draft.version
    except ArticleChanged as error:
        return JSONResponse({"told": sentence(error)}, status_code=409)
    except ArticleError as error:
        return JSONResponse({"told": sentence(error)}, status_code=422)
    told = _("Sparat {clock} som utkast.").format(clock=site.clock(now))
    return JSONResponse({"version": version, "told": told})


@pages.takes("/artiklar/utkast/kasta", to=May(Act.WRITE))
def throw_away(site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Throw one of the person's own drafts away."""
    article_id = numbers.whole(form.get("article", ""))
    with site.app.sessions.begin() as session:
        article_drafts.drop(session, subscriber_id=visit.person_id, key=form.get("draft", ""))
    return site.back(f"/artiklar/{article_id or 'ny'}", done="kastat")


def offered(session: Any, visit: Visit, article: Article | None) -> Sequence[Offered]:
    """Return the drafts of an article that the visitor may bring back, but for those that say nothing new."""
    article_id = article.id if article else None
    found = article_drafts.of(session, subscriber_id=visit.person_id, article_id=article_id)
    return [
        Offered(each.id, each.key, str(each.content.get("title", ""))[:80], each.saved_at)
        for each in found
        if _says_more(each.content, article)
    ]


def brought_back(session: Any, visit: Visit, article: Article | None, draft_id: int) -> dict[str, Any]:
    """Return a draft as the editor's form has it, with its key, version and whether it is behind.

    Raises ``NotFound`` for one that is not there.
    """
    draft = article_drafts.get(
        session,
        subscriber_id=visit.person_id,
        article_id=article.id if article else None,
        draft_id=draft_id,
    )
    return {
        **article_desk.filled(draft.content),
        "regions_chosen": draft.content.get("regions", []),
        "draft": draft.key,
        "draft_version": draft.version,
        "behind": article_drafts.is_behind(draft, article),
        "saved_at": draft.saved_at,
    }


def carried_on(
    session: Any, visit: Visit, article: Article, form: Form, *, before: int, now: datetime
) -> int | None:
    """Keep what stands in the editor when files come to the article from it, and return the draft's id.

    None where the form says what the article does. ``before`` was the article's revision before the files:
    a draft of that revision is not behind because of them.
    """
    content = _content(form)
    if "title" not in form or not _says_more(content, article):
        return None
    said: dict[str, Any] = {
        "article_id": article.id,
        "revision": numbers.whole(form.get("revision", "")) or 0,
        "content": content,
        "now": now,
        "subscriber_id": visit.person_id,
    }
    try:
        version = numbers.whole(form.get("draft_version", "")) or 0
        draft = article_drafts.keep(session, key=form.get("draft", ""), version=version, **said)
    except ArticleChanged:  # kept meanwhile, from here or another tab: neither is lost
        draft = article_drafts.keep(session, key=fresh_key(), version=0, **said)
    if draft.revision == before:
        draft.revision = article.revision
    session.flush()
    return draft.id


def fresh_key() -> str:
    """Return a name for a page on which somebody may begin to write."""
    return secrets.token_urlsafe(18)


def _content(form: Form) -> dict[str, Any]:
    fields = {name: form.get(name, "") for name in article_desk.FIELDS}
    return {**fields, "regions": form.getlist("regions")}


def _says_more(content: dict[str, Any], article: Article | None) -> bool:
    if article is None:
        return any(str(content.get(name, "")).strip() for name in article_desk.TEXTS)
    stands = article_desk.as_form(article)
    return any(
        str(content.get(name, "")).replace("\r\n", "\n").strip() != str(stands[name]).strip()
        for name in article_desk.FIELDS
    ) or set(content.get("regions", [])) != set(article.audience.regions or ())
