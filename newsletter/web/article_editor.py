"""The editor of an article as a page: with what stands, a draft, or what could not be saved."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import Response

from newsletter.core import differences
from newsletter.core.articles import ArticleKind, ArticleText
from newsletter.importing import attachments, pictures
from newsletter.language import _, mark
from newsletter.models import Article, ArticleStatus
from newsletter.rendering import articles as rendering
from newsletter.services import article_search, articles
from newsletter.web import article_desk, article_drafts, numbers
from newsletter.web.forms import Form
from newsletter.web.pages import Site
from newsletter.web.visits import Visit
from subscribers.services import regions

STATUSES = {
    ArticleStatus.DRAFT: mark("Utkast"),
    ArticleStatus.READY: mark("Klar"),
    ArticleStatus.ARCHIVED: mark("Arkiverad"),
}


KINDS = {
    ArticleKind.ORDINARY: mark("Artikel"),
    ArticleKind.INVITATION: mark("Inbjudan"),
    ArticleKind.OBITUARY: mark("Minnesord"),
}


def opened(request: Request, site: Site, visit: Visit, article: Article | None, draft: str) -> Response:
    """Show what stands, or the draft that is asked for; where somebody saved meanwhile, what differs."""
    number = numbers.whole(draft)
    if number is None:
        return page(request, site, visit, article, article_desk.as_form(article))
    with site.app.readers() as session:
        filled = article_drafts.brought_back(session, visit, article, number)
    if article is None or not filled["behind"]:
        return page(request, site, visit, article, filled)
    told = _(
        "Artikeln har sparats sedan utkastet skrevs. Jämför: det du sparar nu ersätter det som står, "
        "och det finns kvar i historiken."
    )
    differing = differences.words(article.body, str(filled["body"]))
    return page(request, site, visit, article, filled, wrong=told, differing=differing)


def refused(
    request: Request, site: Site, visit: Visit, article_id: int | None, form: Form, told: str
) -> Response:
    """Show what was about to be saved, and why it was not."""
    filled = article_desk.filled(form)
    if article_id is None:
        return page(request, site, visit, None, filled, wrong=told, status=422)
    with site.app.readers() as session:
        article = article_desk.mine(session, visit, article_id)
        return page(request, site, visit, article, filled, wrong=told, status=422)


def overtaken(request: Request, site: Site, visit: Visit, article_id: int, form: Form, told: str) -> Response:
    """Show both texts: what somebody else saved meanwhile, and what was about to be saved."""
    with site.app.readers() as session:
        article = article_desk.mine(session, visit, article_id)
        theirs, mine = articles.to_text(article), article_desk.text_of(form)
        differing = differences.words(theirs.body, mine.body)
        filled = article_desk.filled(form)
        return page(request, site, visit, article, filled, wrong=told, status=409, differing=differing)


def page(
    request: Request,
    site: Site,
    visit: Visit,
    article: Article | None,
    filled: Mapping[str, Any],
    *,
    wrong: str = "",
    status: int = 200,
    differing: Any = (),
) -> Response:
    """Show the editor with what is to stand in its form."""
    with site.app.readers() as session:
        names = {each.slug: each.name for each in regions.all_regions(session)}
        uses = article_search.uses(session, article_ids=[article.id] if article else [])
        offered = article_drafts.offered(session, visit, article)
    key = filled.get("draft") or article_drafts.fresh_key()
    reach = article_desk.reach(visit)
    chosen = filled.get("regions_chosen")
    if chosen is None:
        chosen = article.audience.regions or () if article else ()
    stands = articles.to_text(article) if article else ArticleText(title="")
    return site.page(
        request,
        "articles/editor.html",
        status=status,
        visit=visit,
        article=article,
        pictures=stands.pictures,
        attachments=[(each, rendering.kind_and_size(each)) for each in stands.attachments],
        most_picture=pictures.MOST_BYTES,
        most_attachment=attachments.MOST_BYTES,
        filled=filled,
        chosen=chosen,
        regions={slug: name for slug, name in names.items() if reach is None or slug in reach},
        uses=uses.get(article.id, ()) if article else (),
        statuses=STATUSES,
        kinds=KINDS,
        wrong=wrong,
        differing=differing,
        draft_key=key,
        draft_version=filled.get("draft_version") or "",
        drafts=[each for each in offered if each.key != key][:5],
    )
