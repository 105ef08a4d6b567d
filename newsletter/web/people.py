"""The people of the register: who they are, one person's whole history, and what can be said of them here.

GET, HEAD /personer                      the list; ?q= looks for a name, an address or a member number
GET, HEAD /personer/{id}                 one person: facts, addresses, lists, letters and why, changes
POST      /personer/{id}/{what}          adresser, foredra, tagg, region, lista, avliden

A lead sees the people of their own region, and of others nothing at all: services take ``visit.scope``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.core.explanations import Explanation
from newsletter.language import mark
from newsletter.rendering import explanations
from newsletter.services import deliveries, explaining
from newsletter.services.role_words import ROLES
from newsletter.web import numbers
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.people_words import KINDS, SET_BY, column_name
from newsletter.web.rows import ThePerson
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.models import AddressKind, Subscriber
from subscribers.services import (
    acts,
    changes,
    consents,
    life,
    lists,
    members,
    regions,
    roles,
    suppressions,
    tags,
)

pages = Pages(
    done={
        "adress": mark("Adressen är tillagd."),
        "foredragen": mark("Breven går till den adressen från och med nu."),
        "tagg": mark("Taggen är sparad."),
        "utan-tagg": mark("Taggen är borttagen."),
        "region": mark("Regionen är ändrad."),
        "lista": mark("Valet är sparat, och gäller genast."),
        "avliden": mark("Det är noterat. Inga fler brev skickas."),
        "inte-avliden": mark("Det är rättat."),
    }
)

PER_PAGE = 50
_MOST_FOUND = 100
_MOST_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the list. ``number`` counts from 1; ``total`` is how many people all pages hold."""

    people: list[Subscriber]
    number: int
    total: int

    @property
    def newer(self) -> str:
        """The address of the page before; empty on the first."""
        return f"?sida={self.number - 1}" if self.number > 1 else ""

    @property
    def older(self) -> str:
        """The address of the page after; empty on the last."""
        return f"?sida={self.number + 1}" if self.number * PER_PAGE < self.total else ""


@pages.shows("/personer", to=May(Act.SEE_PEOPLE))
def people(request: Request, site: TheSite, visit: TheVisit, q: str = "", sida: str = "1") -> Response:
    """List the people whom the visitor may see."""
    wanted = " ".join(q.split())[:200]
    number = max(numbers.whole(sida) or 1, 1)
    with site.app.readers() as session:
        names = {region.slug: region.name for region in regions.all_regions(session)}
        total = members.count_members(session, scope=visit.scope)
        if wanted:
            found = list(members.find(session, scope=visit.scope, text=wanted, limit=_MOST_FOUND))
            sheet = Sheet(found, 1, len(found))
        else:
            offset = (number - 1) * PER_PAGE
            page = members.list_members(session, scope=visit.scope, limit=PER_PAGE, offset=offset)
            sheet = Sheet(list(page), number, total)
    return site.page(
        request,
        "people/list.html",
        visit=visit,
        sheet=sheet,
        total=total,
        q=wanted,
        regions=names,
        may_import=visit.may(Act.IMPORT),
    )


@pages.shows("/personer/{person_id}", to=May(Act.SEE_PEOPLE))
def person(request: Request, site: TheSite, visit: TheVisit, person_id: ThePerson) -> Response:
    """Show everything about one person. Raises ``NotFound`` for one whom the visitor may not see."""
    return site.page(request, "people/person.html", visit=visit, **_known(site, visit, person_id))


@pages.takes("/personer/{person_id}/{what}", to=May(Act.CHANGE_PEOPLE))
def change(site: TheSite, visit: TheVisit, form: TheForm, person_id: ThePerson, what: str) -> Response:
    """Change one thing about a person. Raises ``NotFound``, and sentences for what cannot be done."""
    do = _CHANGES.get(what)
    if do is None:
        raise HTTPException(404)
    with site.app.sessions.begin() as session:
        whom = members.get(session, scope=visit.scope, subscriber_id=person_id)
        visit.must(Act.CHANGE_PEOPLE, whom.region_slug)
        done, act = do(session, site, visit, form, whom)
        subject = f"person {whom.pseudonym}"
        acts.log(session, actor=visit.actor, act=act, subject=subject, now=site.app.now())
    return site.back(f"/personer/{site.key(visit, person_id)}", done=done)


#: What was done, for the page and for the log.
Done = tuple[str, str]


