"""People on the pages: an officer looks somebody up and mends what is wrong; a lead sees their own region."""

import pytest
from sqlalchemy import select

from newsletter.app import App
from subscribers.models import Act, RoleName, Subscriber, Subscription, Tag
from tests.cast import Cast
from tests.newsletter.web.visitors import ON_BOTH, Visitor, appoint, key, signed_in

pytestmark = ON_BOTH


def test_the_officer_finds_a_person_by_name_number_or_address(officer: Visitor) -> None:
    for wanted in ("ann", "Åkesson", "M001", "anna@lund.example"):
        text = officer.get("/personer", params={"q": wanted}).text
        assert "Anna Åkesson" in text
        assert "Farid" not in text


def test_a_list_of_many_is_turned_page_by_page(app: App, officer: Visitor) -> None:
    now = app.now()
    with app.sessions.begin() as session:
        session.add_all(
            Subscriber(given_name=f"N{n:03}", sort_key=f"zz{n:03}", created_at=now, updated_at=now)
            for n in range(120)
        )

    second = officer.get("/personer?sida=2").text
    assert "N050" in second
    assert 'rel="prev" href="../personer?sida=1"' in second.replace("./personer", "../personer")
    for rubbish in ("0", "-1", "x", "9" * 30):
        assert officer.get("/personer", params={"sida": rubbish}).status_code == 200


def test_nobody_fits_is_told_with_what_to_do(officer: Visitor) -> None:
    assert "Ingen passar in" in officer.get("/personer", params={"q": "Xerxes"}).text


def test_one_person_is_shown_with_lists_addresses_and_region(officer: Visitor, cast: Cast) -> None:
    text = officer.get(f"/personer/{cast.bo}").text

    for words in (
        "Bo Öberg",
        "Norra",
        "bo@hemma.example",
        "bo@lulea.example",
        "Breven går hit",
        "Nyhetsbrevet",
    ):
        assert words in text


def test_a_suppressed_address_says_so(officer: Visitor, cast: Cast) -> None:
    assert "spärrad: inga brev skickas hit" in officer.get(f"/personer/{cast.greta}").text


@pytest.mark.parametrize(
    ("what", "fields", "said"),
    [
        ("adresser", {"address": "anna@hemma.example", "kind": "private"}, "Adressen är tillagd."),
        ("tagg", {"tag": "Styrelse"}, "Taggen är sparad."),
        ("region", {"region": "vast", "reason": "arbetar där"}, "Regionen är ändrad."),
        ("lista", {"list": "1", "do": "stop"}, "Valet är sparat, och gäller genast."),
        ("avliden", {"on": "2026-01-02"}, "Det är noterat."),
    ],
)
def test_something_about_a_person_is_changed_and_written_in_the_log(
    app: App, officer: Visitor, cast: Cast, what: str, fields: dict[str, str], said: str
) -> None:
    answer = officer.post_form(f"/personer/{cast.anna}/{what}", fields)

    assert answer.status_code == 303
    assert said in officer.get(answer.headers["location"]).text
    with app.readers() as session:
        actor, subject = session.execute(select(Act.actor, Act.subject).order_by(Act.id.desc())).first()
        pseudonyms = {p.id: p.pseudonym for p in session.scalars(select(Subscriber))}
    assert actor == f"person {pseudonyms[cast.bo]}"
    assert subject == f"person {pseudonyms[cast.anna]}"


def test_a_no_by_hand_is_a_no(app: App, officer: Visitor, cast: Cast) -> None:
    officer.post_form(f"/personer/{cast.anna}/lista", {"list": str(cast.newsletter), "do": "stop"})

    with app.readers() as session:
        said = session.get_one(Subscription, (cast.anna, cast.newsletter))
    assert not said.active


def test_what_cannot_be_done_is_told_in_a_sentence_and_changes_nothing(
    app: App, officer: Visitor, cast: Cast
) -> None:
    answer = officer.post_form(f"/personer/{cast.anna}/adresser", {"address": "inte en adress"})

    assert answer.status_code == 422
    assert "Det gick inte" in answer.text
    assert "saknas ett @" in answer.text


def test_a_tag_with_html_in_it_is_a_tag(app: App, officer: Visitor, cast: Cast) -> None:
    officer.post_form(f"/personer/{cast.anna}/tagg", {"tag": "<script>alert(1)</script>"})

    assert "<script>alert" not in officer.get(f"/personer/{cast.anna}").text


def test_a_lead_sees_and_changes_the_people_of_their_own_region_only(
    app: App, lead: Visitor, cast: Cast
) -> None:
    listed = lead.get("/personer").text
    assert "Anna Åkesson" in listed
    assert "Bo Öberg" not in listed
    assert "Haddad" not in lead.get("/personer", params={"q": "Farid"}).text

    assert lead.get(f"/personer/{key(app, cast.cecilia)}").status_code == 200
    assert lead.post_form(f"/personer/{key(app, cast.cecilia)}/tagg", {"tag": "kör"}).status_code == 303
    missing = lead.get(f"/personer/{key(app, 99999)}")
    for theirs in (cast.bo, cast.farid, cast.hilma):
        hidden = lead.get(f"/personer/{key(app, theirs)}")
        assert (hidden.status_code, hidden.text) == (missing.status_code, missing.text) == (404, missing.text)
        assert lead.post_form(f"/personer/{key(app, theirs)}/tagg", {"tag": "x"}).status_code == 404
    with app.readers() as session:
        assert session.scalars(select(Tag.subscriber_id)).all() == [cast.cecilia]


def test_a_treasurer_sees_everyone_and_a_reader_nobody(app: App, cast: Cast) -> None:
    appoint(app, cast.farid, RoleName.TREASURER)
    appoint(app, cast.elsa, RoleName.READER)

    assert "Bo Öberg" in signed_in(app, cast.farid).get("/personer").text
    assert signed_in(app, cast.elsa).get("/personer").status_code == 404
