"""Sending an issue for review, and what came back: the officer's side.

GET, HEAD /nummer/{id}/granskning     who reviews, what waits for a yes, what was said
POST      /nummer/{id}/granskning     sends it for review, or marks a comment as seen to
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from newsletter.core.approvals import Judged, Standing
from newsletter.language import mark, sentence
from newsletter.models import IssueStatus, ReviewComment
from newsletter.services import approvals, issues, reviews, variants
from newsletter.services.piece_words import piece_name
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.looks import number
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError
from subscribers.models import Subscriber
from subscribers.services import members

pages = Pages(
    done={
        "bett": mark("Granskaren får ett brev med en länk. Du får ett brev när svaret kommer."),
        "sett": mark("Kommentaren är markerad."),
    }
)

_MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A piece on the page: what it is called, how it stands, and what was said of it."""

    judged: Judged
    name: str
    comments: Sequence[ReviewComment]


@pages.shows("/nummer/{issue_id:int}/granskning", to=May(Act.SEND))
def ask(request: Request, site: TheSite, visit: TheVisit, issue_id: int, lasare: str = "") -> Response:
    """Show how the review stands."""
    return _page(request, site, visit, issue_id, search=lasare, chosen=_people(request.query_params))


@pages.takes("/nummer/{issue_id:int}/granskning", to=May(Act.SEND))
def send(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Send the issue for review, or see to a comment."""
    visit.must(Act.SEND)
    try:
        with site.app.sessions.begin() as session:
            done = _do(session, site, visit, form, issue_id)
    except NotFound:
        raise
    except SentenceError as error:
        wrong = sentence(error)
        return _page(request, site, visit, issue_id, chosen=_people(form), form=form, wrong=wrong, status=422)
    return site.back(f"/nummer/{issue_id}/granskning", done=done)


def _do(session: Any, site: Site, visit: Visit, form: Form, issue_id: int) -> str:
    now = site.app.now()
    comment = number(form.get("comment", ""))
    if comment is not None:
        is_done = form.get("do") == "done"
        reviews.see_to(session, issue_id=issue_id, comment_id=comment, done=is_done, now=now)
        return "sett"
    reviews.ask(
        session,
        scope=visit.scope,
        issue_id=issue_id,
        people=_people(form),
        message=form.get("message", ""),
        frame=site.app.frame(),
        ring=site.app.keyring,
        asked_by=visit.person_id,
        actor=visit.actor,
        now=now,
    )
    return "bett"


def _people(fields: Form | QueryParams) -> list[int]:
    return [each for each in map(number, fields.getlist("till")) if each]


def _page(
    request: Request,
    site: Site,
    visit: Visit,
    issue_id: int,
    *,
    search: str = "",
    chosen: Sequence[int] = (),
    form: Form | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    visit.must(Act.SEND)
    search = search.strip()[:200]
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        asked = reviews.reviewers_of(session, scope=visit.scope, issue_id=issue_id)
        offered: dict[int, Subscriber] = {each.subscriber_id: each.subscriber for each in asked}
        for person in reviews.usual(session, scope=visit.scope, today=site.today()):
            offered[person.id] = person
        to = set(chosen) or set(offered)
        for each in chosen:
            offered[each] = members.get(session, scope=visit.scope, subscriber_id=each)
        found = members.find(session, scope=visit.scope, text=search, limit=_MOST_FOUND) if search else []
        is_out = issue.status is IssueStatus.RELEASED
        standing = (
            approvals.standing_of(session, issue, variants.newest(issue), frame=site.app.frame())
            if is_out
            else approvals.standing(session, issue, frame=site.app.frame())
        )
        said = reviews.comments(session, issue_id)
        return site.page(
            request,
            "reviews/officer.html",
            status=status,
            visit=visit,
            issue=issue,
            name=issues.name_of(issue),
            can_ask=issue.status in (IssueStatus.DRAFT, IssueStatus.RELEASED) and bool(standing.pieces),
            is_out=is_out,
            is_needed=approvals.is_needed(session, issue, today=site.today()),
            last=reviews.latest(session, issue_id),
            asked=asked,
            people=[person for person in offered.values() if person.id != visit.person_id],
            found=[each for each in found if each.id not in offered and each.id != visit.person_id],
            to=to,
            search=search,
            standing=standing,
            lines=lines(standing, said),
            message=form.get("message", "") if form else "",
            wrong=wrong,
        )


def lines(standing: Standing, said: Sequence[ReviewComment]) -> list[Line]:
    """Return the pieces as lines, each with its comments; a variant's order only where it waits for a yes."""
    return [
        Line(each, piece_name(each.piece), [comment for comment in said if comment.piece == each.piece.key])
        for each in standing.pieces
        if not each.piece.is_order or each in standing.missing
    ]
