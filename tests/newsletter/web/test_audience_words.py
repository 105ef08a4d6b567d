"""Whom an item is for is said in words."""

import pytest

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.language import using
from newsletter.web.audience_words import said

NAMES = {"norra": "Norra", "skane": "Skåne", "vast": "Väst", "ost": "Öst"}


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        (EVERYONE, "alla"),
        (None, "ingen"),
        (Audience.of(["skane"]), "bara Skåne"),
        (Audience.of(["vast", "skane"]), "bara Skåne och Väst"),
        (Audience.of(["vast", "skane", "ost"]), "alla regioner utom Norra"),
        (Audience.of(NAMES), "alla som hör till en region"),
    ],
)
def test_an_audience_is_said_in_words(audience: Audience | None, words: str) -> None:
    with using("sv"):
        assert said(audience, NAMES) == words


def test_it_is_said_in_english_too() -> None:
    with using("en"):
        assert said(Audience.of(["vast", "skane"]), NAMES) == "only Skåne and Väst"
