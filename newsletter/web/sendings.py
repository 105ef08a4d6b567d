"""A send while it goes and after: how it stands, and what can be done about it.

GET, HEAD /utskick                 what is on its way, what waits, what has gone
GET, HEAD /utskick/{id}            one send: by region, by domain, and the letters that nobody knows of
GET, HEAD /utskick/{id}/strom      the same as it changes (server-sent events)
POST      /utskick/{id}            regret, pause, go on, stop, let go: while that can be done
POST      /utskick/{id}/ovissa     a decision about one letter
"""

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.language import mark, sentence, using
from newsletter.models import Issue, IssueStatus
from newsletter.relaying import rules_of
from newsletter.services import (
    archive,
    corrections,
    courses,
    holding,
    holding_words,
    issues,
    passing,
    progress,
    regional_letters,
    reports,
    sendings,
    unknowns,
)
from newsletter.services.courses import Courses
from newsletter.services.holding import Obstacle
from newsletter.web import rows
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite, site_of
from newsletter.web.pulse import PATIENCE, Pulse, View
from newsletter.web.rows import TheIssue
from newsletter.web.sending_views import Shown, may_send, must_send, sees, shown
from newsletter.web.streams import stream
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act, Everything, Scope, SomeRegions, scope_of
from subscribers.errors import NotFound, SentenceError
from subscribers.services import acts, regions

pages = Pages(
    done={
        "angrat": mark("Utskicket är ångrat. Inget brev gick, och numret är ett utkast igen."),
        "pausat": mark("Utskicket är pausat. Det som var på linjen går färdigt, inget mer börjar."),
        "fortsatt": mark("Utskicket går vidare."),
        "avbrutet": mark("Utskicket är avbrutet, och det som var kvar är återkallat."),
        "slappt": mark("Numret är släppt och går på sin tid, eller genast om den har passerat."),
        "overlamnat": mark("Brevet räknas som överlämnat."),
        "igen": mark("Brevet ligger i kön igen."),
        "redan": mark("Brevet var inte ovisst längre. Inget har ändrats."),
        "schemalagt": mark("Numret är schemalagt, och innehållet är låst."),
        "skickas": mark("Numret skickas nu."),
        "utkast": mark("Numret är ett utkast igen och går inte av sig självt."),
        "utbytt": mark("Brev som inte har gått får den rättade texten."),
        "ur-arkivet": mark("Numret är taget ur arkivet. Där svarar det som om det inte fanns."),
        "i-arkivet": mark("Numret är tillbaka i arkivet."),
    }
)

#: How often the line of a send that is watched is drawn anew, in seconds.
DRAWN_EVERY_SECONDS = 2.0

#: So many sends are shown as gone; the rest stands in the reports.
MOST_GONE = 8


