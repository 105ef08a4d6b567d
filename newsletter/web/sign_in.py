"""Signing in and out.

GET, HEAD /logga-in            asks for an address; ?vidare= is where one wanted to go
POST      /logga-in            sends a link by mail: the same answer whoever asks
POST      /losenord   with a password instead
GET, HEAD /logga-in/{secret}   one button; changes nothing, since scanners follow links
POST      /logga-in/{secret}   uses the link up, and signs in
POST      /logga-ut            ends this session
"""

from collections.abc import Mapping, Sequence

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from newsletter.language import _, mark, sentence
from newsletter.services import sessions, sign_ins
from newsletter.services.sessions import Device
from newsletter.web import guard, secrets, visits
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import ByKey, Everyone, Pages, SignedIn
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit
from subscribers.errors import NotFound, SubscribersError

pages = Pages(done={"ut": mark("Du är utloggad.")})

#: As many people may share an address and have a role each.
_MOST_LINKS = 5
_SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


@pages.shows("/logga-in", to=Everyone())
def form(request: Request, site: TheSite, vidare: str = "/") -> Response:
    """Ask who it is."""
    return _form(request, site, path=guard.own_path(vidare))


@pages.takes("/logga-in", to=Everyone())
def ask(request: Request, site: TheSite, form: TheForm) -> Response:
    """Send a link, and say so whether or not anybody has the address."""
    app = site.app
    try:
        with app.sessions.begin() as session:
            sign_ins.ask(
                session,
                address=form.get("address", ""),
                network=guard.network_of(request.scope),
                path=guard.own_path(form.get("path", "/")),
                links=[secrets.new() for _ in range(_MOST_LINKS)],
                base_url=app.settings.base_url,
                today=site.today(),
                now=app.now(),
            )
    except SubscribersError as error:
        return _form(request, site, form=form, wrong=sentence(error), status=429)
    return site.page(request, "sign_in/sent.html", address=form.get("address", "")[:320])


@pages.takes("/losenord", to=Everyone())
def with_password(request: Request, site: TheSite, form: TheForm) -> Response:
    """Sign in with a password."""
    app = site.app
    try:
        with app.sessions.begin() as session:
            known = sign_ins.password_hash(
                session,
                address=form.get("address", ""),
                network=guard.network_of(request.scope),
                today=site.today(),
                now=app.now(),
            )
    except SubscribersError as error:
        return _form(request, site, form=form, wrong=sentence(error), status=429)
    person = _whose(known, form.get("password", ""))
    if person is None:
        wrong = _("Adressen och lösenordet hör inte ihop. Försök igen, eller be om en länk i stället.")
        return _form(request, site, form=form, wrong=wrong, status=422)
    secret, device = secrets.new(), device_of(request, site)
    with app.sessions.begin() as session:
        sign_ins.with_password(
            session,
            subscriber_id=person,
            session_secret=secret,
            device=device,
            today=site.today(),
            now=app.now(),
        )
    return _signed_in(site, secret, device, guard.own_path(form.get("path", "/")))


@pages.shows("/logga-in/{secret}", to=ByKey())
def show(request: Request, site: TheSite, secret: str) -> Response:
    """Show one button."""
    with site.app.readers() as session:
        usable = sign_ins.peek(session, secret=secret, now=site.app.now())
    return site.page(request, "sign_in/link.html", usable=usable, status=200 if usable else 410)


@pages.takes("/logga-in/{secret}", to=ByKey(), button="sign-in")
def use(request: Request, site: TheSite, secret: str) -> Response:
    """Use the link up, and sign in."""
    session_secret, device = secrets.new(), device_of(request, site)
    try:
        with site.app.sessions.begin() as session:
            arrival = sign_ins.use(
                session,
                secret=secret,
                session_secret=session_secret,
                device=device,
                today=site.today(),
                now=site.app.now(),
            )
    except NotFound:
        return site.page(request, "sign_in/link.html", usable=False, status=410)
    return _signed_in(site, session_secret, device, guard.own_path(arrival.path or "/"))


@pages.takes("/logga-ut", to=SignedIn())
def leave(site: TheSite, visit: TheVisit) -> Response:
    """End this session."""
    with site.app.sessions.begin() as session:
        sessions.end(session, subscriber_id=visit.person_id, session_id=visit.visitor.session_id)
    answer = site.back("/logga-in", done="ut")
    answer.delete_cookie(visits.cookie_name(site), path="/", secure=site.behind_tls, httponly=True)
    return answer


def device_of(request: Request, site: Site) -> Device:
    """Return the browser that a request comes from, known again by its cookie."""
    agent = request.headers.get("user-agent", "")
    system = next((name for name in _SYSTEMS if name in agent), "")
    browser = next((name for token, name in _BROWSERS if token in agent), "")
    known = request.cookies.get(visits.device_cookie_name(site), "")
    return Device(
        known if 20 < len(known) < 100 else secrets.new(), " · ".join(filter(None, (browser, system)))
    )


def sign_in(site: Site, request: Request, subscriber_id: int, path: str) -> RedirectResponse:
    """Sign somebody in whom another page of ours has let in, and lead on to ``path``."""
    secret, device = secrets.new(), device_of(request, site)
    with site.app.sessions.begin() as session:
        sessions.open_session(
            session, subscriber_id=subscriber_id, secret=secret, device=device, now=site.app.now()
        )
    return _signed_in(site, secret, device, path)


def _signed_in(site: Site, secret: str, device: Device, path: str) -> RedirectResponse:
    answer = site.back(path)
    visits.set_cookie(answer, site, visits.cookie_name(site), secret)
    visits.set_cookie(answer, site, visits.device_cookie_name(site), device.secret, days=400)
    return answer


def _whose(known: Sequence[tuple[int, str]], password: str) -> int | None:
    """Return whose password it is; it takes as long when nobody is known."""
    given = password[:1000]
    right = [person for person, argon2 in known if secrets.is_password(given, argon2)]
    if not known:
        secrets.is_password(given, None)
    return right[0] if right else None


def _form(
    request: Request,
    site: Site,
    *,
    form: Form | None = None,
    path: str = "/",
    wrong: str = "",
    status: int = 200,
) -> Response:
    given: Mapping[str, str] = form or {}
    return site.page(
        request,
        "sign_in/form.html",
        status=status,
        address=given.get("address", "")[:320],
        path=guard.own_path(given.get("path", path)),
        wrong=wrong,
        is_demo=site.app.is_demo and guard.from_this_machine(request.scope),
    )
