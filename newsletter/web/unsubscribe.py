"""One click to stop a list (RFC 8058), and the page behind the link in a letter.

    GET, HEAD /u/{token}   asks; changes nothing, since scanners follow links (rule U5)
    POST      /u/{token}   List-Unsubscribe=One-Click, as mail programs send it (rules U4, P9), or the
                           page's own do=stop and do=start; no cookie, no sign-in, no redirect, and as
                           often as one likes (rule U6)

A token that is forged, cut off, or about someone who is gone gets the neutral answer of any page that does
not exist: 404 to GET and POST alike (rule U6). It says nothing about who is in the register.
"""

import enum
from collections.abc import Mapping

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.services import preferences
from newsletter.services.preferences import Letters
from newsletter.web.forms import Fields
from newsletter.web.gate import ByKey, Pages
from newsletter.web.keys import LetterKey, TheKey
from newsletter.web.pages import Site, TheSite

pages = Pages()


class Asked(enum.Enum):
    """What a posted form asks for; the value is the source that is written down with the answer."""

    ONE_CLICK = "one-click"
    STOP = "page"
    START = "page, undone"


@pages.shows("/u/{token}", to=ByKey())
def ask(request: Request, site: TheSite, key: TheKey) -> Response:
    """Show what would stop and what would go on, with one button."""
    return _page(request, site, key, key.letters(site))


@pages.takes("/u/{token}", to=ByKey())
def answer(request: Request, site: TheSite, key: TheKey, fields: Fields) -> Response:
    """Stop the list, or start it again; at once, before the answer goes out."""
    asked = asked_for(fields)
    before = key.letters(site)
    if before.of(key.list_id).fixed:
        return _page(request, site, key, before, status=409)
    do = preferences.start if asked is Asked.START else preferences.stop
    with site.app.sessions.begin() as session:
        effect = do(session, **key.facts, list_id=key.list_id, source=asked.value, now=site.app.now())
    return _page(request, site, key, key.letters(site), done=True, withdrawn=effect.withdrawn)


def asked_for(fields: Mapping[str, str]) -> Asked:
    """Return what a form asks for. Raises ``HTTPException`` 400 for one that asks for nothing we know."""
    if fields.get("List-Unsubscribe", "").strip() == "One-Click":  # RFC 8058 3.1
        return Asked.ONE_CLICK
    match fields.get("do"):
        case "stop":
            return Asked.STOP
        case "start":
            return Asked.START
    raise HTTPException(400)


def _page(
    request: Request,
    site: Site,
    key: LetterKey,
    letters: Letters,
    *,
    done: bool = False,
    withdrawn: int = 0,
    status: int = 200,
) -> Response:
    return site.page(
        request,
        "unsubscribe/page.html",
        status=status,
        speaks=letters.language,
        letters=letters,
        choice=letters.of(key.list_id),
        token=key.token,
        done=done,
        withdrawn=withdrawn,
    )
