"""Which letters a mailbox gets: one row per list, each with buttons of its own.

GET, HEAD /p/{token}        shows; changes nothing
POST      /p/{token}        list=<id>&do=stop, start or pause; a repeated one does no harm
POST      /p/{token}/lank   sends a link to the registered address, for all that a letter's link must not open
"""

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.language import sentence, using
from newsletter.services import own_pages
from newsletter.services.preferences import Choice
from newsletter.web import choosing, secrets
from newsletter.web.forms import Fields
from newsletter.web.gate import ByKey, Pages
from newsletter.web.keys import LetterKey, TheKey
from newsletter.web.numbers import whole
from newsletter.web.pages import Site, TheSite
from subscribers.errors import NotFound, SubscribersError

pages = Pages()


@pages.shows("/p/{token}", to=ByKey())
def show(request: Request, site: TheSite, key: TheKey) -> Response:
    """Show every list, and whether the mailbox gets it."""
    return _page(request, site, key)


@pages.takes("/p/{token}", to=ByKey())
def change(request: Request, site: TheSite, key: TheKey, fields: Fields) -> Response:
    """Stop, pause or start one list, at once, and show all of them again."""
    letters = key.letters(site)
    list_id = whole(fields.get("list", ""))
    if list_id is None:
        raise HTTPException(400)
    wish = choosing.wish_of(fields, site.today())
    try:
        choice = letters.of(list_id)
    except NotFound:
        raise HTTPException(400) from None
    if choice.fixed:
        raise HTTPException(400)
    try:
        choosing.carry_out(site, key.facts, list_id=list_id, wish=wish, source="preferences")
    except SubscribersError as error:
        with using(letters.language):
            return _page(request, site, key, wrong=sentence(error), wrong_at=list_id, status=422)
    return _page(request, site, key, changed=key.letters(site).of(list_id))


@pages.takes("/p/{token}/lank", to=ByKey(), button="link")
def send_link(request: Request, site: TheSite, key: TheKey) -> Response:
    """Send a fresh link to the registered address. The answer is the same, whatever that address is."""
    letters = key.letters(site)
    with site.app.sessions.begin() as session:
        own_pages.send_to(
            session,
            scope=key.facts["scope"],
            subscriber_id=key.subscriber_id,
            secret=secrets.new(),
            base_url=site.app.settings.base_url,
            now=site.app.now(),
        )
    return site.page(request, "own/sent.html", speaks=letters.language)


def _page(
    request: Request,
    site: Site,
    key: LetterKey,
    *,
    changed: Choice | None = None,
    wrong: str = "",
    wrong_at: int = 0,
    status: int = 200,
) -> Response:
    letters = key.letters(site)
    return site.page(
        request,
        "preferences/page.html",
        status=status,
        speaks=letters.language,
        letters=letters,
        token=key.token,
        spans=choosing.spans(site.today()),
        changed=changed,
        wrong=wrong,
        wrong_at=wrong_at,
    )
