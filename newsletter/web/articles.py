"""The register of articles: found by their words, written, seen as the mail shows them, and taken back.

GET, HEAD /artiklar                  the register; ?q=, status, region, bruk
GET, HEAD /artiklar/ny               an empty one; POST makes it
GET, HEAD /artiklar/{id}             the editor; POST saves, unless somebody else has saved meanwhile
POST      /artiklar/{id}/visa        what is written right now, as the mail shows it: for the frame beside
POST      /artiklar/{id}/bild        adds a picture, changes its words, or takes it away

A lead reaches articles that are for their own regions alone; all others do not exist for them.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from newsletter.core import differences
from newsletter.core.articles import ArticleText, Picture
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.errors import ArticleChanged, ArticleError, NewsletterError
from newsletter.importing import pictures
from newsletter.language import _, mark, sentence
from newsletter.models import Article, ArticleStatus
from newsletter.rendering import issues as rendering
from newsletter.rendering.values import IssueView, ItemView, SectionView
from newsletter.services import article_drafts as drafts
from newsletter.services import article_search, articles
from newsletter.services.article_search import Wanted
from newsletter.web import article_desk, article_drafts, media, numbers, preview
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.services import regions

pages = Pages(
    done={
        "sparad": mark("Artikeln är sparad."),
        "ny": mark("Artikeln finns nu i registret, som utkast."),
        "bild": mark("Bilden är sparad."),
        "tung": mark("Bilden är sparad. Den är tung, och tar tid att hämta på en telefon."),
        "utan-bild": mark("Bilden är borttagen ur artikeln."),
        "kastat": mark("Utkastet är kastat."),
        "ater": mark("Den äldre versionen gäller igen. Ingenting har försvunnit."),
    }
)

STATUSES = {
    ArticleStatus.DRAFT: mark("Utkast"),
    ArticleStatus.READY: mark("Klar"),
    ArticleStatus.ARCHIVED: mark("Arkiverad"),
}
_PER_PAGE = 40


@pages.shows("/artiklar", to=May(Act.WRITE))
def register(
    request: Request,
    site: TheSite,
    visit: TheVisit,
    q: str = "",
    status: str = "",
    region: str = "",
    bruk: str = "",
    fore: str = "",
) -> Response:
    """Show the articles that the visitor may write."""
    wanted = Wanted(
        words=q[:200],
        status=next((each for each in ArticleStatus if each.value == status), None),
        region=region or None,
        regions=article_desk.reach(visit),
        used={"ja": True, "nej": False}.get(bruk),
    )
    with site.app.readers() as session:
        total = article_search.count(session, wanted=wanted)
        found = article_search.find(session, wanted=wanted, before_id=numbers.whole(fore), limit=_PER_PAGE)
        uses = article_search.uses(session, article_ids=[each.id for each in found])
        names = {each.slug: each.name for each in regions.all_regions(session)}
        given = {"q": q[:200], "status": status, "region": region, "bruk": bruk}
        return site.page(
            request,
            "articles/register.html",
            visit=visit,
            articles=found,
            uses=uses,
            total=total,
            asked=given,
            is_filtered=any(given.values()),
            older=str(found[-1].id) if len(found) == _PER_PAGE else "",
            regions=names,
            statuses=STATUSES,
            today=site.today(),
        )


@pages.shows("/artiklar/ny", to=May(Act.WRITE))
def blank(request: Request, site: TheSite, visit: TheVisit, utkast: str = "") -> Response:
    """Show an empty editor, or one with a draft that was never saved."""
    return _opened(request, site, visit, None, utkast)


@pages.takes("/artiklar/ny", to=May(Act.WRITE), most_bytes=article_desk.MOST_BYTES)
def make(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Make a new article."""
    try:
        with site.app.sessions.begin() as session:
            article = articles.create(
                session,
                text=article_desk.text_of(form),
                audience=_audience_of(visit, form),
                now=site.app.now(),
                by=visit.actor,
            )
            made = article.id
            drafts.drop(session, subscriber_id=visit.person_id, key=form.get("draft", ""))
    except NewsletterError as error:
        return _editor(
            request, site, visit, None, article_desk.filled(form), wrong=sentence(error), status=422
        )
    return site.back(f"/artiklar/{made}", done="ny")


