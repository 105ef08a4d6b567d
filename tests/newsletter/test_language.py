"""Swedish first, English second: nobody meets a sentence in the other language."""

import pytest

from newsletter import language
from newsletter.errors import IssueError
from newsletter.language import _, ngettext, sentence, using
from tests import catalogue


@pytest.fixture(scope="module")
def wanted():
    return catalogue.wanted()


@pytest.fixture(scope="module")
def english():
    return catalogue.load()


def test_every_sentence_that_people_read_has_an_english_one(wanted, english):
    missing = {}
    for message, places in wanted.items():
        known = english.get(message if isinstance(message, str) else message[0])
        forms = known.string if known else ""
        if not (all(forms) if isinstance(forms, tuple) else forms):
            missing[message] = places[0]

    assert not missing, "no English for\n" + "\n".join(
        f"{place}: {text!r}" for text, place in missing.items()
    )


def test_the_catalogue_holds_nothing_that_nobody_says_any_more(wanted, english):
    said = {message if isinstance(message, str) else message[0] for message in wanted}
    kept = {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in english if entry.id}

    assert sorted(kept - said) == []


def test_a_translation_fills_the_same_places(english):
    wrong = []
    for entry in english:
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        forms = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        named = catalogue.placeholders(ids[-1])
        wrong += [entry.id for form in forms if entry.id and form and catalogue.placeholders(form) != named]

    assert wrong == []


def test_a_translation_keeps_the_lines_that_are_set_apart(english):
    """Help texts have examples on lines of their own."""
    wrong = [
        entry.id
        for entry in english
        if isinstance(entry.id, str) and entry.string and entry.id.count("\n\n") != entry.string.count("\n\n")
    ]

    assert wrong == []


def test_no_english_sentence_is_the_swedish_one_by_mistake(english):
    same = [e.id for e in english if e.id and e.id == e.string and any(c in e.id for c in "åäöÅÄÖ")]

    assert same == []


def test_every_error_says_its_sentence_where_it_is_raised():
    assert catalogue.errors_without_a_literal() == []


def test_the_search_for_sentences_finds_them_in_code_templates_help_and_errors(wanted):
    places = [place for found in wanted.values() for place in found]

    assert {"SettingsError", "IssueError", "TextRefused", "NotFound"} <= catalogue.error_classes()
    assert any(place.startswith("newsletter/settings.py") for place in places)
    assert any(place.startswith("subscribers/services/") for place in places)
    assert any(place.startswith("templates/email/issue/") for place in places)
    assert any(place.startswith("rundbrev issues create --help") for place in places)


def test_swedish_needs_no_catalogue():
    with using("sv"):
        assert _("Något som ingen har sagt förr") == "Något som ingen har sagt förr"
        assert [ngettext("{n} mottagare", "{n} mottagare i allt", n)[-1:] for n in (0, 1, 2)] == [
            "t",
            "e",
            "t",
        ]


def test_english_is_spoken_inside_the_block_only():
    with using("en"):
        inside = _("Övningsläge – inga brev skickas på riktigt")

    assert inside == "Practice mode – no real letters are sent"
    assert _("Övningsläge – inga brev skickas på riktigt").startswith("Övningsläge")


def test_what_has_no_english_is_said_in_swedish_rather_than_not_at_all():
    with using("en"):
        assert _("Något som ingen har sagt förr") == "Något som ingen har sagt förr"


def test_an_empty_text_stays_empty():
    with using("en"):
        assert _("") == ""


@pytest.mark.parametrize("unknown", ["fi", "", "EN", "../en"])
def test_an_unknown_language_becomes_swedish(unknown):
    with using(unknown):
        assert language.current() == "sv"


def test_an_error_is_told_in_the_readers_language_with_its_facts():
    error = IssueError("Numret ska vara ett heltal från 1 till 9999, inte {number}.", number=12345)

    with using("en"):
        assert "12345" in sentence(error)
        assert "Numret" not in sentence(error)
    assert sentence(error) == str(error)
