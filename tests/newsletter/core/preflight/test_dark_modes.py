"""What mail clients make of colours at night."""

from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from newsletter.core.colours import contrast
from newsletter.core.preflight.dark_modes import darkened, inverted, repainted, turned

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
GREYS = st.integers(0, 255).map(lambda level: f"#{level:02x}{level:02x}{level:02x}")


def test_white_becomes_black_and_black_white() -> None:
    assert (turned("#ffffff"), turned("#000000")) == ("#000000", "#ffffff")
    assert inverted("#000000", "#ffffff") == ("#ffffff", "#000000")


def test_a_blue_that_is_dark_becomes_one_that_is_light() -> None:
    assert contrast(turned("#0000ff"), "#000000") > 4.5


@given(GREYS)
def test_turning_twice_gives_the_same_grey(grey: str) -> None:
    there_and_back = turned(turned(grey))
    assert abs(int(there_and_back[1:3], 16) - int(grey[1:3], 16)) <= 3


@given(COLOURS)
def test_a_colour_stays_a_colour(colour: str) -> None:
    assert len(turned(colour)) == 7
    assert 0 <= int(turned(colour)[1:], 16) <= 0xFFFFFF


def test_gmail_leaves_what_is_dark_already() -> None:
    assert darkened("#eeeeee", "#222222") == ("#eeeeee", "#222222")
    ink, ground = darkened("#222222", "#ffffff")
    assert (contrast(ink, "#000000") > 10, ground) == (True, "#000000")


def test_outlook_turns_what_an_element_sets_and_keeps_the_old_colour_beside_it() -> None:
    page = document_fromstring('<html><body style="color:#000000"><!-- x --><p>Ljus</p></body></html>')

    left = repainted(page, lambda element: ("#000000" if element.tag == "body" else None, None))

    body, text = left.find("body"), left.find(".//p")
    assert (body.get("data-ogsc"), body.get("data-ogsb")) == ("#000000", None)
    assert body.get("style") == "color:#000000;color:#ffffff"
    assert dict(text.attrib) == {}
    assert page.find("body").get("data-ogsc") is None  # nobody changes the page itself
