"""The rules of the regions' own letters, which the officer sets.

GET, HEAD /brevregler     quiet hours, letters a month, approval: for all, and what is different for a region
POST      /brevregler     sets them
"""

from datetime import time
from typing import Any

from fastapi import Request
from starlette.responses import Response

from newsletter.core.letter_rules import Rules
from newsletter.errors import IssueError
from newsletter.language import mark, sentence
from newsletter.services import letter_rules
from newsletter.web import numbers
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.letter_desks import letters_of
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError
from subscribers.services import acts

pages = Pages(done={"sparat": mark("Reglerna är sparade, och gäller genast.")})


@pages.shows("/brevregler", to=May(Act.SEND))
def show(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show the rules."""
    visit.must(Act.SEND)
    return _page(request, site, visit)


@pages.takes("/brevregler", to=May(Act.SEND))
def keep(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Set the rules for all regions, or what is different for one."""
    visit.must(Act.SEND)
    try:
        with site.app.sessions.begin() as session:
            details = _set(session, site, visit, form)
            acts.log(session, actor=visit.actor, act="letter rules", details=details, now=site.app.now())
    except NotFound:
        raise
    except SentenceError as error:
        return _page(request, site, visit, wrong=sentence(error), status=422)
    return site.back("/brevregler", done="sparat")


def _set(session: Any, site: Site, visit: Visit, form: Form) -> dict[str, Any]:
    given: dict[str, Any] = {"scope": letters_of(visit), "now": site.app.now()}
    region, monthly = form.get("region", ""), form.get("monthly", "").strip()
    if region:
        number = _number(monthly) if monthly else None
        approval = {"yes": True, "no": False}.get(form.get("approval", ""))
        letter_rules.set_region(session, region=region, monthly=number, approval=approval, **given)
        return {"region": region, "monthly": number, "approval": approval}
    wanted = Rules(
        _clock(form.get("from", "")),
        _clock(form.get("to", "")),
        _number(monthly),
        form.get("approval") == "yes",
    )
    letter_rules.set_all(session, wanted=wanted, **given)
    return {
        "quiet": f"{wanted.quiet_from:%H:%M}-{wanted.quiet_to:%H:%M}",
        "monthly": wanted.monthly,
        "approval": wanted.approval,
    }


def _number(text: str) -> int:
    number = numbers.whole(text)
    if number is None:
        raise IssueError("Skriv antalet brev per månad med siffror, till exempel 4.")
    return number


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text[:5]).replace(tzinfo=None)
    except ValueError:
        raise IssueError("Skriv de tysta timmarna som klockslag, till exempel 21:00 och 07:00.") from None


def _page(request: Request, site: Site, visit: Visit, *, wrong: str = "", status: int = 200) -> Response:
    with site.app.readers() as session:
        return site.page(
            request,
            "letter_rules/page.html",
            status=status,
            visit=visit,
            rules=letter_rules.of_all(session),
            regions=letter_rules.of_regions(session),
            wrong=wrong,
        )
