"""One click to stop a list (RFC 8058), and the page behind the link in a letter.

    GET, HEAD /u/{token}   asks; changes nothing, since scanners follow links (rule U5)
    POST      /u/{token}   List-Unsubscribe=One-Click, as mail programs send it (rules U4, P9), or the
                           page's own do=stop, do=pause and do=start; no cookie, no sign-in, no redirect, and
                           as often as one likes (rule U6)

A trial's token (``core.unsubscribe_trials``) is nobody's: it is told that the way is open, and that is all.

A token that is forged, cut off, or about someone who is gone gets the neutral answer of any page that does
not exist: 404 to GET and POST alike (rule U6). It says nothing about who is in the register.
"""

from collections.abc import Mapping
from datetime import date

from fastapi import Request
from starlette.responses import Response

from newsletter.core.unsubscribe_trials import FIELD
from newsletter.language import sentence, using
from newsletter.services.preferences import Letters
from newsletter.web import choosing
from newsletter.web.choosing import Do, Wish
from newsletter.web.forms import Fields
from newsletter.web.gate import ByKey, Pages
from newsletter.web.keys import LetterKey, TheKey
from newsletter.web.pages import Site, TheSite
from subscribers.errors import SubscribersError

pages = Pages()

#: The source that is written down with an answer of the page's own buttons.
_SOURCES = {Do.STOP: "page", Do.PAUSE: "page", Do.START: "page, undone"}


@pages.shows("/u/{token}", to=ByKey())
def ask(request: Request, site: TheSite, key: TheKey) -> Response:
    """Show what would stop and what would go on, with one button."""
    if key.is_trial:
        return _trial(request, site, key)
    return _page(request, site, key, key.letters(site))


@pages.takes("/u/{token}", to=ByKey())
def answer(request: Request, site: TheSite, key: TheKey, fields: Fields) -> Response:
    """Stop, pause or start the list; at once, before the answer goes out."""
    if key.is_trial:
        asked_for(fields, site.today())
        return _trial(request, site, key)
    wish, source = asked_for(fields, site.today())
    before = key.letters(site)
    if before.of(key.list_id).fixed:
        return _page(request, site, key, before, status=409)
    try:
        effect = choosing.carry_out(site, key.facts, list_id=key.list_id, wish=wish, source=source)
    except SubscribersError as error:
        with using(before.language):
            wrong = sentence(error)
        return _page(request, site, key, before, wrong=wrong, status=422)
    return _page(request, site, key, key.letters(site), done=True, withdrawn=effect.withdrawn)


def _trial(request: Request, site: Site, key: LetterKey) -> Response:
    page = site.page(request, "unsubscribe/trial.html")
    page.headers[FIELD] = str(key.delivery_id)
    return page


def asked_for(fields: Mapping[str, str], today: date) -> tuple[Wish, str]:
    """Return what a form asks for, and the source that is written down with it.

    Raises ``HTTPException`` 400 for one that asks for nothing we know.
    """
    if fields.get("List-Unsubscribe", "").strip() == "One-Click":  # RFC 8058 3.1
        return Wish(Do.STOP), "one-click"
    wish = choosing.wish_of(fields, today)
    return wish, _SOURCES[wish.do]


def _page(
    request: Request,
    site: Site,
    key: LetterKey,
    letters: Letters,
    *,
    done: bool = False,
    withdrawn: int = 0,
    wrong: str = "",
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
        spans=choosing.spans(site.today()),
        done=done,
        withdrawn=withdrawn,
        wrong=wrong,
    )
