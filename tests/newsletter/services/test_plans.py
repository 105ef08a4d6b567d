"""The officer plans a year: when texts must be in, when issues go, and when nobody is reminded."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import Audience
from newsletter.errors import IssueError
from newsletter.models import Article, ArticleStatus, Issue, IssueStatus, ItemForm
from newsletter.services import issues, items, plans, sections
from subscribers.errors import NotFound
from tests.conftest import NOON

JUNE, JULY, AUGUST = date(2030, 6, 18), date(2030, 7, 15), date(2030, 8, 1)


def create(session: Session, **more: Any) -> Issue:
    return issues.create(session, **({"title": "Juni", "subject": "Juni", "now": NOON} | more))


def test_an_issue_has_a_last_day_for_texts_and_a_day_to_go(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        issue = create(session)
        plans.set_dates(session, issue_id=issue.id, deadline=JUNE, planned_for=JULY, now=NOON)

    with sessions() as session:
        kept = session.get_one(Issue, issue.id)
        assert (kept.deadline, kept.planned_for) == (JUNE, JULY)
        assert plans.day_of(kept) == JULY


def test_texts_cannot_come_after_the_issue(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        issue = create(session)
        with pytest.raises(IssueError, match="efter dagen"):
            plans.set_dates(session, issue_id=issue.id, deadline=JULY, planned_for=JUNE, now=NOON)
        with pytest.raises(IssueError, match="årtal"):
            plans.set_dates(session, issue_id=issue.id, deadline=date(1, 1, 1), planned_for=None, now=NOON)


@pytest.mark.parametrize("status", [IssueStatus.RELEASED, IssueStatus.CANCELLED])
def test_what_is_over_is_planned_no_more(sessions: sessionmaker[Session], status: IssueStatus) -> None:
    with sessions.begin() as session:
        issue = create(session)
        issue.status = status
        with pytest.raises(IssueError, match="planeras inte"):
            plans.set_dates(session, issue_id=issue.id, deadline=None, planned_for=JUNE, now=NOON)


def test_the_time_it_is_scheduled_for_counts_before_the_plan(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        issue = create(session)
        issue.planned_for, issue.send_at, issue.send_zone = JULY, NOON, "Europe/Stockholm"

        assert plans.day_of(issue) == date(2030, 3, 1)


def test_the_next_issue_is_the_newsletter_that_goes_first_of_those_that_have_not_gone(
    sessions: sessionmaker[Session],
) -> None:
    with sessions.begin() as session:
        assert plans.coming(session) is None
        undated, later, sooner, gone, other = (
            create(session), create(session), create(session), create(session),
            create(session, list_slug="inbjudningar"),
        )  # fmt: skip
        later.planned_for, sooner.planned_for, other.planned_for = AUGUST, JULY, JUNE
        gone.planned_for, gone.status = JUNE, IssueStatus.RELEASED

        assert plans.coming(session) is sooner
        sooner.status = IssueStatus.CANCELLED
        assert plans.coming(session) is later
        later.status = IssueStatus.CANCELLED
        assert plans.coming(session) is undated


def test_a_year_holds_its_issues_in_the_order_in_which_they_go(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        first, second = create(session), create(session)
        first.planned_for, second.planned_for = AUGUST, JUNE
        create(session, year=2031)
        january = create(session, year=2031)
        january.planned_for = date(2030, 12, 30)

        assert list(plans.of_year(session, year=2030)) == [second, first, january]


def test_nobody_is_reminded_in_a_break(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        made = plans.add_break(session, name=" Juli ", starts_on=date(2030, 7, 1), ends_on=date(2030, 7, 31))

        days = (date(2030, 6, 30), date(2030, 7, 1), JULY, date(2030, 7, 31), AUGUST)
        assert [plans.is_break(session, day) for day in days] == [False, True, True, True, False]
        assert [each.name for each in plans.breaks(session)] == ["Juli"]

        plans.remove_break(session, break_id=made.id)
        assert not plans.is_break(session, JULY)
        with pytest.raises(NotFound):
            plans.remove_break(session, break_id=made.id)


@pytest.mark.parametrize(
    ("name", "starts", "ends"),
    [("", JUNE, JULY), ("x\ny", JUNE, JULY), ("x" * 121, JUNE, JULY), ("Juli", JULY, JUNE)],
)
def test_a_break_has_a_name_and_ends_after_it_begins(
    sessions: sessionmaker[Session], name: str, starts: date, ends: date
) -> None:
    with sessions.begin() as session, pytest.raises(IssueError):
        plans.add_break(session, name=name, starts_on=starts, ends_on=ends)


def test_a_new_issue_from_the_last_has_its_sections_and_standing_items_and_nothing_else(
    sessions: sessionmaker[Session],
) -> None:
    skane = Audience.of(["skane"])
    with sessions.begin() as session:
        articles = [
            Article(title=title, body="x", created_at=NOON, updated_at=NOON)
            for title in ("Stående", "Nyhet", "Arkiverad", "Kontakt")
        ]
        session.add_all(articles)
        session.flush()
        standing, news, archived, contact = (article.id for article in articles)
        earlier = create(session, preheader="Förra")
        for article, section, is_standing in (
            (news, "Nyheter", False), (standing, "Regionerna", True), (archived, "Regionerna", True),
            (contact, "", True),
        ):  # fmt: skip
            items.add(
                session, issue_id=earlier.id, article_id=article, section=section, form=ItemForm.TEASER,
                audience=skane, standing=is_standing, now=NOON,
            )  # fmt: skip
        sections.add(session, issue_id=earlier.id, name="Tomt", now=NOON)
        articles[2].status = ArticleStatus.ARCHIVED

        made = plans.follow(session, issue_id=earlier.id, title="Juli", subject="Juli", now=NOON)

        assert (made.number, made.title, made.preheader) == (earlier.number + 1, "Juli", "")
        assert made.sections == ["Nyheter", "Regionerna", "Tomt"]
        assert [(each.position, each.article.title, each.section) for each in made.items] == [
            (1, "Stående", "Regionerna"), (2, "Kontakt", ""),
        ]  # fmt: skip
        assert {(each.form, each.audience, each.standing) for each in made.items} == {
            (ItemForm.TEASER, skane, True)
        }
        assert made.deadline is made.planned_for is made.send_at is None
