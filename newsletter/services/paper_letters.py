"""A member notice on paper for those whom mail does not reach: each with the text that their mail has.

notices.account | on paper | previews.reader | previews.preview -> PaperLetter, for ``rendering.letters``
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from newsletter.rendering.values import Frame, PaperLetter
from newsletter.services import issues, notices, previews
from subscribers.core.authority import Scope


def written(
    session: Session,
    *,
    scope: Scope,
    issue_id: int,
    also_waiting: bool,
    frame: Frame,
    today: date,
    now: datetime,
) -> Sequence[PaperLetter]:
    """Return a letter for each member of the scope who is to get one, in Swedish order of names.

    ``also_waiting``: those, too, whose mail is on its way. ``today`` is the date in the association's zone.
    Raises ``IssueError`` for what is no notice or holds nothing for a member's region, ``NotFound``.
    """
    account = notices.account(session, scope=scope, issue_id=issue_id, today=today)
    issue = issues.get(session, issue_id)
    found = []
    for member in account.on_paper(also_waiting=also_waiting):
        who = previews.reader(session, issue, scope=scope, subscriber_id=member.subscriber_id, now=now)
        found.append(PaperLetter(member, previews.preview(session, issue, who, frame=frame, now=now).text))
    return found
