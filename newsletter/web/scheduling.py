"""When an issue goes, whom it reaches, and how it begins: one form.

GET, HEAD /nummer/{id}/schemalagg     the time, the people, the waits; ?kontroll=ja: the warnings, too
POST      /nummer/{id}/schemalagg     schedules, or takes the issue back to a draft

A time that the turning of the clocks makes doubtful comes back once, explained, to be confirmed.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.responses import Response
from wtforms import BooleanField, DateField, RadioField, StringField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, Optional

from newsletter.core import clocks, pace
from newsletter.core import issues as rules
from newsletter.core.approvals import Standing
from newsletter.core.issues import Resolved
from newsletter.errors import IssueError
from newsletter.language import _, mark, sentence
from newsletter.models import Hold, Issue, IssueStatus, LeftOutReason
from newsletter.permitting import check_permitted
from newsletter.services import approvals, forecasts, issues, scheduling, sendings
from newsletter.services.forecasts import Forecast
from newsletter.services.passing import NotPassed
from newsletter.services.state_words import REASONS
from newsletter.web import asking
from newsletter.web.asking import Asking
from newsletter.web.fields import Questions
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.sending_views import must_send, sees
from newsletter.web.sendings import counted
from newsletter.web.turning import Turned, turned_of
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError
from subscribers.services import acts, regions

pages = Pages()

#: How soon a newsletter that is being planned is suggested to go: tomorrow morning.
_MORNING = 9


class Schedule(Questions):
    """When an issue goes, and what is skipped."""

    day = DateField(mark("Datum"), [Optional()])
    hour = TimeField(mark("Klockslag, svensk tid"), [Optional()])
    hold = RadioField(
        mark("Andra schemalagda utskick"),
        choices=[
            SelectChoice(Hold.AFTER.value, mark("Går av sig själva när det här har gått ut")),
            SelectChoice(Hold.PERSON.value, mark("Hålls tills någon släpper dem")),
            SelectChoice("", mark("Går på sina egna tider")),
        ],
        default=Hold.AFTER.value,
    )
    no_grace = BooleanField(mark("Hoppa över väntan då utskicket kan ångras"))
    no_head_start = BooleanField(mark("Låt alla få det samtidigt som redaktör och regionansvariga"))
    reason = StringField(mark("Varför hoppas det över?"), [Length(max=200)])
    unapproved = StringField(mark("Varför går det utan godkännande?"), [Length(max=300)])


@pages.shows("/nummer/{issue_id}/schemalagg", to=May(Act.SEND))
def ask(request: Request, site: TheSite, visit: TheVisit, issue_id: int) -> Response:
    """Show the form, with whom the issue reaches."""
    query = request.query_params
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        must_send(visit, issue)
        questions = Schedule(data=_suggested(site, issue) | _chosen(query))
        asks = asking.unlooked(query)
        can_go = issue.items and issue.status.value in rules.ALLOWED["schedule"]
        if asking.wanted(query) and can_go:
            day = questions.day.data
            asks = asking.look(session, site, visit, issue, because=asks.because, day=day)
    return _page(request, site, visit, issue_id, questions, asks=asks)


@pages.takes("/nummer/{issue_id}/schemalagg", to=May(Act.SEND))
def schedule(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Schedule the issue, or take it back to a draft."""
    questions, asks = Schedule(form), asking.unlooked(form)
    with site.app.readers() as session:
        must_send(visit, issues.get(session, issue_id))
    try:
        if form.get("do") == "unschedule":
            return _take_back(site, visit, issue_id)
        if not questions.validate():
            return _page(request, site, visit, issue_id, questions, asks=asks, status=422)
        turned = _doubtful(site, questions, form)
        if turned is not None:
            return _page(request, site, visit, issue_id, questions, asks=asks, turned=turned, status=422)
        return _schedule(site, visit, issue_id, questions, form)
    except NotFound:
        raise
    except NotPassed as error:
        wrong, asks = sentence(error), asking.after(error, visit, issue_id, asks.because)
        return _page(request, site, visit, issue_id, questions, asks=asks, wrong=wrong, status=422)
    except SentenceError as error:
        wrong = sentence(error)
        return _page(request, site, visit, issue_id, questions, asks=asks, wrong=wrong, status=422)


def _schedule(site: Site, visit: Visit, issue_id: int, questions: Schedule, form: Form) -> Response:
    urgent = _at_once(form)
    how = pace.skipping(
        site.app.pace(),
        grace=questions.no_grace.data,
        head_start=questions.no_head_start.data,
        reason=questions.reason.data or "",
    )
    now = site.app.now()
    with site.app.sessions.begin() as session:
        check_permitted(session, site.app.current())
        done = scheduling.schedule(
            session,
            issue_id=issue_id,
            at=_wanted(site, questions, form),
            zone=site.app.settings.time_zone,
            frame=site.app.frame(),
            pace=how,
            urgent=urgent,
            without_approval=questions.unapproved.data or "",
            asked=asking.asked(visit, form),
            now=now,
        )
        until = Hold(questions.hold.data) if urgent and questions.hold.data else None
        held = sendings.hold_others(session, issue_id=issue_id, until=until) if until else []
        acts.log(
            session,
            actor=visit.actor,
            act="schedule",
            subject=f"issue {issue_id}, {issues.name_of(done.issue)}"[:200],
            details=scheduling.schedule_details(done, how, held),
            now=now,
        )
    return site.back(f"/utskick/{issue_id}", done="skickas" if urgent else "schemalagt")


