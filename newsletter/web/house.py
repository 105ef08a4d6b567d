"""The association's house: log, lists, suppressed addresses, roles and regions.

GET, HEAD /logg         who did what, the newest first
GET, HEAD /listor       what we write for, and on what ground
GET, HEAD /sparrade     addresses that must not be written to; POST suppresses or releases one
GET, HEAD /uppdrag      who does what, and until when; POST gives and takes
GET, HEAD /regioner     regions and their counties; POST renames
GET, HEAD /regioner/flytta   whom it would move if a county changed region; POST moves it
"""

from typing import Any

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.language import mark
from newsletter.services import call_words, failures
from newsletter.services.role_words import ROLES
from newsletter.web import numbers, sign_up
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import TheSite
from newsletter.web.people_words import REASONS
from newsletter.web.visits import TheVisit
from subscribers.core.authority import Act, RoleName
from subscribers.core.purposes import GROUNDS
from subscribers.models import ListPurpose, SuppressionReason
from subscribers.services import acts, lists, members, placements, regions, roles, suppressions, wordings

pages = Pages(
    done={
        "sparrad": mark("Adressen är spärrad. Inga brev skickas dit."),
        "inlasta": mark("Adresserna i filen är spärrade. Inga brev skickas dit."),
        "fri": mark("Adressen är fri igen."),
        "uppdrag": mark("Uppdraget är sparat."),
        "utan": mark("Uppdraget är borttaget, och gäller inte längre."),
        "namn": mark("Regionen har bytt namn."),
        "flyttad": mark("Länet är flyttat, och medlemmarna med det."),
        "arkivet-oppet": mark("Arkivet är öppet. Vem som helst kan läsa de nummer som har gått ut."),
        "arkivet-stangt": mark("Webbversionerna är stängda. Ingen kan läsa numren där längre."),
        "arkivet-lankat": mark("Den som har brevet kan läsa det på webben, och ingen annan."),
    }
)

_PER_PAGE = 100


@pages.shows("/logg", to=May(Act.READ_LOG))
def log(request: Request, site: TheSite, visit: TheVisit, fore: str = "") -> Response:
    """Show the log."""
    visit.must(Act.READ_LOG)
    with site.app.readers() as session:
        found = acts.latest(session, limit=_PER_PAGE, before_id=numbers.whole(fore))
    older = f"?fore={found[-1].id}" if len(found) == _PER_PAGE else ""
    return site.page(request, "house/log.html", visit=visit, acts=found, older=older)


