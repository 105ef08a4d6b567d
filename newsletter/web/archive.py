"""The archive: sent issues for everybody to read, where an officer has opened it. Nobody signs in.

GET, HEAD /arkiv              the issues, by year
GET, HEAD /arkiv/{key}        one of them, as a page: what people without a region got, and nobody's name
GET, HEAD /arkiv/{key}/brev   the letter as it looked, for the frame: nothing in it can run

What is closed, taken out, or not yet with everybody is answered as what never was.
"""

from itertools import groupby

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from newsletter.rendering import archived
from newsletter.rendering.archived import NotForEverybody, Place
from newsletter.services import archive
from newsletter.services.archive import Kept
from newsletter.web.gate import Everyone, Pages
from newsletter.web.pages import Site, TheSite, way_up

pages = Pages()

#: Goes with the letter: no scripts and no forms, pictures from us alone, and links that open beside it.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
#: Said in place of the house's rule where an officer lets search engines in.
_INDEXED = {"X-Robots-Tag": "all"}


@pages.shows("/arkiv", to=Everyone())
def register(request: Request, site: TheSite) -> Response:
    """List the issues."""
    with site.app.readers() as session:
        if not archive.is_open(session):
            raise HTTPException(404)
        found = archive.entries(session, now=site.app.now())
        indexed = archive.may_be_indexed(session)
    years = [(year, list(entries)) for year, entries in groupby(found, lambda entry: entry.year)]
    answer = site.page(
        request,
        "archive/register.html",
        years=years,
        indexed=indexed,
        several=len({entry.list_name for entry in found}) > 1,
    )
    return _told(answer, indexed=indexed)


@pages.shows("/arkiv/{key}", to=Everyone())
def issue(request: Request, site: TheSite, key: str) -> Response:
    """Show an issue as a page of ours: its headings are the page's."""
    kept, place = _kept(site, key), _place(request, site)
    try:
        sections = archived.sections(kept.html, place)
    except NotForEverybody:
        raise HTTPException(404) from None
    answer = site.page(
        request,
        "archive/issue.html",
        kept=kept,
        entry=kept.entry,
        sections=sections,
        articles=[article for section in sections for article in section.articles],
        indexed=kept.entry.indexed,
    )
    return _told(answer, indexed=kept.entry.indexed)


@pages.shows("/arkiv/{key}/brev", to=Everyone())
def letter(request: Request, site: TheSite, key: str) -> Response:
    """Give the letter as it looked, under a policy of its own."""
    try:
        content = archived.letter(_kept(site, key).html, _place(request, site))
    except NotForEverybody:
        raise HTTPException(404) from None
    return HTMLResponse(content, headers={"Content-Security-Policy": POLICY})


def _kept(site: Site, key: str) -> Kept:
    with site.app.readers() as session:
        return archive.read(session, key=key, now=site.app.now())


def _place(request: Request, site: Site) -> Place:
    return Place(root=way_up(request), base_url=site.app.settings.base_url)


def _told(answer: Response, *, indexed: bool) -> Response:
    if indexed:
        answer.headers.update(_INDEXED)
    return answer
