"""The year plan: issues with their days, and the breaks in which nobody is reminded.

GET, HEAD /arsplan            the year; ?ar=2027 another one
POST      /arsplan/nummer     an issue's last day for texts, and the day it should go
POST      /arsplan/uppehall   a break is added or removed
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request
from starlette.responses import Response
from wtforms import DateField, StringField
from wtforms.validators import Length, Optional

from newsletter.language import mark, sentence
from newsletter.models import Break, Issue, IssueStatus
from newsletter.services import issues, plans
from newsletter.web.fields import Needed, Questions
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.issues import STATES
from newsletter.web.looks import number
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError
from subscribers.services import acts

pages = Pages(
    done={
        "dates": mark("Dagarna är sparade."),
        "break": mark("Uppehållet är inlagt. Då påminns ingen."),
        "no-break": mark("Uppehållet är borttaget."),
    }
)


class Days(Questions):
    """An issue's days."""

    deadline = DateField(mark("Sista dag för texter"), [Optional()])
    planned_for = DateField(mark("Ska gå"), [Optional()])


class NewBreak(Questions):
    """A break."""

    name = StringField(mark("Vad heter uppehållet?"), [Needed(), Length(max=120)])
    starts_on = DateField(mark("Första dag"))
    ends_on = DateField(mark("Sista dag"))


@dataclass(frozen=True, slots=True)
class Planned:
    """An issue in the plan. ``day`` is when it goes or went; ``in_break``: one of its days is in a break."""

    issue: Issue
    name: str
    state: str
    day: date | None
    days: Days
    can_plan: bool
    in_break: bool


@pages.shows("/arsplan", to=May(Act.WRITE))
def plan(request: Request, site: TheSite, visit: TheVisit, ar: str = "") -> Response:
    """Show the plan of a year."""
    year = number(ar)
    return _page(request, site, visit, year if year and 2000 <= year <= 2999 else site.today().year)


@pages.takes("/arsplan/nummer", to=May(Act.WRITE))
def set_days(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Plan an issue."""
    visit.must(Act.WRITE)
    issue_id, year = number(form.get("issue", "")), _year(site, form)
    if issue_id is None:
        raise NotFound("Numret finns inte.")
    days = Days(form, prefix=f"n{issue_id}-")
    if not days.validate():
        return _page(request, site, visit, year, wrong_days=(issue_id, days, ""), status=422)
    try:
        with site.app.sessions.begin() as session:
            given = {"deadline": days.deadline.data, "planned_for": days.planned_for.data}
            plans.set_dates(session, issue_id=issue_id, now=site.app.now(), **given)
    except NotFound:
        raise
    except SentenceError as error:
        return _page(request, site, visit, year, wrong_days=(issue_id, days, sentence(error)), status=422)
    return site.back("/arsplan", done="dates", ar=str(year))


@pages.takes("/arsplan/uppehall", to=May(Act.WRITE))
def breaks(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Add a break, or take one away."""
    visit.must(Act.WRITE)
    year = _year(site, form)
    if form.get("do") == "remove":
        with site.app.sessions.begin() as session:
            plans.remove_break(session, break_id=number(form.get("break", "")) or 0)
            acts.log(session, actor=visit.actor, act="break removed", now=site.app.now())
        return site.back("/arsplan", done="no-break", ar=str(year))
    questions = NewBreak(form)
    starts, ends = questions.starts_on.data, questions.ends_on.data
    if not questions.validate() or starts is None or ends is None:
        return _page(request, site, visit, year, questions=questions, status=422)
    try:
        with site.app.sessions.begin() as session:
            plans.add_break(session, name=questions.name.data or "", starts_on=starts, ends_on=ends)
            acts.log(session, actor=visit.actor, act="break added", now=site.app.now())
    except SentenceError as error:
        return _page(request, site, visit, year, questions=questions, wrong=sentence(error), status=422)
    return site.back("/arsplan", done="break", ar=str(year))


def _page(
    request: Request,
    site: Site,
    visit: Visit,
    year: int,
    *,
    questions: NewBreak | None = None,
    wrong: str = "",
    wrong_days: tuple[int, Days, str] | None = None,
    status: int = 200,
) -> Response:
    visit.must(Act.WRITE)
    with site.app.readers() as session:
        rests = plans.breaks(session)
        rows = [_planned(issue, rests, wrong_days) for issue in plans.of_year(session, year=year)]
    return site.page(
        request,
        "plans/page.html",
        visit=visit,
        year=year,
        rows=rows,
        breaks=rests,
        form=questions or NewBreak(),
        wrong=wrong,
        wrong_days=wrong_days,
        today=site.today(),
        status=status,
    )


def _planned(issue: Issue, rests: Any, wrong_days: tuple[int, Days, str] | None) -> Planned:
    mine = wrong_days is not None and wrong_days[0] == issue.id
    day = plans.day_of(issue)
    return Planned(
        issue=issue,
        name=issues.name_of(issue),
        state=STATES[issue.status],
        day=day,
        days=wrong_days[1] if mine and wrong_days else Days(obj=issue, prefix=f"n{issue.id}-"),
        can_plan=issue.status not in (IssueStatus.RELEASED, IssueStatus.CANCELLED),
        in_break=any(_rests(each, on) for each in rests for on in (day, issue.deadline)),
    )


def _rests(rest: Break, day: date | None) -> bool:
    return day is not None and rest.starts_on <= day <= rest.ends_on


def _year(site: Site, form: Form) -> int:
    year = number(form.get("year", ""))
    return year if year and 2000 <= year <= 2999 else site.today().year
