"""What somebody should see to is told to whom it concerns, and to nobody else."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.models import Article, Delivery, DeliveryState, Issue, IssueStatus
from newsletter.services import attention, issues, items
from newsletter.services.attention import Kind
from subscribers.core.authority import Everything, OnePerson, SomeRegions
from subscribers.models import RoleName, Subscriber
from subscribers.services import roles
from tests.cast import Cast
from tests.conftest import NOON
from tests.office import crowd

ALL = Everything("the tests look at everything")
SKANE = SomeRegions(frozenset({"skane"}))
TODAY = date(2030, 3, 1)


def issue(session: Session, status: IssueStatus, audience: Audience = EVERYONE) -> Issue:
    made = issues.create(session, title="Ett", subject="Ett", audience=audience, now=NOON)
    made.status = status
    session.flush()
    return made


def kinds(session: Session, scope: attention.Scope) -> list[Kind]:
    return [each.kind for each in attention.matters(session, scope=scope, today=TODAY)]


def test_a_missed_issue_concerns_those_whom_it_is_for(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        issue(session, IssueStatus.MISSED, Audience.of(["norra"]))

        assert Kind.MISSED in kinds(session, ALL)
        assert kinds(session, SKANE) == []
        assert kinds(session, SomeRegions(frozenset({"norra"}))) == [Kind.MISSED]
        assert kinds(session, OnePerson(cast.bo)) == []


@pytest.mark.parametrize("scope", [ALL, SKANE])
def test_unknown_letters_are_found_without_reading_the_ledger(
    sessions: sessionmaker[Session], cast: Cast, scope: attention.Scope
) -> None:
    with sessions.begin() as session:
        gone = issue(session, IssueStatus.RELEASED).id
        crowd(session, [f"p{number}" for number in range(500)], now=NOON)
        for person in session.scalars(select(Subscriber.id)):
            session.add(Delivery(issue_id=gone, subscriber_id=person, state=DeliveryState.ACCEPTED))
        session.flush()
        session.execute(text("ANALYZE"))
        dialect = session.get_bind().dialect
        asked = attention._unknown_letters(scope).compile(
            dialect=dialect, compile_kwargs={"literal_binds": True}
        )
        how = "EXPLAIN QUERY PLAN" if dialect.name == "sqlite" else "EXPLAIN"

        plan = "\n".join(str(row) for row in session.execute(text(f"{how} {asked}")))

        assert "ix_deliveries_unknown" in plan


def test_unknown_letters_are_counted_within_the_scope(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        gone = issue(session, IssueStatus.RELEASED)
        for person in (cast.anna, cast.bo):
            session.add(Delivery(issue_id=gone.id, subscriber_id=person, state=DeliveryState.UNKNOWN))
        session.flush()

        def counts(scope: attention.Scope) -> list[int]:
            found = attention.matters(session, scope=scope, today=TODAY)
            return [each.facts["count"] for each in found if each.kind is Kind.UNKNOWN]

        assert (counts(ALL), counts(SKANE), counts(SomeRegions(frozenset({"vast"})))) == ([2], [1], [])


def test_an_article_that_expires_before_the_next_issue_goes_is_told(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        coming = issue(session, IssueStatus.DRAFT)
        coming.planned_for = TODAY + timedelta(days=10)
        for title, days, region in (("Gammal", 9, "norra"), ("Samma dag", 10, "norra"), ("Ny", 99, "norra")):
            article = Article(
                title=title,
                body="x",
                expires_on=TODAY + timedelta(days=days),
                created_at=NOON,
                updated_at=NOON,
            )
            session.add(article)
            session.flush()
            items.add(
                session, issue_id=coming.id, article_id=article.id, audience=Audience.of([region]), now=NOON
            )

        told = [
            each for each in attention.matters(session, scope=ALL, today=TODAY) if each.kind is Kind.EXPIRED
        ]

        assert [(each.facts["title"], each.path) for each in told] == [("Gammal", f"/nummer/{coming.id}")]
        assert Kind.EXPIRED not in kinds(session, SKANE)


def test_roles_that_end_are_for_whoever_sees_everything(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        roles.give(
            session, scope=ALL, subscriber_id=cast.anna, role=RoleName.REGIONAL_LEAD, region="skane",
            ends_on=TODAY + timedelta(days=5),
        )  # fmt: skip

        assert kinds(session, ALL) == [Kind.ROLE_ENDS, Kind.ONE_ADMINISTRATOR, Kind.NO_LEAD]
        assert kinds(session, SKANE) == []
