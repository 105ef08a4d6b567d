"""Warnings pass by somebody who has seen them and says why; what goes by itself asks nobody."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.preflight import passing as core
from newsletter.models import Article, Issue, IssueStatus, PassedWarnings
from newsletter.rendering.values import Frame
from newsletter.services import erasure, issues, items, passing, retention, scheduling, sendings
from newsletter.services.passing import Asked, NotPassed
from newsletter.services.scheduling import Scheduled
from subscribers.core.authority import Everything
from subscribers.services import erasures
from tests.cast import Cast
from tests.conftest import NOON

FRAME = Frame(
    association="Riksföreningen",
    contact="kontakt@forening.example",
    base_url="https://brev.forening.example",
    postal_address="Gatan 1, 111 11 Orten",
    from_address="nyhetsbrev@forening.example",
)
ZONE = "Europe/Stockholm"
EVERYONE = Everything("the test sees all")
TOMORROW = NOON + timedelta(days=1)

Schedule = Callable[..., Scheduled]


@pytest.fixture
def draft(sessions: sessionmaker[Session], cast: Cast) -> int:
    """An issue with one warning: "klicka här" without a link."""
    with sessions.begin() as session:
        issue = issues.create(session, title="Mars", subject="Vårens träffar", preheader="Allt.", now=NOON)
        body = "Klicka här för att anmäla dig till skörden."
        article = Article(title="Skörden", body=body, created_at=NOON, updated_at=NOON)
        session.add(article)
        session.flush()
        items.add(session, issue_id=issue.id, article_id=article.id, now=NOON)
        return issue.id


@pytest.fixture
def schedule(sessions: sessionmaker[Session], draft: int) -> Schedule:
    def run(asked: Asked | None, at: object = TOMORROW) -> Scheduled:
        with sessions.begin() as session:
            return scheduling.schedule(
                session,
                issue_id=draft,
                at=at,  # type: ignore[arg-type]
                zone=ZONE,
                frame=FRAME,
                asked=asked,
                now=NOON,
            )

    return run


def asked(reason: str = "", **more: object) -> Asked:
    return Asked(actor="person p1", reason=reason, **more)  # type: ignore[arg-type]


def status_of(sessions: sessionmaker[Session], issue_id: int) -> IssueStatus:
    with sessions() as session:
        return session.get_one(Issue, issue_id).status


def rows(sessions: sessionmaker[Session]) -> list[PassedWarnings]:
    with sessions() as session:
        return list(session.scalars(select(PassedWarnings).order_by(PassedWarnings.id)))


def test_without_a_reason_the_warnings_come_back_and_nothing_is_kept(
    sessions: sessionmaker[Session], schedule: Schedule, draft: int
) -> None:
    with pytest.raises(NotPassed, match="skriv varför") as refused:
        schedule(asked("  "))

    assert [each.rule for each in refused.value.waiting.findings] == ["link"]
    assert refused.value.waiting.variants == 1
    assert status_of(sessions, draft) is IssueStatus.DRAFT
    assert rows(sessions) == []


def test_a_reason_lets_it_go_and_is_kept_with_what_when_and_who(
    sessions: sessionmaker[Session], schedule: Schedule, cast: Cast, draft: int
) -> None:
    done = schedule(asked(" Det är \n som det ska. ", person_id=cast.anna))

    (row,) = rows(sessions)
    assert (row.reason, row.passed_by, row.passed_by_id, row.at) == (
        "Det är som det ska.",
        "person p1",
        cast.anna,
        NOON,
    )
    (found,) = row.findings
    assert found["rule"] == "link"
    assert "”Skörden” säger ”Klicka här för att anmäla dig till skörden.”" in found["sentence"]
    assert status_of(sessions, draft) is IssueStatus.SCHEDULED
    assert passing.details(done.passed) == {
        "warnings passed because": "Det är som det ska.",
        "warnings": 1,
        "rules": ["link"],
    }


def test_what_goes_by_itself_is_never_held_up_by_a_warning(
    sessions: sessionmaker[Session], schedule: Schedule, draft: int
) -> None:
    assert schedule(None).passed is None

    assert status_of(sessions, draft) is IssueStatus.SCHEDULED
    assert rows(sessions) == []


def test_advice_asks_nothing(sessions: sessionmaker[Session], schedule: Schedule, draft: int) -> None:
    with sessions.begin() as session:
        issue = session.get_one(Issue, draft)
        issue.preheader = ""  # advice
        issue.items[0].article.body = "Ta med stövlar."

    assert schedule(asked()).passed is None


def test_what_was_not_shown_when_the_reason_was_given_is_asked_about(
    sessions: sessionmaker[Session], schedule: Schedule, draft: int
) -> None:
    with pytest.raises(NotPassed) as refused:
        schedule(asked())
    shown = frozenset(map(core.key, refused.value.waiting.findings))
    with sessions.begin() as session:
        session.get_one(Issue, draft).subject = "Re: Vårens träffar"

    with pytest.raises(NotPassed, match="funnit mer") as refused:
        schedule(asked("Det är som det ska.", seen=shown))

    assert refused.value.new == {core.key(each) for each in refused.value.waiting.findings} - shown
    both = frozenset(map(core.key, refused.value.waiting.findings))
    assert len(both) == len(shown) + len(refused.value.new) > len(shown)
    schedule(asked("Det är som det ska.", seen=both | {"0" * 16}))
    assert status_of(sessions, draft) is IssueStatus.SCHEDULED


def test_a_new_time_asks_only_about_what_the_new_day_makes_wrong(
    sessions: sessionmaker[Session], schedule: Schedule, draft: int
) -> None:
    with sessions.begin() as session:
        session.get_one(Issue, draft).items[0].article.expires_on = date(2030, 3, 31)
    schedule(asked("Det är som det ska."))

    assert schedule(asked(), NOON + timedelta(days=2)).passed is None

    with pytest.raises(NotPassed) as refused:
        schedule(asked(), "2030-05-01 09:00")
    assert [each.rule for each in refused.value.waiting.findings] == ["expired"]


def test_a_draft_again_is_asked_about_anew_and_remembers_the_last_reason(
    sessions: sessionmaker[Session], schedule: Schedule, draft: int
) -> None:
    schedule(asked("Det är som det ska."))
    with sessions.begin() as session:
        undone = sendings.undo(session, issue_id=draft, now=NOON).issue
        assert undone.unapproved_because == ""

    with sessions() as session:
        assert passing.kept(session, issue_id=draft) == []
        assert passing.last_reason(session, issue_id=draft) == "Det är som det ska."
    with pytest.raises(NotPassed):
        schedule(asked())


def test_a_reason_goes_with_whoever_gave_it_and_the_findings_after_a_year(
    sessions: sessionmaker[Session], schedule: Schedule, cast: Cast, draft: int
) -> None:
    schedule(asked("Anna sade det.", person_id=cast.anna))
    with sessions.begin() as session:
        session.info[erasures.KEY] = b"k" * 32
        erasure.erase(session, scope=EVERYONE, subscriber_id=cast.anna, actor="x", now=NOON)
    assert [(row.reason, row.passed_by_id) for row in rows(sessions)] == [("", None)]

    later = NOON + timedelta(days=366)
    with sessions.begin() as session:
        assert retention.overdue(session, scope=EVERYONE, now=later)["passed-warnings"] == 0  # it waits yet
        session.get_one(Issue, draft).status = IssueStatus.RELEASED
        assert retention.overdue(session, scope=EVERYONE, now=later)["passed-warnings"] == 1
        assert retention.carry_out(session, scope=EVERYONE, by_hand=False, now=later)["passed-warnings"] == 1
    assert rows(sessions) == []
