"""The subject and what is shown after it."""

import pytest

from newsletter.core.preflight import subjects
from newsletter.core.preflight.findings import Place, Severity
from newsletter.core.preflight.matter import Matter
from tests.newsletter.core.preflight.texts import told


def found(
    subject: str, preheader: str = "Skörden och årsmötet.", *, earlier: tuple[str, ...] = ()
) -> list[tuple[str, Severity]]:
    matter = Matter(subject=subject, preheader=preheader, earlier_subjects=earlier)
    findings = list(subjects.check(matter))
    assert all(told(each) for each in findings)
    return [(each.rule, each.severity) for each in findings]  # fmt: skip


def test_a_good_subject_has_no_fault() -> None:
    assert found("Kärnhuset inför vintern", earlier=("Kärnhuset i höst",)) == []


@pytest.mark.parametrize("subject", ["", "  "])
def test_an_empty_subject_is_told_of(subject: str) -> None:
    assert found(subject) == [("subject", Severity.WARNING)]


@pytest.mark.parametrize("subject", ["Re: Mötet", "SV: mötet", "Fwd: hej", "VB:hej", "re[2]: hej"])
def test_p10_a_subject_that_plays_an_answer_is_told_of(subject: str) -> None:
    assert found(subject) == [("P10", Severity.WARNING)]


@pytest.mark.parametrize("subject", ["Resan: så gick den", "Svar: ja", "Vbet", "Angående mötet"])
def test_words_that_begin_alike_are_no_answers(subject: str) -> None:
    assert found(subject) == []


def test_a_long_subject_is_advice() -> None:
    assert found("o" * 60) == []
    assert found("o" * 61) == [("subject", Severity.ADVICE)]


def test_last_months_subject_again_is_told_of() -> None:
    assert found("Nytt nummer ", earlier=("Annat", "nytt nummer")) == [("subject", Severity.WARNING)]


@pytest.mark.parametrize("subject", ["KOM TILL MÖTET NU", "Kom nu!!", "Vad hände??"])
def test_a_subject_that_shouts_is_told_of(subject: str) -> None:
    assert found(subject) == [("subject", Severity.WARNING)]


@pytest.mark.parametrize("subject", ["LSS och FN", "AB", "Kom!", "2027"])
def test_abbreviations_do_not_shout(subject: str) -> None:
    assert found(subject) == []


def test_the_preheader_says_something_else_and_not_too_much() -> None:
    assert found("Skörden", "") == [("preheader", Severity.ADVICE)]
    assert found("Skörden", "skörden") == [("preheader", Severity.WARNING)]
    assert found("Skörden", "o" * 140) == []
    assert found("Skörden", "o" * 141) == [("preheader", Severity.ADVICE)]
    places = [each.place for each in subjects.check(Matter(subject="Skörden", preheader=""))]
    assert places == [Place.PREHEADER]
