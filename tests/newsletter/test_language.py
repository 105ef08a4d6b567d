"""Swedish first, English second: nobody meets a sentence in the other language."""

import pytest

from newsletter import language
from newsletter.errors import IssueError
from newsletter.language import _, ngettext, sentence, using
from tests import catalogue


@pytest.fixture(scope="module")
def english():
    return catalogue.load()


def test_bringing_the_catalogue_up_to_date_finds_nothing_to_translate_and_nothing_to_drop(english, tmp_path):
    copy = tmp_path / "en.po"
    copy.write_bytes(catalogue.CATALOGUE.read_bytes())

    missing = catalogue.update(copy)

    assert missing == [], "translate these after: python -m tests.catalogue"
    current = catalogue.load(copy)
    assert [entry.id for entry in english if entry.id and entry.id not in current] == []


def test_a_new_sentence_is_added_and_a_forgotten_one_is_dropped(tmp_path):
    copy = tmp_path / "en.po"
    copy.write_text(
        catalogue.HEADER + 'msgid "Flaggor"\nmsgstr "Options"\n\nmsgid "Utdöd mening"\nmsgstr "Extinct"\n',
        encoding="utf-8",
    )

    missing = catalogue.update(copy)

    updated = catalogue.load(copy)
    assert updated.get("Flaggor").string == "Options"
    assert "Utdöd mening" not in updated
    assert "Argument" in missing
    assert updated.get("Argument").string == ""


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


def test_sentences_are_looked_for_in_code_templates_help_and_errors():
    places = [place for found in catalogue.wanted().values() for place in found]

    assert {"SettingsError", "IssueError", "TextRefused", "NotFound"} <= catalogue.error_classes()
    for start in (
        "newsletter/settings.py",
        "subscribers/services/",
        "templates/email/issue/",
        "rundbrev issues create",
    ):
        assert any(place.startswith(start) for place in places), start


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


def test_whose_something_is_in_each_language():
    for speaks, told in (("sv", ["Skånes", "Västerås"]), ("en", ["Skåne’s", "Västerås’s"])):
        with using(speaks):
            assert [language.whose(name) for name in ("Skåne", "Västerås")] == told
