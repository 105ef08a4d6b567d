"""All issues on a page, and how a new one begins."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Article, Issue, IssueStatus
from newsletter.services import issues, items
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.web.visitors import Visitor


def test_a_new_association_is_told_what_an_issue_is(officer: Visitor) -> None:
    assert "Här finns inga nummer än" in officer.get("/nummer").text


def test_what_is_being_made_comes_before_what_has_gone(
    officer: Visitor, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for title, status in (("Utskickat nummer", IssueStatus.RELEASED), ("Pågående", IssueStatus.DRAFT)):
            issues.create(session, title=title, subject="x", now=NOON).status = status

    page = officer.get("/nummer").text

    assert page.index("Pågående") < page.index("Utskickat nummer")


def test_an_empty_issue_is_made_with_its_days(
    officer: Visitor, sessions: sessionmaker[Session], cast: Cast
) -> None:
    fields = {
        "title": "Juni", "subject": "", "list_slug": "nyhetsbrev", "earlier": "", "deadline": "2030-06-18",
        "planned_for": "2030-06-25",
    }  # fmt: skip

    answer = officer.post_form("/nummer/nytt", fields)

    with sessions() as session:
        [made] = issues.find_all(session)
        assert (made.title, made.subject, str(made.deadline)) == ("Juni", "Juni", "2030-06-18")
    assert answer.headers["location"] == f"/nummer/{made.id}?klart=new"
    assert "Numret finns. Lägg till det första inslaget." in officer.get(answer.headers["location"]).text


def test_the_next_issue_begins_with_the_standing_items_of_the_last(
    officer: Visitor, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        earlier = issues.create(session, title="Maj", subject="Maj", now=NOON).id
        for title in ("Nyhet", "Kontakt"):
            article = Article(title=title, body="x", created_at=NOON, updated_at=NOON)
            session.add(article)
            session.flush()
            items.add(
                session, issue_id=earlier, article_id=article.id, section=title,
                standing=title == "Kontakt", now=NOON,
            )  # fmt: skip
    asked = officer.get(f"/nummer/nytt?fran={earlier}").text
    assert f'selected value="{earlier}"' in asked

    officer.post_form("/nummer/nytt", {"title": "Juni", "list_slug": "nyhetsbrev", "earlier": str(earlier)})

    with sessions() as session:
        made = session.query(Issue).where(Issue.title == "Juni").one()
        assert [item.article.title for item in made.items] == ["Kontakt"]
        assert made.sections == ["Nyhet", "Kontakt"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""}, {"title": "x" * 301}, {"title": "två\nrader"}, {"list_slug": "medlemsmeddelanden"},
        {"list_slug": "ingen"}, {"earlier": "999"}, {"deadline": "2030-07-01", "planned_for": "2030-06-01"},
        {"deadline": "x"},
    ],
)  # fmt: skip
def test_an_issue_that_will_not_do_is_not_made(
    officer: Visitor, sessions: sessionmaker[Session], cast: Cast, wrong: dict[str, str]
) -> None:
    fields = {"title": "Juni", "subject": "", "list_slug": "nyhetsbrev", "earlier": ""}

    answer = officer.post_form("/nummer/nytt", {**fields, **wrong})

    assert answer.status_code == 422
    assert "mistakes" in answer.text
    with sessions() as session:
        assert issues.find_all(session) == []


@pytest.mark.parametrize("earlier", ["x", "999", "-1", "9" * 30])
def test_asking_for_an_earlier_issue_that_is_not_there_begins_empty(officer: Visitor, earlier: str) -> None:
    assert officer.get(f"/nummer/nytt?fran={earlier}").status_code == 200
