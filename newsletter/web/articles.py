"""The register of articles: found by their words, written, seen as the mail shows them, and taken back.

GET, HEAD /artiklar                  the register; ?q=, status, region, bruk
GET, HEAD /artiklar/ny               an empty one; POST makes it
GET, HEAD /artiklar/{id}             the editor; POST saves, unless somebody else has saved meanwhile
POST      /artiklar/{id}/visa        what is written right now, as the mail shows it: for the frame beside

A lead reaches articles that are for their own regions alone; all others do not exist for them.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from newsletter.core.articles import ArticleText
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.greetings import greeting
from newsletter.errors import ArticleChanged, NewsletterError
from newsletter.language import _, mark, sentence
from newsletter.models import ArticleStatus
from newsletter.rendering import issues as rendering
from newsletter.rendering import slots
from newsletter.rendering.values import IssueView, ItemView, SectionView
from newsletter.services import article_drafts as drafts
from newsletter.services import article_search, articles
from newsletter.services.article_search import Wanted
from newsletter.web import article_desk, article_editor, article_files, media, numbers, preview
from newsletter.web.article_files import Brought
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
        "ny-bild": mark("Bilden är sparad, och artikeln finns nu i registret som utkast."),
        "ny-tung": mark(
            "Bilden är sparad, och artikeln finns nu i registret som utkast. Bilden är tung, och tar tid att "
            "hämta på en telefon."
        ),
        "ny-bilaga": mark("Bilagan är sparad, och artikeln finns nu i registret som utkast."),
        "ny-stum": article_files.DONE["stum"],
        **article_files.DONE,
        "kastat": mark("Utkastet är kastat."),
        "ater": mark("Den äldre versionen gäller igen. Ingenting har försvunnit."),
    }
)

_PER_PAGE = 40
#: Whom a letter greets while nobody is going to get it.
_EXAMPLE = "Kim"


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
            taste=article_desk.taste,
            total=total,
            asked=given,
            is_filtered=any(given.values()),
            older=str(found[-1].id) if len(found) == _PER_PAGE else "",
            regions=names,
            statuses=article_editor.STATUSES,
            today=site.today(),
        )


@pages.shows("/artiklar/ny", to=May(Act.WRITE))
def blank(request: Request, site: TheSite, visit: TheVisit, utkast: str = "") -> Response:
    """Show an empty editor, or one with a draft that was never saved."""
    return article_editor.opened(request, site, visit, None, utkast)


@pages.takes("/artiklar/ny", to=May(Act.WRITE), most_bytes=article_files.MOST_BYTES)
def make(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Make a new article; also so that a picture or an attachment has something to belong to."""
    try:
        article_desk.check_length(form)
        brought = article_files.bring(site, form)
        article_files.check_chosen(form, brought)
        with site.app.sessions.begin() as session:
            made = _made(session, site, visit, form, brought)
    except NewsletterError as error:
        return article_editor.refused(request, site, visit, None, form, sentence(error))
    return site.back(f"/artiklar/{made}", done=f"ny-{brought.done}" if brought.done else "ny")


@pages.shows("/artiklar/{article_id:int}", to=May(Act.WRITE))
def edit(request: Request, site: TheSite, visit: TheVisit, article_id: int, utkast: str = "") -> Response:
    """Show the editor, with the article or a draft. Raises ``NotFound`` beyond the visitor's reach."""
    with site.app.readers() as session:
        article = article_desk.mine(session, visit, article_id)
        return article_editor.opened(request, site, visit, article, utkast)


@pages.takes("/artiklar/{article_id:int}", to=May(Act.WRITE), most_bytes=article_files.MOST_BYTES)
def save(request: Request, site: TheSite, visit: TheVisit, form: TheForm, article_id: int) -> Response:
    """Save, unless somebody else has saved since the page was opened: then nothing is overwritten."""
    with site.app.readers() as session:
        article_desk.mine(session, visit, article_id)  # before any file of the form is kept
    try:
        article_desk.check_length(form)
        brought = article_files.bring(site, form)
        with site.app.sessions.begin() as session:
            article_desk.mine_to_change(session, visit, article_id, today=site.today())
            article = articles.change(
                session,
                article_id=article_id,
                values=_values_of(visit, form),
                now=site.app.now(),
                by=visit.actor,
                if_revision=numbers.whole(form.get("revision", "")) or 0,
            )
            article_files.put(session, article, form, brought, now=site.app.now(), by=visit.actor)
            drafts.drop(session, subscriber_id=visit.person_id, key=form.get("draft", ""))
    except ArticleChanged as error:
        return article_editor.overtaken(request, site, visit, article_id, form, sentence(error))
    except NewsletterError as error:
        return article_editor.refused(request, site, visit, article_id, form, sentence(error))
    return site.back(f"/artiklar/{article_id}", done=brought.done or "sparad")


@pages.takes("/artiklar/{article_id:int}/visa", to=May(Act.WRITE), most_bytes=article_desk.MOST_BYTES)
def show(site: TheSite, visit: TheVisit, form: TheForm, article_id: int) -> Response:
    """Render what is written right now, for the frame: nothing in it can run, and nothing be fetched."""
    with site.app.readers() as session:
        article = article_desk.mine(session, visit, article_id)
        stands = articles.to_text(article)
    shown = replace(article_desk.text_of(form), pictures=stands.pictures, attachments=stands.attachments)
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


def _made(session: Any, site: Site, visit: Visit, form: Form, brought: Brought) -> int:
    text, now = article_desk.text_of(form), site.app.now()
    if brought.done and not text.title:
        # A file is no reason to be asked for a title; what is written comes along.
        text = replace(text, title=_("Utan rubrik"))
    article = articles.create(session, text=text, audience=_audience_of(visit, form), now=now, by=visit.actor)
    kept = ("status", "expires_on", "kind", *article_desk.OCCASION)
    chosen = {name: _values_of(visit, form)[name] for name in kept}
    articles.change(session, article_id=article.id, values=chosen, now=now, by=visit.actor)
    article_files.put(session, article, form, brought, now=now, by=visit.actor)
    drafts.drop(session, subscriber_id=visit.person_id, key=form.get("draft", ""))
    return article.id


def _values_of(visit: Visit, form: Form) -> dict[str, object]:
    text = article_desk.text_of(form)
    values: dict[str, object] = {
        name: getattr(text, name) for name in (*article_desk.TEXTS, "language", "dateline")
    }
    values["audience"] = _audience_of(visit, form)
    # What belongs to another kind is kept: who chooses the wrong one loses nothing by it.
    values.update(kind=text.kind, **article_desk.occasion_of(form))
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
    return slots.shown(rendering.render(view).html, greeting=greeting([_EXAMPLE]))
