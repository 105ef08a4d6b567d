"""Words of Swedish: stems that meet, dates, languages."""

from datetime import date

import pytest

from newsletter.core import swedish


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rådsmötet", "rådsmöten"),
        ("Hästarna", "hästar"),
        ("ESN:s", "ESN"),
        ("kommunernas", "kommuner"),
        ("skolan", "skolor"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert swedish.stem(one) == swedish.stem(other)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("7 JULI 2022", date(2022, 7, 7)),
        ("den 2 oktober 2023", date(2023, 10, 2)),
        ("2022-11-21", date(2022, 11, 21)),
        ("3 sept 2024", date(2024, 9, 3)),
        ("30 februari 2024", None),
        ("2022-13-45", None),
        ("7 juli", None),
    ],
)
def test_dates_are_read_as_swedes_write_them(text: str, day: date | None) -> None:
    assert swedish.find_date(text) == day


def test_small_words_tell_the_language() -> None:
    assert swedish.language_of("Det är en fin dag och vi har det bra") == "sv"
    assert swedish.language_of("It is a fine day and all of us are well") == "en"
    assert swedish.language_of("Ouagadougou 1987") == "sv"
    assert swedish.language_of("مرحبا بكم في الجمعية") == "ar"
