"""What stands in the archive: opened for a list, and an issue taken out of it or put back, by an officer.

POST /listor/arkiv          opens and closes a list's archive
POST /utskick/{id}/arkiv    takes one issue out, or puts it back
"""

from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.services import archive, issues
from newsletter.web import numbers
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import TheSite
from newsletter.web.rows import TheIssue
from newsletter.web.visits import TheVisit
from subscribers.core.authority import Act
from subscribers.models import Archive
from subscribers.services import acts, lists

pages = Pages()

_DONE = {Archive.CLOSED: "arkivet-stangt", Archive.LINKED: "arkivet-lankat"}


@pages.takes("/listor/arkiv", to=May(Act.SEND))
def of_list(site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Open or close the archive of a list."""
    visit.must(Act.SEND)  # for the whole association: no regional lead decides this
    list_id = numbers.whole(form.get("list", ""))
    wanted = next((each for each in Archive if each.value == form.get("archive")), None)
    if list_id is None or wanted is None:
        raise HTTPException(400)
    now = site.app.now()
    with site.app.sessions.begin() as session:
        if lists.set_archive(session, list_id=list_id, archive=wanted):
            name = lists.get(session, list_id=list_id).slug
            details = {"archive": wanted.value}
            acts.log(
                session, actor=visit.actor, act="archive of list", subject=name, details=details, now=now
            )
    return site.back("/listor", done=_DONE.get(wanted, "arkivet-oppet"))


@pages.takes("/utskick/{issue_id}/arkiv", to=May(Act.SEND))
def of_issue(site: TheSite, visit: TheVisit, form: TheForm, issue_id: TheIssue) -> Response:
    """Take an issue out of the archive, or put it back."""
    visit.must(Act.SEND)
    out = form.get("do") == "out"
    if not out and form.get("do") != "in":
        raise HTTPException(400)
    now = site.app.now()
    with site.app.sessions.begin() as session:
        issue = issues.get(session, issue_id)
        if archive.keep_out(session, issue_id=issue_id, out=out):
            act = "out of archive" if out else "into archive"
            subject = f"issue {issue.id}, {issues.name_of(issue)}"[:200]
            acts.log(session, actor=visit.actor, act=act, subject=subject, now=now)
    return site.back(f"/utskick/{site.key(visit, issue_id)}", done="ur-arkivet" if out else "i-arkivet")
