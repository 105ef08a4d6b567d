"""Findings in words."""

from datetime import date

import pytest

from newsletter import language
from newsletter.core.preflight.findings import Finding, Severity
from newsletter.services.finding_words import said, where


def test_days_are_written_out_in_the_readers_language() -> None:
    sentence = "”{title}” gällde till och med {day}. Ta bort artikeln ur numret, eller ändra dess sista dag."
    finding = Finding("expired", Severity.WARNING, sentence, {"title": "Skörden", "day": date(2027, 1, 5)})

    assert "5 januari 2027" in said(finding)
    with language.using("en"):
        assert said(finding).startswith("“Skörden” was good through 5 January 2027.")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), ""),
        (("Skåne",), "Skåne"),
        (("Skåne", "Väst"), "Skåne och Väst"),
        (("A", "B", "C"), "A, B och C"),
        (("A", "B", "C", "D"), "4 av 11 versioner"),
        (tuple("ABCDEFGHIJK"), "alla versioner"),
    ],
)
def test_variants_are_named_so_that_one_can_tell_whom_it_touches(names: tuple[str, ...], words: str) -> None:
    assert where(Finding("X8", Severity.WARNING, "Fel.", variants=names), 11) == words


def test_the_only_variant_needs_no_name() -> None:
    assert where(Finding("X8", Severity.WARNING, "Fel.", variants=("Gemensam",)), 1) == ""
