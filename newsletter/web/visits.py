"""Who visits a page: the person behind the session, what they may do, and how that is remembered.

    cookie -> services.sessions.visitor -> Visit

The cookie holds a secret of 256 bits and nothing else; what it is worth stands in the database. The token
that every form carries against cross-site requests is a digest of it, so it needs no place of its own.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from newsletter.services import sessions
from newsletter.services.sessions import VALID, Visitor
from newsletter.web.pages import Site
from subscribers.core.authority import Act, Allowed, Everything, Held, Reach, Scope, may, reach_of, scope_of
from subscribers.errors import NotFound
from subscribers.models import SetBy
from subscribers.services.changes import Author


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who is signed in, while one page is made. ``token`` goes into every form (``csrf()``)."""

    visitor: Visitor
    token: str

    @property
    def person_id(self) -> int:
        """The subscriber that this person is."""
        return self.visitor.person_id

    @property
    def name(self) -> str:
        """The person's name; their role where they have none."""
        return self.visitor.name or self.visitor.roles[0].role.value

    @property
    def roles(self) -> tuple[Held, ...]:
        """The roles that count today."""
        return self.visitor.roles

    @property
    def scope(self) -> Scope:
        """Whose people this person may see; services take it."""
        return self.visitor.scope

    @property
    def language(self) -> str:
        """The language that the person reads: ``sv`` or ``en``."""
        return self.visitor.language

    @property
    def actor(self) -> str:
        """Who acts, for the log: it names people by pseudonym."""
        return f"person {self.visitor.pseudonym}"

    @property
    def author(self) -> Author:
        """Who acts, as the author of a change to a person."""
        return Author(SetBy.PERSON, self.actor)

    @property
    def regions(self) -> frozenset[str]:
        """The regions (slugs) that this person leads."""
        return frozenset(each.region for each in self.roles if each.region is not None)

    @property
    def counts_all(self) -> bool:
        """Whether the person may know how many there are of everything, not only in some regions."""
        return isinstance(scope_of(self.roles, Act.COUNT_PEOPLE), Everything)

    @property
    def scope_is_all(self) -> bool:
        """Whether this person may see everybody by name."""
        return isinstance(self.scope, Everything)

    def may(self, act: Act, where: str | None = None) -> bool:
        """Tell whether the person may do something there; ``where`` is a region, None the association."""
        return isinstance(may(self.roles, act, where), Allowed)

    def may_anywhere(self, act: Act) -> bool:
        """Tell whether there is any place where the person may do it."""
        return any(reach_of(each.role, act) is not Reach.NOWHERE for each in self.roles)

    def must(self, act: Act, where: str | None = None) -> None:
        """Raise ``NotFound`` unless the person may: missing and forbidden are the same answer."""
        if not self.may(act, where):
            raise NotFound("Det finns inte, eller så får du inte se det.")


def read(request: Request, site: Site) -> Visit | None:
    """Return who is signed in; None when nobody is. Changes nothing."""
    secret = request.cookies.get(cookie_name(site))
    if not secret or len(secret) > 100:
        return None
    with site.app.readers() as session:
        found = sessions.visitor(session, secret=secret, today=site.today(), now=site.app.now())
    return Visit(found, form_token(secret)) if found is not None else None


def note_use(site: Site, visit: Visit) -> None:
    """Let a session last from now on, for something is done in it; written down every few minutes at most."""
    now = site.app.now()
    if now - visit.visitor.seen_at > sessions.SEEN_EVERY:
        with site.app.sessions.begin() as session:
            sessions.seen(session, session_id=visit.visitor.session_id, now=now)


def form_token(secret: str) -> str:
    """Return the token that forms carry in a session with this secret."""
    return hashlib.sha256(f"form {secret}".encode()).hexdigest()


def same_token(one: str, other: str) -> bool:
    """Compare two tokens in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def cookie_name(site: Site) -> str:
    """Return the session cookie's name; behind TLS it is bound to this very host (RFC 6265bis 4.1.3.2)."""
    return "__Host-rundbrev" if site.behind_tls else "rundbrev"


def device_cookie_name(site: Site) -> str:
    """Return the name of the cookie by which a browser is known again."""
    return "__Host-rundbrev-device" if site.behind_tls else "rundbrev-device"


def set_cookie(response: Response, site: Site, name: str, value: str, *, days: int = VALID.days) -> None:
    """Give a secret to the browser: not readable by scripts, not sent along from other sites."""
    response.set_cookie(
        name, value, max_age=days * 86400, path="/", secure=site.behind_tls, httponly=True, samesite="lax"
    )


def _visit(request: Request) -> Visit:
    visit: Visit = request.state.visit
    return visit


async def _the_visit(request: Request) -> Visit:
    return _visit(request)


async def _whoever(request: Request) -> Visit | None:
    visit: Visit | None = request.state.visit
    return visit


#: For the signature of a page that somebody reaches without being signed in, too.
Whoever = Annotated[Visit | None, Depends(_whoever)]

#: For the signature of a page that only signed-in people reach; its gate has read it.
TheVisit = Annotated[Visit, Depends(_the_visit)]
