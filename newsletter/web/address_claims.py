"""People whose old address is dead, and who say who they are: the association decides.

GET, HEAD /adressbyten        who waits, with what the register has of them
POST      /adressbyten/{id}   approves, or refuses with a reason

A lead sees those of their own region; a claim that fits nobody is for whoever sees everything.
"""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.language import mark
from newsletter.models import AddressChange
from newsletter.services import address_claims
from newsletter.web import secrets
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import TheSite
from newsletter.web.people_words import REASONS
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.models import Subscriber, Suppression
from subscribers.services import members, regions, suppressions

pages = Pages(
    done={
        "godkand": mark("Adressen är bytt, och båda brevlådorna har fått veta det."),
        "avslagen": mark("Önskemålet är avslaget. Den som bad får ett kort besked."),
    }
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, whom the register has for it, and why the old address is suppressed, if it is."""

    change: AddressChange
    person: Subscriber | None
    suppressed: Suppression | None

    @property
    def same_name(self) -> bool:
        """Whether the name that was given is the person's, but for capitals and blanks."""
        return self.person is not None and _plain(self.change.name) == _plain(self.person.name)

    @property
    def same_number(self) -> bool:
        """Whether the member number that was given is the person's."""
        given = self.change.member_number
        return self.person is not None and bool(given) and given == self.person.member_number


@pages.shows("/adressbyten", to=May(Act.CHANGE_PEOPLE))
def waiting(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show who waits."""
    with site.app.readers() as session:
        claims = [
            _claim(session, visit, change) for change in address_claims.waiting(session, scope=visit.scope)
        ]
        names = {region.slug: region.name for region in regions.all_regions(session)}
        return site.page(
            request, "own/claims.html", visit=visit, claims=claims, regions=names, reasons=REASONS
        )


@pages.takes("/adressbyten/{change_id}", to=May(Act.CHANGE_PEOPLE))
def decide(site: TheSite, visit: TheVisit, form: TheForm, change_id: int) -> Response:
    """Approve a claim, or refuse it."""
    asked: dict[str, Any] = {
        "scope": visit.scope,
        "change_id": change_id,
        "actor": visit.actor,
        "now": site.app.now(),
    }
    with site.app.sessions.begin() as session:
        match form.get("do"):
            case "approve":
                address_claims.approve(
                    session, **asked, undo_secret=secrets.new(), base_url=site.app.settings.base_url
                )
                return site.back("/adressbyten", done="godkand")
            case "refuse":
                address_claims.refuse(session, **asked, reason=form.get("reason", ""))
                return site.back("/adressbyten", done="avslagen")
    raise HTTPException(400)


def _claim(session: Any, visit: Visit, change: AddressChange) -> Claim:
    if change.subscriber_id is None:
        return Claim(change, None, None)
    person = members.get(session, scope=visit.scope, subscriber_id=change.subscriber_id)
    suppressed = suppressions.find(session, scope=visit.scope, address=change.old_address)
    return Claim(change, person, suppressed)


def _plain(name: str) -> str:
    return "".join(name.casefold().split())
