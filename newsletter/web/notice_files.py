"""What of a notice is taken home: letters and labels for the post, lists, and the proof of notice.

POST /kallelser/{id}/brev.pdf             letters for window envelopes, one a member
POST /kallelser/{id}/etiketter.pdf        address labels, 3 x 8 a sheet
POST /kallelser/{id}/adresser.xlsx        everybody who needs paper, and why
POST /kallelser/{id}/adresser.csv         the same as text
POST /kallelser/{id}/kallelsebevis.pdf    the proof, to sign
POST /kallelser/{id}/kallelsebevis.json   the same as data, whose digest stands in the PDF

Forms, since the log keeps who took them, and looking writes nothing. A lead gets the own region's.
What writes PDFs and workbooks is imported where it is used: it takes longer than all other pages together.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from newsletter.core import proofs as data
from newsletter.core.notices import Member
from newsletter.errors import IssueError
from newsletter.services import notices, paper_letters
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.notices import MOST_LETTERS, the_notice
from newsletter.web.pages import Site, TheSite
from newsletter.web.rows import TheIssue
from newsletter.web.tables import attached, csv_file, defused
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.services import acts

if TYPE_CHECKING:
    from newsletter.rendering.proofs import Proof

pages = Pages()

_PDF = "application/pdf"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.takes("/kallelser/{issue_id}/brev.pdf", to=May(Act.EXPORT))
def paper(site: TheSite, visit: TheVisit, form: TheForm, issue_id: TheIssue) -> Response:
    """Write a letter for each who needs one."""
    from newsletter.rendering import letters

    now, settings = site.app.now(), site.app.current()
    with site.app.sessions.begin() as session:
        members = _members(session, site, visit, form, issue_id)
        if len(members) > MOST_LETTERS:
            raise IssueError(
                "{count} brev är för många att skriva medan någon väntar vid sidan. "
                "Be den som sköter servern skriva dem: rundbrev notices letters {id} --out MAPP.",
                count=len(members),
                id=issue_id,
            )
        written = paper_letters.written(
            session, scope=visit.scope, issue_id=issue_id, also_waiting=_waiting(form),
            frame=site.app.frame(), today=site.today(), now=now,
        )  # fmt: skip
        _log(session, visit, issue_id, "letters", len(written), now)
    content = letters.write(
        written, association=settings.association_name, dated=now, zone=settings.time_zone
    )
    return Response(content, media_type=_PDF, headers=attached("brev.pdf"))


@pages.takes("/kallelser/{issue_id}/etiketter.pdf", to=May(Act.EXPORT))
def stickers(site: TheSite, visit: TheVisit, form: TheForm, issue_id: TheIssue) -> Response:
    """Write address labels."""
    from newsletter.rendering import labels

    members = _taken(site, visit, form, issue_id, "labels")
    content = labels.labels(members, dated=site.app.now())
    return Response(content, media_type=_PDF, headers=attached("etiketter.pdf"))


@pages.takes("/kallelser/{issue_id}/adresser.xlsx", to=May(Act.EXPORT))
def workbook(site: TheSite, visit: TheVisit, form: TheForm, issue_id: TheIssue) -> Response:
    """Write the list as a workbook."""
    from newsletter.rendering import labels

    members = _taken(site, visit, form, issue_id, "addresses")
    return Response(labels.spreadsheet(members), media_type=_XLSX, headers=attached("adresser.xlsx"))


@pages.takes("/kallelser/{issue_id}/adresser.csv", to=May(Act.EXPORT))
def table(site: TheSite, visit: TheVisit, form: TheForm, issue_id: TheIssue) -> Response:
    """Write the list as text."""
    from newsletter.rendering import labels

    members = _taken(site, visit, form, issue_id, "addresses")
    return csv_file("adresser.csv", defused(labels.table(members)))


@pages.takes("/kallelser/{issue_id}/kallelsebevis.pdf", to=May(Act.EXPORT))
def proof(site: TheSite, visit: TheVisit, issue_id: TheIssue) -> Response:
    """Write the proof, to sign."""
    from newsletter.rendering import proofs

    drawn = _proof(site, visit, issue_id)[0]
    return Response(proofs.write(drawn), media_type=_PDF, headers=attached("kallelsebevis.pdf"))


@pages.takes("/kallelser/{issue_id}/kallelsebevis.json", to=May(Act.EXPORT))
def proof_as_data(site: TheSite, visit: TheVisit, issue_id: TheIssue) -> Response:
    """Write the proof as data: the same facts give the same bytes."""
    facts = _proof(site, visit, issue_id)[1]
    return Response(facts, media_type="application/json", headers=attached("kallelsebevis.json"))


def _taken(site: Site, visit: Visit, form: TheForm, issue_id: int, what: str) -> Sequence[Member]:
    with site.app.sessions.begin() as session:
        members = _members(session, site, visit, form, issue_id)
        _log(session, visit, issue_id, what, len(members), site.app.now())
    return members


def _members(session: Any, site: Site, visit: Visit, form: TheForm, issue_id: int) -> Sequence[Member]:
    issue = the_notice(session, visit, issue_id)
    account = notices.account(session, scope=visit.scope, issue_id=issue.id, today=site.today())
    return account.on_paper(also_waiting=_waiting(form))


def _waiting(form: TheForm) -> bool:
    return form.get("waiting") == "yes"


def _proof(site: Site, visit: Visit, issue_id: int) -> "tuple[Proof, bytes]":
    """Draw up the proof, which is about all members, and log that somebody took it."""
    from newsletter.rendering.proofs import Proof

    visit.must(Act.EXPORT)
    settings, now = site.app.current(), site.app.now()
    with site.app.sessions.begin() as session:
        issue = the_notice(session, visit, issue_id)
        account = notices.account(session, scope=visit.scope, issue_id=issue.id, today=site.today())
        facts = data.write(account, association=settings.association_name)
        _log(session, visit, issue_id, "proof", len(account.members), now, sha256=data.digest(facts))
    drawn = Proof(account, settings.association_name, data.digest(facts), now, settings.time_zone)
    return drawn, facts


def _log(
    session: Any, visit: Visit, issue_id: int, what: str, people: int, now: datetime, **more: str
) -> None:
    """Write down that personal data left the register as a file."""
    details = {"what": what, "people": people, **more}
    acts.log(session, actor=visit.actor, act="export", subject=f"issue {issue_id}", details=details, now=now)
