"""Putting right what is read on the web after an issue has gone. What was sent stays as it was.

GET, HEAD /utskick/{id}/webb               an issue's versions on the web, and its articles there
GET, HEAD /utskick/{id}/webb/{article}     one article as it reads there; 0: the issue's own title
POST      /utskick/{id}/webb/{article}     mends it, takes it away, or takes a picture or a name out of it
GET, HEAD /webbversioner/namn              where somebody is named on the web; who is erased and named there
POST      /webbversioner/namn              takes the name away, or lets it stand
"""

from dataclasses import replace
from typing import Any

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from newsletter.core import naming
from newsletter.core.articles import ArticleText
from newsletter.language import mark, sentence
from newsletter.models import AmendmentKind
from newsletter.services import amendments, issues, names_on_web, web_versions
from newsletter.services.amendments import LONGEST_NOTE
from newsletter.web import numbers
from newsletter.web.fields import Needed, Questions
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.rows import TheIssue
from newsletter.web.visits import TheVisit, Visit
from newsletter.web.web_versions import written_to
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError
from subscribers.services import acts

pages = Pages(
    done={
        "rattat": mark("Webbversionen är rättad. Det som skickades är som det var."),
        "borta": mark("Artikeln är borttagen från webben. Det som skickades är som det var."),
        "bild-borta": mark("Bilden är borttagen från webben."),
        "namn-borta": mark("Namnet är utbytt på webben."),
        "star": mark("Namnet står kvar, och påminnelsen är borta."),
    }
)

#: What a change is called where the changes are listed.
KINDS = {
    AmendmentKind.CORRECTED: mark("Rättad"),
    AmendmentKind.NAME_REPLACED: mark("Ett namn utbytt"),
    AmendmentKind.PICTURE_REMOVED: mark("En bild borttagen"),
    AmendmentKind.WITHDRAWN: mark("Borttagen"),
}

_DONE = {"correct": "rattat", "withdraw": "borta", "picture": "bild-borta", "name": "namn-borta"}


class Mending(Questions):
    """An article's text on the web, and what readers are told of the change."""

    title = StringField(mark("Rubrik"), [Needed(), Length(max=300)])
    lead = TextAreaField(mark("Ingress"), [Length(max=5_000)], render_kw={"rows": 4})
    body = TextAreaField(mark("Brödtext"), [Length(max=100_000)], render_kw={"rows": 14})
    byline_name = StringField(mark("Skribent"), [Length(max=200)])
    note = StringField(
        mark("Vad var fel, och vad gäller?"),
        [Needed(mark("Skriv vad som var fel. Läsarna ser det, med dagens datum.")), Length(max=LONGEST_NOTE)],
    )


class OwnWords(Questions):
    """An issue's title and preheader on the web, and what was wrong with them."""

    title = StringField(mark("Rubrik"), [Needed(), Length(max=300)])
    lead = StringField(mark("Förhandstext"), [Length(max=300)])
    note = StringField(
        mark("Vad var fel, och vad gäller?"),
        [Needed(mark("Skriv vad som var fel. Det står i loggen.")), Length(max=LONGEST_NOTE)],
    )


@pages.shows("/utskick/{issue_id}/webb", to=May(Act.SEND))
def versions(request: Request, site: TheSite, visit: TheVisit, issue_id: TheIssue) -> Response:
    """Show what can be read of an issue on the web, and what was changed there."""
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        listed = web_versions.of_issue(session, issue_id=issue_id, within=written_to(visit))
        if not listed or issue.released_at is None:
            raise NotFound("Det finns inget sådant nummer.")
        mends = visit.may(Act.SEND)
        found = amendments.published(session, issue_id) if mends else ()
        titles = {one.article_id: one.text.title for one in found}
        changes = amendments.history(session, issue_id) if mends else ()
        name = issues.name_of(issue)
    return site.page(
        request,
        "web_versions/issue.html",
        visit=visit,
        issue=issue,
        name=name,
        listed=listed,
        published=found,
        titles=titles,
        changes=list(reversed(changes)),
        kinds=KINDS,
    )


@pages.shows("/utskick/{issue_id}/webb/{article_id:int}", to=May(Act.SEND))
def article(
    request: Request, site: TheSite, visit: TheVisit, issue_id: TheIssue, article_id: int
) -> Response:
    """Show an article as it reads on the web, to be mended."""
    visit.must(Act.SEND)
    return _page(request, site, visit, issue_id, article_id or None)


