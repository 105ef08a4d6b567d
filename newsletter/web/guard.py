"""Who may see what: only this machine sees pages with personal data, and no page lets anything else in.

There is no sign-in yet, so everything but the members' own pages answers on this machine alone. "This
machine" means all of: the connection comes from loopback, the Host header names loopback (else a stranger's
web page could reach us through a name that it lets point here), and no proxy has passed the request on
(else the whole world would seem to come from loopback).
"""

from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.settings import is_loopback

#: What everybody may ask for. All else is for this machine: a new page is private until it stands here.
PUBLIC = ("/u/", "/p/", "/prenumerera", "/static/", "/media/", "/healthz")

#: What goes with every answer that does not say otherwise. The address of a member's page is a key
#: (it holds the token), so no other site may learn it: no referrer, nothing kept, nothing indexed.
SAFE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "X-DNS-Prefetch-Control": "off",  # browsers look up the hosts of links before anybody follows them
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SafeHeaders:
    """Adds ``SAFE_HEADERS`` to every answer, where the page has not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and complete the headers on the way back."""

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                complete(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, completed)


class LocalOnly:
    """Answers ``hidden`` to whoever may not see a page, as if there were none."""

    def __init__(self, app: ASGIApp, hidden: Callable[[Request], Awaitable[Response]]) -> None:
        self.app = app
        self.hidden = hidden

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or hide that there is anything."""
        if scope["type"] == "http" and not (scope["path"].startswith(PUBLIC) or from_this_machine(scope)):
            response = await self.hidden(Request(scope))
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)


def complete(headers: MutableHeaders) -> None:
    """Add the safe headers that are not there yet."""
    for name, value in SAFE_HEADERS.items():
        headers.setdefault(name, value)


def from_this_machine(scope: Scope) -> bool:
    """Tell whether a request was made on this machine, to this machine, by nobody in between."""
    headers = Headers(scope=scope)
    client = scope.get("client")
    hosts = headers.getlist("host")
    return (
        client is not None
        and is_loopback(client[0])
        and len(hosts) == 1
        and is_loopback(_without_port(hosts[0]))
        and not any(_tells_of_a_proxy(name) for name in headers)
    )


def _without_port(host: str) -> str:
    if host.startswith("["):  # an IPv6 address (RFC 3986 3.2.2)
        name, closing, _port = host[1:].partition("]")
        return name if closing else ""
    return host.partition(":")[0]


def _tells_of_a_proxy(name: str) -> bool:
    return name.startswith("x-forwarded") or name in {"forwarded", "via", "x-real-ip", "true-client-ip"}
