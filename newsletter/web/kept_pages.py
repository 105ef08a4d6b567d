"""Pages that many read and that seldom change: made once, kept in memory, and told apart by their content.

What a page depends on is its key, which is asked of the database each time: what is taken away is gone.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from threading import Lock

from fastapi import Request
from starlette.responses import Response

from newsletter.web import guard
from newsletter.web.pages import Site

#: So many pages are kept; a page of forty articles is some 300 kB.
MOST = 128

#: Anybody may keep it, and must ask each time whether it is still so.
ASK_FIRST = "no-cache"


class KeptPages:
    """The pages of one process, the least read given up first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._pages: OrderedDict[Hashable, tuple[bytes, str]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> tuple[bytes, str]:
        """Return a page and its entity tag (RFC 9110 8.8.3); ``make`` makes it where it is not kept."""
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
                return self._pages[key]
        content = make()
        kept = content, f'"{sha256(content).hexdigest()[:32]}"'
        with self._lock:
            self._pages[key] = kept
            while len(self._pages) > self._most:
                self._pages.popitem(last=False)
        return kept


def answer(
    request: Request,
    key: Hashable,
    make: Callable[[], bytes],
    *,
    media_type: str = "text/html",
    changed_at: datetime | None = None,
) -> Response:
    """Answer with a kept page for anybody; with 304 where the reader has it as it is (RFC 9110 13.2)."""
    content, tag = kept_of(request).get(key, make)
    headers = {"ETag": tag, "Cache-Control": ASK_FIRST}
    if changed_at is not None:
        headers["Last-Modified"] = format_datetime(changed_at, usegmt=True)
    given = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if tag in given or "*" in given:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def kept_of(request: Request) -> KeptPages:
    """Return the pages that this site keeps."""
    state = request.app.state
    if not hasattr(state, "kept_pages"):
        state.kept_pages = KeptPages()
    kept: KeptPages = state.kept_pages
    return kept


def frame_of(request: Request, site: Site) -> Hashable:
    """Return what the frame around a public page depends on."""
    return (
        *sorted((name, repr(value)) for name, value in site.association().items()),
        site.app.archive_is_open(),
        guard.from_this_machine(request.scope),
    )
