"""A lead's own members: who they are, who cannot be reached by mail, and all of them as a table.

GET, HEAD /min-region              the list; ?q= looks for somebody, ?region= where one leads several
GET, HEAD /min-region/onabara      whom no mail reaches, and how else
POST      /min-region/medlemmar.csv   the region's people as a file, which the log is told of

Nobody else is on these pages. Whoever sees everyone has ``/personer``.
"""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.responses import Response

from newsletter.language import _
from newsletter.web import desks, numbers
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.people_words import REASONS
from newsletter.web.tables import csv_file
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act, Scope, SomeRegions
from subscribers.errors import NotFound
from subscribers.models import Subscriber, SuppressionReason
from subscribers.services import acts, exports, members, reaching
from subscribers.services.reaching import Counts

pages = Pages()

PER_PAGE = 50
_MOST_FOUND = 100


@dataclass(frozen=True, slots=True)
class Own:
    """The region that somebody looks at: its slug and name, and its people alone as a scope."""

    slug: str
    name: str
    scope: Scope
    others: dict[str, str]


@pages.shows("/min-region", to=May(Act.SEE_PEOPLE))
def own_people(
    request: Request, site: TheSite, visit: TheVisit, region: str = "", q: str = "", sida: str = "1"
) -> Response:
    """List the region's people."""
    wanted = " ".join(q.split())[:200]
    number = max(numbers.whole(sida) or 1, 1)
    with site.app.readers() as session:
        own = _own(session, visit, region)
        if own is None:
            return _elsewhere(request, site, session, visit)
        told = reaching.counts(session, scope=own.scope, today=site.today())
        people, total = _people(session, own.scope, wanted, number)
        return site.page(
            request,
            "own_members/list.html",
            visit=visit,
            own=own,
            people=people,
            total=total,
            q=wanted,
            newer=number - 1 if number > 1 and not wanted else 0,
            older=number + 1 if number * PER_PAGE < total and not wanted else 0,
            told=told,
            parts=_parts(told),
            may_export=visit.may(Act.EXPORT, own.slug),
        )


@pages.shows("/min-region/onabara", to=May(Act.SEE_PEOPLE))
def out_of_reach(request: Request, site: TheSite, visit: TheVisit, region: str = "") -> Response:
    """List whom no mail reaches."""
    with site.app.readers() as session:
        own = _own(session, visit, region)
        if own is None:
            return _elsewhere(request, site, session, visit)
        found = reaching.unreached(session, scope=own.scope)
        words = {reason.value: REASONS[reason] for reason in SuppressionReason}
        return site.page(
            request, "own_members/unreached.html", visit=visit, own=own, found=found, reasons=words
        )


@pages.takes("/min-region/medlemmar.csv", to=May(Act.EXPORT))
def export(site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Give the region's people as a file for a spreadsheet; the log keeps who took it."""
    with site.app.sessions.begin() as session:
        own = _own(session, visit, form.get("region", ""))
        if own is None:
            raise NotFound("Det finns ingen sådan region.")
        visit.must(Act.EXPORT, own.slug)
        table = exports.export_register(session, scope=own.scope)
        details = {"region": own.slug, "people": len(table.rows)}
        acts.log(session, actor=visit.actor, act="export people", details=details, now=site.app.now())
    return csv_file(f"medlemmar-{own.slug}.csv", [table.headers, *table.rows])


def _own(session: Any, visit: Visit, region: str) -> Own | None:
    """Return the region that is asked for, or the only one that the visitor leads; None where it is unsaid.

    Raises ``NotFound`` for one that they do not lead, as for one that does not exist.
    """
    names = desks.names_of_regions(session)
    mine = {slug: name for slug, name in names.items() if slug in visit.regions}
    if region and region not in mine:
        raise NotFound("Det finns ingen sådan region.")
    slug = region or (next(iter(mine)) if len(mine) == 1 else "")
    if not slug:
        return None
    others = {other: name for other, name in mine.items() if other != slug}
    return Own(slug, mine[slug], SomeRegions(frozenset({slug})), others)


def _elsewhere(request: Request, site: Site, session: Any, visit: Visit) -> Response:
    """Ask which region is meant; whoever leads none has the list of all people."""
    if not visit.regions:
        return site.back("/personer")
    names = desks.names_of_regions(session)
    mine = {slug: name for slug, name in names.items() if slug in visit.regions}
    return site.page(request, "own_members/choose.html", visit=visit, regions=mine)


def _people(session: Any, scope: Scope, wanted: str, number: int) -> tuple[list[Subscriber], int]:
    if wanted:
        found = list(members.find(session, scope=scope, text=wanted, limit=_MOST_FOUND))
        return found, len(found)
    offset = (number - 1) * PER_PAGE
    page = members.list_members(session, scope=scope, limit=PER_PAGE, offset=offset)
    return list(page), members.count_members(session, scope=scope)


def _parts(told: Counts) -> list[tuple[str, str, int]]:
    return [
        (_("Nås med e-post"), "accepted", told.reached),
        (_("Nås inte med e-post"), "trouble", told.unreached),
    ]
