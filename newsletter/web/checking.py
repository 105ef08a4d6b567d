"""An issue's checks before it goes.

GET, HEAD /nummer/{id}/kontroll    every finding, the worst first, each leading to its place
"""

from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from newsletter.core.preflight.findings import Finding, Place
from newsletter.language import _, sentence
from newsletter.services import finding_words, issues, preflight
from newsletter.services.issue_states import name_of
from newsletter.web.gate import May, Pages
from newsletter.web.pages import TheSite
from newsletter.web.visits import TheVisit
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError

pages = Pages()

#: Where a finding about an article is mended on its own page; the rest is mended in the issue.
_OF_ARTICLE = {
    Place.TITLE: "title",
    Place.LEAD: "lead",
    Place.BODY: "body",
    Place.PICTURES: "pictures",
    Place.ATTACHMENTS: "attachments",
    Place.BYLINE: "byline_name",
}
_OF_ISSUE = {Place.SUBJECT: "subject", Place.PREHEADER: "preheader"}


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as the page shows it. ``leads_to`` is an address within our pages, "" where none helps."""

    rule: str
    sentence: str
    where: str
    leads_to: str
    leads: str


@pages.shows("/nummer/{issue_id:int}/kontroll", to=May(Act.WRITE))
def checks(request: Request, site: TheSite, visit: TheVisit, issue_id: int) -> Response:
    """Show what is wrong with the issue as it stands now, or as it was frozen."""
    visit.must(Act.WRITE)
    wrong, found = "", list[Finding]()
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        try:
            found = preflight.check(
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
                (severity, name, [_line(each, issue_id) for each in found if each.severity is severity])
                for severity, name in finding_words.SEVERITIES.items()
            ],
        )


def _line(finding: Finding, issue_id: int) -> Line:
    to, leads = _place(finding, issue_id)
    return Line(finding.rule, finding_words.said(finding), finding_words.where(finding), to, leads)


def _place(finding: Finding, issue_id: int) -> tuple[str, str]:
    if finding.article_id is not None and finding.place in _OF_ARTICLE:
        return f"artiklar/{finding.article_id}#{_OF_ARTICLE[finding.place]}", _("Till artikeln")
    if finding.article_id is not None:
        return f"nummer/{issue_id}#inslag-{finding.article_id}", _("Till inslaget")
    if finding.place in _OF_ISSUE:
        return f"nummer/{issue_id}#{_OF_ISSUE[finding.place]}", _("Ändra")
    if finding.place is Place.SETTINGS:
        return "forening", _("Till föreningens uppgifter")
    return (f"nummer/{issue_id}", _("Till numret")) if finding.place is Place.ITEMS else ("", "")
