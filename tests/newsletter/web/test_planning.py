"""The year plan on its page: days, breaks, and the next issue from the last."""

from datetime import date

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Break, Issue
from newsletter.services import issues, plans
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.web.visitors import Visitor


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    with sessions.begin() as session:
        return issues.create(session, title="Juninumret", subject="Juni", now=NOON).id


def test_an_empty_year_says_what_to_do_first(officer: Visitor) -> None:
    assert "Inget är planerat 2031" in officer.get("/arsplan?ar=2031").text


@pytest.mark.parametrize("year", ["x", "0", "1999", "99999", "-1", ""])
def test_a_year_that_makes_no_sense_is_this_one(officer: Visitor, year: str) -> None:
    assert officer.get(f"/arsplan?ar={year}").status_code == 200


def test_an_issue_gets_its_days(officer: Visitor, sessions: sessionmaker[Session], issue_id: int) -> None:
    fields = {
        "issue": issue_id, "year": "2030", f"n{issue_id}-deadline": "2030-06-18",
        f"n{issue_id}-planned_for": "2030-06-25",
    }  # fmt: skip

    answer = officer.post_form("/arsplan/nummer", fields)

    assert answer.headers["location"] == "/arsplan?klart=dates&ar=2030"
    with sessions() as session:
        issue = session.get_one(Issue, issue_id)
        assert (issue.deadline, issue.planned_for) == (date(2030, 6, 18), date(2030, 6, 25))


@pytest.mark.parametrize(
    ("deadline", "planned", "told"),
    [
        ("2030-07-01", "2030-06-25", "ligger efter dagen"),
        ("i juni", "2030-06-25", ""),
        ("0001-01-01", "", "årtal"),
    ],
)
def test_days_that_will_not_do_are_explained_and_change_nothing(
    officer: Visitor, sessions: sessionmaker[Session], issue_id: int, deadline: str, planned: str, told: str
) -> None:
    fields = {
        "issue": issue_id, "year": "2030", f"n{issue_id}-deadline": deadline,
        f"n{issue_id}-planned_for": planned,
    }  # fmt: skip

    answer = officer.post_form("/arsplan/nummer", fields)

    assert answer.status_code == 422
    assert told in answer.text
    with sessions() as session:
        assert session.get_one(Issue, issue_id).deadline is None


def test_an_issue_that_is_not_there_is_not_planned(officer: Visitor) -> None:
    for wanted in ("999", "x", ""):
        assert officer.post_form("/arsplan/nummer", {"issue": wanted}).status_code == 404


def test_a_break_is_put_in_shown_and_taken_away(
    officer: Visitor, sessions: sessionmaker[Session], issue_id: int
) -> None:
    with sessions.begin() as session:
        plans.set_dates(session, issue_id=issue_id, deadline=date(2030, 7, 3), planned_for=None, now=NOON)
    july = {
        "do": "add",
        "year": "2030",
        "name": "Juli <3",
        "starts_on": "2030-07-01",
        "ends_on": "2030-07-31",
    }

    assert officer.post_form("/arsplan/uppehall", july).status_code == 303

    page = officer.get("/arsplan?ar=2030").text
    assert "Juli &lt;3" in page
    assert "Ligger i ett uppehåll" in page
    with sessions() as session:
        [made] = plans.breaks(session)
    gone = officer.post_form("/arsplan/uppehall", {"do": "remove", "break": made.id, "year": "2030"})
    assert gone.status_code == 303
    again = officer.post_form("/arsplan/uppehall", {"do": "remove", "break": made.id, "year": "2030"})
    assert again.status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 200}, {"starts_on": ""}, {"ends_on": "2030-06-01"}, {"ends_on": "31 juli"}],
)
def test_a_break_that_will_not_do_comes_back_as_it_was_written(
    officer: Visitor, sessions: sessionmaker[Session], wrong: dict[str, str]
) -> None:
    july = {"do": "add", "name": "Juli", "starts_on": "2030-07-01", "ends_on": "2030-07-31"}

    answer = officer.post_form("/arsplan/uppehall", {**july, **wrong})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    with sessions() as session:
        assert session.query(Break).count() == 0
