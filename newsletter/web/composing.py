"""The desk where an issue is put together: its items in order, and beside them the letter as it will be.

GET, HEAD /nummer/{id}              the desk; the address says how the letter is looked at (``looks``);
                                    ?kontroll=ja: with what the checks find, which a page asks for by itself
POST      /nummer/{id}/ord          title, subject, preheader
POST      /nummer/{id}/lagg-till    an article goes in
POST      /nummer/{id}/flytta       an item moves: one step, or to a place
POST      /nummer/{id}/inslag       how an item stands, and for whom; or it goes out
POST      /nummer/{id}/avsnitt      a section is added, renamed or removed
POST      /nummer/{id}/angra        the latest change is taken back
POST      /nummer/{id}/har          somebody has it open; answers who else does, and what is new

Every form carries the revision that it was made from: what others have changed is shown, never overwritten.
"""

from collections.abc import Callable
from typing import Any

from fastapi import Request
from starlette.responses import Response

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.errors import IssueChanged, IssueError
from newsletter.language import _, mark, sentence
from newsletter.models import Issue, ItemForm
from newsletter.services import compositions, issues, items, presences, sections
from newsletter.services.compositions import Hand
from newsletter.web import asking, desks
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.looks import carried, number, read
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError

pages = Pages(
    done={
        "new": mark("Numret finns. Lägg till det första inslaget."),
        "words": mark("Orden är sparade."),
        "added": mark("Inslaget ligger i numret."),
        "moved": mark("Inslaget är flyttat."),
        "changed": mark("Inslaget är ändrat."),
        "removed": mark("Inslaget är borttaget. Artikeln finns kvar i registret."),
        "section": mark("Avsnitten är ändrade."),
        "undone": mark("Ångrat."),
    }
)

WRITES = May(Act.WRITE)

#: What a form does to an issue; returns the word for what is done.
Doing = Callable[[Any, int, Form, Hand, Site], str]


@pages.shows("/nummer/{issue_id:int}", to=WRITES)
def desk(request: Request, site: TheSite, visit: TheVisit, issue_id: int) -> Response:
    """Show the desk."""
    return _desk(request, site, visit, issue_id, dict(request.query_params))


