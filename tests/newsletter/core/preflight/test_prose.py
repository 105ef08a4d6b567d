"""An article as prose."""

import pytest

from newsletter.core.preflight.findings import Place
from newsletter.core.preflight.prose import paragraphs
from tests.newsletter.core.preflight.texts import article


def test_title_lead_and_body_come_in_order_without_markup() -> None:
    read = paragraphs(
        article(
            "## Mellan\n\nEtt **fett** ord.\n\n- punkt\n\n> citat\n\n| a | b |\n|---|---|\n| c | d |",
            lead="Först *detta*.",
        )
    )

    assert [(each.place, each.text) for each in read] == [
        (Place.TITLE, "Skörden"),
        (Place.LEAD, "Först detta."),
        (Place.BODY, "Mellan"),
        (Place.BODY, "Ett fett ord."),
        (Place.BODY, "punkt"),
        (Place.BODY, "citat"),
        *[(Place.BODY, letter) for letter in "abcd"],
    ]  # fmt: skip
    assert [each.text for each in read if each.heading] == ["Skörden", "Mellan"]


def test_links_are_found_with_their_words_and_bare_ones_too() -> None:
    (_, one) = paragraphs(
        article("Läs [hela\nprogrammet](https://a.example/p.pdf), www.b.example eller c@d.example.")
    )

    assert one.names == (("hela programmet", "https://a.example/p.pdf"),)
    assert one.addresses == ("https://a.example/p.pdf", "www.b.example", "c@d.example")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Ett. Två! Tre? Fyra", 4),
        ("Hon sa: ”Kom!” Han kom.", 2),
        ("Det gäller t.ex. päron, bl.a. Conference.", 1),
        ("Mötet den 4. maj kl. 18 är öppet.", 1),
        ("Ring A. Berg. Hon svarar.", 2),
        ("Version 2.0 är ute …", 1),
        ("", 0),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, count: int) -> None:
    read = paragraphs(article(text))

    assert sum(len(each.sentences()) for each in read[1:]) == count
    assert " ".join(" ".join(each.sentences()) for each in read[1:]) == text
