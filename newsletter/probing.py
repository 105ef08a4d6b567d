"""Asking strangers' web servers whether a page is there, without being led anywhere that is not theirs.

address -> host looked up -> each IP public? -> connected to that very IP -> HEAD, or GET -> redirect? again

A host is looked up once for each step, and the address that was looked at is the one connected to, so that no
second answer of DNS can lead inwards. Nothing is kept between requests: no cookies, no proxy, no credentials.
No body is read.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from newsletter.core.preflight.answers import PORTS, Answer, Outcome, is_public, may_be_asked, of_status

#: Seconds for one address with all its redirects, and for one step of talking.
LONGEST, STEP = 10.0, 5.0
MOST_REDIRECTS = 5
AT_ONCE = 8
#: Addresses asked in one go.
MOST = 200
_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)
#: Servers that do not do HEAD say so in these ways.
_NO_HEAD = (400, 403, 404, 405, 406, 500, 501, 503)


def look_up(host: str, port: int) -> Sequence[str]:
    """Return the IP addresses of a host. Raises ``OSError``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


@dataclass(frozen=True)
class Reach:
    """Where a probe may go. The defaults are for all but tests, which ask servers of their own."""

    look_up: Callable[[str, int], Sequence[str]] = look_up
    may_connect: Callable[[str], bool] = is_public
    may_ask: Callable[[str], bool] = lambda url: may_be_asked(url, own="")
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    longest: float = LONGEST


class _NotAllowed(Exception):
    """A host, or one of its addresses, is not to be asked."""


def ask_all(
    urls: Iterable[str], *, agent: str, own: str = "", reach: Reach | None = None
) -> Mapping[str, Answer]:
    """Ask each address, some at once. ``agent`` says who asks (RFC 9110 10.1.5). Never raises.

    ``own`` is our own base address, which no redirect leads to.
    """
    wanted = list(dict.fromkeys(urls))[:MOST]
    where = reach or Reach(may_ask=lambda url: may_be_asked(url, own=own))
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return dict(
            zip(wanted, pool.map(lambda url: ask(url, agent=agent, reach=where), wanted), strict=True)
        )


def ask(url: str, *, agent: str, reach: Reach) -> Answer:
    """Ask one address and follow where it leads. Never raises for what a server does."""
    ends = time.monotonic() + reach.longest
    try:
        return _follow(url, agent, reach, ends)
    except _NotAllowed:
        return Answer(Outcome.UNKNOWN)
    except socket.gaierror as error:
        gone = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        return Answer(Outcome.NO_HOST if gone else Outcome.UNKNOWN)
    except ssl.SSLCertVerificationError:
        return Answer(Outcome.BAD_CERTIFICATE)
    except (OSError, http.client.HTTPException, ValueError):
        return Answer(Outcome.SLOW if time.monotonic() >= ends - 0.05 else Outcome.UNKNOWN)


def _follow(url: str, agent: str, reach: Reach, ends: float) -> Answer:
    at, moved_to, for_good = url, "", True
    for _hop in range(MOST_REDIRECTS + 1):
        status, location = _step(at, agent, reach, ends)
        if status not in _REDIRECTS or not location:
            outcome = of_status(status)
            moved = outcome is Outcome.WELL and moved_to
            return Answer(Outcome.MOVED, status, moved_to) if moved else Answer(outcome, status)
        at = urljoin(at, location).partition("#")[0]
        for_good = for_good and status in _FOR_GOOD
        moved_to = at[:2000] if for_good else moved_to
    return Answer(Outcome.LOOPS, status)


def _step(url: str, agent: str, reach: Reach, ends: float) -> tuple[int, str]:
    """Ask once, with HEAD, and with GET where that is refused. Returns status and Location."""
    if not reach.may_ask(url):
        raise _NotAllowed
    answer = _request("HEAD", url, agent, reach, ends)
    return _request("GET", url, agent, reach, ends) if answer[0] in _NO_HEAD else answer


def _request(method: str, url: str, agent: str, reach: Reach, ends: float) -> tuple[int, str]:
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode("ascii")
    port = parts.port or PORTS[parts.scheme.lower()]
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    talk = _Pinned(host, port, reach, secure=parts.scheme.lower() == "https", timeout=min(left, STEP))
    # A server that gives an octet now and then is never silent long enough for a time limit of the socket.
    watch = threading.Timer(left, talk.hang_up)
    watch.daemon = True
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"User-Agent": agent, "Accept": "text/html, */*;q=0.5", "Connection": "close"}
        talk.request(method, _ascii(path), headers=headers)
        answer = talk.getresponse()
        if time.monotonic() >= ends:  # hung up on: what came of the headers is not all
            raise TimeoutError
        return answer.status, answer.getheader("Location") or ""
    finally:
        watch.cancel()
        talk.close()


def _ascii(path: str) -> str:
    return "".join(c if c.isascii() and c > " " else "".join(f"%{b:02X}" for b in c.encode()) for c in path)


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that has been looked at; the name goes into Host, SNI and certificate."""

    def __init__(self, host: str, port: int, reach: Reach, *, secure: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self.default_port = PORTS["https" if secure else "http"]
        self._reach, self._secure = reach, secure

    def connect(self) -> None:
        """Connect to the first address, once all of them are known to be allowed."""
        addresses = self._reach.look_up(self.host, self.port)
        if not addresses or not all(map(self._reach.may_connect, addresses)):
            raise _NotAllowed
        self.sock = socket.create_connection((addresses[0], self.port), self.timeout)
        if self._secure:
            self.sock = self._reach.context.wrap_socket(self.sock, server_hostname=self.host)

    def hang_up(self) -> None:
        """End the talk from another thread, whatever the server is doing."""
        sock = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return
