"""Trial letters of an issue, to oneself or to people by name.

GET, HEAD /nummer/{id}/prov     which versions, and to whom; ``lasare`` searches for a person
POST      /nummer/{id}/prov     sends them
"""

from collections.abc import Sequence

from fastapi import Request
from starlette.responses import Response

from newsletter.language import mark, sentence
from newsletter.services import issues, trial_letters, variants
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.looks import number
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act, OnePerson
from subscribers.errors import NotFound, SentenceError
from subscribers.services import members

pages = Pages(done={"prov": mark("Provbreven är på väg. De kommer inom någon minut.")})

_MOST_FOUND = 8


@pages.shows("/nummer/{issue_id:int}/prov", to=May(Act.WRITE))
def ask(request: Request, site: TheSite, visit: TheVisit, issue_id: int, lasare: str = "") -> Response:
    """Show the form."""
    chosen = [each for each in map(number, request.query_params.getlist("till")) if each]
    return _page(request, site, visit, issue_id, search=lasare, people=chosen)


@pages.takes("/nummer/{issue_id:int}/prov", to=May(Act.WRITE))
def send(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Queue the letters."""
    visit.must(Act.WRITE)
    people = [each for each in map(number, form.getlist("till")) if each]
    try:
        with site.app.sessions.begin() as session:
            trial_letters.send(
                session,
                scope=visit.scope,
                issue=issues.get(session, issue_id),
                people=people,
                regions=form.getlist("version"),
                frame=site.app.frame(),
                actor=visit.actor,
                now=site.app.now(),
            )
    except NotFound:
        raise
    except SentenceError as error:
        return _page(
            request,
            site,
            visit,
            issue_id,
            people=people,
            versions=form.getlist("version"),
            wrong=sentence(error),
            status=422,
        )
    return site.back(f"/nummer/{issue_id}/prov", done="prov")


def _page(
    request: Request,
    site: Site,
    visit: Visit,
    issue_id: int,
    *,
    search: str = "",
    people: Sequence[int] = (),
    versions: Sequence[str] | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    visit.must(Act.WRITE)
    search = search.strip()[:200]
    me = visit.person_id
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        offered = {me: members.get(session, scope=OnePerson(me), subscriber_id=me)}
        for each in people:
            offered[each] = members.get(session, scope=visit.scope, subscriber_id=each)
        found = members.find(session, scope=visit.scope, text=search, limit=_MOST_FOUND) if search else []
        planned = [(one.regions[0], one.name) for one in variants.planned(session, issue)]
        return site.page(
            request,
            "issues/trial.html",
            status=status,
            visit=visit,
            issue=issue,
            name=issues.name_of(issue),
            planned=planned,
            chosen=versions if versions is not None else [slug for slug, _name in planned[:1]],
            people=list(offered.values()),
            to=set(people) or {me},
            found=[person for person in found if person.id not in offered],
            search=search,
            wrong=wrong,
        )
