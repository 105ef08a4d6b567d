"""Handing a role over to a successor.

GET, HEAD /lamna-over        which role; with ?uppdrag= what goes with it; with &efter= what will happen
POST      /lamna-over        hands it over, and answers with the page to print: there may be no session left
GET, HEAD /lamna-over/{id}   that page again, for the successor and for administrators
"""

from typing import Any

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.language import sentence
from newsletter.models import Handover, IssueStatus
from newsletter.services import handover_work, handovers
from newsletter.services.role_words import ROLES
from newsletter.web import desks, numbers
from newsletter.web.forms import TheForm
from newsletter.web.gate import Pages, SignedIn
from newsletter.web.issues import STATES
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Role
from subscribers.services import members

pages = Pages()

_MOST_FOUND = 20


@pages.shows("/lamna-over", to=SignedIn())
def show(
    request: Request, site: TheSite, visit: TheVisit, uppdrag: str = "", q: str = "", efter: str = "",
    till: str = "",
) -> Response:  # fmt: skip
    """Show which roles can be handed over, what goes with one, or what is about to happen."""
    wanted, chosen, wrong = " ".join(q.split())[:200], numbers.whole(efter), ""
    with site.app.readers() as session:
        found = handovers.mine_to_hand(
            session, scope=visit.scope, asker_id=visit.person_id, today=site.today()
        )
        words: dict[str, Any] = {"visit": visit, "words": ROLES, "regions": desks.names_of_regions(session)}
        if not uppdrag:
            made = handovers.past(session, scope=visit.scope, asker_id=visit.person_id, today=site.today())
            return site.page(request, "handovers/choose.html", roles=found, past=made, **words)
        role = _chosen(found, uppdrag)
        successor = None
        if chosen is not None:
            try:
                successor = handovers.check_successor(
                    session, scope=visit.scope, subscriber_id=role.subscriber_id, successor_id=chosen
                )
            except SubscribersError as error:
                wrong = sentence(error)
        people = members.find(session, scope=visit.scope, text=wanted, limit=_MOST_FOUND) if wanted else []
        return site.page(
            request,
            "handovers/role.html",
            status=422 if wrong else 200,
            **words,
            **_work(session, site, visit, role),
            successor=successor,
            until=numbers.day(till),
            people=[each for each in people if each.id != role.subscriber_id],
            q=wanted,
            wrong=wrong,
        )


@pages.takes("/lamna-over", to=SignedIn())
def hand_over(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Hand the role over, and show the page to print."""
    successor = numbers.whole(form.get("successor", ""))
    person = numbers.whole(form.get("person", ""))
    name = next((each for each in ROLES if each.value == form.get("role")), None)
    if successor is None or person is None or name is None or form.get("sure") != "yes":
        raise HTTPException(400)
    until = form.get("until", "")
    if until and numbers.day(until) is None:
        raise HTTPException(400)
    held: dict[str, Any] = {
        "scope": visit.scope,
        "asker_id": visit.person_id,
        "subscriber_id": person,
        "role": name,
        "region": form.get("region") or None,
        "today": site.today(),
        "now": site.app.now(),
    }
    with site.app.sessions.begin() as session:
        handed = handovers.hand_over(
            session, **held, successor_id=successor, ends_on=numbers.day(until), actor=visit.actor,
            base_url=site.app.settings.base_url,
        )  # fmt: skip
        if handed.record is None:
            return site.page(
                request, "handovers/again.html", visit=visit, today=site.today(), name=name, words=ROLES,
                handed=handed,
            )  # fmt: skip
        return _record(request, site, visit, handed.record, leaves=handed.leaves)


@pages.shows("/lamna-over/{handover_id:int}", to=SignedIn())
def look_again(request: Request, site: TheSite, visit: TheVisit, handover_id: int) -> Response:
    """Show a handover as it was on its day, to print."""
    with site.app.readers() as session:
        record = handovers.one(
            session, scope=visit.scope, asker_id=visit.person_id, handover_id=handover_id, today=site.today()
        )
        return _record(request, site, visit, record)


def _record(
    request: Request, site: Site, visit: Visit, record: Handover, *, leaves: bool = False
) -> Response:
    return site.page(
        request,
        "handovers/done.html",
        visit=visit,
        words=ROLES,
        record=record,
        work=_shown(record.work),
        leaves=leaves,
    )


def _shown(work: dict[str, Any]) -> dict[str, Any]:
    """Return what was written down, with its days and states read again."""
    return {
        **work,
        "issues": [
            {**each, "state": STATES[IssueStatus(each["status"])], "deadline": numbers.day(each["deadline"])}
            for each in work["issues"]
        ],
        "blocks": [{**each, "deadline": numbers.day(each["deadline"])} for each in work["blocks"]],
    }


def _chosen(found: Any, uppdrag: str) -> Role:
    role: Role | None = next((each for each in found if str(each.id) == uppdrag), None)
    if role is None:
        raise NotFound("Uppdraget finns inte längre. Se efter under Lämna över.")
    return role


def _work(session: Any, site: Any, visit: Visit, role: Role) -> dict[str, Any]:
    work = handovers.outlook(
        session, scope=visit.scope, asker_id=visit.person_id, subscriber_id=role.subscriber_id,
        role=role.role, region=role.region_slug, today=site.today(), now=site.app.now(),
    )  # fmt: skip
    names = desks.names_of_regions(session)
    shown = {
        **_shown(handover_work.written(work)),
        "staying": [
            (ROLES[each.role], names.get(each.region_slug or "", ""), each.ends_on) for each in work.staying
        ],
        "devices": work.devices,
    }
    return {"work": shown, "role": role}
