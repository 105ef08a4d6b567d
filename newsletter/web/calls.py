"""Whom to ring or write to, since their letters do not arrive.

GET, HEAD /ringlista                  who, what happened, and what to do; domains that wait for a decision
POST      /ringlista/{call_id}        it is done, and how; or the proposed address is asked
POST      /ringlista/doman/{hold_id}  what has become of a domain's addresses

A lead sees those of their own region; domains are for whoever sees everything.
"""

from typing import Any

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.language import mark, sentence
from newsletter.services import call_proposals, call_words, calls, domain_holds
from newsletter.services.calls import Closing
from newsletter.services.domain_holds import Decision
from newsletter.web import numbers, rows, secrets
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.people_words import REASONS
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError
from subscribers.services import regions

pages = Pages(
    done={
        "klar": mark("Raden är klar och borta ur listan."),
        "fragad": mark("Frågan är på väg till den nya adressen. Bytet görs när någon där har sagt ja."),
        "borta": mark("Adresserna är spärrade, och personerna står i listan nedan."),
        "vantar": mark("Adresserna är fria igen. Nästa brev går dit."),
    }
)

_PATH = "/ringlista"


@pages.shows(_PATH, to=May(Act.SUPPRESS))
def listed(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show whom to ring or write to."""
    return _page(request, site, visit)


@pages.takes(_PATH + "/{call_id}", to=May(Act.SUPPRESS))
def act(request: Request, site: TheSite, visit: TheVisit, form: TheForm, call_id: str) -> Response:
    """Close a row, or ask the address that it proposes."""
    found = rows.number(site, visit, call_id)
    if found is None:
        raise HTTPException(404)
    try:
        return site.back(_PATH, done=_do(site, visit, form, found))
    except NotFound:
        raise
    except SentenceError as error:
        return _page(request, site, visit, wrong=sentence(error), at=found, status=422)


@pages.takes(_PATH + "/doman/{hold_id}", to=May(Act.SUPPRESS))
def decide(site: TheSite, visit: TheVisit, form: TheForm, hold_id: str) -> Response:
    """Say what has become of a domain's addresses."""
    found = numbers.whole(hold_id)
    decision = next((each for each in Decision if each.value == form.get("do")), None)
    if found is None or decision is None:
        raise HTTPException(404 if found is None else 400)
    with site.app.sessions.begin() as session:
        domain_holds.decide(
            session,
            scope=visit.scope,
            hold_id=found,
            decision=decision,
            actor=visit.actor,
            now=site.app.now(),
        )
    return site.back(_PATH, done="borta" if decision is Decision.GONE else "vantar")


def _do(site: Site, visit: Visit, form: Form, call_id: int) -> str:
    asked: dict[str, Any] = {
        "scope": visit.scope,
        "call_id": call_id,
        "actor": visit.actor,
        "now": site.app.now(),
    }
    with site.app.sessions.begin() as session:
        if form.get("do") == "ask":
            call_proposals.ask(session, **asked, secret=secrets.new(), base_url=site.app.settings.base_url)
            return "fragad"
        how = next((each for each in Closing if each.value == form.get("how")), None)
        if how is None:
            raise HTTPException(400)
        calls.close(session, **asked, how=how, note=form.get("note", "")[:500])
        return "klar"


def _page(
    request: Request, site: Site, visit: Visit, *, wrong: str = "", at: int = 0, status: int = 200
) -> Response:
    zone = site.app.settings.time_zone
    with site.app.readers() as session:
        found = [
            (
                each,
                call_words.happened(each.call, zone=zone),
                call_words.to_do(each.call, name=each.person.name),
            )
            for each in calls.listed(session, scope=visit.scope)
        ]
        held = domain_holds.waiting(session, scope=visit.scope)
        names = {region.slug: region.name for region in regions.all_regions(session)}
        return site.page(
            request,
            "calls/list.html",
            visit=visit,
            found=found,
            held=held,
            regions=names,
            reasons=REASONS,
            closings=call_words.CLOSINGS,
            wrong=wrong,
            at=at,
            status=status,
        )
