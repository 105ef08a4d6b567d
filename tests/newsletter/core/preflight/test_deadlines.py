"""Days that have passed when the issue goes."""

from datetime import date

import pytest

from newsletter.core.preflight import deadlines
from newsletter.core.preflight.findings import Severity
from tests.newsletter.core.preflight.texts import part, rules, told

GOES = date(2027, 1, 12)


@pytest.mark.parametrize(
    "text",
    [
        "Senast 15 december vill vi ha ditt svar.",
        "Anmäl dig senast den 11 januari 2027!",
        "Sista anmälningsdag: 4 januari.",
        "Deadline är 2026-12-31.",
        "Svara före måndag 4 januari.",
        "Ansök till och med 1 jan.",
        "Reply no later than 3 January.",
    ],
)
def test_a_deadline_that_has_passed_is_told_of(text: str) -> None:
    (found,) = deadlines.check(part(f"Kom till mötet. {text}"), GOES)

    assert (found.rule, found.severity, found.article_id) == ("deadline", Severity.WARNING, 1)
    assert text[:20] in told(found)


@pytest.mark.parametrize(
    "text",
    [
        "Senast 12 januari vill vi ha ditt svar.",
        "Senast 15 februari vill vi ha ditt svar.",
        "Senast 31 februari finns inte.",
        "Den 15 december firade vi.",
        "Vi sågs senast i december.",
        "Senast 10 oktober 2027.",
        "Senast 10 september.",
        "Senast 30 juni ska stugan vara röjd.",
    ],
)
def test_a_day_that_is_to_come_or_no_deadline_is_left_alone(text: str) -> None:
    assert list(deadlines.check(part(text), GOES)) == []


def test_an_article_lasts_through_its_last_day() -> None:
    assert rules(deadlines.check(part(expires_on=date(2027, 1, 11)), GOES)) == ["expired"]
    assert rules(deadlines.check(part(expires_on=GOES), GOES)) == []
    assert rules(deadlines.check(part(expires_on=None), GOES)) == []
