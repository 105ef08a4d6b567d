"""The way to a member's own page: a link is asked for, sent by mail, and opened with a button.

GET, HEAD /mina-uppgifter                 asks for an address; POST sends a link: the same answer for
everybody GET, HEAD /mina-uppgifter/lank/{secret}   one button; changes nothing, since scanners follow links
POST      /mina-uppgifter/lank/{secret}   uses the link up, and opens the page for half an hour
"""

from fastapi import Request
from starlette.responses import Response

from newsletter.language import mark, sentence
from newsletter.services import own_pages
from newsletter.web import guard, owners, secrets
from newsletter.web.forms import TheForm
from newsletter.web.gate import ByKey, Everyone, Pages
from newsletter.web.owners import PLACE
from newsletter.web.pages import Site, TheSite
from subscribers.errors import NotFound, SubscribersError

pages = Pages(done={"stangd": mark("Din sida är stängd i den här webbläsaren.")})


@pages.shows(PLACE, to=Everyone())
def form(request: Request, site: TheSite) -> Response:
    """Ask for an address."""
    return _form(request, site)


@pages.takes(PLACE, to=Everyone())
def ask(request: Request, site: TheSite, form: TheForm) -> Response:
    """Send a link, and say so whether or not anybody has the address."""
    try:
        with site.app.sessions.begin() as session:
            own_pages.ask(
                session,
                address=form.get("address", ""),
                network=guard.network_of(request.scope),
                links=[secrets.new() for _ in range(own_pages.MOST_LINKS)],
                base_url=site.app.settings.base_url,
                now=site.app.now(),
            )
    except SubscribersError as error:
        return _form(request, site, address=form.get("address", ""), wrong=sentence(error), status=429)
    return site.page(request, "own/sent.html")


@pages.shows(PLACE + "/lank/{secret}", to=ByKey())
def show(request: Request, site: TheSite, secret: str) -> Response:
    """Show one button."""
    with site.app.readers() as session:
        usable = own_pages.peek(session, secret=secret, now=site.app.now())
    return _link(request, site, usable=usable)


@pages.takes(PLACE + "/lank/{secret}", to=ByKey(), button="open")
def open_page(request: Request, site: TheSite, secret: str) -> Response:
    """Use the link up, and open the page in this browser."""
    new = secrets.new()
    try:
        with site.app.sessions.begin() as session:
            own_pages.open_(session, secret=secret, session_secret=new, now=site.app.now())
    except NotFound:
        # Somebody who pressed twice is in already.
        if owners.read(request, site) is not None:
            return site.back(PLACE + "/mig")
        return _link(request, site, usable=False)
    answer = site.back(PLACE + "/mig")
    owners.give_cookie(answer, site, new)
    return answer


def _form(request: Request, site: Site, *, address: str = "", wrong: str = "", status: int = 200) -> Response:
    return site.page(request, "own/ask.html", status=status, address=address[:320], wrong=wrong)


def _link(request: Request, site: Site, *, usable: bool) -> Response:
    return site.page(request, "own/link.html", usable=usable, status=200 if usable else 410)
