"""The page with an issue's checks."""

import pytest

from newsletter import probing
from newsletter.app import App
from newsletter.core.preflight.answers import Answer, Outcome
from newsletter.models import Article, Issue
from newsletter.services import issues, items
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor


@pytest.fixture
def draft(app: App, cast: Cast) -> int:
    with app.sessions.begin() as session:
        issue = issues.create(session, title="Marsnumret", subject="Re: Vårens träffar", now=app.now())
        body = "Klicka här för att anmäla dig. <script>alert(1)</script>"
        article = Article(title="Skörd & fest", body=body, created_at=app.now(), updated_at=app.now())
        session.add(article)
        session.flush()
        items.add(session, issue_id=issue.id, article_id=article.id, now=app.now())
        return issue.id


def test_each_finding_leads_to_its_place(app: App, officer: Visitor, draft: int) -> None:
    with app.readers() as session:
        article = session.get_one(Issue, draft).items[0].article_id

    page = officer.get(f"/nummer/{draft}/kontroll").text

    assert "”Skörd &amp; fest” säger ”Klicka här för att anmäla dig.”" in page
    assert f'href="../../artiklar/{article}#body"' in page
    assert f'href="../../nummer/{draft}#subject"' in page
    assert "<script>alert" not in page
    assert 'id="body"' in officer.get(f"/artiklar/{article}").text
    assert 'id="subject"' in officer.get(f"/nummer/{draft}").text


def test_the_desk_leads_to_the_checks(officer: Visitor, draft: int) -> None:
    assert f"nummer/{draft}/kontroll" in officer.get(f"/nummer/{draft}").text


def test_an_empty_issue_says_what_to_do_first(app: App, officer: Visitor) -> None:
    with app.sessions.begin() as session:
        issue = issues.create(session, title="Tom", subject="Tom", now=app.now())

    assert "Inget att kontrollera än" in officer.get(f"/nummer/{issue.id}/kontroll").text


def test_what_cannot_be_rendered_is_told_of_in_a_sentence(app: App, officer: Visitor, draft: int) -> None:
    with app.sessions.begin() as session:
        session.get_one(Issue, draft).items[0].article.body = "> " * 30 + "djupt"

    answer = officer.get(f"/nummer/{draft}/kontroll")

    assert answer.status_code == 422
    assert "Skörd &amp; fest" in answer.text


def test_a_lead_checks_no_issue_of_the_associations(lead: Visitor, draft: int) -> None:
    assert lead.get(f"/nummer/{draft}/kontroll").status_code == 404


def test_linked_pages_are_asked_when_the_button_is_pressed_and_known_afterwards(
    app: App, officer: Visitor, draft: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask_all(urls: list[str], **_: object) -> dict[str, Answer]:
        asked.extend(urls)
        return {url: Answer(Outcome.GONE, 404) for url in urls}

    monkeypatch.setattr(probing, "ask_all", ask_all)
    with app.sessions.begin() as session:
        session.get_one(Issue, draft).items[0].article.body = "Se [parken](https://borta.example/park)."
    page = f"/nummer/{draft}/kontroll"
    assert "Kontrollera att länkarna svarar" in officer.get(page).text
    assert asked == []

    told = officer.post_form(page, follow_redirects=True).text

    assert asked == ["https://borta.example/park"]
    assert "Länkarna är kontrollerade." in told
    assert "leder till en sida som inte finns" in told
    assert "inga nya länkar" in officer.post_form(page, follow_redirects=True).text
    assert len(asked) == 1