@pages.takes("/nummer/{issue_id:int}/ord", to=WRITES)
def words(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Save title, subject and preheader."""
    return _do(request, site, visit, form, issue_id, _words)


@pages.takes("/nummer/{issue_id:int}/lagg-till", to=WRITES)
def add(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Put an article in."""
    return _do(request, site, visit, form, issue_id, _add)


@pages.takes("/nummer/{issue_id:int}/flytta", to=WRITES)
def move(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Move an item."""
    return _do(request, site, visit, form, issue_id, _move)


@pages.takes("/nummer/{issue_id:int}/inslag", to=WRITES)
def change(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Change how an item stands, or take it out."""
    return _do(request, site, visit, form, issue_id, _change)


@pages.takes("/nummer/{issue_id:int}/avsnitt", to=WRITES)
def section(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Add, rename or remove a section."""
    return _do(request, site, visit, form, issue_id, _section)


@pages.takes("/nummer/{issue_id:int}/angra", to=WRITES)
def undo(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Take back the latest change."""
    return _do(request, site, visit, form, issue_id, _undo)


@pages.takes("/nummer/{issue_id:int}/har", to=WRITES)
def here(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Note that somebody has the issue open; answer who else does, and what has happened since."""
    visit.must(Act.WRITE)
    whom: dict[str, Any] = {"scope": visit.scope, "subscriber_id": visit.person_id, "now": site.app.now()}
    with site.app.sessions.begin() as session:
        presences.here(session, issue_id=issue_id, **whom)
        issue = issues.get(session, issue_id)
        return site.page(
            request,
            "issues/_others.html",
            visit=visit,
            issue=issue,
            others=presences.others(session, issue_id=issue_id, **whom),
            news=_news(session, visit, issue, number(form.get("seen", ""))),
            look=carried(form.get("look", "")),
        )


def _do(request: Request, site: Site, visit: Visit, form: Form, issue_id: int, doing: Doing) -> Response:
    """Do what a form asks, and come back to the desk; what cannot be done is said there."""
    visit.must(Act.WRITE)
    look = carried(form.get("look", ""))
    seen = number(form.get("seen", ""))
    hand = Hand(visit.person_id, seen or 0)  # a form without a revision has seen none
    try:
        with site.app.sessions.begin() as session:
            done = doing(session, issue_id, form, hand, site)
    except NotFound:
        raise
    except SentenceError as error:
        stale = seen if isinstance(error, IssueChanged) else None
        return _desk(
            request, site, visit, issue_id, look.query(), wrong=sentence(error), stale=stale, form=form
        )
    return site.back(f"/nummer/{issue_id}", done=done, **look.query())


def _desk(
    request: Request,
    site: Site,
    visit: Visit,
    issue_id: int,
    fields: dict[str, str],
    *,
    wrong: str = "",
    stale: int | None = None,
    form: Form | None = None,
) -> Response:
    visit.must(Act.WRITE)
    look = read(fields)
    searched = {name: fields.get(field, "").strip()[:200] for name, field in _SEARCHES.items()}
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        return site.page(
            request,
            "issues/desk.html",
            visit=visit,
            status=(409 if stale is not None else 422) if wrong else 200,
            desk=desks.lay(session, site, visit, issue, look, **searched),
            look=look,
            checked=asking.look(session, site, visit, issue)
            if asking.wanted(fields) and issue.items
            else None,
            searched=searched,
            wrong=wrong,
            news=_news(session, visit, issue, stale),
            wrote={name: form.get(name, "") for name in _WORDS}
            if form is not None and "subject" in form
            else None,
        )


_WORDS = ("title", "subject", "preheader")
_SEARCHES = {"article": "artikel", "person": "lasare"}


def _news(session: Any, visit: Visit, issue: Issue, seen: int | None) -> list[str]:
    """Return in words what was done after a revision."""
    if seen is None or seen >= issue.revision:
        return []
    since = compositions.since(session, scope=visit.scope, issue_id=issue.id, seen=seen)
    return [desks.said_by(each) for each in since] or [_("Numret är ändrat.")]


def _words(session: Any, issue_id: int, form: Form, hand: Hand, site: Site) -> str:
    words: dict[str, Any] = {name: form.get(name, "") for name in _WORDS}
    issues.change(session, issue_id=issue_id, hand=hand, now=site.app.now(), **words)
    return "words"


def _add(session: Any, issue_id: int, form: Form, hand: Hand, site: Site) -> str:
    where = form.get("section", "")
    issue = issues.get(session, issue_id)
    items.add(
        session,
        issue_id=issue_id,
        article_id=_article(form),
        position=items.end_of(issue, where),
        section=where,
        hand=hand,
        now=site.app.now(),
    )
    return "added"


def _move(session: Any, issue_id: int, form: Form, hand: Hand, site: Site) -> str:
    place = number(form.get("position", ""))
    which: dict[str, Any] = {
        "issue_id": issue_id,
        "article_id": _article(form),
        "hand": hand,
        "now": site.app.now(),
    }
    if place is None:
        items.step(session, up=form.get("do") == "up", **which)
    else:
        items.move(session, position=place, section=form.get("section"), **which)
    return "moved"


def _change(session: Any, issue_id: int, form: Form, hand: Hand, site: Site) -> str:
    which: dict[str, Any] = {
        "issue_id": issue_id,
        "article_id": _article(form),
        "hand": hand,
        "now": site.app.now(),
    }
    if form.get("do") == "remove":
        items.remove(session, **which)
        return "removed"
    items.change(
        session,
        section=form.get("section"),
        form=ItemForm.TEASER if form.get("form") == "teaser" else ItemForm.FULL,
        audience=_audience(form),
        standing=form.get("standing") == "y",
        **which,
    )
    return "changed"


def _section(session: Any, issue_id: int, form: Form, hand: Hand, site: Site) -> str:
    which = _which(issue_id, hand, site)
    match form.get("do"):
        case "remove":
            sections.remove(session, name=form.get("was", ""), **which)
        case "rename":
            sections.rename(session, was=form.get("was", ""), name=form.get("name", ""), **which)
        case _:
            sections.add(session, name=form.get("name", ""), **which)
    return "section"


def _undo(session: Any, issue_id: int, _form: Form, hand: Hand, site: Site) -> str:
    compositions.undo(session, issue_id=issue_id, hand=hand, now=site.app.now())
    return "undone"


def _which(issue_id: int, hand: Hand, site: Site) -> dict[str, Any]:
    return {"issue_id": issue_id, "hand": hand, "now": site.app.now()}


def _article(form: Form) -> int:
    found = number(form.get("article", ""))
    if found is None:
        raise NotFound("Artikeln finns inte.")
    return found


def _audience(form: Form) -> Audience:
    chosen = form.getlist("region")
    if form.get("audience") != "regions":
        return EVERYONE
    if not chosen:
        raise IssueError("Välj minst en region, eller visa inslaget för alla.")
    return Audience.of(each[:40] for each in chosen)
