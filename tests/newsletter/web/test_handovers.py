"""Handing a role over on pages: who may, what is shown first, and the page to print."""

import re

from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.services import regional_letters
from subscribers.core.authority import Everything
from subscribers.models import RoleName
from subscribers.services import roles
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor, appoint, signed_in

ALL = Everything("a test")


def _id(app: App, person: int, role: RoleName) -> int:
    with app.readers() as session:
        found = roles.roles_of(session, scope=ALL, subscriber_id=person)
        return next(each.id for each in found if each.role is role)


def _form(person: int, successor: int, role: str = "regional-lead", region: str = "skane") -> dict[str, str]:
    return {"person": str(person), "successor": str(successor), "role": role, "region": region, "sure": "yes"}


def test_a_lead_looks_chooses_and_hands_over(app: App, lead: Visitor, cast: Cast) -> None:
    assert "Anna Åkesson: regionansvarig, Skåne" in lead.get("/lamna-over").text
    at = {"uppdrag": str(_id(app, cast.anna, RoleName.REGIONAL_LEAD))}
    found = lead.get("/lamna-over", params={**at, "q": "ärlig"}).text
    assert "Cecilia Ärlig" in found
    assert "enhet loggas ut" in found
    assert "Bo Öberg" not in lead.get("/lamna-over", params={**at, "q": "bo"}).text
    asked = lead.get("/lamna-over", params={**at, "efter": str(cast.cecilia), "till": "2031-01-31"}).text
    assert "Lämna över till Cecilia Ärlig?" in asked
    assert "31 januari 2031" in asked

    done = lead.post_form("/lamna-over", _form(cast.anna, cast.cecilia))
    assert done.status_code == 200
    assert "Uppdraget har gått från Anna Åkesson till Cecilia Ärlig." in done.text
    assert "@" not in done.text.split("<main")[1].split("</main")[0]
    assert lead.get("/lamna-over").status_code == 303  # signed out


def test_a_lead_reaches_no_other_role_and_no_other_people(app: App, lead: Visitor, cast: Cast) -> None:
    appoint(app, cast.bo, RoleName.OFFICER)
    other = str(_id(app, cast.bo, RoleName.OFFICER))
    assert lead.get("/lamna-over", params={"uppdrag": other}).status_code == 404
    assert lead.post_form("/lamna-over", _form(cast.bo, cast.cecilia, "officer", "")).status_code == 404
    assert lead.post_form("/lamna-over", _form(cast.anna, cast.bo)).status_code == 404
    assert lead.post_form("/lamna-over", {"person": "x"}).status_code == 400


def test_an_administrator_hands_over_for_somebody_twice(app: App, officer: Visitor, cast: Cast) -> None:
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")
    assert "Anna Åkesson" in officer.get("/lamna-over").text
    assert officer.post_form("/lamna-over", _form(cast.anna, cast.elsa)).status_code == 422
    for said in ("har gått från", "redan överlämnat"):
        assert said in officer.post_form("/lamna-over", _form(cast.anna, cast.cecilia)).text
    assert officer.get("/konto").text.count("lamna-over") == 1
    assert officer.get("/uppdrag").text.count("lamna-over") == 1


def test_the_last_administrator_is_not_taken_away(app: App, officer: Visitor, cast: Cast) -> None:
    taken = {"do": "take", "person": str(cast.bo), "role": "administrator"}
    answer = officer.post_form("/uppdrag", taken)
    assert answer.status_code == 422
    assert "enda administratören" in answer.text


def test_strangers_sign_in_first(stranger: TestClient) -> None:
    assert stranger.get("/lamna-over").status_code == 303


def test_the_page_is_there_again_for_the_successor_and_the_administrator(
    app: App, officer: Visitor, lead: Visitor, cast: Cast
) -> None:
    with app.sessions.begin() as session:
        regional_letters.create(
            session, scope=ALL, region="skane", key="a" * 32, heading="Vårträff", text="Kom.",
            writer_id=cast.anna, actor="a test", now=app.now(),
        )  # fmt: skip
    appoint(app, cast.anna, RoleName.READER)
    lead.post_form("/lamna-over", _form(cast.anna, cast.cecilia))

    with signed_in(app, cast.cecilia) as successor:
        for visitor in (successor, officer):
            listed = visitor.get("/lamna-over").text
            assert "från Anna Åkesson till Cecilia Ärlig" in listed
            [path] = re.findall(r"lamna-over/\d+", listed)
            page = visitor.get(f"/{path}").text
            for said in (
                "Överlämning: regionansvarig, Skåne",
                "Uppdraget har gått från Anna Åkesson",
                "Vårträff",
            ):
                assert said in page
            assert f'href="../brev/{"a" * 32}/titta"' in page
    assert "Överlämnat förut" not in lead.get("/lamna-over").text
    assert lead.get(f"/{path}").status_code == 404
