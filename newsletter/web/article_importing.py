"""Texts come into the register in three steps: choose them, correct how they are split, take them in.

GET, HEAD /artiklar/importera             files, or a text to paste
POST      /artiklar/importera             how they are split, as chosen; or takes them in
GET, HEAD /artiklar/importerade/{id}      what came in
POST      /artiklar/importerade/{id}/angra   takes it out again, but for what is used or changed

Nothing is kept between the steps: the form carries the texts. A lead's articles are for their own regions.
"""

from collections.abc import Sequence

from fastapi import Request
from starlette.responses import Response

from newsletter.errors import TextRefused
from newsletter.language import _, mark, sentence
from newsletter.models import Article, ArticleStatus
from newsletter.services import article_imports
from newsletter.services.article_imports import Stays
from newsletter.web import article_desk, desks
from newsletter.web import article_import_desk as desk
from newsletter.web.article_import_desk import Source
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import SentenceError

pages = Pages(
    done={
        "ater": mark("Importen är ångrad."),
        "kvar": mark("Importen är ångrad, utom det som står kvar här."),
    }
)

_KINDS = {
    "article": mark("Artikel"),
    "subhead": mark("Mellanrubrik"),
    "text": mark("Vanlig text"),
    "dropped": mark("Tas inte med"),
}
_REASONS = {
    Stays.USED: mark("används i ett brev"),
    Stays.CHANGED: mark("är ändrad sedan dess"),
    Stays.WRITTEN: mark("har ett osparat utkast"),
}


@pages.shows("/artiklar/importera", to=May(Act.WRITE))
def choose(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Ask for the texts."""
    return _asked(request, site, visit)


@pages.takes("/artiklar/importera", to=May(Act.WRITE), most_bytes=desk.MOST_BYTES)
def split(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Show how the texts are split, as it is chosen; or take them in, once that has been seen."""
    reach = article_desk.reach(visit)
    try:
        texts, refused = desk.brought(form)
        found, more = desk.sources(texts, form, None if reach is None else sorted(reach))
    except TextRefused as error:
        return _asked(request, site, visit, [sentence(error)], form)
    refused += more
    if not found:
        told = refused or [_("Välj en fil, eller klistra in en text.")]
        return _asked(request, site, visit, told, form)
    if form.get("do") != "take":
        return _shown(request, site, visit, found, refused)
    if form.get("seen", "") != desk.seen(found):
        changed = _("Uppdelningen är ändrad sedan du såg den. Så här blir det nu. Ta in när det stämmer.")
        return _shown(request, site, visit, found, [*refused, changed], status=409)
    try:
        with site.app.sessions.begin() as session:
            taken = article_imports.take(
                session,
                proposals=[source.taken for source in found],
                left_out=sum(piece.is_left_out for source in found for piece in source.pieces),
                actor=visit.actor,
                now=site.app.now(),
            )
    except SentenceError as error:
        return _shown(request, site, visit, found, [*refused, sentence(error)], status=422)
    return site.back(f"/artiklar/importerade/{taken}")


@pages.shows("/artiklar/importerade/{import_id:int}", to=May(Act.WRITE))
def taken_in(request: Request, site: TheSite, visit: TheVisit, import_id: int) -> Response:
    """Show what came in. Raises ``NotFound`` for another's import, but to whoever writes all articles."""
    reach = article_desk.reach(visit)
    with site.app.readers() as session:
        taken = article_imports.get(
            session, import_id=import_id, actor=None if reach is None else visit.actor
        )
        return site.page(
            request,
            "articles/imported.html",
            visit=visit,
            taken=taken,
            reasons=_REASONS,
            within={each.id for each in [*taken.made, *taken.known] if _reached(reach, each)},
            undoable=len(taken.made) - len(taken.stays),
        )


@pages.takes("/artiklar/importerade/{import_id:int}/angra", to=May(Act.WRITE))
def undo(site: TheSite, visit: TheVisit, form: TheForm, import_id: int) -> Response:  # noqa: ARG001
    """Take out again what came in, but for what stays."""
    own_only = article_desk.reach(visit) is not None
    with site.app.sessions.begin() as session:
        article_imports.undo(
            session, import_id=import_id, actor=visit.actor, own_only=own_only, now=site.app.now()
        )
        left = article_imports.get(session, import_id=import_id).made
    return site.back(f"/artiklar/importerade/{import_id}", done="kvar" if left else "ater")


def _asked(
    request: Request, site: Site, visit: Visit, told: Sequence[str] = (), form: Form | None = None
) -> Response:
    """Ask for the texts, with what is wrong; what was pasted stands there still."""
    return site.page(
        request,
        "articles/import.html",
        visit=visit,
        status=422 if told else 200,
        told=told,
        pasted=form.get("pasted", "") if form else "",
    )


def _shown(
    request: Request,
    site: Site,
    visit: Visit,
    found: Sequence[Source],
    told: Sequence[str],
    *,
    status: int = 200,
) -> Response:
    reach = article_desk.reach(visit)
    texts = [piece.proposed.text for source in found for piece in source.pieces]
    with site.app.readers() as session:
        there = article_imports.known(session, texts=texts)
        names = desks.names_of_regions(session)
        return site.page(
            request,
            "articles/split.html",
            visit=visit,
            status=status,
            sources=found,
            told=told,
            kinds=_KINDS,
            seen=desk.seen(found),
            total=sum(not piece.is_left_out for source in found for piece in source.pieces),
            known=there,
            within={each.id for each in there.values() if _reached(reach, each)},
            archived=ArticleStatus.ARCHIVED,
            own_regions=[names[slug] for slug in sorted(reach)] if reach is not None else [],
        )


def _reached(reach: frozenset[str] | None, article: Article) -> bool:
    regions = article.audience.regions
    return reach is None or bool(regions and regions <= reach)
