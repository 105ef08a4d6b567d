"""A region's own part of an issue: written on a telephone, looked at as its members get it, and handed in.

By the link in a mail; its secret is the only proof, and opens this one block:

GET, HEAD /inslag/{token}              one button; changes nothing, since scanners follow links
POST      /inslag/{token}              the button: the block is open from now on
GET, HEAD /inslag/{token}/skriv        title, text, photos; POST keeps them
GET, HEAD /inslag/{token}/titta        as it will be; POST hands in, or takes back
GET, HEAD /inslag/{token}/brevet       the letter itself, for the frame
POST      /inslag/{token}/ny-lank      mails a new link to whoever leads the region; the same answer for all

By whoever is signed in and writes for the region: the same below /region-inslag/{id}.
"""

from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from newsletter.language import mark, sentence
from newsletter.services import block_links, block_words
from newsletter.services.block_links import Found
from newsletter.services.blocks import Writer
from newsletter.web import block_writing, guard, secrets
from newsletter.web.block_keys import TheLink, ThePressedLink, form_of
from newsletter.web.block_writing import MOST_BYTES, Seat
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import ByKey, May, Pages
from newsletter.web.pages import TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import SubscribersError

pages = Pages(
    done={
        "sparat": mark("Sparat. Inget är inlämnat än."),
        "inlamnat": mark("Inlämnat. Tack!"),
        "tillbaka": mark("Inslaget är tillbaka hos dig. Skriv om, och lämna in igen."),
    }
)

_BODY = form_of(MOST_BYTES)
TheBlockForm = Annotated[Form, Depends(_BODY)]


def _behind(link: Found, token: str) -> Seat:
    writer = Writer(link.person.id, f"person {link.person.pseudonym}")
    return Seat(link.block.id, writer, f"inslag/{token}", link.person.language)


def _signed_in(visit: Visit, block_id: int) -> Seat:
    writer = Writer(visit.person_id, visit.actor, officer=visit.may(Act.WRITE))
    return Seat(block_id, writer, f"region-inslag/{block_id}", visit.language, visit)


# --- Behind a link ------------------------------------------------------------------------------------------


@pages.shows("/inslag/{token}", to=ByKey())
def link(request: Request, site: TheSite, found: TheLink) -> Response:
    """Show one button."""
    return site.page(
        request,
        "blocks/link.html",
        speaks=found.person.language,
        block=found.block,
        called=partial(block_words.issue_called, found.block.issue),
    )


@pages.takes("/inslag/{token}", to=ByKey(), button="open")
def press(site: TheSite, _found: TheLink, token: str) -> Response:
    """Open the block."""
    with site.app.sessions.begin() as session:
        block_links.press(session, secret=token, now=site.app.now())
    return site.back(f"/inslag/{token}/skriv")


@pages.shows("/inslag/{token}/skriv", to=ByKey())
def write_by_link(request: Request, site: TheSite, found: ThePressedLink, token: str) -> Response:
    """Show what is written so far."""
    return block_writing.write_page(request, site, _behind(found, token))


@pages.takes("/inslag/{token}/skriv", to=ByKey())
def save_by_link(
    request: Request, site: TheSite, found: ThePressedLink, form: TheBlockForm, token: str
) -> Response:
    """Keep what is written."""
    return block_writing.save(request, site, _behind(found, token), form)


@pages.shows("/inslag/{token}/titta", to=ByKey())
def look_by_link(request: Request, site: TheSite, found: ThePressedLink, token: str) -> Response:
    """Show the block as it will be."""
    return block_writing.look_page(request, site, _behind(found, token))


@pages.takes("/inslag/{token}/titta", to=ByKey())
def act_by_link(
    request: Request, site: TheSite, found: ThePressedLink, form: TheBlockForm, token: str
) -> Response:
    """Hand in, or take back."""
    return block_writing.act(request, site, _behind(found, token), form)


@pages.shows("/inslag/{token}/brevet", to=ByKey())
def letter_by_link(site: TheSite, found: ThePressedLink, token: str) -> Response:
    """Render the letter."""
    return block_writing.letter(site, _behind(found, token))


@pages.takes("/inslag/{token}/ny-lank", to=ByKey(), button="new-link")
def fresh_link(request: Request, site: TheSite, token: str) -> Response:
    """Mail a new link to whoever leads the region, and say so whether or not there is anybody."""
    app = site.app
    scope = app.everything("a new link goes to whoever leads the region, whoever asks for it")
    status, wrong = 200, ""
    try:
        with app.sessions.begin() as session:
            block_links.send_fresh(
                session,
                scope=scope,
                secret=token[:100],
                network=guard.network_of(request.scope),
                fresh=secrets.new,
                base_url=app.settings.base_url,
                today=site.today(),
                now=app.now(),
            )
    except SubscribersError as error:
        status, wrong = 429, sentence(error)
    return site.page(request, "blocks/asked.html", wrong=wrong, status=status)


# --- Signed in ----------------------------------------------------------------------------------------------


@pages.shows("/region-inslag/{block_id:int}/skriv", to=May(Act.WRITE))
def write(request: Request, site: TheSite, visit: TheVisit, block_id: int) -> Response:
    """Show what is written so far."""
    return block_writing.write_page(request, site, _signed_in(visit, block_id))


@pages.takes("/region-inslag/{block_id:int}/skriv", to=May(Act.WRITE), most_bytes=MOST_BYTES)
def save(request: Request, site: TheSite, visit: TheVisit, form: TheForm, block_id: int) -> Response:
    """Keep what is written."""
    return block_writing.save(request, site, _signed_in(visit, block_id), form)


@pages.shows("/region-inslag/{block_id:int}/titta", to=May(Act.WRITE))
def look(request: Request, site: TheSite, visit: TheVisit, block_id: int) -> Response:
    """Show the block as it will be."""
    return block_writing.look_page(request, site, _signed_in(visit, block_id))


@pages.takes("/region-inslag/{block_id:int}/titta", to=May(Act.WRITE))
def act(request: Request, site: TheSite, visit: TheVisit, form: TheForm, block_id: int) -> Response:
    """Hand in, or take back."""
    return block_writing.act(request, site, _signed_in(visit, block_id), form)


@pages.shows("/region-inslag/{block_id:int}/brevet", to=May(Act.WRITE))
def letter(site: TheSite, visit: TheVisit, block_id: int) -> Response:
    """Render the letter."""
    return block_writing.letter(site, _signed_in(visit, block_id))
