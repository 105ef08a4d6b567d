"""At the machine itself one comes in without a mail: into the demo, and into an empty association first."""

from starlette.testclient import TestClient

from newsletter.app import DEMO_MARKER, App
from subscribers.models import RoleName
from tests.cast import Cast
from tests.newsletter.web.visitors import appoint


def test_in_the_demo_one_enters_as_anybody_with_a_role(app: App, cast: Cast, here: TestClient) -> None:
    (app.paths.root / DEMO_MARKER).write_text("", encoding="utf-8")
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")

    chosen = here.get("/")
    entered = here.post("/prova", data={"person": str(cast.anna)})

    assert str(chosen.url).endswith("/prova")
    assert "Anna Åkesson" in chosen.text
    assert "Regionansvarig, Skåne" in chosen.text
    assert "Anna Åkesson" in entered.text
    assert "Logga ut" in entered.text


def test_the_demos_door_leads_in_nobody_without_a_role(app: App, cast: Cast, here: TestClient) -> None:
    (app.paths.root / DEMO_MARKER).write_text("", encoding="utf-8")
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")

    assert here.post("/prova", data={"person": str(cast.bo)}).status_code == 400


def test_there_is_no_such_door_in_a_real_register_nor_from_outside(
    app: App, cast: Cast, here: TestClient, stranger: TestClient
) -> None:
    appoint(app, cast.bo, RoleName.OFFICER)
    assert here.get("/prova").status_code == 404
    assert here.post("/prova", data={"person": str(cast.bo)}).status_code == 404

    (app.paths.root / DEMO_MARKER).write_text("", encoding="utf-8")
    assert stranger.get("/prova").status_code == 404
    assert stranger.post("/prova", data={"person": str(cast.bo)}).status_code == 404


def test_the_first_person_begins_and_is_in(app: App, here: TestClient) -> None:
    asked = here.get("/")
    begun = here.post(
        "/borja", data={"given_name": "Åsa", "family_name": "Ek", "address": "asa@applen.example"}
    )

    assert str(asked.url).endswith("/borja")
    assert "Åsa Ek" in begun.text
    assert here.get("/borja").status_code == 404


def test_the_first_persons_mistakes_are_told_and_what_was_written_stays(here: TestClient) -> None:
    for fields, told in (
        (
            {"given_name": "Åsa", "family_name": " ", "address": "asa@applen.example"},
            "Det här behöver fyllas i.",
        ),
        ({"given_name": "Åsa", "family_name": "Ek", "address": "asa"}, "asa"),
    ):
        answer = here.post("/borja", data=fields)
        assert answer.status_code == 422
        assert told in answer.text
        assert 'value="Åsa"' in answer.text


def test_nobody_begins_an_association_from_outside(stranger: TestClient) -> None:
    assert stranger.get("/borja").status_code == 404
    answer = stranger.post(
        "/borja", data={"given_name": "M", "family_name": "M", "address": "m@evil.example"}
    )
    assert answer.status_code == 404
