"""A lead's own members: the list, who cannot be reached, and the file; of others nothing at all."""

import csv
import io

from sqlalchemy import select

from newsletter.app import App
from subscribers.models import Act, RoleName, Subscriber, Suppression, SuppressionReason
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor, appoint


def rows_of(answer: object) -> list[list[str]]:
    text = answer.content.decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_list_holds_the_own_people_alone(lead: Visitor) -> None:
    page = lead.get("/min-region").text

    for name in ("Anna Åkesson", "Cecilia Ärlig", "David Ärlig"):
        assert name in page
    for name in ("Bo Öberg", "Elsa", "Farid", "Greta", "Hilma", "Norra", "Väst"):
        assert name not in page
    assert "3 personer" in page


def test_a_search_finds_nobody_elses(lead: Visitor) -> None:
    assert "Cecilia" in lead.get("/min-region?q=Ceci").text
    for words in ("Bo", "bo@lulea.example", "M002"):
        page = lead.get(f"/min-region?q={words}").text
        assert "Ingen passar in" in page
        assert "Öberg" not in page


def test_another_region_is_as_missing_as_none(lead: Visitor) -> None:
    for path in ("/min-region", "/min-region/onabara"):
        answers = {
            (a.status_code, a.text) for a in (lead.get(f"{path}?region={slug}") for slug in ("norra", "x"))
        }
        assert len(answers) == 1
        assert next(iter(answers))[0] == 404
    for slug in ("norra", "x"):
        assert lead.post_form("/min-region/medlemmar.csv", {"region": slug}).status_code == 404


def test_who_is_not_reached_and_how_else(app: App, lead: Visitor, cast: Cast) -> None:
    assert "Alla nås" in lead.get("/min-region/onabara").text
    with app.sessions.begin() as session:
        anna = session.get_one(Subscriber, cast.anna)
        anna.street, anna.postal_code, anna.city = "Storgatan 1", "222 22", "Lund"
        session.add(
            Suppression(canonical="anna@lund.example", reason=SuppressionReason.BOUNCED, created_at=app.now())
        )
        david = session.get_one(Subscriber, cast.david)
        david.addresses.clear()

    page = lead.get("/min-region/onabara").text
    assert "brev har studsat" in page
    assert "Storgatan 1, 222 22 Lund" in page
    assert "Har ingen e-postadress." in page
    assert "Cecilia" not in page
    assert "Elsa" not in page  # who has no address either, in another region
    assert "Greta" not in page


def test_the_file_holds_the_own_people_and_no_formula_and_the_log_knows(
    app: App, lead: Visitor, cast: Cast
) -> None:
    with app.sessions.begin() as session:
        session.get_one(Subscriber, cast.david).city = "=1+1"
    answer = lead.post_form("/min-region/medlemmar.csv", {"region": "skane"})

    headers, *rows = rows_of(answer)
    assert len(rows) == 3
    assert "bo@" not in answer.text
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row if cell)
    assert "attachment" in answer.headers["content-disposition"]
    assert headers
    with app.readers() as session:
        act = session.scalars(select(Act).where(Act.act == "export people")).one()
    assert act.details == {"region": "skane", "people": 3}
    assert lead.get("/min-region/medlemmar.csv").status_code == 405


def test_whoever_leads_two_regions_chooses_and_sees_one_at_a_time(
    app: App, lead: Visitor, cast: Cast
) -> None:
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "vast")

    choice = lead.get("/min-region").text
    assert "Du leder flera regioner" in choice
    assert "Norra" not in choice
    page = lead.get("/min-region?region=vast").text
    assert "Farid" in page
    assert "Cecilia" not in page
    assert rows_of(lead.post_form("/min-region/medlemmar.csv", {"region": "vast"}))[1:] != []
    assert lead.post_form("/min-region/medlemmar.csv", {}).status_code == 404


def test_whoever_sees_everyone_has_another_page(officer: Visitor) -> None:
    assert officer.get("/min-region").headers["location"] == "/personer"
