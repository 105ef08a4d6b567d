"""A letter read in a browser: by whoever has it, with the link in it; and by those who sent it.

GET, HEAD /las/{token}                     the letter that the link is in; one link for all who got it
GET, HEAD /webbversion/{variant_id}        one variant as its readers see it, for officers and its leads
GET, HEAD /webbversion/{variant_id}/brev   the letter as it went, for the frame: nothing in it can run

A link opens one variant: forwarded, it shows no more than the letter did. What is closed, cut off, or not
yet on its way is answered as what never was.
"""

from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from fastapi.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from newsletter.core.greetings import greeting
from newsletter.rendering import slots
from newsletter.services import web_versions
from newsletter.web import kept_pages, media, preview, rows
from newsletter.web.gate import ByKey, May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core import tokens
from subscribers.core.authority import Act, Everything, SomeRegions, scope_of
from subscribers.core.tokens import Purpose
from subscribers.errors import BadToken

pages = Pages()

#: What a link opens may be a region's: nobody between us and the reader keeps it, nor a browser.
_KEPT_BY_NOBODY = {"Cache-Control": "private, no-store"}


def read_token(token: str, site: TheSite) -> int:
    """Return the id of the variant that a link is for. Raises ``HTTPException`` 404."""
    try:
        (variant_id,) = tokens.read(site.app.keyring, Purpose.WEB_VERSION, token)
    except (BadToken, ValueError):  # ValueError: a token with more than one number in it
        raise HTTPException(404) from None
    return variant_id


@pages.shows("/las/{token}", to=ByKey())
def by_link(request: Request, site: TheSite, variant_id: Annotated[int, Depends(read_token)]) -> Response:
    """Show the letter that a link is in, as it was last put right."""
    with site.app.readers() as session:
        state = web_versions.state_of(session, variant_id=variant_id)
    if state is None:
        raise HTTPException(404)
    key = ("letter", *state, kept_pages.frame_of(request, site))
    content, _tag = kept_pages.kept_of(request).get(key, lambda: _made(request, site, state[0]))
    return HTMLResponse(content, headers=_KEPT_BY_NOBODY)


@pages.shows("/webbversion/{variant_id}", to=May(Act.SEND))
def to_its_own(request: Request, site: TheSite, visit: TheVisit, variant_id: str) -> Response:
    """Show a variant to those who may see it, and the letter as it went."""
    number = _seen(site, visit, variant_id)
    with site.app.readers() as session:
        read = web_versions.read(session, variant_id=number)
        sent = web_versions.sent(session, variant_id=number)
    return site.page(
        request,
        "web_versions/own.html",
        visit=visit,
        letter=read,
        sections=read.sections,
        articles=[article for section in read.sections for article in section.articles],
        sent=sent,
    )


@pages.shows("/webbversion/{variant_id}/brev", to=May(Act.SEND))
def letter(site: TheSite, visit: TheVisit, variant_id: str) -> Response:
    """Give the letter as it went, with nobody's name in it, under a policy of its own."""
    number = _seen(site, visit, variant_id)
    with site.app.readers() as session:
        sent = web_versions.sent(session, variant_id=number)
    content = preview.framed(
        slots.shown(sent.html, greeting=greeting([""], sent.language)),
        scheme="light",
        carried={},
        base_url=site.app.settings.base_url,
        media=partial(media.picture, site.app.paths.media),
    )
    return HTMLResponse(content, headers={"Content-Security-Policy": preview.POLICY})


def written_to(visit: Visit) -> frozenset[str] | None:
    """Return the regions (slugs) that somebody sends letters to; None for all of them."""
    match scope_of(visit.roles, Act.SEND):
        case Everything():
            return None
        case SomeRegions(slugs):
            return slugs
    return frozenset()


def _seen(site: Site, visit: Visit, variant_id: str) -> int:
    """Return a variant's number. Raises ``HTTPException`` 404 for one that the visitor may not see."""
    number = rows.number(site, visit, variant_id)
    if number is None:
        raise HTTPException(404)
    with site.app.readers() as session:
        if not web_versions.is_for(session, variant_id=number, within=written_to(visit)):
            raise HTTPException(404)
    return number


def _made(request: Request, site: Site, variant_id: int) -> bytes:
    with site.app.readers() as session:
        read = web_versions.read(session, variant_id=variant_id)
    page = site.page(
        request,
        "web_versions/page.html",
        speaks=read.language,
        letter=read,
        sections=read.sections,
        articles=[article for section in read.sections for article in section.articles],
    )
    return bytes(page.body)
