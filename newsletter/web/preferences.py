"""Which letters a mailbox gets: one row per list, each with a button of its own.

GET, HEAD /p/{token}   shows; changes nothing
POST      /p/{token}   list=<id>&do=stop or do=start; says what is wanted, so a repeated one does no harm
"""

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.services import preferences
from newsletter.web.forms import Fields
from newsletter.web.gate import ByKey, Pages
from newsletter.web.keys import TheKey
from newsletter.web.pages import TheSite
from subscribers.errors import NotFound

pages = Pages()


@pages.shows("/p/{token}", to=ByKey())
def show(request: Request, site: TheSite, key: TheKey) -> Response:
    """Show every list, and whether the mailbox gets it."""
    letters = key.letters(site)
    return site.page(request, "preferences/page.html", speaks=letters.language, letters=letters, changed=None)


@pages.takes("/p/{token}", to=ByKey())
def change(request: Request, site: TheSite, key: TheKey, fields: Fields) -> Response:
    """Stop or start one list, at once, and show all of them again."""
    list_id, wanted = _wish(fields)
    try:
        choice = key.letters(site).of(list_id)
    except NotFound:
        raise HTTPException(400) from None
    if choice.fixed:
        raise HTTPException(400)
    do = preferences.start if wanted else preferences.stop
    with site.app.sessions.begin() as session:
        do(session, **key.facts, list_id=list_id, source="preferences", now=site.app.now())
    letters = key.letters(site)
    return site.page(
        request,
        "preferences/page.html",
        speaks=letters.language,
        letters=letters,
        changed=letters.of(list_id),
    )


def _wish(fields: Fields) -> tuple[int, bool]:
    number, do = fields.get("list", ""), fields.get("do")
    if not (number.isascii() and number.isdigit() and len(number) < 10) or do not in ("stop", "start"):
        raise HTTPException(400)
    return int(number), do == "start"