@pages.shows("/utskick", to=May(Act.COUNT_PEOPLE))
def register(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show what is on its way, what waits for its time, and what has gone."""
    scope = counted(visit)
    with site.app.readers() as session:
        latest = reports.latest(session, scope=scope, limit=MOST_GONE + 12)
        waiting = [
            issue for issue in issues.find_all(session, status=IssueStatus.SCHEDULED) if sees(scope, issue)
        ]
        waiting.sort(key=lambda issue: (issue.send_at is None, issue.send_at))
        missed = [i for i in issues.find_all(session, status=IssueStatus.MISSED) if sees(scope, i)]
        names = {issue.id: issues.name_of(issue) for issue in (*waiting, *missed)}
        held_by = {issue.id: issues.name_of(issue.held_by) for issue in waiting if issue.held_by}
        begun = bool(issues.find_all(session, status=IssueStatus.DRAFT))
        others = {issue.id for issue in (*waiting, *missed) if may_send(visit, issue)}
        holds = holding.of_all(session, rules=rules_of(site.app.settings), now=site.app.now())
    return site.page(
        request,
        "sendings/register.html",
        visit=visit,
        going=[report for report in latest if report.total.open],
        holds=_holds(site, visit, holds),
        gone=[report for report in latest if not report.total.open][:MOST_GONE],
        waiting=waiting,
        missed=missed,
        names=names,
        held_by=held_by,
        mine=others,
        writes=visit.may(Act.WRITE),
        begun=begun,
    )


@pages.shows("/utskick/{issue_id}", to=May(Act.COUNT_PEOPLE))
def show(request: Request, site: TheSite, visit: TheVisit, issue_id: TheIssue) -> Response:
    """Show how one send stands."""
    return page(request, site, visit, issue_id)


@pages.shows("/utskick/{issue_id}/strom", to=May(Act.COUNT_PEOPLE))
async def follow(request: Request, site: TheSite, visit: TheVisit, issue_id: TheIssue) -> Response:
    """Tell how the send stands as it changes, until nothing is open."""
    return stream(_changes(request, site, visit, issue_id))


@pages.takes("/utskick/{issue_id}", to=May(Act.SEND))
def act(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: TheIssue) -> Response:
    """Do to a send what its buttons say."""
    wish = form.get("do", "")
    if wish not in _WISHES:
        raise HTTPException(400)
    try:
        with site.app.sessions.begin() as session:
            must_send(visit, issues.get(session, issue_id))
            done = _WISHES[wish](session, site, visit, issue_id)
    except NotFound:
        raise
    except SentenceError as error:
        return page(request, site, visit, issue_id, wrong=sentence(error), status=422)
    return site.back(_home(site, visit, issue_id), done=done)


@pages.takes("/utskick/{issue_id}/ovissa", to=May(Act.SEND))
def decide(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: TheIssue) -> Response:
    """Settle one letter of which nobody knows: count it as taken, or send it again."""
    again = "resend" in form
    delivery_id = rows.number(site, visit, form.get("resend" if again else "settle", ""))
    if delivery_id is None:
        raise HTTPException(400)
    decision = unknowns.send_again if again else unknowns.take_as_accepted
    now = site.app.now()
    try:
        with site.app.sessions.begin() as session:
            must_send(visit, issues.get(session, issue_id))
            changed = decision(session, scope=visit.scope, delivery_id=delivery_id, now=now)
            if changed:
                name = "resend delivery" if again else "settle delivery"
                acts.log(session, actor=visit.actor, act=name, subject=f"delivery {delivery_id}", now=now)
    except NotFound:
        raise
    except SentenceError as error:
        return page(request, site, visit, issue_id, wrong=sentence(error), status=422)
    done = ("igen" if again else "overlamnat") if changed else "redan"
    return site.back(f"/utskick/{site.key(visit, issue_id)}", done=done)


def page(
    request: Request, site: Site, visit: Visit, issue_id: int, *, wrong: str = "", status: int = 200
) -> Response:
    """Answer with the page of one send."""
    scope = counted(visit)
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        now = site.app.now()
        how = progress.counts(session, scope=scope, issue_id=issue_id, now=now)
        if not sees(scope, issue) or (issue.status is IssueStatus.RELEASED and not how.counts):
            raise NotFound("Det finns inget sådant nummer.")
        course = courses.courses(session, scope=scope, issue_id=issue_id)
        # What others' letters take of the pace counts, too.
        domains = how.open_domains() if isinstance(scope, Everything) else None
        rules = rules_of(site.app.settings)
        waits = holding.holding(session, issue, rules=rules, now=now, domains=domains)
        view = View(issue, how, sendings.may_undo(session, issue), now, course, waits)
        names = {region.slug: region.name for region in regions.all_regions(session)}
        unsure = unknowns.listed(session, scope=visit.scope, issue_id=issue_id)
        corrects = corrections.corrections_of(session, issue_id=issue_id)
        corrected = [(each, issues.name_of(each)) for each in corrects if sees(scope, each)]
        held = [
            (each, issues.name_of(each))
            for each in sendings.held_back(session)
            if each.held_by_id == issue_id and sees(scope, each)
        ]
        told = shown(site, visit, view, names)
        standing = archive.standing(session, issue, now=site.app.now()) if visit.may(Act.SEND) else None
        # Its sentences quote articles of all regions.
        passed = passing.kept(session, issue_id=issue_id) if visit.may(Act.SEND) else []
        held_by = issue.held_by and issues.name_of(issue.held_by)
    return site.page(
        request,
        "sendings/page.html",
        status=status,
        visit=visit,
        **_values(told),
        unsure=unsure,
        corrections=corrected,
        held=held,
        held_by=held_by,
        passed=passed,
        standing=standing,
        wrong=wrong,
    )


def _home(site: Site, visit: Visit, issue_id: int) -> str:
    """Return the path of a send; a lead's own letter has a page of its own for its lead."""
    if not visit.may(Act.SEND):
        with site.app.readers() as session:
            scope = scope_of(visit.roles, Act.SEND)
            letter = regional_letters.of_issue(session, scope=scope, issue_id=issue_id)
        if letter is not None and letter.issue_id == issue_id:
            return f"/brev/{letter.key}"
    return f"/utskick/{site.key(visit, issue_id)}"


def counted(visit: Visit) -> Scope:
    """Return the people whom somebody may count: for numbers only, and never for names."""
    return scope_of(visit.roles, Act.COUNT_PEOPLE)


def _holds(site: Site, visit: Visit, obstacles: Sequence[Obstacle]) -> Sequence[str]:
    with using(visit.language):
        return holding_words.told(obstacles, site.clock)


async def _changes(
    request: Request, site: Site, visit: Visit, issue_id: int
) -> AsyncIterator[tuple[str, str]]:
    """Yield the parts of the page that have changed; what somebody may not see is not in them."""
    scope = counted(visit)
    before: dict[str, str] = {}
    async for view in _pulse(site, request).watch(issue_id):
        own = _within(view, scope)
        if not sees(scope, view.issue):
            return
        told = shown(site, visit, own, request.app.state.region_names)
        if not own.progress.counts and told.state != "due":
            return
        for name in ("actions", "live", "course", "lines"):
            text = _part(site, visit, name, told)
            if text != before.get(name):
                before[name] = text
                yield name, text
        if not told.is_moving:
            yield "over", ""
            return


def _within(view: View, scope: Scope) -> View:
    match scope:
        case Everything():
            return view
        case SomeRegions(slugs):
            course = view.courses and view.courses.within(slugs)
            return replace(view, progress=view.progress.within(slugs), courses=course)
    return replace(view, progress=progress.Progress(()), courses=None)


def _part(site: Site, visit: Visit, name: str, told: Shown) -> str:
    """Render a part of the page by itself; it stands on the page of its send."""
    with using(visit.language):
        template = site.environment.get_template(f"sendings/_{name}.html")
        return template.render(**_values(told), visit=visit, root="../")


def _values(told: Shown) -> dict[str, Any]:
    return {"told": told, "issue": told.issue}


def _pulse(site: Site, request: Request) -> Pulse:
    """Return the site's one pulse; it is made when somebody first watches."""
    state = request.app.state
    if not hasattr(state, "pulse"):
        with site.app.readers() as session:
            state.region_names = {region.slug: region.name for region in regions.all_regions(session)}
        kept = _Kept()
        state.pulse = Pulse(lambda issue_id: _look(site_of(request), kept, issue_id))
    pulse: Pulse = state.pulse
    return pulse


class _Kept:
    """The courses of sends that are watched: a line is looked at less closely than numbers are."""

    def __init__(self) -> None:
        self._courses: dict[int, tuple[float, Courses | None]] = {}

    def course(self, session: Any, scope: Scope, issue_id: int) -> Courses | None:
        until, found = self._courses.get(issue_id, (0.0, None))
        begun = time.monotonic()
        if begun >= until:
            found = courses.courses(session, scope=scope, issue_id=issue_id)
            took = time.monotonic() - begun
            self._courses[issue_id] = begun + max(DRAWN_EVERY_SECONDS, took * 5 * PATIENCE), found
        return found


def _look(site: Site, kept: _Kept, issue_id: int) -> View:
    scope = site.app.everything("one count for all who watch a send; each is shown their own part")
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        issues.name_of(issue)  # while the session is open
        now = site.app.now()
        how = progress.counts(session, scope=scope, issue_id=issue_id, now=now)
        course = kept.course(session, scope, issue_id)
        rules = rules_of(site.app.settings)
        waits = holding.holding(session, issue, rules=rules, now=now, domains=how.open_domains())
        return View(issue, how, sendings.may_undo(session, issue), now, course, waits)


def _undo(session: Any, site: Site, visit: Visit, issue_id: int) -> str:
    undone = sendings.undo(session, issue_id=issue_id, now=site.app.now())
    _log(session, site, visit, "undo", undone.issue, letters=undone.letters)
    return "angrat"


def _pause(session: Any, site: Site, visit: Visit, issue_id: int) -> str:
    if sendings.pause(session, issue_id=issue_id, actor=visit.actor, now=site.app.now()):
        _log(session, site, visit, "pause", issues.get(session, issue_id))
    return "pausat"


def _resume(session: Any, site: Site, visit: Visit, issue_id: int) -> str:
    if sendings.resume(session, issue_id=issue_id):
        _log(session, site, visit, "resume", issues.get(session, issue_id))
    return "fortsatt"


def _stop(session: Any, site: Site, visit: Visit, issue_id: int) -> str:
    stopped = sendings.stop(session, issue_id=issue_id, now=site.app.now())
    how = {"withdrawn": stopped.withdrawn, "held": stopped.on_the_wire}
    _log(session, site, visit, "stop", stopped.issue, **how)
    return "avbrutet"


def _let_go(session: Any, site: Site, visit: Visit, issue_id: int) -> str:
    _log(session, site, visit, "let go", sendings.let_go(session, issue_id=issue_id, now=site.app.now()))
    return "slappt"


def _log(session: Any, site: Site, visit: Visit, act: str, issue: Issue, **details: int) -> None:
    subject = f"issue {issue.id}, {issues.name_of(issue)}"[:200]
    acts.log(session, actor=visit.actor, act=act, subject=subject, details=details, now=site.app.now())


#: What each button says in its form, and what it does.
_WISHES = {"undo": _undo, "pause": _pause, "resume": _resume, "stop": _stop, "let-go": _let_go}
