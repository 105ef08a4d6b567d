"""Lines become what their author saw: paragraphs, however they were wrapped."""

import textwrap

import pytest

from newsletter.importing.lines import read_lines

LONG = (
    "När vi kom fram till stugan hade någon redan tänt i kaminen, dukat fram koppar och ställt en skål med "
    "kanelbullar på bordet. Ingen har ännu erkänt vem det var, men vi har våra misstankar."
)


def texts(source: str) -> list[str]:
    return [line.text for line in read_lines(source)]


@pytest.mark.parametrize("width", [60, 65, 72, 78, 90])
def test_wrapped_paragraphs_become_whole_again(width: int) -> None:
    source = "\n\n".join(textwrap.fill(LONG, width) for _ in range(4))

    assert texts(source) == [LONG] * 4


def test_wrapped_paragraphs_without_blank_lines_end_where_a_line_is_short() -> None:
    source = "\n".join(textwrap.fill(LONG, 72) for _ in range(4))

    assert texts(source) == [LONG] * 4


def test_paragraphs_on_a_line_each_stay_apart() -> None:
    assert texts(f"{LONG}\n{LONG}\nKort.\n{LONG}") == [LONG, LONG, "Kort.", LONG]


def test_a_sentence_that_was_broken_by_hand_is_mended() -> None:
    source = (
        "Av naturliga skäl är det många medlemmar som lämnar föreningen varje\nhöst. Så har det alltid varit."
    )

    assert texts(source) == [
        "Av naturliga skäl är det många medlemmar som lämnar föreningen varje höst. Så har det alltid varit."
    ]


def test_items_headings_and_addresses_are_not_joined() -> None:
    wrapped = textwrap.fill(LONG, 72)
    item = "- en sak som är lång nog för att kunna vara en hel rad i en text"
    source = f"{wrapped}\n\n{item}\n- två\n\nBox 12\n123 45 Ort\n\n{wrapped}"

    assert texts(source)[1:-1] == [
        item,
        "- två",
        "Box 12",
        "123 45 Ort",
    ]


def test_a_dash_in_the_middle_of_a_wrapped_sentence_begins_no_item() -> None:
    sentence = (
        "Vi hade väntat oss sol och sand och kanske en glass eller två på vägen hem – men det blev snö."
    )
    source = "\n\n".join([sentence.replace(" – ", "\n– ")] * 4)

    assert texts(source) == [sentence] * 4


def test_an_underlined_line_knows_what_it_is_underlined_with() -> None:
    lines = read_lines("Rubrik ett\n==========\n\nText.\n\nRubrik två\n----------\nText.\n\n---\n\nText.")

    assert [(line.text, line.underline, line.rule) for line in lines] == [
        ("Rubrik ett", "=", False),
        ("Text.", "", False),
        ("Rubrik två", "-", False),
        ("Text.", "", False),
        ("---", "", True),
        ("Text.", "", False),
    ]


def test_a_bullet_on_a_line_of_its_own_belongs_to_the_next_line() -> None:
    assert texts("•\nett\n•\ntvå") == ["• ett", "• två"]


def test_lines_of_characters_without_width_are_blank() -> None:
    lines = read_lines("Ett\n\u200b\nTvå\n\u00a0\nTre")

    assert [(line.number, line.gap) for line in lines] == [(1, True), (3, True), (5, True)]
