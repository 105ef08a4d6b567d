"""LIX and what is hard to read."""

from newsletter.core.preflight import readability
from newsletter.core.preflight.findings import Severity
from tests.newsletter.core.preflight.texts import article, rules, told


def test_lix_is_words_a_sentence_plus_long_words_in_per_cent() -> None:
    # 10 sentences of 8 words, 2 of them longer than six letters: 8 + 100 * 20 / 80 = 33.
    text = "Vi gick ut till trädgården och åt äpplena. " * 10

    assert readability.lix(article(text)) == 33
    assert readability.level(33) == "lätt, som en roman"


def test_a_text_of_some_lines_has_no_figure() -> None:
    assert readability.lix(article("Välkommen till mötet.")) is None
    assert list(readability.check(1, article("Välkommen till föreningsstämman."))) == []


def test_levels_meet_at_their_limits() -> None:
    assert [readability.level(figure).split(",")[0] for figure in (29, 30, 40, 50, 60)] == [
        "mycket lätt", "lätt", "lagom", "svår", "mycket svår",
    ]  # fmt: skip


def test_a_hard_text_is_advice() -> None:
    text = "Verksamhetsberättelsen innehåller föreningens ekonomiska redovisning. " * 12

    (found,) = readability.check(1, article(text))

    assert found.severity is Severity.ADVICE
    assert "LIX" in told(found)


def test_a_long_sentence_and_a_long_paragraph_are_told_of_with_their_beginning() -> None:
    long_sentence = "Vi " + "och ni " * 20 + "går."
    assert [told(f) for f in readability.check(1, article(long_sentence))] == [
        "En mening i ”Skörden” har 42 ord: ”" + long_sentence[:89].rpartition(" ")[0] + " …” Dela den."
    ]
    assert rules(readability.check(1, article("Vi " + "och ni " * 19 + "går."))) == []
    assert "151 ord" in told(next(iter(readability.check(1, article("Vi går nu. " * 50 + "Ja.")))))
    assert rules(readability.check(1, article("Vi går nu. " * 50))) == []


def test_capitals_in_a_row_are_told_of_and_abbreviations_are_not() -> None:
    assert rules(readability.check(1, article("ALLA ÄR HJÄRTLIGT VÄLKOMNA till oss."))) == ["readability"]
    assert rules(readability.check(1, article("LO, TCO och SACO möter EU."))) == []
