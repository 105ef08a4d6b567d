"""Whatever colour an association takes for its own, its mails can be read; also where a client turns it."""

from itertools import product

import pytest

from newsletter.core import colours
from newsletter.core.preflight.contrast import LEAST
from tests.mailproof.colours import TURNS

#: The 216 colours that lie evenly in the cube of red, green and blue.
ACCENTS = ["#{:02x}{:02x}{:02x}".format(*each) for each in product(range(0, 256, 51), repeat=3)]


@pytest.mark.parametrize("client", [None, *TURNS])
def test_every_colour_of_an_association_can_be_read(client: str | None) -> None:
    """X7, X16."""
    turn = TURNS[client] if client else lambda *colours: colours
    faint = [
        (accent, ink)
        for accent in ACCENTS
        for palette in ((colours.day(accent),) if client else (colours.day(accent), colours.night(accent)))
        for ink in (palette.ink, palette.accent, palette.muted)
        if colours.contrast(*turn(ink, palette.paper)) < LEAST
    ]

    assert faint == []
