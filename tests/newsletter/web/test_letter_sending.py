"""A lead is asked about warnings in simple words, and only about what they can mend."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from newsletter.app import App
from newsletter.core.preflight.findings import Finding, Place, Severity
from newsletter.models import PassedWarnings, RegionalLetter
from subscribers.models import Act
from tests.newsletter.web.visitors import Visitor

MORNING = datetime(2026, 11, 26, 8, tzinfo=UTC)
FAULTY = "Klicka här för att anmäla dig till skörden."


@pytest.fixture(autouse=True)
def _it_is_a_morning_in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(App, "now", lambda _: MORNING)


def write(lead: Visitor, text: str) -> str:
    page = lead.get("/brev/ny").text
    fields = dict(re.findall(r'type="hidden" name="(key|region)" value="([^"]*)"', page))
    answer = lead.post_form("/brev/ny", {**fields, "heading": "Ympkurs i Lund", "text": text})
    return answer.headers["location"].split("/")[2]


def send(visitor: Visitor, key: str, **fields: object) -> tuple[int, str]:
    given = {"do": "send", "when": "later", "day": "2026-12-01", "hour": "12:00", **fields}
    answer = visitor.post_form(f"/brev/{key}/skicka", given)
    return answer.status_code, answer.headers.get("location") or answer.text


def seen(page: str) -> list[str]:
    return re.findall(r'name="seen_warning" value="([0-9a-f]{16})"', page)


def test_a_lead_is_asked_and_sees_the_answer_with_the_letter(app: App, lead: Visitor) -> None:
    key = write(lead, FAULTY)
    assert 'name="because"' not in lead.get(f"/brev/{key}/skicka").text
    assert "Klicka här" in lead.get(f"/brev/{key}/skicka?kontroll=ja").text

    status, page = send(lead, key)

    assert status == 422
    assert "kontroll" not in page.split("<main")[1].split("Varför ska det gå ändå")[1]  # no page of officers
    assert 'value="2026-12-01"' in page
    assert "artiklar/" not in page
    status, where = send(lead, key, because="Det är som det ska.", seen_warning=seen(page))
    assert status == 303
    assert "”Det är som det ska.”" in lead.get(where).text
    with app.readers() as session:
        act = session.scalars(select(Act).where(Act.act == "send letter")).one()
    assert act.details["warnings passed because"] == "Det är som det ska."


@pytest.mark.parametrize(
    ("place", "status"), [(Place.TEMPLATE, 303), (Place.SETTINGS, 303), (Place.BODY, 422)]
)
def test_a_lead_is_asked_only_about_what_they_have_written(
    lead: Visitor, monkeypatch: pytest.MonkeyPatch, place: Place, status: int
) -> None:
    key = write(lead, "Ta med **stövlar**.")
    fault = Finding("F1", Severity.WARNING, "Brevet saknar något.", place=place)
    monkeypatch.setattr("newsletter.core.preflight.message._subject", lambda _mail: iter([fault]))

    assert send(lead, key)[0] == status


def test_what_a_lead_let_pass_is_not_asked_of_whoever_approves_but_what_is_new_is(
    app: App, lead: Visitor, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = {"from": "21:00", "to": "07:00", "monthly": "4", "approval": "yes"}
    assert officer.post_form("/brevregler", rules).status_code == 303
    key = write(lead, FAULTY)
    assert send(lead, key)[0] == 422
    assert send(lead, key, because="Det är som det ska.", seen_warning=seen(send(lead, key)[1]))[0] == 303
    digest = re.search(r'name="seen" value="([^"]*)"', officer.get(f"/brev/{key}").text)
    assert digest is not None
    yes = {"do": "approve", "seen": digest[1]}

    with monkeypatch.context() as patch:
        fault = Finding("F1", Severity.WARNING, "Brevet saknar något.", place=Place.TEMPLATE)
        patch.setattr("newsletter.core.preflight.message._subject", lambda _mail: iter([fault]))
        answer = officer.post_form(f"/brev/{key}", yes)
    assert answer.status_code == 422
    assert "Brevet saknar något." in answer.text
    assert len(seen(answer.text)) == 1

    assert officer.post_form(f"/brev/{key}", yes).status_code == 303
    with app.readers() as session:
        assert [row.reason for row in session.scalars(select(PassedWarnings))] == ["Det är som det ska."]


def test_a_letter_that_is_given_back_is_asked_about_anew(app: App, lead: Visitor, officer: Visitor) -> None:
    officer.post_form("/brevregler", {"from": "21:00", "to": "07:00", "monthly": "4", "approval": "yes"})
    key = write(lead, FAULTY)
    send(lead, key, because="Det är som det ska.", seen_warning=seen(send(lead, key)[1]))

    officer.post_form(f"/brev/{key}", {"do": "return", "comment": "Lägg in länken."})

    with app.readers() as session:
        assert session.scalars(select(RegionalLetter)).one().comment == "Lägg in länken."
    status, page = send(lead, key)
    assert status == 422
    assert "skriv varför" in page
