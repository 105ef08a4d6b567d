"""Trial letters from the officer's page, until they lie in the sink."""

import pytest
from sqlalchemy import select

from newsletter.app import App
from newsletter.models import Article, Note
from newsletter.services import issues, items
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor


@pytest.fixture
def draft(app: App, cast: Cast) -> int:
    with app.sessions.begin() as session:
        issue = issues.create(session, title="Marsnumret", subject="Vårens träffar", now=app.now())
        article = Article(title="För alla", body="Hej.", created_at=app.now(), updated_at=app.now())
        session.add(article)
        session.flush()
        items.add(session, issue_id=issue.id, article_id=article.id, now=app.now())
        return issue.id


def queued(app: App) -> list[str]:
    with app.readers() as session:
        return list(
            session.scalars(select(Note.address).where(Note.kind == "trial-letter").order_by(Note.id))
        )


def test_the_officer_is_suggested_and_others_are_found_by_name(
    officer: Visitor, cast: Cast, draft: int
) -> None:
    page = officer.get(f"/nummer/{draft}/prov?lasare=hilma").text
    assert f'name="till" value="{cast.bo}" checked' in page
    assert f'name="till" value="{cast.hilma}"' in page


def test_letters_go_to_whom_was_chosen(app: App, officer: Visitor, cast: Cast, draft: int) -> None:
    given = {"till": [str(cast.bo), str(cast.anna)], "version": [""]}
    answer = officer.post_form(f"/nummer/{draft}/prov", given)
    assert answer.headers["location"] == f"/nummer/{draft}/prov?klart=prov"
    assert queued(app) == ["bo@lulea.example", "anna@lund.example"]


@pytest.mark.parametrize("given", [{"version": [""]}, {"till": ["x"], "version": [""]}, {"till": ["1"]}])
def test_what_is_missing_is_said_and_nothing_goes(
    app: App, officer: Visitor, draft: int, given: dict[str, object]
) -> None:
    assert officer.post_form(f"/nummer/{draft}/prov", given).status_code == 422
    assert queued(app) == []


def test_a_lead_tries_no_issue_of_the_associations(lead: Visitor, draft: int) -> None:
    assert lead.get(f"/nummer/{draft}/prov").status_code == 404
    assert lead.post_form(f"/nummer/{draft}/prov", {}).status_code == 404


def test_an_empty_issue_says_what_to_do_first(app: App, officer: Visitor) -> None:
    with app.sessions.begin() as session:
        empty = issues.create(session, title="Tomt", subject="Tomt", now=app.now()).id
    assert "Lägg till ett inslag först" in officer.get(f"/nummer/{empty}/prov").text
