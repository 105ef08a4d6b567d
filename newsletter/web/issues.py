"""The issues: all of them, and how a new one begins.

GET, HEAD /nummer        all issues, those that are being made first
GET, HEAD /nummer/nytt   what a new one is called, and what it begins with
POST      /nummer/nytt   makes it: empty, or with the sections and standing items of an earlier one
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request
from starlette.responses import Response
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Length, Optional

from newsletter.language import _, mark, sentence
from newsletter.models import Issue, IssueKind, IssueStatus
from newsletter.services import issues, plans
from newsletter.web.fields import Needed, Questions
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.looks import number
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import SentenceError
from subscribers.models import ListPurpose
from subscribers.services import acts, lists

pages = Pages()

STATES = {
    IssueStatus.DRAFT: mark("Utkast"),
    IssueStatus.SCHEDULED: mark("Schemalagt"),
    IssueStatus.MISSED: mark("Missade sin tid"),
    IssueStatus.RELEASED: mark("Utskickat"),
    IssueStatus.CANCELLED: mark("Inställt"),
}

#: Of the issues that are over, the list shows so many.
_MOST_OVER = 60
_OVER = (IssueStatus.RELEASED, IssueStatus.CANCELLED)


class New(Questions):
    """What a new issue is called, and what it begins with."""

    title = StringField(mark("Titel"), [Needed(), Length(max=300)])
    subject = StringField(mark("Ämnesrad"), [Length(max=300)])
    list_slug = SelectField(mark("Lista"))
    earlier = SelectField(mark("Börja med"))
    deadline = DateField(mark("Sista dag för texter"), [Optional()])
    planned_for = DateField(mark("Ska gå"), [Optional()])


@dataclass(frozen=True, slots=True)
class Row:
    """An issue in the list. ``day`` is when it goes or should; items of those that are over do not count."""

    issue: Issue
    name: str
    state: str
    day: date | None
    items: int


@pages.shows("/nummer", to=May(Act.WRITE))
def register(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """List the issues."""
    visit.must(Act.WRITE)
    with site.app.readers() as session:
        rows = [_row(issue) for issue in issues.find_all(session)]
    return site.page(
        request,
        "issues/register.html",
        visit=visit,
        making=[row for row in rows if row.issue.status not in _OVER],
        over=[row for row in rows if row.issue.status in _OVER][:_MOST_OVER],
    )


@pages.shows("/nummer/nytt", to=May(Act.WRITE))
def ask(request: Request, site: TheSite, visit: TheVisit, fran: str = "") -> Response:
    """Ask what a new issue is called. ``fran`` is the id of one to begin with."""
    visit.must(Act.WRITE)
    return _new_page(request, site, visit, _questions(site, earlier=str(number(fran) or "")))


@pages.takes("/nummer/nytt", to=May(Act.WRITE))
def make(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Make an issue."""
    visit.must(Act.WRITE)
    questions = _questions(site, form)
    if not questions.validate():
        return _new_page(request, site, visit, questions, status=422)
    try:
        made = _make(site, visit, questions)
    except SentenceError as error:
        return _new_page(request, site, visit, questions, wrong=sentence(error), status=422)
    return site.back(f"/nummer/{made}", done="new")


def _make(site: Site, visit: Visit, questions: New) -> int:
    now = site.app.now()
    words: dict[str, Any] = {
        "title": questions.title.data or "",
        "subject": (questions.subject.data or "").strip() or questions.title.data or "",
    }
    with site.app.sessions.begin() as session:
        earlier = number(questions.earlier.data or "")
        if earlier is None:
            issue = issues.create(session, list_slug=questions.list_slug.data, now=now, **words)
        else:
            issue = plans.follow(session, issue_id=earlier, now=now, **words)
        days = {"deadline": questions.deadline.data, "planned_for": questions.planned_for.data}
        plans.set_dates(session, issue_id=issue.id, now=now, **days)
        acts.log(session, actor=visit.actor, act="issue made", subject=f"issue {issue.id}", now=now)
        return issue.id


def _questions(site: Site, form: TheForm | None = None, *, earlier: str = "") -> New:
    questions = New(form, earlier=earlier)
    with site.app.readers() as session:
        questions.list_slug.choices = [
            (each.slug, each.name)
            for each in lists.all_lists(session)
            if each.purpose is not ListPurpose.MEMBER_NOTICES
        ]
        ordinary = [
            issue
            for issue in issues.find_all(session)
            if issue.kind is IssueKind.ORDINARY
            and issue.mailing_list.purpose is not ListPurpose.MEMBER_NOTICES
        ]
        begin = _("Avsnitt och stående inslag från {issue}")
        questions.earlier.choices = [
            ("", _("Ett tomt nummer")),
            *((str(issue.id), begin.format(issue=issues.name_of(issue))) for issue in ordinary[:_MOST_OVER]),
        ]
    if form is None and earlier not in [choice[0] for choice in questions.earlier.choices]:
        questions.earlier.data = ""
    return questions


def _new_page(
    request: Request, site: Site, visit: Visit, questions: New, *, wrong: str = "", status: int = 200
) -> Response:
    return site.page(request, "issues/new.html", visit=visit, form=questions, wrong=wrong, status=status)


def _row(issue: Issue) -> Row:
    held = 0 if issue.status in _OVER else len(issue.items)
    return Row(issue, issues.name_of(issue), STATES[issue.status], plans.day_of(issue), held)
