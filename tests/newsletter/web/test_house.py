"""The association's house: the log, suppressed addresses, roles and regions, on pages."""

from sqlalchemy import select

from newsletter.app import App
from subscribers.models import Region, Role, Subscriber, Suppression
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor


def test_an_address_is_suppressed_and_released_with_a_reason(app: App, officer: Visitor) -> None:
    officer.post_form("/sparrade", {"address": "Anna@lund.example", "reason": "bad oss per telefon"})
    page = officer.get("/sparrade").text
    assert "anna@lund.example" in page
    assert "bad oss per telefon" in page

    without = officer.post_form("/sparrade", {"do": "release", "address": "anna@lund.example", "reason": ""})
    assert without.status_code == 422
    officer.post_form(
        "/sparrade", {"do": "release", "address": "anna@lund.example", "reason": "ville ha brev"}
    )
    with app.readers() as session:
        assert session.get(Suppression, "anna@lund.example") is None


def test_a_lead_sees_the_suppressed_addresses_of_their_own_people_only(
    app: App, lead: Visitor, cast: Cast
) -> None:
    assert "greta@studsar.example" not in lead.get("/sparrade").text


def test_a_role_is_given_and_taken_by_the_administrator(app: App, officer: Visitor, cast: Cast) -> None:
    assert "Elsa Norén" in officer.get("/uppdrag", params={"person": "elsa"}).text
    given = {"person": str(cast.elsa), "role": "regional-lead", "region": "norra", "until": "2031-01-31"}
    officer.post_form("/uppdrag", given)
    assert "31 januari 2031" in officer.get("/uppdrag").text

    officer.post_form("/uppdrag", {**given, "do": "take"})
    with app.readers() as session:
        assert session.scalars(select(Role).where(Role.subscriber_id == cast.elsa)).all() == []


def test_a_lead_without_a_region_and_an_unknown_role_are_refused(officer: Visitor, cast: Cast) -> None:
    for wrong in (
        {"person": str(cast.elsa), "role": "regional-lead"},
        {"person": str(cast.elsa), "role": "king"},
        {"person": "x", "role": "officer"},
    ):
        assert officer.post_form("/uppdrag", wrong).status_code == 400


def test_only_an_administrator_deals_with_roles(lead: Visitor, cast: Cast) -> None:
    assert lead.get("/uppdrag").status_code == 404
    assert lead.post_form("/uppdrag", {"person": str(cast.anna), "role": "officer"}).status_code == 404


def test_moving_a_county_shows_first_whom_it_moves(app: App, officer: Visitor, cast: Cast) -> None:
    shown = officer.get("/regioner/flytta", params={"lan": "12", "region": "sydost"}).text
    assert "3 personer byter region." in shown
    assert "Anna Åkesson" in shown
    with app.readers() as session:
        assert session.get_one(Subscriber, cast.anna).region_slug == "skane"

    officer.post_form("/regioner/flytta", {"lan": "12", "region": "sydost"})
    with app.readers() as session:
        assert session.get_one(Subscriber, cast.anna).region_slug == "sydost"


def test_a_region_gets_another_name_and_keeps_its_slug(app: App, officer: Visitor) -> None:
    officer.post_form("/regioner", {"region": "vast", "name": "Västra"})

    with app.readers() as session:
        assert session.get_one(Region, "vast").name == "Västra"


def test_who_belongs_to_no_region_is_listed(officer: Visitor) -> None:
    assert "Hilma Virtanen" in officer.get("/regioner").text


def test_the_log_tells_what_was_done_here(officer: Visitor, cast: Cast) -> None:
    officer.post_form(f"/personer/{cast.anna}/tagg", {"tag": "kör"})

    text = officer.get("/logg").text
    assert "put tag" in text
    assert "kör" not in text


def test_the_lists_say_on_what_ground_we_write(officer: Visitor) -> None:
    text = officer.get("/listor").text

    assert "Grund: samtycke." in text
    assert "Grund: medlemskapet." in text


def test_the_warning_of_one_administrator_stands_on_the_page(officer: Visitor) -> None:
    assert "Bara en administratör är kvar" in officer.get("/uppdrag").text
