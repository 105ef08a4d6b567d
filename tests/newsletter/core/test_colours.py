"""Whatever colour an association chooses, its members can read it (rule X7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import colours

ACCENTS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_black_on_white_has_the_greatest_contrast_there_is() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # WCAG's own example


@given(ACCENTS)
def test_every_accent_can_be_read_by_day_and_by_night(accent: str) -> None:
    for palette in (colours.day(accent), colours.night(accent)):
        for colour in (palette.accent, palette.ink, palette.muted):
            assert colours.contrast(colour, palette.paper) >= 4.5


def test_an_accent_that_can_be_read_stays_what_it_is() -> None:
    assert colours.day("#8a3324").accent == "#8a3324"


def test_a_pale_yellow_becomes_a_dark_yellow_and_not_grey() -> None:
    red, green, blue = bytes.fromhex(colours.day("#ffee88").accent[1:])

    assert red > 2 * blue
    assert green > 2 * blue


@pytest.mark.parametrize("accent", ["red", "#fff", "#12345", "#12345g", "#123456;x"])
def test_what_is_no_colour_is_refused(accent: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        colours.day(accent)
