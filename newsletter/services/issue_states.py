"""An issue's row, locked, and the state that it is in: nobody acts on a state that another is changing."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core import issues as rules
from newsletter.core.audiences import Audience
from newsletter.language import _
from newsletter.models import Issue, IssueKind, IssueStatus
from subscribers.errors import NotFound
from subscribers.models import ListPurpose


def locked(session: Session, issue_id: int) -> Issue:
    """Return the issue as it is now, with its row locked until the transaction ends. Raises ``NotFound``."""
    issue = session.scalar(
        select(Issue).where(Issue.id == issue_id).with_for_update().execution_options(populate_existing=True)
    )
    if issue is None:
        raise unknown(str(issue_id))
    return issue


def move(session: Session, issue_id: int, action: str, now: datetime) -> Issue:
    """Lock an issue and do one of ``core.issues.ALLOWED``. Raises ``IssueError``, ``NotFound``."""
    issue = locked(session, issue_id)
    check(issue, action)
    issue.status = IssueStatus(rules.LEADS_TO[action])
    issue.updated_at = now
    return issue


def check(issue: Issue, action: str) -> None:
    """Raise ``IssueError`` unless it may be done to the issue in the state that it is in."""
    rules.check_allowed(action, issue.status.value, name=name_of(issue))


def name_of(issue: Issue) -> str:
    """Return what people call an issue: ``Nyhetsbrevet 12/2026``, ``Rättelse av Nyhetsbrevet 12/2026``.

    A letter to one region is called by its subject: its number would tell how many others have written.
    """
    name = f"{issue.mailing_list.name} {issue.number}/{issue.year}"
    if is_of_one_region(issue):
        name = f"{issue.mailing_list.name}: {corrected(issue).subject}"
    return _("Rättelse av {issue}").format(issue=name) if issue.kind is IssueKind.CORRECTION else name


def is_of_one_region(issue: Issue) -> bool:
    """Tell whether an issue is a regional letter to the people of one region, or corrects one."""
    regional = issue.mailing_list.purpose is ListPurpose.REGIONAL_LETTERS
    return regional and len(meant_for(issue).regions or ()) == 1


def meant_for(issue: Issue) -> Audience:
    """Return whom an issue is for, to those who look at it.

    A correction is for whom the faulty issue was. Its own audience is everyone: it must reach those who have
    moved to another region since.
    """
    return corrected(issue).audience


def corrected(issue: Issue) -> Issue:
    """Return the issue that this one corrects; itself, for all but corrections."""
    return issue.corrects if issue.corrects_id is not None and issue.corrects is not None else issue


def unknown(reference: str) -> NotFound:
    """Build the answer for an issue that does not exist."""
    return NotFound(
        "Det finns inget nummer {issue}. Ange ett id, eller nummer och år som 12/2026.", issue=reference
    )