def _add_address(session: Any, site: Site, visit: Visit, form: Form, whom: Subscriber) -> Done:
    kind = next((each for each in AddressKind if each.value == form.get("kind")), AddressKind.OTHER)
    members.add_address(
        session,
        scope=visit.scope,
        subscriber_id=whom.id,
        address=form.get("address", ""),
        kind=kind,
        prefer=form.get("prefer") == "yes",
        author=visit.author,
        now=site.app.now(),
    )
    return "adress", "add address"


def _prefer_address(session: Any, site: Site, visit: Visit, form: Form, whom: Subscriber) -> Done:
    members.prefer_address(
        session,
        scope=visit.scope,
        subscriber_id=whom.id,
        address_id=numbers.whole(form.get("address", "")) or 0,
        author=visit.author,
        now=site.app.now(),
    )
    return "foredragen", "prefer address"


def _tag(session: Any, site: Site, visit: Visit, form: Form, whom: Subscriber) -> Done:
    take = form.get("do") == "remove"
    (tags.take if take else tags.put)(
        session,
        scope=visit.scope,
        subscriber_id=whom.id,
        tag=form.get("tag", ""),
        author=visit.author,
        now=site.app.now(),
    )
    return ("utan-tagg", "take tag") if take else ("tagg", "put tag")


def _place(session: Any, site: Site, visit: Visit, form: Form, whom: Subscriber) -> Done:
    life.place(
        session,
        scope=visit.scope,
        subscriber_id=whom.id,
        region=form.get("region") or None,
        reason=form.get("reason", ""),
        author=visit.author,
        now=site.app.now(),
    )
    return "region", "place"


def _list(session: Any, site: Site, visit: Visit, form: Form, whom: Subscriber) -> Done:
    list_id = numbers.whole(form.get("list", "")) or 0
    wants = form.get("do") == "start"
    lists.get(session, list_id=list_id)
    said: dict[str, Any] = {
        "scope": visit.scope,
        "subscriber_id": whom.id,
        "list_id": list_id,
        "source": "by hand",
        "place": "/personer",
        "now": site.app.now(),
    }
    if wants:
        consents.resubscribe(session, **said, again=True)
    else:
        consents.unsubscribe(session, **said)
        deliveries.withdraw(
            session,
            scope=visit.scope,
            subscriber_id=whom.id,
            list_id=list_id,
            why="unsubscribed",
            now=site.app.now(),
        )
    return "lista", "subscribe" if wants else "unsubscribe"


def _deceased(session: Any, site: Site, visit: Visit, form: Form, whom: Subscriber) -> Done:
    undo = form.get("do") == "undo"
    on = None if undo else numbers.day(form.get("on", "")) or site.today()
    now = site.app.now()
    life.mark_deceased(session, scope=visit.scope, subscriber_id=whom.id, on=on, author=visit.author, now=now)
    if not undo:
        deliveries.withdraw_all(session, scope=visit.scope, subscriber_id=whom.id, why="deceased", now=now)
    return ("inte-avliden", "not deceased") if undo else ("avliden", "deceased")


_CHANGES: Mapping[str, Callable[[Any, Site, Visit, Form, Subscriber], Done]] = {
    "adresser": _add_address,
    "foredra": _prefer_address,
    "tagg": _tag,
    "region": _place,
    "lista": _list,
    "avliden": _deceased,
}


def _known(site: Site, visit: Visit, person_id: int) -> dict[str, Any]:
    """Gather what the page shows of a person."""
    asked: dict[str, Any] = {"scope": visit.scope, "subscriber_id": person_id}
    with site.app.readers() as session:
        whom = members.get(session, **asked)
        letters = explaining.history(session, **asked, limit=_MOST_LETTERS)
        return {
            "person": whom,
            "regions": {region.slug: region.name for region in regions.all_regions(session)},
            "followed": life.followed_by(session, **asked),
            "standings": consents.subscriptions_of(session, **asked),
            "suppressed": {
                each.id
                for each in whom.addresses
                if suppressions.is_suppressed(session, scope=visit.scope, address=each.address)
            },
            "tags": tags.tags_of(session, **asked),
            "roles": roles.roles_of(session, **asked),
            "letters": [(letter, _told(site, visit, letter)) for letter in letters],
            "changes": sorted(
                changes.latest(session, **asked).values(), key=lambda each: each.at, reverse=True
            )[:_MOST_LETTERS],
            "kinds": KINDS,
            "set_by": SET_BY,
            "role_words": ROLES,
            "column_name": column_name,
            "may_change": visit.may(Act.CHANGE_PEOPLE, whom.region_slug),
            "today": site.today(),
        }


def _told(site: Site, visit: Visit, letter: Explanation) -> str:
    from newsletter.language import using

    with using(visit.language):
        return explanations.sentence(letter, site.app.settings.time_zone)