@pages.shows("/artiklar/{article_id:int}", to=May(Act.WRITE))
def edit(request: Request, site: TheSite, visit: TheVisit, article_id: int, utkast: str = "") -> Response:
    """Show the editor, with the article or a draft. Raises ``NotFound`` beyond the visitor's reach."""
    with site.app.readers() as session:
        article = article_desk.mine(session, visit, article_id)
        return _opened(request, site, visit, article, utkast)


@pages.takes("/artiklar/{article_id:int}", to=May(Act.WRITE), most_bytes=article_desk.MOST_BYTES)
def save(request: Request, site: TheSite, visit: TheVisit, form: TheForm, article_id: int) -> Response:
    """Save, unless somebody else has saved since the page was opened: then nothing is overwritten."""
    try:
        with site.app.sessions.begin() as session:
            article_desk.mine(session, visit, article_id)
            articles.change(
                session,
                article_id=article_id,
                values=_values_of(visit, form),
                now=site.app.now(),
                by=visit.actor,
                if_revision=numbers.whole(form.get("revision", "")) or 0,
            )
            drafts.drop(session, subscriber_id=visit.person_id, key=form.get("draft", ""))
    except ArticleChanged as error:
        return _told_of_another(request, site, visit, article_id, form, sentence(error))
    except NewsletterError as error:
        with site.app.readers() as session:
            article = article_desk.mine(session, visit, article_id)
            return _editor(
                request, site, visit, article, article_desk.filled(form), wrong=sentence(error), status=422
            )
    return site.back(f"/artiklar/{article_id}", done="sparad")


@pages.takes("/artiklar/{article_id:int}/visa", to=May(Act.WRITE), most_bytes=article_desk.MOST_BYTES)
def show(site: TheSite, visit: TheVisit, form: TheForm, article_id: int) -> Response:
    """Render what is written right now, for the frame: nothing in it can run, and nothing be fetched."""
    with site.app.readers() as session:
        article = article_desk.mine(session, visit, article_id)
        shown = replace(article_desk.text_of(form), pictures=articles.to_text(article).pictures)
    scheme = "dark" if form.get("scheme") == "dark" else "light"
    try:
        html = _rendered(site, shown)
    except NewsletterError as error:
        return HTMLResponse(
            f"<!DOCTYPE html><p>{preview.plain(sentence(error))}</p>",
            headers={"Content-Security-Policy": preview.POLICY},
        )
    content = preview.framed(
        html,
        scheme=scheme,
        carried={},
        base_url=site.app.settings.base_url,
        media=partial(media.picture, site.app.paths.media),
    )
    return HTMLResponse(content, headers={"Content-Security-Policy": preview.POLICY})


@pages.takes("/artiklar/{article_id:int}/bild", to=May(Act.WRITE), most_bytes=pictures.MOST_BYTES + 100_000)
def picture(request: Request, site: TheSite, visit: TheVisit, form: TheForm, article_id: int) -> Response:
    """Add a picture, change its words, or take it away."""
    uploads = form.files.get("file", [])
    heavy = False
    try:
        added = []
        for upload in uploads[:10]:
            ready = pictures.prepare(upload.content, name=upload.filename[:80])
            heavy = heavy or ready.is_heavy
            name = media.keep(site.app.paths.media, ready.content, ready.suffix)
            added.append(Picture(form.get("caption", ""), form.get("credit", ""), form.get("alt", ""), name))
        with site.app.sessions.begin() as session:
            article = article_desk.mine(session, visit, article_id)
            had = list(articles.to_text(article).pictures)
            articles.set_images(
                session,
                article_id=article_id,
                pictures=_with(had, added, form),
                now=site.app.now(),
                by=visit.actor,
            )
    except ArticleError as error:
        with site.app.readers() as session:
            article = article_desk.mine(session, visit, article_id)
            return _editor(
                request,
                site,
                visit,
                article,
                article_desk.as_form(article),
                wrong=sentence(error),
                status=422,
            )
    done = "utan-bild" if form.get("do") == "remove" else "tung" if heavy else "bild"
    return site.back(f"/artiklar/{article_id}", done=done)


