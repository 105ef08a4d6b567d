"""A member notice is made with its dates, and does not go too late."""

from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core import messages
from newsletter.core.messages import MessageTemplate
from newsletter.errors import IssueError
from newsletter.models import Article, Issue, Variant
from newsletter.rendering.values import Frame
from newsletter.services import issues, items, scheduling
from tests.cast import Cast
from tests.conftest import NOON

FRAME = Frame(
    association="Eken",
    contact="kontakt@eken.example",
    base_url="https://brev.eken.example",
    from_address="brev@eken.example",
)
LAST = date(2030, 3, 14)


@pytest.fixture
def call(sessions: sessionmaker[Session], cast: Cast) -> int:
    """A draft of a call to a meeting, with its text in it."""
    with sessions.begin() as session:
        article = Article(title="Kallelse", body="Vi ses.", created_at=NOON, updated_at=NOON)
        session.add(article)
        session.flush()
        issue = issues.create(
            session,
            title="Kallelse till årsmötet",
            subject="Kallelse till årsmötet",
            list_slug="medlemsmeddelanden",
            record_date=date(2030, 3, 1),
            last_date=LAST,
            now=NOON,
        )
        items.add(session, issue_id=issue.id, article_id=article.id, now=NOON)
        return issue.id


def schedule(session: Session, issue_id: int, at: str) -> None:
    scheduling.schedule(session, issue_id=issue_id, at=at, zone="Europe/Stockholm", frame=FRAME, now=NOON)


def test_the_dates_of_a_notice_are_kept_and_can_be_changed(
    sessions: sessionmaker[Session], call: int
) -> None:
    with sessions.begin() as session:
        issues.change(session, issue_id=call, last_date=LAST + timedelta(days=1), now=NOON)

    with sessions() as session:
        kept = session.get_one(Issue, call)
        assert (kept.record_date, kept.last_date) == (date(2030, 3, 1), date(2030, 3, 15))


def test_a_newsletter_gets_no_dates(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session, pytest.raises(IssueError, match="hör till medlemsmeddelanden"):
        issues.create(session, title="Mars", subject="Mars", last_date=LAST, now=NOON)


def test_a_notice_goes_on_its_last_date_where_the_officer_is_and_not_later(
    sessions: sessionmaker[Session], call: int
) -> None:
    with sessions.begin() as session, pytest.raises(IssueError, match="måste gå senast 2030-03-14"):
        schedule(session, call, "2030-03-15 00:00")

    with sessions.begin() as session:
        schedule(session, call, "2030-03-14 23:59")


def test_a_notice_has_no_list_unsubscribe(sessions: sessionmaker[Session], call: int) -> None:
    with sessions.begin() as session:
        schedule(session, call, "2030-03-14 09:00")

    with sessions() as session:
        stored = session.scalars(select(Variant).where(Variant.issue_id == call)).all()
    assert stored
    for variant in stored:
        template = MessageTemplate.load(variant.template)
        values = dict.fromkeys(messages.SLOTS, "") | {
            messages.TO: "anna@lund.example",
            messages.DATE: "Fri, 01 Mar 2030 13:00:00 +0100",
            messages.MESSAGE_ID: "<a@eken.example>",
            messages.LIST_UNSUBSCRIBE: "<https://brev.eken.example/u/a>",
            messages.PREFERENCES_URL: "https://brev.eken.example/p/a",
        }
        mail = message_from_bytes(template.fill(values), policy=policy.SMTP)
        assert mail["List-Unsubscribe"] is mail["List-Unsubscribe-Post"] is None
        assert mail["List-Id"] is not None
