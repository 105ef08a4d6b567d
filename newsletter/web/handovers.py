"""Handing a role over to a successor.

GET, HEAD /lamna-over   which role; with ?uppdrag= what goes with it; with &efter= what is about to happen
POST      /lamna-over   hands it over, and answers with the page to print: there may be no session left
"""

from typing import Any

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.language import sentence
from newsletter.services import handovers
from newsletter.services.issue_states import name_of
from newsletter.web import desks, numbers
from newsletter.web.forms import TheForm
from newsletter.web.gate import Pages, SignedIn
from newsletter.web.issues import STATES
from newsletter.web.pages import TheSite
from newsletter.web.role_words import ROLES
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
            return site.page(request, "handovers/choose.html", roles=found, **words)
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
        try:
            work = handovers.outlook(session, **held)
        except NotFound:
            work = None  # handed over a moment ago: told of below, and nothing is done twice
        if work is not None:
            shown = _said(work, session)
        handed = handovers.hand_over(
            session, **held, successor_id=successor, ends_on=numbers.day(until), actor=visit.actor,
            base_url=site.app.settings.base_url,
        )  # fmt: skip
        return site.page(
            request,
            "handovers/done.html",
            visit=visit,
            words=ROLES,
            handed=handed,
            until=numbers.day(until),
            today=site.today(),
            name=name,
            work=shown if work is not None else None,
        )


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
    return {"work": _said(work, session), "role": role}


def _said(work: handovers.Outlook, session: Any) -> dict[str, Any]:
    """Return the work in words and ways, so that it can still be shown when it has moved."""
    names = desks.names_of_regions(session)
    return {
        "region": work.region,
        "address": work.address,
        "staying": [
            (ROLES[role.role], names.get(role.region_slug or "", ""), role.ends_on) for role in work.staying
        ],
        "devices": work.devices,
        "issues": [
            (f"nummer/{issue.id}", name_of(issue), issue.title, STATES[issue.status], issue.deadline)
            for issue in work.issues
        ],
        "blocks": [
            (f"region-inslag/{block.id}/skriv", name_of(block.issue), block.issue.deadline)
            for block in work.blocks
        ],
        "letters": [
            (f"brev/{letter.key}/titta", letter.issue.subject or letter.article.title)
            for letter in work.letters
        ],
        "rounds": len(work.rounds),
    }
