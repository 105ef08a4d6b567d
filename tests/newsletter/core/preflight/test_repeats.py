"""What stands twice, and names in two spellings."""

from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.core.articles import Picture
from newsletter.core.preflight import repeats
from newsletter.core.preflight.findings import Severity
from newsletter.core.preflight.matter import Part
from newsletter.importing.text import read_text
from tests.newsletter.core.preflight.texts import article, part, rules, told

TWICE = "Träden ska beskäras innan knopparna slår ut."


def test_a_sentence_twice_in_one_article_is_told_of_once() -> None:
    (found,) = repeats.sentences_twice([part(f"Först. {TWICE}\n\nSedan. {TWICE} {TWICE}")])

    assert (found.rule, found.severity, found.article_id) == ("twice", Severity.WARNING, 1)
    assert "två gånger i ”Skörden”" in told(found)


def test_a_sentence_in_two_articles_names_both() -> None:
    (found,) = repeats.sentences_twice(
        [part(TWICE), part(f"Nytt. {TWICE.upper()}", title="Beskärning", article_id=2)]
    )

    assert "både i ”Skörden” och i ”Beskärning”" in told(found)
    assert found.article_id == 2


def test_short_sentences_headings_and_different_ones_may_stand_again() -> None:
    assert list(repeats.sentences_twice([part("Välkomna till mötet! Välkomna till mötet!")])) == []
    assert (
        list(
            repeats.sentences_twice(
                [part("## Om att beskära träd om våren\n\n## Om att beskära träd om våren")]
            )
        )
        == []
    )
    assert list(repeats.sentences_twice([part(f"{TWICE} {TWICE[:-1]} och bladen.")])) == []


def test_an_article_of_an_earlier_issue_is_named_with_it() -> None:
    (found,) = repeats.again([part(earlier="Nyhetsbrevet 3/2026"), part(article_id=2)])

    assert "Nyhetsbrevet 3/2026" in told(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lisa Öhrnberg", "Lisa Örnberg"),
        ("Kerstin Ek", "Kjerstin Ek"),
        ("Elsa Norström", "Elsa Norstörm"),
        ("Maria Holmkvist", "Maria Holmqvist"),
    ],
)
def test_a_name_in_two_spellings_is_told_of(one: str, other: str) -> None:
    (found,) = repeats.names(
        [part(f"Här talar {one}. Sedan sade {one} mer."), part(f"Foto på {other}.", article_id=2)]
    )

    assert told(found).startswith(f"Ett namn stavas på två sätt: ”{other}”")
    assert found.article_id == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Ek", "Anne Ek"),
        ("Lars Holm", "Lars Holms"),
        ("Lisa Öhrnberg", "Lasse Öhrnberg"),
        ("Maria Ström", "Mats Ström"),
        ("Per Lind", "Pär Lund"),
    ],
)
def test_other_people_and_genitives_are_left_alone(one: str, other: str) -> None:
    assert list(repeats.names([part(f"Här är {one} och {other}.")])) == []


def test_captions_and_bylines_name_people_too() -> None:
    text = article("Här talar Lisa Öhrnberg.", pictures=(Picture(caption="Lisa Örnberg i trädet"),))

    assert rules(repeats.names([Part(article_id=1, text=text)])) == ["name"]


def test_one_person_called_two_things_is_advice() -> None:
    (found,) = repeats.titles(
        [part("Det säger ordförande Lisa Öhrnberg."), part("Lisa Öhrnberg, kassör, höll med.", article_id=2)]
    )

    assert told(found) == "Lisa Öhrnberg kallas både ordförande och kassör i numret. Stämmer båda?"
    assert found.severity is Severity.ADVICE


def test_the_same_title_longer_or_of_another_person_is_fine() -> None:
    texts = "Förbundsordförande Lisa Öhrnberg, ordförande Lisa Öhrnberg och kassör Bo Ek."

    assert list(repeats.titles([part(texts)])) == []


def test_what_stands_twice_in_the_real_newsletters_is_found(seeds: Callable[[], list[Path]]) -> None:
    found = {}
    for path in seeds():
        proposal = read_text(path.read_text(encoding="utf-8"), path.name)
        parts = [Part(article_id=n, text=each.text) for n, each in enumerate(proposal.articles)]
        found[path.name[:3]] = rules([*repeats.sentences_twice(parts), *repeats.names(parts)])

    assert found == {"000": [], "001": [], "002": ["name"], "003": ["twice"], "004": []}
