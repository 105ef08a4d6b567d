"""Putting right what went out wrong: who has the fault gets a correction, who has not gets the right text.

GET, HEAD /utskick/{id}/ratta     the variants, with how many have them
POST      /utskick/{id}/ratta     replaces what has not gone, or begins a correction
"""

from collections.abc import Sequence

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from newsletter.language import mark, sentence
from newsletter.models import IssueStatus
from newsletter.services import approvals, corrections, issues, scheduling
from newsletter.web.fields import Questions
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.rows import TheIssue
from newsletter.web.sending_views import must_correct
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError
from subscribers.services import acts

pages = Pages()


class Correction(Questions):
    """What the correction says."""

    subject = StringField(mark("Ämnesrad"), [Length(max=300)])
    text = TextAreaField(mark("Vad som blev fel, och vad som gäller"), [Length(max=20_000)])
    unapproved = StringField(mark("Varför byts det ut utan godkännande?"), [Length(max=300)])


@pages.shows("/utskick/{issue_id}/ratta", to=May(Act.SEND))
def ask(request: Request, site: TheSite, visit: TheVisit, issue_id: TheIssue) -> Response:
    """Show what went out, and ask what was wrong with it."""
    return _page(request, site, visit, issue_id, Correction(), ())


@pages.takes("/utskick/{issue_id}/ratta", to=May(Act.SEND))
def correct(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: TheIssue) -> Response:
    """Replace what has not gone, or begin a correction."""
    chosen = _numbers(form.getlist("variant"))
    questions = Correction(form)
    try:
        if form.get("do") == "replace":
            return _replace(site, visit, issue_id, chosen, questions.unapproved.data or "")
        if not questions.validate():
            return _page(request, site, visit, issue_id, questions, chosen, status=422)
        return _begin(site, visit, issue_id, chosen, questions)
    except NotFound:
        raise
    except SentenceError as error:
        return _page(request, site, visit, issue_id, questions, chosen, wrong=sentence(error), status=422)


def _replace(site: Site, visit: Visit, issue_id: int, chosen: Sequence[int], reason: str) -> Response:
    with site.app.sessions.begin() as session:
        must_correct(visit, issues.get(session, issue_id))
        corrections.replace(
            session,
            scope=visit.scope,
            issue_id=issue_id,
            variant_ids=chosen,
            frame=site.app.frame(),
            actor=visit.actor,
            without_approval=reason,
            now=site.app.now(),
        )
    return site.back(f"/utskick/{site.key(visit, issue_id)}", done="utbytt")


def _begin(site: Site, visit: Visit, issue_id: int, chosen: Sequence[int], questions: Correction) -> Response:
    now = site.app.now()
    with site.app.sessions.begin() as session:
        must_correct(visit, issues.get(session, issue_id))
        made = corrections.begin(
            session,
            scope=visit.scope,
            issue_id=issue_id,
            variant_ids=chosen,
            subject=questions.subject.data or "",
            text=questions.text.data or "",
            now=now,
        )
        acts.log(
            session,
            actor=visit.actor,
            act="correct",
            subject=f"issue {made.id}, {issues.name_of(made)}"[:200],
            details={"corrects": issue_id, "variants": list(chosen)},
            now=now,
        )
    return site.back(f"/nummer/{made.id}/schemalagg")


def _page(
    request: Request,
    site: Site,
    visit: Visit,
    issue_id: int,
    questions: Correction,
    chosen: Sequence[int],
    *,
    wrong: str = "",
    status: int = 200,
) -> Response:
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        must_correct(visit, issue)
        sent = corrections.variants_of(session, scope=visit.scope, issue_id=issue_id)
        name = issues.name_of(issue)
        changed = scheduling.changed_since_frozen(session, issue)
        reviewed = approvals.is_needed(session, issue, today=site.today())
    return site.page(
        request,
        "sendings/correct.html",
        status=status,
        visit=visit,
        issue=issue,
        name=name,
        is_released=issue.status is IssueStatus.RELEASED,
        variants=sent,
        changed=changed,
        reviewed=reviewed,
        form=questions,
        chosen=set(chosen),
        wrong=wrong,
    )


def _numbers(given: Sequence[str]) -> list[int]:
    if not all(each.isascii() and each.isdigit() and len(each) < 10 for each in given):
        raise HTTPException(400)
    return [int(each) for each in given]