def _take_back(site: Site, visit: Visit, issue_id: int) -> Response:
    now = site.app.now()
    with site.app.sessions.begin() as session:
        issue = scheduling.unschedule(session, issue_id=issue_id, now=now)
        subject = f"issue {issue_id}, {issues.name_of(issue)}"[:200]
        acts.log(session, actor=visit.actor, act="unschedule", subject=subject, now=now)
    return site.back(f"/utskick/{issue_id}", done="utkast")


def _wanted(site: Site, questions: Schedule, form: Form) -> str:
    """Return the time that was asked for, as ``core.issues`` reads it."""
    if _at_once(form):
        return "nu"
    resolved = _resolved(site, questions)
    if resolved is None:
        raise IssueError("Ange både datum och klockslag, eller skicka nu.")
    # What was decided about one doubtful time says nothing of another.
    decided = resolved.note is not None and form.get("sure", "") in dict(turned_of(resolved).choices)
    return form["sure"] if decided else resolved.wall


def _doubtful(site: Site, questions: Schedule, form: Form) -> Turned | None:
    """Say what the turning of the clocks does to the time, unless it has been decided about this very one."""
    resolved = None if _at_once(form) else _resolved(site, questions)
    if resolved is None or resolved.note is None:
        return None
    turned = turned_of(resolved)
    return None if form.get("sure") in dict(turned.choices) else turned


def _at_once(form: Form) -> bool:
    return form.get("do") == "now"


def _resolved(site: Site, questions: Schedule) -> Resolved | None:
    """Read date and time; None where one of them is missing."""
    if questions.day.data is None or questions.hour.data is None:
        return None
    wall = f"{questions.day.data:%Y-%m-%d} {questions.hour.data:%H:%M}"
    return rules.resolve_wall_time(wall, site.app.settings.time_zone, now=site.app.now())


def _suggested(site: Site, issue: Issue) -> dict[str, Any]:
    """Return what the form begins with: the issue's own time, or tomorrow morning."""
    zone = ZoneInfo(site.app.settings.time_zone)
    if issue.send_at is not None and issue.status is IssueStatus.SCHEDULED:
        at = issue.send_at.astimezone(zone)
    else:
        at = (site.app.now().astimezone(zone) + timedelta(days=1)).replace(hour=_MORNING, minute=0)
    return {"day": at.date(), "hour": at.time(), "hold": Hold.AFTER.value}


def _chosen(query: Mapping[str, str]) -> dict[str, Any]:
    """Return the day that somebody has chosen, where the address says it."""
    try:
        return {"day": date.fromisoformat(query["day"])}
    except (KeyError, ValueError):
        return {}


def _page(
    request: Request,
    site: Site,
    visit: Visit,
    issue_id: int,
    questions: Schedule,
    *,
    asks: Asking,
    turned: Turned | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    now = site.app.now()
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        told = forecasts.forecast(session, scope=counted(visit), issue=issue, now=now)
        names = {region.slug: region.name for region in regions.all_regions(session)}
        others = sendings.others_scheduled(session, issue_id=issue_id)
        waiting = [(each, issues.name_of(each)) for each in others if sees(counted(visit), each)]
        name = issues.name_of(issue)
        allowed = issue.status.value in rules.ALLOWED["schedule"]
        review = _review(session, site, issue)
    return site.page(
        request,
        "scheduling/page.html",
        status=status,
        visit=visit,
        issue=issue,
        name=name,
        allowed=allowed,
        form=questions,
        told=told,
        regions=[(names.get(slug) or _("Ingen region"), told.letters[slug]) for slug in _order(told, names)],
        reasons=[
            (REASONS[reason], told.left_out[reason]) for reason in LeftOutReason if told.left_out.get(reason)
        ],
        usual=site.app.pace(),
        turn=clocks.next_turn(site.app.settings.time_zone, now),
        turned=turned,
        others=waiting,
        review=review,
        waiting=approvals.waiting_said(review) if review else "",
        asking=asks,
        wrong=wrong,
    )


def _review(session: Any, site: Site, issue: Issue) -> Standing | None:
    """Return how the review stands, where a yes is needed before the issue is scheduled."""
    if issue.status is not IssueStatus.DRAFT or not approvals.is_needed(session, issue, today=site.today()):
        return None
    return approvals.standing(session, issue, frame=site.app.frame())


def _order(told: Forecast, names: dict[str, str]) -> list[str]:
    return [slug for slug in (*names, "") if told.letters.get(slug)]
