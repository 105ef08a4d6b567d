"""What the association sets about itself: kept on both databases, and refused in a sentence."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core import colours
from newsletter.core.logos import Logo
from newsletter.errors import SettingsError
from newsletter.services import organisation
from tests.conftest import NOON

FILES = {
    "association_name": "Föreningen",
    "accent_color": "#8a3324",
    "typeface": "journal",
    "footer_text": "",
    "pictures": "hosted",
    "postal_address": "",
    "contact_address": "kontakt@forening.example",
    "send_grace_minutes": 10,
    "send_head_start_minutes": 15,
}


def keep(session: Session, **given: str) -> list[str]:
    return organisation.keep(session, given=given, standing=FILES, now=NOON)


def test_what_is_set_is_kept_and_what_is_as_in_the_files_follows_them(
    sessions: sessionmaker[Session],
) -> None:
    with sessions.begin() as session:
        assert organisation.overrides(session) == {}
        assert keep(session, association_name=" Äppelvännerna ", send_grace_minutes="0",
                    contact_address="kontakt@forening.example") == [
            "association_name", "send_grace_minutes"]  # fmt: skip
    with sessions() as session:
        assert organisation.overrides(session) == {
            "association_name": "Äppelvännerna",
            "send_grace_minutes": 0,
        }
    with sessions.begin() as session:
        assert keep(session, association_name="", send_grace_minutes="0") == ["association_name"]
        assert keep(session, association_name="", send_grace_minutes="0") == []
    with sessions() as session:
        assert organisation.overrides(session) == {"send_grace_minutes": 0}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("association_name", "Vi\r\nBcc: alla@forening.example"),
        ("association_name", "x" * 121),
        ("association_name", "Vi\u202eiV"),
        ("postal_address", "Gatan 1\n123 45 Byn"),
        ("postal_address", "x" * 301),
        ("contact_address", "a@forening.example\r\nBcc: b@forening.example"),
        ("contact_address", "a@forening.example, b@forening.example"),
        ("contact_address", "x" * 100_000),
        ("accent_color", "javascript:alert(1)"),
        ("accent_color", "#fff;}"),
        ("accent_color", "red"),
        ("typeface", "comic"),
        ("typeface", "journal'"),
        ("pictures", "nowhere"),
        ("footer_text", "En rad\noch en till"),
        ("footer_text", "x" * 501),
        ("send_grace_minutes", "-1"),
        ("send_grace_minutes", "1441"),
        ("send_head_start_minutes", "٣"),
        ("send_head_start_minutes", "9" * 5000),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_nothing_is_set(
    sessions: sessionmaker[Session], name: str, written: str
) -> None:
    with sessions.begin() as session:
        with pytest.raises(SettingsError):
            keep(session, **{"association_name": "Annat", name: written})
        assert organisation.overrides(session) == {}


@pytest.mark.parametrize("colour", ["#ffcc00", "#767676", "#00FF00", "#ffffff"])
def test_a_colour_too_light_is_kept_as_it_is_wished_and_drawn_as_one_that_can_be_read(
    sessions: sessionmaker[Session], colour: str
) -> None:
    with sessions.begin() as session:
        assert keep(session, accent_color=colour) == ["accent_color"]
        assert organisation.overrides(session) == {"accent_color": colour.lower()}
    for palette in (colours.day(colour), colours.night(colour)):
        assert colours.contrast(palette.accent, palette.paper) >= 4.5


def test_how_letters_look_is_kept_and_goes_back_to_the_files(sessions: sessionmaker[Session]) -> None:
    chosen = {"typeface": "book", "footer_text": "Org.nr 802000-0000", "pictures": "embedded"}
    with sessions.begin() as session:
        assert keep(session, **chosen) == list(chosen)
        assert organisation.overrides(session) == chosen
        assert keep(session, typeface="journal", footer_text="", pictures="hosted") == list(chosen)
        assert organisation.overrides(session) == {}


def test_a_logo_is_set_beside_the_rest_and_taken_away_again(sessions: sessionmaker[Session]) -> None:
    chosen = Logo("0123456789abcdef.png", 220, 55)
    with sessions.begin() as session:
        keep(session, association_name="Äppelvännerna")
        assert organisation.logo(session) is None
        assert organisation.set_logo(session, chosen=chosen, now=NOON)
        assert not organisation.set_logo(session, chosen=chosen, now=NOON)
    with sessions.begin() as session:
        assert organisation.logo(session) == chosen
        assert organisation.overrides(session) == {"association_name": "Äppelvännerna"}
        assert organisation.set_logo(session, chosen=None, now=NOON)
    with sessions() as session:
        assert organisation.logo(session) is None
        assert organisation.overrides(session) == {"association_name": "Äppelvännerna"}
