"""The archive: sent issues for everybody to read, where an officer has opened it. Nobody signs in.

GET, HEAD /arkiv              the issues, by year
GET, HEAD /arkiv/flode.xml    the newest of them as a feed
GET, HEAD /arkiv/{key}        one of them, as a page: what people without a region got, and nobody's name
GET, HEAD /arkiv/{key}/brev   the letter as it looked, for the frame: nothing in it can run

What is closed, taken out, or not yet with everybody is answered as what never was.
"""

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from newsletter.rendering import archived, feeds, web_articles
from newsletter.rendering.archived import NotForEverybody, Place, Section
from newsletter.rendering.feeds import Feed, FeedIssue
from newsletter.services import archive
from newsletter.services.archive import Entry, Kept
from newsletter.web import kept_pages
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
    found, indexed = _register(site)
    years = [(year, list(entries)) for year, entries in groupby(found, lambda entry: entry.year)]
    answer = site.page(
        request,
        "archive/register.html",
        years=years,
        indexed=indexed,
        several=len({entry.list_name for entry in found}) > 1,
    )
    return _told(answer, indexed=indexed)


@pages.shows("/arkiv/flode.xml", to=Everyone())
def feed(request: Request, site: TheSite) -> Response:
    """Give the newest issues as a feed (RFC 4287)."""
    found, indexed = _register(site)
    newest = found[: feeds.MOST]
    told = site.app.current()
    key = ("feed", *((each.key, each.changed_at) for each in newest), told.association_name)
    made = partial(_fed, site, newest)
    changed_at = max((each.changed_at for each in newest), default=None)
    answer = kept_pages.answer(request, key, made, media_type=feeds.MEDIA_TYPE, changed_at=changed_at)
    return _told(answer, indexed=indexed)


@pages.shows("/arkiv/{key}", to=Everyone())
def issue(request: Request, site: TheSite, key: str) -> Response:
    """Show an issue as a page of ours: its headings are the page's."""
    found, _indexed = _register(site)
    entry = next((each for each in found if each.key == key), None)
    if entry is None:
        raise HTTPException(404)
    at = found.index(entry)
    beside = tuple((each.key, each.title) for each in found[max(0, at - 1) : at + 2])
    depends = ("issue", entry, beside, kept_pages.frame_of(request, site))
    answer = kept_pages.answer(
        request, depends, lambda: _page(request, site, key), changed_at=entry.changed_at
    )
    return _told(answer, indexed=entry.indexed)


@pages.shows("/arkiv/{key}/brev", to=Everyone())
def letter(request: Request, site: TheSite, key: str) -> Response:
    """Give the letter as it looked, under a policy of its own."""
    kept = _kept(site, key)
    try:
        if not kept.as_sent:
            raise HTTPException(404)  # it says what was put right since, or shows whom it must not
        content = archived.letter(kept.html, _place(request, site))
    except NotForEverybody:
        raise HTTPException(404) from None
    return HTMLResponse(content, headers={"Content-Security-Policy": POLICY})


def _page(request: Request, site: Site, key: str) -> bytes:
    kept = _kept(site, key)
    try:
        sections = _sections(kept, _place(request, site))
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
    return bytes(answer.body)


def _sections(kept: Kept, place: Place) -> Sequence[Section]:
    """Return what anybody may read. Raises ``NotForEverybody`` for an issue with more than that in it."""
    if kept.sections is None:  # a letter from before there were web versions
        return archived.sections(kept.html, place)
    shown = web_articles.read(kept.sections)
    if any(article.regions for section in shown for article in section.articles):
        raise NotForEverybody("a block of a region")
    return shown


def _fed(site: Site, entries: Sequence[Entry]) -> bytes:
    base_url = site.app.settings.base_url
    with site.app.readers() as session:
        found = [archive.read(session, key=entry.key, now=site.app.now()) for entry in entries]
    issues = []
    for kept in found:
        try:
            shown = _sections(kept, Place(root=web_articles.ROOT, base_url=base_url))
        except NotForEverybody:
            continue
        told = kept.entry
        issues.append(FeedIssue(told.key, told.title, told.preheader, told.sent_at, told.changed_at, shown))
    name = site.app.current().association_name
    return feeds.write(Feed(name, name, base_url, issues))


def _register(site: Site) -> tuple[Sequence[Entry], bool]:
    """Return what can be read, and whether search engines may keep the list of it; 404 for nothing."""
    with site.app.readers() as session:
        if not archive.is_open(session):
            raise HTTPException(404)
        return archive.entries(session, now=site.app.now()), archive.may_be_indexed(session)


def _kept(site: Site, key: str) -> Kept:
    with site.app.readers() as session:
        return archive.read(session, key=key, now=site.app.now())


def _place(request: Request, site: Site) -> Place:
    return Place(root=way_up(request), base_url=site.app.settings.base_url)


def _told(answer: Response, *, indexed: bool) -> Response:
    if indexed:
        answer.headers.update(_INDEXED)
    return answer
