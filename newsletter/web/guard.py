"""What goes with every answer, and where a request comes from.

"This machine" means all of: the connection comes from loopback, the Host header names loopback (else a
stranger's web page could reach us through a name that it lets point here), and no proxy has passed the
request on (else the whole world would seem to come from loopback).
"""

import ipaddress

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.settings import is_loopback

#: What goes with every answer that does not say otherwise. The address of a member's page is a key
#: (it holds the token), so no other site may learn it: no referrer to others, nothing kept, nothing indexed.
SAFE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with it, browsers send our own forms as if they came from nowhere (Origin: null).
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "X-DNS-Prefetch-Control": "off",  # browsers look up the hosts of links before anybody follows them
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


#: What pages for people who work here have instead: scripts of our own, which ask us and no one else.
WORK_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
}
#: Said where people reach us by https: never by anything else again, for a year (RFC 6797).
_STRICT_TRANSPORT = "max-age=31536000"


class SafeHeaders:
    """Adds ``SAFE_HEADERS`` to every answer, where the page has not set its own."""

    def __init__(self, app: ASGIApp, *, behind_tls: bool) -> None:
        self.app = app
        self._behind_tls = behind_tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and complete the headers on the way back."""

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                complete(headers)
                if self._behind_tls:
                    headers.setdefault("Strict-Transport-Security", _STRICT_TRANSPORT)
            await send(message)

        await self.app(scope, receive, completed)


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


def network_of(scope: Scope) -> str:
    """Return the network that a request comes from, for counting tries: a /24, or a /64 of IPv6.

    Behind a web server of ours the last X-Forwarded-For is what that server saw; from anybody else the
    header proves nothing.
    """
    client = scope.get("client")
    address = client[0] if client is not None else ""
    forwarded = Headers(scope=scope).get("x-forwarded-for", "").rpartition(",")[2].strip()
    if forwarded and is_loopback(address):
        address = forwarded
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 64), strict=False))


def own_path(path: str) -> str:
    """Return a path of ours that somebody wants to go to, or "/" for anything that leads elsewhere."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if plain and "\\" not in path and len(path) <= 400 else "/"


def _without_port(host: str) -> str:
    if host.startswith("["):  # an IPv6 address (RFC 3986 3.2.2)
        name, closing, _port = host[1:].partition("]")
        return name if closing else ""
    return host.partition(":")[0]


def _tells_of_a_proxy(name: str) -> bool:
    return name.startswith("x-forwarded") or name in {"forwarded", "via", "x-real-ip", "true-client-ip"}
