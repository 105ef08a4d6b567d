"""What is told before a send is what the send then writes."""

from collections import Counter

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.pace import AT_ONCE
from newsletter.models import Article, DeliveryState, Issue, LeftOutReason
from newsletter.services import forecasts, issues, items, releases, scheduling
from subscribers.core.authority import Everything, SomeRegions
from subscribers.models import Role, RoleName, Subscriber
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows
from tests.newsletter.services.test_corrections import FRAME

ALL = Everything("a test")


def draft(sessions: sessionmaker[Session], *audiences: Audience) -> int:
    with sessions.begin() as session:
        issue = issues.create(session, title="Mars", subject="Mars", now=NOON)
        for number, audience in enumerate(audiences):
            article = Article(
                title=f"Text {number}", body="Hej.", audience=audience, created_at=NOON, updated_at=NOON
            )
            session.add(article)
            session.flush()
            items.add(session, issue_id=issue.id, article_id=article.id, now=NOON)
        return issue.id


def foretold(sessions: sessionmaker[Session], issue_id: int, scope: object = ALL) -> forecasts.Forecast:
    with sessions() as session:
        issue = session.get_one(Issue, issue_id)
        return forecasts.forecast(session, scope=scope, issue=issue, now=NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "audiences",
    [(EVERYONE,), (Audience.of(["skane"]),), (EVERYONE, Audience.of(["norra", "skane"])), ()],
    ids=["everyone", "skane", "both", "nothing"],
)
def test_a_draft_a_scheduled_issue_and_the_ledger_agree(
    sessions: sessionmaker[Session], cast: Cast, audiences: tuple[Audience, ...]
) -> None:
    with sessions.begin() as session:
        session.add(Role(subscriber_id=cast.david, role=RoleName.OFFICER))
        session.get_one(Subscriber, cast.bo).language = "en"
    issue_id = draft(sessions, *audiences)
    before = foretold(sessions, issue_id)
    if not audiences:
        assert before.total == 0
        assert before.left_out[LeftOutReason.NO_CONTENT] == 5
        return
    with sessions.begin() as session:
        scheduling.schedule(
            session, issue_id=issue_id, at=NOON, zone="Europe/Stockholm", frame=FRAME, pace=AT_ONCE, now=NOON
        )
    assert foretold(sessions, issue_id) == before

    with sessions.begin() as session:
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)

    with sessions() as session:
        found = rows(session, issue_id)
        regions = {person.id: person.region_slug or "" for person in session.query(Subscriber)}
    queued = [who for who, row in found.items() if row.state is DeliveryState.QUEUED]
    assert before.letters == Counter(regions[who] for who in queued)
    assert before.left_out == Counter(LeftOutReason(row.why) for row in found.values() if row.why)
    assert before.first == 1  # Cecilia's copy, which David reads


def test_a_lead_is_told_of_the_own_region_only(sessions: sessionmaker[Session], cast: Cast) -> None:
    told = foretold(sessions, draft(sessions, EVERYONE), SomeRegions(frozenset({"skane"})))

    assert told.letters == {"skane": 2}
    assert told.left_out == {LeftOutReason.SHARED_ADDRESS: 1}
