"""A form that sends asks about warnings: one field and one button, and nothing is lost."""

import re

import pytest
from sqlalchemy import select

from newsletter.app import App
from newsletter.models import Article, Issue, IssueStatus
from newsletter.services import issues, items
from subscribers.models import Act
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor

FIELDS = {"do": "schedule", "day": "2031-12-01", "hour": "10:15", "hold": "person"}
FAULTY = "Klicka här för att anmäla dig till skörden."


@pytest.fixture
def draft(app: App, cast: Cast) -> int:
    return make(app, FAULTY)


def make(app: App, body: str) -> int:
    now = app.now()
    with app.sessions.begin() as session:
        issue = issues.create(session, title="Mars", subject="Vårens träffar", preheader="Allt.", now=now)
        article = Article(title="Skörd & fest", body=body, created_at=now, updated_at=now)
        session.add(article)
        session.flush()
        items.add(session, issue_id=issue.id, article_id=article.id, now=now)
        return issue.id


def seen(page: str) -> list[str]:
    return re.findall(r'name="seen_warning" value="([0-9a-f]{16})"', page)


def status_of(app: App, issue_id: int) -> IssueStatus:
    with app.readers() as session:
        return session.get_one(Issue, issue_id).status


def post(visitor: Visitor, issue_id: int, **fields: object) -> tuple[int, str]:
    answer = visitor.post_form(f"/nummer/{issue_id}/schemalagg", {**FIELDS, **fields})
    return answer.status_code, answer.headers.get("location") or answer.text


def test_the_form_opens_without_a_check_and_leads_to_one(
    officer: Visitor, draft: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("the form must open at once")

    with monkeypatch.context() as patch:
        patch.setattr("newsletter.services.preflight.look", never)
        page = officer.get(f"/nummer/{draft}/schemalagg").text
    assert seen(page) == []
    assert f'hx-get="../../nummer/{draft}/schemalagg?kontroll=ja"' in page

    page = officer.get(f"/nummer/{draft}/schemalagg?kontroll=ja&day=2031-12-24").text

    assert len(seen(page)) == 1
    assert "”Skörd &amp; fest” säger" in page
    assert 'name="because"' in page
    assert 'value="2031-12-24"' in page  # what was chosen stays


def test_a_warning_comes_back_with_the_form_and_what_was_written_stays(
    app: App, officer: Visitor, draft: int
) -> None:
    status, page = post(officer, draft)

    assert status == 422
    assert "skriv varför det ska gå ändå" in page
    for kept in ('value="2031-12-01"', 'value="10:15"'):
        assert kept in page
    assert status_of(app, draft) is IssueStatus.DRAFT

    status, where = post(officer, draft, because="Det är som det ska.", seen_warning=seen(page))

    assert (status, status_of(app, draft)) == (303, IssueStatus.SCHEDULED)
    sent = officer.get(where).text
    assert "Gick vidare trots anmärkningar" in sent
    assert "”Det är som det ska.”" in sent
    assert "Klicka här för att anmäla dig" in sent
    with app.readers() as session:
        last = session.scalars(select(Act).where(Act.act == "schedule")).one()
    assert last.details["warnings passed because"] == "Det är som det ska."
    assert (last.details["warnings"], last.details["rules"]) == (1, ["link"])
    assert "Klicka" not in str(last.details)  # the log outlives whoever is named in a text


def test_a_new_warning_stands_first_and_the_reason_is_kept(app: App, officer: Visitor, draft: int) -> None:
    keys = seen(post(officer, draft)[1])
    with app.sessions.begin() as session:
        session.get_one(Issue, draft).subject = "Re: Vårens träffar"

    status, page = post(officer, draft, because="Allt väl <b>", seen_warning=keys)

    assert status == 422
    assert "funnit mer" in page
    assert 'value="Allt väl &lt;b&gt;"' in page
    assert page.index("Nytt:") < page.index("Klicka här för att")
    assert post(officer, draft, because="Allt väl", seen_warning=seen(page))[0] == 303


@pytest.mark.parametrize("day", ["2031-13-01", ""], ids=["no day", "none"])
def test_another_mistake_keeps_the_reason(officer: Visitor, draft: int, day: str) -> None:
    status, page = post(officer, draft, day=day, because="Det är som det ska.")

    assert status == 422
    assert 'name="because" value="Det är som det ska."' in page


def test_what_stops_an_issue_asks_for_no_reason(app: App, officer: Visitor) -> None:
    waits = make(app, "Kära {{ namn }}, välkommen.")

    page = officer.get(f"/nummer/{waits}/schemalagg?kontroll=ja").text
    assert "Det här hindrar att det skickas" in page
    assert 'name="because"' not in page

    assert post(officer, waits, because="Ändå", seen_warning=[])[0] == 422
    assert status_of(app, waits) is IssueStatus.DRAFT


def test_what_is_sound_asks_nothing(app: App, officer: Visitor) -> None:
    sound = make(app, "Ta med stövlar.")

    assert "inget att fråga om" in officer.get(f"/nummer/{sound}/schemalagg?kontroll=ja").text
    status, where = post(officer, sound)
    assert status == 303
    assert "trots anmärkningar" not in officer.get(where).text


def test_sending_now_asks_too(app: App, officer: Visitor, draft: int) -> None:
    status, page = post(officer, draft, do="now")
    assert status == 422

    assert post(officer, draft, do="now", because="Bråttom", seen_warning=seen(page))[0] == 303
