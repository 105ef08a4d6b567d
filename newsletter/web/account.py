"""One's own account: where one is signed in, and the password.

GET, HEAD /konto              sessions, password, roles
POST      /konto/losenord     sets or takes away the password; other sessions end
POST      /konto/avsluta      ends one session, or all but this one
"""

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.language import _, mark
from newsletter.services import sessions, sign_ins
from newsletter.services.role_words import ROLES
from newsletter.web import secrets
from newsletter.web.forms import TheForm
from newsletter.web.gate import Pages, SignedIn
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.services import acts

pages = Pages(
    done={
        "losenord": mark("Lösenordet är sparat. Andra enheter har loggats ut."),
        "utan": mark("Lösenordet är borttaget. Du loggar in med en länk i mejlen."),
        "avslutad": mark("Den andra enheten är utloggad."),
        "alla": mark("Alla andra enheter är utloggade."),
    }
)

LEAST_LENGTH = 12


@pages.shows("/konto", to=SignedIn())
def show(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show the account."""
    return _page(request, site, visit)


@pages.takes("/konto/losenord", to=SignedIn())
def set_password(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Set the password, or take it away."""
    password = form.get("password", "")
    if form.get("do") == "remove":
        _keep(site, visit, None)
        return site.back("/konto", done="utan")
    if not LEAST_LENGTH <= len(password) <= 1000:
        wrong = _("Ett lösenord behöver minst {least} tecken. Några ord i rad är lätta att minnas.")
        return _page(request, site, visit, wrong=wrong.format(least=LEAST_LENGTH), status=422)
    _keep(site, visit, secrets.hash_password(password))
    return site.back("/konto", done="losenord")


@pages.takes("/konto/avsluta", to=SignedIn())
def end(site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """End one session, or all others."""
    number = form.get("session", "")
    with site.app.sessions.begin() as session:
        if number.isascii() and number.isdigit() and len(number) < 19:
            sessions.end(session, subscriber_id=visit.person_id, session_id=int(number))
            return site.back("/konto", done="avslutad")
        if form.get("do") != "all":
            raise HTTPException(400)
        sessions.end(session, subscriber_id=visit.person_id, but=visit.visitor.session_id)
    return site.back("/konto", done="alla")


def _keep(site: Site, visit: Visit, argon2: str | None) -> None:
    now = site.app.now()
    with site.app.sessions.begin() as session:
        sign_ins.set_password(session, subscriber_id=visit.person_id, argon2=argon2, now=now)
        sessions.end(session, subscriber_id=visit.person_id, but=visit.visitor.session_id)
        acts.log(session, actor=visit.actor, act="password set" if argon2 else "password removed", now=now)


def _page(request: Request, site: Site, visit: Visit, *, wrong: str = "", status: int = 200) -> Response:
    with site.app.readers() as session:
        open_ones = sessions.open_sessions(session, subscriber_id=visit.person_id, now=site.app.now())
        has_password = sign_ins.has_password(session, subscriber_id=visit.person_id)
    return site.page(
        request,
        "account/page.html",
        status=status,
        visit=visit,
        sessions=open_ones,
        has_password=has_password,
        least_length=LEAST_LENGTH,
        role_words=ROLES,
        wrong=wrong,
    )