@pages.shows("/listor", to=May(Act.COUNT_PEOPLE))
def all_lists(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show the lists, each with its legal ground (rules L1 to L9)."""
    with site.app.readers() as session:
        found = lists.all_lists(session)
    language = site.app.settings.interface_language
    return site.page(
        request,
        "house/lists.html",
        visit=visit,
        lists=found,
        grounds=GROUNDS,
        may_open=visit.may(Act.SEND),
        sign_up_at=f"{site.app.settings.base_url}/prenumerera",
        trap=sign_up.TRAP,
        consent=sign_up.shown(site, wordings.SIGN_UP, ListPurpose.NEWSLETTER, language),
    )


@pages.shows("/sparrade", to=May(Act.SUPPRESS))
def suppressed(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show the suppressed addresses of the people whom the visitor may see."""
    with site.app.readers() as session:
        found = suppressions.all_suppressions(session, scope=visit.scope)
        causes = failures.causes(session, canonicals=[each.canonical for each in found])
        return site.page(
            request,
            "house/suppressed.html",
            visit=visit,
            found=found,
            causes=causes,
            kinds=call_words.KINDS,
            reasons=REASONS,
        )


@pages.takes("/sparrade", to=May(Act.SUPPRESS))
def suppress(site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Suppress an address, or let it go with a reason."""
    now, address = site.app.now(), form.get("address", "")
    with site.app.sessions.begin() as session:
        if form.get("do") == "release":
            suppressions.release(
                session,
                scope=visit.scope,
                address=address,
                reason=form.get("reason", ""),
                actor=visit.actor,
                now=now,
            )
            return site.back("/sparrade", done="fri")
        suppressions.suppress(
            session,
            scope=visit.scope,
            address=address,
            reason=SuppressionReason.BY_HAND,
            note=form.get("reason", "")[:500],
            source="page",
            now=now,
        )
        acts.log(session, actor=visit.actor, act="suppress", now=now)
    return site.back("/sparrade", done="sparrad")


@pages.shows("/uppdrag", to=May(Act.GIVE_ROLES))
def all_roles(request: Request, site: TheSite, visit: TheVisit, person: str = "") -> Response:
    """Show who does what, what ends soon, and a form for one more."""
    wanted = " ".join(person.split())[:200]
    with site.app.readers() as session:
        found = roles.all_roles(session, scope=visit.scope)
        concerns = roles.concerns(session, scope=visit.scope, today=site.today())
        people = members.find(session, scope=visit.scope, text=wanted) if wanted else []
        names = {region.slug: region.name for region in regions.all_regions(session)}
    return site.page(
        request,
        "house/roles.html",
        visit=visit,
        roles=sorted(found, key=lambda role: (list(RoleName).index(role.role), role.region_slug or "")),
        concerns=concerns,
        people=people,
        person=wanted,
        regions=names,
        words=ROLES,
        today=site.today(),
    )


@pages.takes("/uppdrag", to=May(Act.GIVE_ROLES))
def give_or_take(site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Give a role, or take it back."""
    role = next((each for each in RoleName if each.value == form.get("role")), None)
    person = numbers.whole(form.get("person", ""))
    if role is None or person is None:
        raise HTTPException(400)
    region = form.get("region") or None if role is RoleName.REGIONAL_LEAD else None
    if (role is RoleName.REGIONAL_LEAD) is (region is None):
        raise HTTPException(400)
    given: dict[str, Any] = {"scope": visit.scope, "subscriber_id": person, "role": role, "region": region}
    take = form.get("do") == "take"
    with site.app.sessions.begin() as session:
        whom = members.get(session, scope=visit.scope, subscriber_id=person)
        if take:
            roles.check_somebody_stays(
                session, scope=visit.scope, subscriber_id=person, role=role, today=site.today()
            )
            roles.take(session, **given)
        else:
            roles.give(session, **given, ends_on=numbers.day(form.get("until", "")))
        act = "role taken" if take else "role given"
        details = {"role": role.value, "region": region}
        subject = f"person {whom.pseudonym}"
        now = site.app.now()
        acts.log(session, actor=visit.actor, act=act, subject=subject, details=details, now=now)
    return site.back("/uppdrag", done="utan" if take else "uppdrag")


@pages.shows("/regioner", to=May(Act.EDIT_REGIONS))
def all_regions(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show the regions, their counties and how many people they have; and who belongs to none."""
    with site.app.readers() as session:
        facts = placements.overview(session, scope=visit.scope)
        nowhere = placements.without_region(session, scope=visit.scope)
    return site.page(request, "house/regions.html", visit=visit, facts=facts, nowhere=nowhere)


@pages.takes("/regioner", to=May(Act.EDIT_REGIONS))
def rename(site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Give a region another name."""
    with site.app.sessions.begin() as session:
        region = placements.rename(
            session, scope=visit.scope, region=form.get("region", ""), name=form.get("name", "")
        )
        details = {"region": region.slug}
        acts.log(session, actor=visit.actor, act="region renamed", details=details, now=site.app.now())
    return site.back("/regioner", done="namn")


@pages.shows("/regioner/flytta", to=May(Act.EDIT_REGIONS))
def preview_move(
    request: Request, site: TheSite, visit: TheVisit, lan: str = "", region: str = ""
) -> Response:
    """Show whom moving a county would move."""
    with site.app.readers() as session:
        facts = placements.overview(session, scope=visit.scope)
        move = (
            placements.preview_move(session, scope=visit.scope, county=lan, region=region)
            if lan and region
            else None
        )
    return site.page(request, "house/move.html", visit=visit, facts=facts, move=move, lan=lan, region=region)


@pages.takes("/regioner/flytta", to=May(Act.EDIT_REGIONS))
def move_county(site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Move a county, and its people with it."""
    now = site.app.now()
    with site.app.sessions.begin() as session:
        moved = placements.move_county(
            session,
            scope=visit.scope,
            county=form.get("lan", ""),
            region=form.get("region", ""),
            author=visit.author,
            now=now,
        )
        details = {"county": moved.county.code, "region": moved.region.slug, "people": len(moved.moving)}
        acts.log(session, actor=visit.actor, act="county moved", details=details, now=now)
    return site.back("/regioner", done="flyttad")
