"""A person corrects the split by editing its outline."""

import pytest

from newsletter.errors import TextRefused
from newsletter.importing import outline
from newsletter.importing.outline import parse, write
from newsletter.importing.text import read_text

TEXT = "Det här är brödtext. Den har två meningar, och den andra är lite längre än den första."
LETTER = f"Lägret\n\n{TEXT}\n\nMaten\n\n{TEXT}\n\nKort rad\n\nScroll to Top\n"


def titles(edited: str) -> list[str]:
    correction = parse(edited, "rattad.txt").of("brev.txt")
    return [article.text.title for article in read_text(LETTER, "brev.txt", correction).articles]


def test_an_outline_that_nobody_changed_changes_nothing() -> None:
    proposal = read_text(LETTER, "brev.txt")
    correction = parse(write([proposal]), "rattad.txt").of("brev.txt")

    assert read_text(LETTER, "brev.txt", correction).articles == proposal.articles


def test_the_outline_names_each_heading_with_its_line() -> None:
    written = write([read_text(LETTER, "brev.txt")])

    assert "\nfil brev.txt\n" in written
    assert "\nartikel           1  Lägret\n" in written
    assert "\nbort             11  Scroll to Top\n" in written


@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        ("fil brev.txt\nartikel 1 Lägret\nartikel 5 Maten", ["Lägret", "Maten"]),
        ("fil brev.txt\nartikel 1\nmellanrubrik 5", ["Lägret"]),
        ("fil brev.txt\nartikel 1\ntext 5 Maten", ["Lägret"]),
        ("fil brev.txt\nartikel 1\nartikel 9 Kort rad", ["Lägret", "Kort rad"]),
        ("file brev.txt\narticle 1\nsubhead 5\ndropped 9", ["Lägret"]),
    ],
)
def test_the_words_of_the_outline_decide(edited: str, expected: list[str]) -> None:
    assert titles(edited) == expected


def test_a_subhead_and_a_dropped_line_are_what_the_outline_says() -> None:
    correction = parse("fil brev.txt\nartikel 1\nmellanrubrik 5\nbort 9", "rattad.txt").of("brev.txt")

    found = read_text(LETTER, "brev.txt", correction)

    assert found.articles[0].text.body.count("## Maten") == 1
    assert found.dropped == ["Kort rad"]
    assert "Scroll to Top" in found.articles[0].text.body  # taken out of the outline, so it is text
    assert found.corrected


def test_more_subheads_than_any_article_has_are_subheads_when_a_person_says_so() -> None:
    letter = "Lägret\n\n" + "".join(f"Dag {n}\n\n{TEXT}\n\n" for n in range(100))
    edited = "fil brev.txt\nartikel 1\n" + "".join(f"mellanrubrik {3 + 4 * n}\n" for n in range(100))

    found = read_text(letter, "brev.txt", parse(edited, "rattad.txt").of("brev.txt"))

    assert len(found.articles) == 1
    assert found.articles[0].text.body.count("## Dag") == 100


@pytest.mark.parametrize(
    ("edited", "sentence"),
    [
        ("artikel 1 Lägret", "rattad.txt, rad 1: först ska det stå en rad som ”fil nyhetsbrev.txt”"),
        ("fil brev.txt\nkapitel 1 Lägret", "rattad.txt, rad 2: ”kapitel 1 Lägret” ska börja med artikel"),
        ("fil brev.txt\nartikel Lägret", "rattad.txt, rad 2"),
        ("fil brev.txt\nartikel 2", "rad 2 i brev.txt, men där börjar ingen text"),
        ("fil brev.txt\nartikel 5 Lägret", "rad 5 i brev.txt är ”Lägret”, men där står ”Maten”"),
    ],
)
def test_an_outline_that_does_not_fit_is_refused_with_its_line(edited: str, sentence: str) -> None:
    with pytest.raises(TextRefused) as refused:
        titles(edited)

    assert sentence in str(refused.value)


def test_a_file_that_the_outline_does_not_name_is_split_as_usual() -> None:
    assert outline.parse("fil annat.txt\nartikel 1", "rattad.txt").of("brev.txt") is None
