"""What a person reads when there is no page: short, neutral, and never a traceback."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsletter.language import _, current, sentence, using
from newsletter.services import block_words
from newsletter.web import entering, guard
from newsletter.web.block_keys import ClosedLink, Why
from newsletter.web.gate import OpenFirst, SignInFirst, StaleForm
from newsletter.web.keys import NoSuchKey
from newsletter.web.pages import Site, site_of
from subscribers.errors import NotFound, SentenceError


def install(web: FastAPI, site: Site) -> None:
    """Make every refusal a page of ours."""

    async def refused(request: Request, error: Exception) -> Response:
        response = page(site, request, error.status_code if isinstance(error, HTTPException) else 500)
        for name, value in (getattr(error, "headers", None) or {}).items():
            response.headers[name] = value  # such as Allow, which 405 must have (RFC 9110 15.5.6)
        return response

    async def nothing_there(request: Request, _error: Exception) -> Response:
        return page(site, request, 404)

    async def refused_in_words(request: Request, error: Exception) -> Response:
        told = sentence(error) if isinstance(error, SentenceError) else ""
        answer = site.page(
            request, "errors/error.html", status=422, title=_("Det gick inte"), told=told, speaks=current()
        )
        guard.complete(answer.headers)
        return answer

    async def misunderstood(request: Request, _error: Exception) -> Response:
        return page(site, request, 400)

    async def sign_in_first(request: Request, error: Exception) -> Response:
        path = error.path if isinstance(error, SignInFirst) else ""
        if request.method == "POST":
            return page(site, request, 401)
        way_in = await run_in_threadpool(entering.way_in, site, request)
        return site.back(way_in) if way_in else site.back("/logga-in", vidare=path)

    async def link_closed(request: Request, error: Exception) -> Response:
        return (
            _link_closed(site, request, error) if isinstance(error, ClosedLink) else page(site, request, 404)
        )

    async def stale(request: Request, _error: Exception) -> Response:
        return page(site, request, 403)

    web.add_exception_handler(SignInFirst, sign_in_first)
    web.add_exception_handler(OpenFirst, _open_first)
    web.add_exception_handler(StaleForm, stale)
    web.add_exception_handler(HTTPException, refused)
    web.add_exception_handler(ClosedLink, link_closed)
    web.add_exception_handler(NoSuchKey, nothing_there)
    web.add_exception_handler(SentenceError, refused_in_words)
    web.add_exception_handler(NotFound, nothing_there)
    web.add_exception_handler(RequestValidationError, misunderstood)
    web.add_exception_handler(Exception, refused)


def _link_closed(site: Site, request: Request, closed: ClosedLink) -> Response:
    """Say of a link to a block why it does not open it, with the way to a new one."""
    if closed.why is Why.UNPRESSED:
        return site.back(f"/inslag/{closed.token}")
    found = closed.found
    spoken = found.person.language if found else site.app.settings.interface_language
    with using(spoken):
        answer = site.page(
            request,
            "blocks/closed.html",
            status=410 if found else 404,
            speaks=spoken,
            token=closed.token,
            last=found.block.issue.deadline if found else None,
            called=block_words.issue_called(found.block.issue) if found else "",
        )
    guard.complete(answer.headers)
    return answer


async def _open_first(request: Request, _error: Exception) -> Response:
    """Send a member whose own page is closed to where it is opened."""
    site = site_of(request)
    return page(site, request, 401) if request.method == "POST" else site.back("/mina-uppgifter")


def page(site: Site, request: Request, status: int) -> Response:
    """Return the page for a refusal, complete with its headers: the one for 500 passes no middleware."""
    with using(site.app.settings.interface_language):
        title, told = words(status)
    response = site.page(request, "errors/error.html", status=status, title=title, told=told)
    guard.complete(response.headers)
    return response


def words(status: int) -> tuple[str, str]:
    """Return title and sentence for a status, in the current language."""
    match status:
        case 401:
            return _("Du behöver logga in igen"), _(
                "Inget har sparats. Logga in i en annan flik, gå tillbaka hit och skicka formuläret igen."
            )
        case 403:
            return _("Sidan hade blivit för gammal"), _(
                "Inget har sparats. Gå tillbaka, läs in sidan på nytt och försök igen."
            )
        case 404:
            return _("Här finns ingen sida"), _(
                "Länken gäller inte. Kanske blev den avkortad på vägen: öppna den igen från brevet, "
                "eller skriv till oss."
            )
        case 405:
            return _("Så kan sidan inte användas"), _("Öppna länken från brevet, och använd sidans knapp.")
        case 408:
            return _("Det tog för lång tid"), _("Ingenting har ändrats. Försök gärna igen.")
        case 413:
            return _("Det var för mycket på en gång"), _(
                "Ingenting har ändrats. Gå tillbaka, och välj en mindre fil eller korta texten. Det du har "
                "skrivit står kvar där."
            )
        case 400 | 415:
            return _("Det gick inte att förstå"), _(
                "Ingenting har ändrats. Öppna länken igen från brevet, och använd sidans knapp."
            )
    return _("Något gick fel hos oss"), _(
        "Felet är inte ditt. Försök igen om en stund. Skriv till oss om det fortsätter."
    )