@pages.takes("/utskick/{issue_id}/webb/{article_id:int}", to=May(Act.SEND))
def amend(
    request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: TheIssue, article_id: int
) -> Response:
    """Change what is read on the web of an article."""
    visit.must(Act.SEND)
    which, wish = article_id or None, form.get("do", "")
    if wish not in _DONE or (which is None and wish in ("withdraw", "picture")):
        raise HTTPException(400)
    questions = (Mending if which else OwnWords)(form)
    if wish == "correct" and not questions.validate():
        return _page(request, site, visit, issue_id, which, questions=questions, status=422)
    try:
        with site.app.sessions.begin() as session:
            _do(session, site, visit, issue_id, which, wish, form)
    except NotFound:
        raise
    except SentenceError as error:
        asked = questions if wish == "correct" else None
        told = sentence(error)
        return _page(request, site, visit, issue_id, which, questions=asked, wrong=told, status=422)
    return site.back(f"/utskick/{site.key(visit, issue_id)}/webb", done=_DONE[wish])


@pages.shows("/webbversioner/namn", to=May(Act.SEND))
def names(request: Request, site: TheSite, visit: TheVisit, namn: str = "") -> Response:
    """Show where somebody is named on the web, and who is named there though erased."""
    visit.must(Act.SEND)
    return _names(request, site, visit, namn)


@pages.takes("/webbversioner/namn", to=May(Act.SEND))
def decide(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Take a name away from an article on the web, or let it stand."""
    visit.must(Act.SEND)
    name, now = form.get("name", "")[:200], site.app.now()
    row, issue_id = numbers.whole(form.get("row", "")), numbers.whole(form.get("issue", ""))
    try:
        with site.app.sessions.begin() as session:
            if form.get("do") == "stand" and row is not None:
                kept = names_on_web.let_stand(session, row=row)
                if kept is not None:
                    subject = f"issue {kept}"
                    acts.log(
                        session, actor=visit.actor, act="let name stand on web", subject=subject, now=now
                    )
            elif form.get("do") == "name" and issue_id is not None:
                which = numbers.whole(form.get("article", "")) or None
                _do(session, site, visit, issue_id, which, "name", form)
            else:
                raise HTTPException(400)
    except NotFound:
        raise
    except SentenceError as error:
        return _names(request, site, visit, name, wrong=sentence(error), status=422)
    done = "star" if form.get("do") == "stand" else "namn-borta"
    return site.back("/webbversioner/namn", done=done)


def _do(
    session: Any, site: Site, visit: Visit, issue_id: int, article_id: int | None, wish: str, form: Form
) -> None:
    facts: Any = {
        "issue_id": issue_id,
        "article_id": article_id,
        "frame": site.app.frame(),
        "actor": visit.actor,
        "now": site.app.now(),
    }
    note = form.get("note", "")
    if wish == "correct":
        stands = amendments.article(session, issue_id=issue_id, article_id=article_id).text
        amendments.correct(session, **facts, text=_text_of(form, stands), note=note)
    elif wish == "withdraw":
        amendments.withdraw(session, **facts, note=note)
    elif wish == "picture":
        amendments.drop_picture(session, **facts, place=numbers.whole(form.get("picture", "")) or 0)
    else:
        name, instead = form.get("name", "")[:200], form.get("instead", "")[:100]
        amendments.replace_name(session, **facts, name=name, instead=instead)


def _text_of(form: Form, stands: ArticleText) -> ArticleText:
    """Return the text as it was mended: what the form does not ask for stays."""
    given = {
        field: form[field].replace("\r\n", "\n").strip()
        for field in ("title", "lead", "body", "byline_name")
        if field in form
    }
    return replace(stands, **given)  # type: ignore[arg-type]


def _page(
    request: Request,
    site: Site,
    visit: Visit,
    issue_id: int,
    article_id: int | None,
    *,
    questions: Questions | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        found = amendments.article(session, issue_id=issue_id, article_id=article_id)
        name = issues.name_of(issue)
    asked = Mending if article_id else OwnWords
    return site.page(
        request,
        "web_versions/amend.html",
        status=status,
        visit=visit,
        issue=issue,
        name=name,
        found=found,
        form=questions or asked(obj=found.text),
        neutral=naming.NEUTRAL,
        wrong=wrong,
    )


def _names(
    request: Request, site: Site, visit: Visit, name: str, *, wrong: str = "", status: int = 200
) -> Response:
    name = " ".join(name.split())[:200]
    with site.app.readers() as session:
        found = names_on_web.find(session, name=name) if name else ()
        waiting = names_on_web.waiting(session)
    return site.page(
        request,
        "web_versions/names.html",
        status=status,
        visit=visit,
        asked=name,
        too_short=0 < len("".join(name.split())) < names_on_web.LEAST_LETTERS,
        found=found,
        waiting=waiting,
        neutral=naming.NEUTRAL,
        wrong=wrong,
    )
