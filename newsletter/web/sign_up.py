"""Signing up by oneself: a form, a mail, and a button behind the link in it.

GET, HEAD /prenumerera           the form
POST      /prenumerera           the same answer whoever has the address: look into your mailbox;
                                 so many from one network in an hour, and no more
GET, HEAD /prenumerera/{token}   one button; changes nothing, since scanners follow links
POST      /prenumerera/{token}   confirms, as often as one likes
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from newsletter import erased
from newsletter.language import _, sentence, using
from newsletter.services import rates
from newsletter.web.forms import TheForm
from newsletter.web.gate import ByKey, Everyone, Pages
from newsletter.web.guard import network_of
from newsletter.web.keys import NoSuchKey
from newsletter.web.pages import Site, TheSite
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.errors import BadAddress, BadToken, NotFound, SubscribersError
from subscribers.models import ListPurpose
from subscribers.services import lists, sign_ups, wordings

pages = Pages()

#: The field that people do not see and machines fill in.
TRAP = "webbplats"

#: Forms from one network (a /24, or a /64 of IPv6): a workplace may sign up together, a machine may not.
MOST_PER_NETWORK = 20
PERIOD = timedelta(hours=1)

_QUESTIONS = ("address", "given_name", "family_name", "invitations")


def read_sign_up(token: str, site: TheSite) -> int:
    """Return the id of the sign-up that a link is about. Raises ``NoSuchKey``."""
    try:
        [sign_up_id] = tokens.read(site.app.keyring, Purpose.SIGN_UP, token)
        with site.app.readers() as session:
            sign_ups.pending(session, sign_up_id=sign_up_id, now=site.app.now())
    except (BadToken, NotFound, ValueError):
        raise NoSuchKey from None
    return sign_up_id


TheSignUp = Annotated[int, Depends(read_sign_up)]


@pages.shows("/prenumerera", to=Everyone())
def form(request: Request, site: TheSite) -> Response:
    """Show the form."""
    return _form(request, site, {}, wrong="")


@pages.takes("/prenumerera", to=Everyone(), cross_site=True)
def ask(request: Request, site: TheSite, fields: TheForm) -> Response:
    """Take a form; what it leads to is told by mail only."""
    if not fields.get(TRAP):
        try:
            _check_network(site, network_of(request.scope))
            _write_down(site, fields)
        except BadAddress as error:
            return _form(request, site, fields, wrong=_told(site, error), status=422)
        except SubscribersError as error:
            return _form(request, site, fields, wrong=_told(site, error), status=429)
    return site.page(request, "sign_up/asked.html")


@pages.shows("/prenumerera/{token}", to=ByKey())
def show(request: Request, site: TheSite, sign_up_id: TheSignUp) -> Response:
    """Show one button."""
    return _confirmation(request, site, sign_up_id, done=False)


@pages.takes("/prenumerera/{token}", to=ByKey(), button="confirm")
def confirm(request: Request, site: TheSite, sign_up_id: TheSignUp) -> Response:
    """Say yes for whoever reads the mailbox that the link went to."""
    app = site.app
    scope = app.everything("whoever holds the link reads the mailbox that signed up")
    with app.sessions.begin() as session:
        confirmed = sign_ups.confirm(session, scope=scope, sign_up_id=sign_up_id, now=app.now())
        erased.note(app.paths.root, confirmed.lifted, now=app.now(), lifted=True)
    return _confirmation(request, site, sign_up_id, done=True)


def _check_network(site: Site, network: str) -> None:
    """Count a try, also one that comes to nothing. Raises ``SubscribersError`` for one too many."""
    with site.app.sessions.begin() as session:
        within = rates.allow(
            session, what="sign-up", whose=network, most=MOST_PER_NETWORK, period=PERIOD, now=site.app.now()
        )
    if not within:
        raise SubscribersError(
            "Många anmälningar har kommit från samma nätverk. Försök igen om en timme, eller från en annan "
            "uppkoppling."
        )


def _write_down(site: Site, fields: Mapping[str, str]) -> None:
    with site.app.sessions.begin() as session:
        sign_ups.ask(
            session,
            address=fields.get("address", ""),
            given_name=_name(fields, "given_name"),
            family_name=_name(fields, "family_name"),
            language=site.app.settings.interface_language,
            invitations=fields.get("invitations") == "yes",
            now=site.app.now(),
        )


def _name(fields: Mapping[str, str], field: str) -> str:
    """Return a name on one line, without characters that nobody sees."""
    return " ".join("".join(c if c.isprintable() else " " for c in fields.get(field, "")).split())


def _told(site: Site, error: SubscribersError) -> str:
    with using(site.app.settings.interface_language):
        return sentence(error)


def _form(
    request: Request, site: Site, fields: Mapping[str, str], *, wrong: str, status: int = 200
) -> Response:
    language = site.app.settings.interface_language
    return site.page(
        request,
        "sign_up/form.html",
        status=status,
        filled={name: fields.get(name, "") for name in _QUESTIONS},
        wrong=wrong,
        trap=TRAP,
        consent=shown(site, wordings.SIGN_UP, ListPurpose.NEWSLETTER, language),
        invitations=shown(site, wordings.SIGN_UP_INVITATIONS, ListPurpose.INVITATIONS, language),
    )


def shown(site: Site, key: str, purpose: ListPurpose, language: str) -> str:
    """Return the words that somebody says yes to, as the form shows them."""
    with site.app.readers() as session:
        found = lists.by_purpose(session, purpose=purpose)
    name = found.name_en if language == "en" else found.name
    return wordings.current(key, language).format(list=name, association=site.app.current().association_name)


def _confirmation(request: Request, site: Site, sign_up_id: int, *, done: bool) -> Response:
    with site.app.readers() as session:
        sign_up = sign_ups.pending(session, sign_up_id=sign_up_id, now=site.app.now())
        wanted = [lists.by_slug(session, slug=slug) for slug in sign_up.list_slugs]
    english = sign_up.language == "en"
    with using(sign_up.language):
        names = _(" och ").join(each.name_en if english else each.name for each in wanted)
    return site.page(
        request,
        "sign_up/confirm.html",
        speaks=sign_up.language,
        lists=names,
        done=done or sign_up.confirmed_at is not None,
    )
