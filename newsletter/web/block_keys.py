"""The key in the link to a block: what it opens, asked anew at every request, and before any form is read."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Annotated

from fastapi import Depends, Request

from newsletter.services import block_links
from newsletter.services.block_links import Found
from newsletter.web.forms import Form, posted_form
from newsletter.web.pages import TheSite


class Why(Enum):
    """Why a link does not open its block."""

    UNKNOWN = "unknown"  # not ours, or its person leads the region no more: the same answer
    PAST = "past"  # its last day is over
    UNPRESSED = "unpressed"  # nobody has pressed the button yet: scanners come this far


class ClosedLink(Exception):
    """A link that does not open its block now."""

    def __init__(self, token: str, why: Why, found: Found | None = None) -> None:
        super().__init__(why)
        self.token, self.why, self.found = token, why, found


def read_link(token: str, site: TheSite) -> Found:
    """Return what a link is for. Raises ``ClosedLink`` for one that opens nothing (any more)."""
    if len(token) > 100:
        raise ClosedLink(token[:100], Why.UNKNOWN)
    with site.app.readers() as session:
        found = block_links.find(session, secret=token, today=site.today())
        if found is not None:
            session.refresh(found.block, ["issue", "named"])
    if found is None:
        raise ClosedLink(token, Why.UNKNOWN)
    if not found.in_time:
        raise ClosedLink(token, Why.PAST, found)
    return found


def read_pressed_link(token: str, site: TheSite) -> Found:
    """Return what a link is for, once its button was pressed. Raises ``ClosedLink``."""
    found = read_link(token, site)
    if not found.pressed:
        raise ClosedLink(token, Why.UNPRESSED, found)
    return found


def form_of(most_bytes: int) -> Callable[[Request], Awaitable[Form]]:
    """Return what reads a form of at most so many bytes; the page's key is read before it is."""

    async def read(request: Request) -> Form:
        return await posted_form(request, most_bytes=most_bytes)

    return read


#: For the signature of a page behind a link.
TheLink = Annotated[Found, Depends(read_link)]
ThePressedLink = Annotated[Found, Depends(read_pressed_link)]