def _values_of(visit: Visit, form: Form) -> dict[str, object]:
    text = article_desk.text_of(form)
    values: dict[str, object] = {
        name: getattr(text, name) for name in (*article_desk.TEXTS, "language", "dateline")
    }
    values["audience"] = _audience_of(visit, form)
    values["expires_on"] = numbers.day(form.get("expires_on", ""))
    values["status"] = next(
        (each for each in ArticleStatus if each.value == form.get("status")), ArticleStatus.DRAFT
    )
    return values


def _audience_of(visit: Visit, form: Form) -> Audience:
    """Return whom the article is for: as chosen; a lead's is never for anybody beyond their regions."""
    chosen = frozenset(form.getlist("regions"))
    reach = article_desk.reach(visit)
    if reach is not None:
        return Audience.of(chosen & reach or reach)
    return Audience.of(chosen) if chosen else EVERYONE


def _with(had: list[Picture], added: list[Picture], form: Form) -> list[Picture]:
    number = numbers.whole(form.get("number", ""))
    if number is None or number >= len(had):
        return had + added
    if form.get("do") == "remove":
        return had[:number] + had[number + 1 :]
    words = {name: form.get(name, "")[:2000] for name in ("alt", "caption", "credit")}
    return [*had[:number], replace(had[number], **words), *had[number + 1 :]]


def _told_of_another(
    request: Request, site: Site, visit: Visit, article_id: int, form: Form, told: str
) -> Response:
    """Show both texts: what somebody else saved meanwhile, and what was about to be saved."""
    with site.app.readers() as session:
        article = article_desk.mine(session, visit, article_id)
        theirs, mine = articles.to_text(article), article_desk.text_of(form)
        return _editor(
            request,
            site,
            visit,
            article,
            article_desk.filled(form),
            wrong=told,
            status=409,
            differing=differences.words(theirs.body, mine.body),
        )


def _opened(request: Request, site: Site, visit: Visit, article: Article | None, draft: str) -> Response:
    """Show what stands, or the draft that is asked for; where somebody saved meanwhile, what differs."""
    number = numbers.whole(draft)
    if number is None:
        return _editor(request, site, visit, article, article_desk.as_form(article))
    with site.app.readers() as session:
        filled = article_drafts.brought_back(session, visit, article, number)
    if article is None or not filled["behind"]:
        return _editor(request, site, visit, article, filled)
    told = _(
        "Artikeln har sparats sedan utkastet skrevs. Jämför: det du sparar nu ersätter det som står, "
        "och det finns kvar i historiken."
    )
    differing = differences.words(article.body, str(filled["body"]))
    return _editor(request, site, visit, article, filled, wrong=told, differing=differing)


def _editor(
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
    with site.app.readers() as session:
        names = {each.slug: each.name for each in regions.all_regions(session)}
        uses = article_search.uses(session, article_ids=[article.id] if article else [])
        offered = article_drafts.offered(session, visit, article)
    key = filled.get("draft") or article_drafts.fresh_key()
    reach = article_desk.reach(visit)
    chosen = filled.get("regions_chosen")
    if chosen is None:
        chosen = article.audience.regions or () if article else ()
    return site.page(
        request,
        "articles/editor.html",
        status=status,
        visit=visit,
        article=article,
        pictures=articles.to_text(article).pictures if article else (),
        filled=filled,
        chosen=chosen,
        regions={slug: name for slug, name in names.items() if reach is None or slug in reach},
        uses=uses.get(article.id, ()) if article else (),
        statuses=STATUSES,
        wrong=wrong,
        differing=differing,
        draft_key=key,
        draft_version=filled.get("draft_version") or "",
        drafts=[each for each in offered if each.key != key][:5],
    )


def _rendered(site: Site, text: ArticleText) -> str:
    """Return the article as it stands in a mail by itself."""
    view = IssueView(
        frame=site.app.frame(),
        language="sv",
        list_name=site.app.current().association_name,
        number=1,
        year=site.today().year,
        title=text.title or "–",
        subject=text.title or "–",
        why="",
        sections=(
            SectionView("", (ItemView(article_id=1, article=replace(text, title=text.title or "–")),)),
        ),
    )
    return rendering.render(view).html
