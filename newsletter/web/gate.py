"""The gate before every page: it says who may come in, and is passed before the page is asked anything.

    shows(path, to=...)  GET and HEAD; the page only reads
    takes(path, to=...)  POST; a form, within bounds, that was sent from one of our own pages

Each route states its access, so that none can be forgotten: a test walks all of them with every role. What a
role may do within its regions is finer than a route; pages ask ``visit.must`` and hand ``visit.scope`` on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import HTTPException
from starlette.concurrency import run_in_threadpool

from newsletter import language
from newsletter.web import forms, guard, owners, visits
from newsletter.web.owners import OpenPage
from newsletter.web.pages import SHOWN, Site, site_of
from newsletter.web.visits import Visit
from subscribers.core.authority import Act

#: How large a form may be where a page does not say otherwise, in bytes.
MOST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Everyone:
    """Anybody may come; whether they are signed in is not asked."""


@dataclass(frozen=True, slots=True)
class ByKey:
    """Whoever holds the token in the path may come; the page reads it, and it alone is the proof."""


@dataclass(frozen=True, slots=True)
class LocalOnly:
    """Only somebody at this machine."""


@dataclass(frozen=True, slots=True)
class LocalOr:
    """Somebody at this machine, or whoever is signed in and may do this act everywhere.

    To all others there is no such page, not even one to sign in for.
    """

    act: Act


@dataclass(frozen=True, slots=True)
class Themselves:
    """A member whose own page is open in this browser, by a fresh link."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Anybody who holds a role today."""


@dataclass(frozen=True, slots=True)
class May:
    """Whoever may do one of these acts somewhere, by the table in ``core.authority``."""

    act: Act
    or_act: Act | None = None

    def lets_in(self, visit: Visit) -> bool:
        """Tell whether the person may do it anywhere."""
        return visit.may_anywhere(self.act) or (self.or_act is not None and visit.may_anywhere(self.or_act))


Access = Everyone | ByKey | LocalOnly | LocalOr | Themselves | SignedIn | May


class OpenFirst(Exception):
    """A member must open their own page anew before there is an answer."""


class SignInFirst(Exception):
    """Somebody must sign in before there is an answer. ``path`` is where they wanted to go."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class StaleForm(Exception):
    """A form that came from elsewhere, or from before somebody signed out or in."""


class Pages(APIRouter):
    """The routes of one noun. ``done`` holds what is said after an act, by a word for the address."""

    def __init__(self, *, done: Mapping[str, str] | None = None) -> None:
        super().__init__(include_in_schema=False)
        self.done = dict(done or {})

    def shows(self, path: str, *, to: Access) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a page that shows something: GET and HEAD."""
        return self.api_route(path, methods=SHOWN, dependencies=[Depends(Gate(to, self.done))])

    def takes(
        self,
        path: str,
        *,
        to: Access,
        most_bytes: int = MOST_BYTES,
        cross_site: bool = False,
        button: str = "",
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a page that takes a form: POST, of at most ``most_bytes``.

        ``cross_site`` lets forms on other sites post here, such as the association's own web site. ``button``
        is what the page's one button says as ``do``: a POST without it did not come from there.
        """
        gate = Gate(to, self.done, most_bytes=most_bytes, cross_site=cross_site)
        pressed = [Depends(Button(button))] if button else []
        return self.api_route(path, methods=["POST"], dependencies=[Depends(gate), *pressed])


@dataclass(frozen=True, slots=True)
class Button:
    """Lets a form through that the page's button has sent.

    Some scanners of mail do not only look at a link but post to it, with nothing or with what they make up.
    """

    word: str

    async def __call__(self, fields: forms.Fields) -> None:
        """Raise ``HTTPException`` 400 for any other form."""
        if fields.get("do") != self.word:
            raise HTTPException(400)


class Gate:
    """Lets a request through to its page, or raises."""

    def __init__(
        self,
        access: Access,
        done: Mapping[str, str],
        *,
        most_bytes: int | None = None,
        cross_site: bool = False,
    ) -> None:
        self.access = access
        self._done = done
        self._most_bytes = most_bytes
        self._cross_site = cross_site

    async def __call__(self, request: Request) -> None:
        """Check who asks, and what they send.

        Raises ``SignInFirst``, ``OpenFirst``, ``StaleForm``, and ``HTTPException``: 404 for whom the page
        does not exist.
        """
        site = site_of(request)
        request.state.done_words = self._done
        visit = await self._who(request, site)
        request.state.visit = visit
        owner = await self._owner(request, site)
        spoken = visit or owner
        language.choose(spoken.language if spoken else site.app.settings.interface_language)
        if self._most_bytes is not None:
            await self._check_form(request, site, visit, self._most_bytes)

    async def _who(self, request: Request, site: Site) -> Visit | None:
        match self.access:
            case ByKey() | Everyone() | Themselves():
                return None
            case LocalOnly():
                if not guard.from_this_machine(request.scope):
                    raise HTTPException(404)
                return await run_in_threadpool(visits.read, request, site)
            case LocalOr(act):
                return await self._here_or(act, request, site)
        visit = await run_in_threadpool(visits.read, request, site)
        if visit is None:
            raise SignInFirst(_asked_for(request))
        if isinstance(self.access, May) and not self.access.lets_in(visit):
            raise HTTPException(404)
        return visit

    async def _here_or(self, act: Act, request: Request, site: Site) -> Visit | None:
        visit = await run_in_threadpool(visits.read, request, site)
        if not guard.from_this_machine(request.scope) and (visit is None or not visit.may(act)):
            raise HTTPException(404)
        return visit

    async def _owner(self, request: Request, site: Site) -> OpenPage | None:
        if not isinstance(self.access, Themselves):
            return None
        owner = await run_in_threadpool(owners.read, request, site)
        if owner is None:
            raise OpenFirst
        request.state.owner = owner
        return owner

    async def _check_form(self, request: Request, site: Site, visit: Visit | None, most_bytes: int) -> None:
        if isinstance(self.access, ByKey):
            return  # the token in the path is the proof, and mail programs post without a page of ours
        if not (self._cross_site or _same_site(request, site)):
            raise StaleForm
        form = await forms.posted_form(request, most_bytes=most_bytes)
        request.state.form = form
        if isinstance(self.access, Themselves):
            open_page: OpenPage = request.state.owner
            if not visits.same_token(form.get("csrf", ""), open_page.token):
                raise StaleForm
        if visit is not None:
            given = request.headers.get("x-csrf-token") or form.get("csrf", "")
            if not visits.same_token(given, visit.token):
                raise StaleForm
            await run_in_threadpool(visits.note_use, site, visit)


def _asked_for(request: Request) -> str:
    if request.method == "POST":
        return ""  # what was posted cannot be asked for again by a link
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query


def _same_site(request: Request, site: Site) -> bool:
    """Tell whether a form comes from a page of ours, as browsers say it (Fetch Metadata, RFC 6454)."""
    fetched_from = request.headers.get("sec-fetch-site")
    if fetched_from is not None:  # no page can forge it
        return fetched_from in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True  # old browsers; then the form's token alone is the proof
    ours = {request.headers.get("host", ""), urlsplit(site.app.settings.base_url).netloc}
    return urlsplit(origin).netloc in ours
