"""A member's new address: wished for, confirmed at the new one, undone from the old one.

POST      /mina-uppgifter/adress            from the own page: sends a link to the new address
GET, HEAD /mina-uppgifter/adress/{secret}   one button, for the new mailbox; POST confirms
GET, HEAD /mina-uppgifter/angra/{secret}    one button, for the old mailbox; POST undoes, for fourteen days
GET, HEAD /mina-uppgifter/ny-adress         for whom the old address is dead; POST asks, the same answer for
all
"""

from collections.abc import Mapping

from fastapi import Request
from starlette.responses import Response

from newsletter.language import sentence
from newsletter.models import ChangeState
from newsletter.services import address_changes, address_claims, own_pages
from newsletter.web import guard, own_page, secrets
from newsletter.web.forms import TheForm
from newsletter.web.gate import ByKey, Everyone, Pages, Themselves
from newsletter.web.keys import NoSuchKey
from newsletter.web.owners import PLACE, TheOwner
from newsletter.web.pages import Site, TheSite
from subscribers.core import addresses
from subscribers.errors import BadAddress, NotFound, SubscribersError

pages = Pages()

#: The field that people do not see and machines fill in.
TRAP = "webbplats"

_QUESTIONS = ("name", "old_address", "address", "member_number", "message")


@pages.takes(PLACE + "/adress", to=Themselves())
def wish(request: Request, site: TheSite, owner: TheOwner, form: TheForm) -> Response:
    """Send a link to the new address. Whoever has that already is not told, nor told of."""
    try:
        with site.app.sessions.begin() as session:
            address_changes.ask(
                session,
                scope=owner.scope,
                subscriber_id=owner.person_id,
                address=form.get("address", ""),
                secret=secrets.new(),
                base_url=site.app.settings.base_url,
                now=site.app.now(),
            )
    except SubscribersError as error:
        wished = form.get("address", "")[:320]
        return own_page.page(request, site, owner, wrong=sentence(error), wished=wished, status=422)
    return site.back(PLACE + "/mig", done="adress")


@pages.shows(PLACE + "/adress/{secret}", to=ByKey())
def show(request: Request, site: TheSite, secret: str) -> Response:
    """Show one button."""
    return _confirmation(request, site, secret)


@pages.takes(PLACE + "/adress/{secret}", to=ByKey(), button="confirm")
def confirm(request: Request, site: TheSite, secret: str) -> Response:
    """Say yes for the new mailbox."""
    try:
        with site.app.sessions.begin() as session:
            address_changes.confirm(
                session,
                secret=secret,
                undo_secret=secrets.new(),
                base_url=site.app.settings.base_url,
                now=site.app.now(),
            )
    except NotFound:
        raise NoSuchKey from None
    return _confirmation(request, site, secret)


@pages.shows(PLACE + "/angra/{secret}", to=ByKey())
def show_undo(request: Request, site: TheSite, secret: str) -> Response:
    """Show one button."""
    return _undoing(request, site, secret)


@pages.takes(PLACE + "/angra/{secret}", to=ByKey(), button="undo")
def undo(request: Request, site: TheSite, secret: str) -> Response:
    """Put the old address back."""
    try:
        with site.app.sessions.begin() as session:
            address_changes.undo(session, secret=secret, now=site.app.now())
    except NotFound:
        raise NoSuchKey from None
    return _undoing(request, site, secret)


@pages.shows(PLACE + "/ny-adress", to=Everyone())
def claim_form(request: Request, site: TheSite) -> Response:
    """Ask who it is, and for both addresses."""
    return _claim(request, site, {})


@pages.takes(PLACE + "/ny-adress", to=Everyone())
def claim(request: Request, site: TheSite, form: TheForm) -> Response:
    """Take a claim; what it leads to is told by mail only."""
    given = {name: _line(form.get(name, ""), name) for name in _QUESTIONS}
    if not form.get(TRAP):
        try:
            with site.app.sessions.begin() as session:
                own_pages.check_pace(session, network=guard.network_of(request.scope), now=site.app.now())
            with site.app.sessions.begin() as session:
                address_claims.claim(
                    session,
                    **given,
                    language=site.app.settings.interface_language,
                    secret=secrets.new(),
                    base_url=site.app.settings.base_url,
                    now=site.app.now(),
                )
        except BadAddress as error:
            return _claim(request, site, given, wrong=sentence(error), status=422)
        except SubscribersError as error:
            return _claim(request, site, given, wrong=sentence(error), status=429)
    return site.page(request, "own/claimed.html")


def _line(text: str, name: str) -> str:
    """Return what was written without characters that nobody sees; on one line, but for the message."""
    kept = "\n" if name == "message" else ""
    plain = "".join(c if c.isprintable() or c in kept else " " for c in text.replace("\r\n", "\n"))
    return plain.strip() if kept else " ".join(plain.split())


def _claim(
    request: Request, site: Site, given: Mapping[str, str], *, wrong: str = "", status: int = 200
) -> Response:
    filled = {name: given.get(name, "") for name in _QUESTIONS}
    return site.page(request, "own/claim.html", status=status, filled=filled, wrong=wrong, trap=TRAP)


def _confirmation(request: Request, site: Site, secret: str) -> Response:
    try:
        with site.app.readers() as session:
            change = address_changes.peek(session, secret=secret, now=site.app.now())
    except NotFound:
        raise NoSuchKey from None
    return site.page(
        request,
        "own/confirm.html",
        speaks=change.language,
        state=change.state.value,
        address=addresses.mask(change.address),
        by_claim=change.by_claim,
    )


def _undoing(request: Request, site: Site, secret: str) -> Response:
    try:
        with site.app.readers() as session:
            change = address_changes.peek_undo(session, secret=secret, now=site.app.now())
    except NotFound:
        raise NoSuchKey from None
    return site.page(
        request,
        "own/undo.html",
        speaks=change.language,
        undone=change.state is ChangeState.UNDONE,
        old=addresses.mask(change.old_address),
        new=addresses.mask(change.address),
        until=change.undo_until,
    )
