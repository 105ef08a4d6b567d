"""Who sent an issue: the log of what people did knows them by their pseudonym."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from newsletter.models import Issue
from subscribers.models import Act

_BEFORE = "person "


def pseudonym(session: Session, issue: Issue) -> str:
    """Return the pseudonym of whoever scheduled an issue last; "" where no person did, or nobody knows."""
    subject = f"issue {issue.id}"
    named = or_(Act.subject == subject, Act.subject.startswith(f"{subject},", autoescape=True))
    newest = (
        select(Act.actor)
        .where(Act.act == "schedule", Act.at >= issue.created_at, named)
        .order_by(Act.id.desc())
        .limit(1)
    )
    actor = session.scalar(newest) or ""
    return actor.removeprefix(_BEFORE) if actor.startswith(_BEFORE) else ""
