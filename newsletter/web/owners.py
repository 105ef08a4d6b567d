"""A member's own page that is open in a browser: by a cookie that is sent to these pages and to no others.

    cookie -> services.own_pages.owner -> OpenPage

The cookie holds a secret of 256 bits; the token of the page's forms is a digest of it.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.responses import Response

from newsletter.services import own_pages
from newsletter.services.own_pages import OPEN_FOR, Owner
from newsletter.web import visits
from newsletter.web.pages import Site
from subscribers.core.authority import OnePerson
from subscribers.models import SetBy
from subscribers.services.changes import Author

#: Where the pages are, and how far the cookie goes.
PLACE = "/mina-uppgifter"


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Somebody's own page, while it is made. ``token`` goes into every form; ``secret`` is the cookie's."""

    owner: Owner
    token: str
    secret: str

    @property
    def person_id(self) -> int:
        """The subscriber whose page it is."""
        return self.owner.subscriber_id

    @property
    def scope(self) -> OnePerson:
        """Themselves, and no one else."""
        return self.owner.scope

    @property
    def language(self) -> str:
        """The language that the person reads: ``sv`` or ``en``."""
        return self.owner.language

    @property
    def author(self) -> Author:
        """The person, as the author of a change to themselves."""
        return Author(SetBy.MEMBER)


def read(request: Request, site: Site) -> OpenPage | None:
    """Return whose page is open in this browser; None where none is. Changes nothing."""
    secret = request.cookies.get(cookie_name(site))
    if not secret or len(secret) > 100:
        return None
    with site.app.readers() as session:
        found = own_pages.owner(session, secret=secret, now=site.app.now())
    return OpenPage(found, visits.form_token(secret), secret) if found is not None else None


def cookie_name(site: Site) -> str:
    """Return the cookie's name; behind TLS it can only have been set by https (RFC 6265bis 4.1.3.1)."""
    return "__Secure-rundbrev-own" if site.behind_tls else "rundbrev-own"


def give_cookie(response: Response, site: Site, secret: str) -> None:
    """Give the secret to the browser for as long as the page is open; no script reads it."""
    response.set_cookie(
        cookie_name(site),
        secret,
        max_age=int(OPEN_FOR.total_seconds()),
        path=_path(site),
        secure=site.behind_tls,
        httponly=True,
        samesite="lax",
    )


def take_cookie(response: Response, site: Site) -> None:
    """Take the secret back."""
    response.delete_cookie(cookie_name(site), path=_path(site), secure=site.behind_tls, httponly=True)


def _path(site: Site) -> str:
    return urlsplit(site.app.settings.base_url).path.rstrip("/") + PLACE


async def _the_owner(request: Request) -> OpenPage:
    found: OpenPage = request.state.owner
    return found


#: For the signature of a page that only its owner reaches; its gate has read it.
TheOwner = Annotated[OpenPage, Depends(_the_owner)]
