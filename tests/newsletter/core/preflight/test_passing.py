"""Which findings ask for a reason, and when one is the same as before."""

from dataclasses import replace
from datetime import date

import pytest

from newsletter.core.preflight import passing
from newsletter.core.preflight.findings import Checked, Finding, Place, Severity

WARNING = Finding(
    "X8", Severity.WARNING, "Bilden i ”{title}” saknar text.", {"title": "Skörden"}, article_id=7
)


def test_only_warnings_ask_and_a_writer_is_not_asked_about_the_frame() -> None:
    advice = replace(WARNING, severity=Severity.ADVICE)
    stop = replace(WARNING, severity=Severity.STOP)
    frame, settings = (replace(WARNING, place=place) for place in (Place.TEMPLATE, Place.SETTINGS))
    found = [stop, WARNING, frame, settings, advice]

    assert passing.asking(found) == [WARNING, frame, settings]
    assert passing.asking(found, words_only=True) == [WARNING]


@pytest.mark.parametrize(
    "same",
    [
        replace(WARNING, variants=("Skåne", "Väst")),
        replace(WARNING, facts={"title": "Skörden", "bytes": 92_000}),
        replace(WARNING, severity=Severity.ADVICE),
    ],
    ids=["more variants", "a number", "how bad it is"],
)
def test_the_same_fault_has_the_same_key(same: Finding) -> None:
    assert passing.key(same) == passing.key(WARNING)


@pytest.mark.parametrize(
    "other",
    [
        replace(WARNING, rule="X5"),
        replace(WARNING, sentence="Något annat."),
        replace(WARNING, facts={"title": "Träffen"}),
        replace(WARNING, facts={"title": "Skörden", "day": date(2027, 1, 5)}),
        replace(WARNING, article_id=8),
        replace(WARNING, place=Place.LEAD),
    ],
)
def test_another_fault_has_another_key_and_has_not_been_seen(other: Finding) -> None:
    assert passing.key(other) != passing.key(WARNING)
    assert passing.unseen([WARNING, other], {passing.key(WARNING)}) == [other]


def test_what_was_found_is_parted_by_how_bad_it_is() -> None:
    advice = replace(WARNING, severity=Severity.ADVICE)

    assert Checked((WARNING, advice), 3).of(Severity.ADVICE) == [advice]
