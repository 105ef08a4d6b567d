"""Names are found whole and replaced by other words, with the grammar that a Swedish sentence needs."""

import pytest

from newsletter.core.articles import ArticleText, Link, Picture
from newsletter.core.naming import Spot, at, excerpt, moved, spots, without

TEXT = ArticleText(
    title="Åsa Öländer vaktar linsen",
    body="Det var Åsa  Öländers idé. ÅSA ÖLÄNDER log.\n\nÅsa Öländerson är en annan, liksom Klåsa Öländer.",
    byline_name="Åsa Öländer",
    pictures=(
        Picture(caption="Linsen och Åsa Öländer.", alt="Åsa Öländer på en kaj", credit="Foto: Åsa Öländer"),
    ),
    links=(Link("https://fyrar.example", "Mer om Åsa Öländer"),),
)


def test_every_place_is_found_and_no_longer_name_that_begins_or_ends_alike() -> None:
    found = spots(TEXT, "åsa öländer")

    assert len(found) == 8
    assert {at(TEXT, spot).casefold().replace("  ", " ") for spot in found} == {"åsa öländer"}


def test_other_words_stand_in_its_place_with_a_genitive_and_a_capital_where_a_sentence_begins() -> None:
    changed = without(TEXT, "Åsa Öländer")

    assert changed.title == "En medlem vaktar linsen"
    assert changed.body.startswith("Det var en medlems idé. En medlem log.")
    assert changed.body.endswith("Åsa Öländerson är en annan, liksom Klåsa Öländer.")
    assert (changed.pictures[0].caption, changed.links[0].label) == (
        "Linsen och en medlem.",
        "Mer om en medlem",
    )
    assert spots(changed, "Åsa Öländer") == []


@pytest.mark.parametrize("name", ["", "  ", "*", "(.+)", "Nils Holm"])
def test_what_is_no_name_there_changes_nothing(name: str) -> None:
    assert spots(TEXT, name) == []
    assert without(TEXT, name) == TEXT


def test_an_excerpt_shows_the_words_around() -> None:
    shown = excerpt(TEXT, spots(TEXT, "Åsa Öländer")[1])

    assert (shown.before, shown.name) == ("Det var ", "Åsa  Öländer")
    assert shown.after.startswith("s idé.")


def test_places_follow_the_name_when_the_text_is_changed_and_end_when_it_is_gone() -> None:
    known = spots(TEXT, "Åsa Öländer")[:1]
    longer = ArticleText(title="Nu vaktar Åsa Öländer linsen")

    assert moved(TEXT, longer, known) == [Spot(0, 10, 21)]
    assert moved(TEXT, without(TEXT, "Åsa Öländer"), known) == []
    assert at(longer, Spot(99, 0, 3)) == ""
