"""Issues that have gone, with real letters, for tests of the archive."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.core.audiences import Audience
from newsletter.models import Article, DeliveryState, Issue, IssueStatus, Item
from newsletter.rendering.values import Frame
from newsletter.services import releases, variants
from subscribers.core.authority import Everything
from subscribers.models import Archive, ListPurpose, MailingList
from tests.letterpress import rows

AGO = timedelta(hours=3)


def newsletter_of(session: Session, purpose: ListPurpose = ListPurpose.NEWSLETTER) -> MailingList:
    return session.scalars(select(MailingList).where(MailingList.purpose == purpose)).one()


def drafted(
    session: Session,
    *articles: tuple[str, Audience],
    now: datetime,
    purpose: ListPurpose = ListPurpose.NEWSLETTER,
    **more: object,
) -> Issue:
    """Write a draft of articles, each with its title, a body that repeats it, and whom it is for."""
    made = newsletter_of(session, purpose)
    last = session.scalar(select(func.max(Issue.number)).where(Issue.list_id == made.id)) or 0
    number = last + 1
    issue = Issue(
        mailing_list=made, year=now.year, number=number, title=f"Nummer {number} om fyrar",
        subject=f"Nummer {number}", status=IssueStatus.DRAFT, created_at=now, updated_at=now,
        items=[
            Item(
                article=Article(title=title, body=f"Om {title}. Slut.", created_at=now, updated_at=now),
                position=place, audience=audience,
            )
            for place, (title, audience) in enumerate(articles, start=1)
        ],
        **more,
    )  # fmt: skip
    session.add(issue)
    session.flush()
    return issue


def planned(session: Session, issue: Issue, *, frame: Frame, now: datetime) -> Issue:
    """Freeze a draft and give it its time."""
    variants.freeze(session, issue, frame=frame, now=now)
    issue.status, issue.send_at, issue.send_zone = IssueStatus.SCHEDULED, now, "Europe/Stockholm"
    issue.send_wall_time = f"{now:%Y-%m-%d %H:%M}"
    session.flush()
    return issue


def gone(session: Session, issue: Issue, *, frame: Frame, at: datetime) -> Issue:
    """Let an issue have gone to all whom it reaches."""
    planned(session, issue, frame=frame, now=at)
    releases.release(session, scope=Everything("a test"), issue_id=issue.id, now=at)
    for row in rows(session, issue.id).values():
        if row.state is DeliveryState.QUEUED:
            row.state, row.claimed_at = DeliveryState.ACCEPTED, at
    session.flush()
    return issue


def key_of(issue: Issue) -> str:
    return f"{issue.mailing_list.slug}-{issue.year}-{issue.number}"


def sent(app: App, *articles: tuple[str, Audience], archive: Archive = Archive.UNLISTED) -> str:
    """Let an issue of these articles have gone, and open the archive; return its key."""
    at = app.now() - AGO
    with app.sessions.begin() as session:
        newsletter_of(session).archive = archive
        return key_of(gone(session, drafted(session, *articles, now=at), frame=app.frame(), at=at))
