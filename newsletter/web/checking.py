"""An issue's checks before it goes.

GET, HEAD /nummer/{id}/kontroll    every finding, the worst first, each leading to its place
POST      /nummer/{id}/kontroll    ask the pages that its articles link to, then show it again
"""

from fastapi import Request
from starlette.responses import Response

from newsletter.asking import ask_pages
from newsletter.core.preflight.findings import Checked
from newsletter.language import mark, sentence
from newsletter.services import finding_words, issues, preflight
from newsletter.services.issue_states import name_of
from newsletter.web.finding_lines import lines
from newsletter.web.gate import May, Pages
from newsletter.web.pages import TheSite
from newsletter.web.visits import TheVisit
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError

pages = Pages(
    done={
        "länkar": mark("Länkarna är kontrollerade. Svaren gäller i ett dygn."),
        "inga": mark("Det fanns inga nya länkar att kontrollera."),
    }
)


@pages.shows("/nummer/{issue_id:int}/kontroll", to=May(Act.WRITE))
def checks(request: Request, site: TheSite, visit: TheVisit, issue_id: int) -> Response:
    """Show what is wrong with the issue as it stands now, or as it was frozen."""
    visit.must(Act.WRITE)
    wrong, found = "", Checked((), 0)
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        try:
            found = preflight.look(
                session,
                issue,
                frame=site.app.frame(),
                zone=site.app.settings.time_zone,
                now=site.app.now(),
            )
        except NotFound:
            raise
        except SentenceError as error:
            wrong = sentence(error)  # what cannot be rendered is the first thing to mend
        return site.page(
            request,
            "issues/checks.html",
            visit=visit,
            status=422 if wrong else 200,
            issue=issue,
            name=name_of(issue),
            wrong=wrong,
            groups=[
                (severity, name, lines(found, issue_id, severity))
                for severity, name in finding_words.SEVERITIES.items()
            ],
        )


@pages.takes("/nummer/{issue_id:int}/kontroll", to=May(Act.WRITE))
def ask(site: TheSite, visit: TheVisit, issue_id: int) -> Response:
    """Ask at most 200 linked pages whether they are there, each for ten seconds, eight at once."""
    visit.must(Act.WRITE)
    try:
        asked = ask_pages(site.app, issue_id)
    except NotFound:
        raise
    except SentenceError:
        asked = 0  # what cannot be rendered is said by the page itself
    return site.back(f"/nummer/{issue_id}/kontroll", done="länkar" if asked else "inga")
