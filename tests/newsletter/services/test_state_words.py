"""What people read of a letter's last word."""

import pytest

from newsletter.core.outcomes import PACED, SLOWED
from newsletter.language import using
from newsletter.services.state_words import said


@pytest.mark.parametrize(
    ("reply", "language", "told"),
    [
        ("451 4.7.1 Later", "sv", "451 4.7.1 Later"),
        (
            f"{SLOWED}gmail.com",
            "sv",
            "gmail.com vill ha färre brev just nu. Brevet går av sig självt senare.",
        ),
        (
            f"{PACED}gmail.com",
            "en",
            "The letter awaits its turn: only so many at a time go to gmail.com.",
        ),
    ],
)
def test_a_letter_that_waits_for_a_domain_says_so(reply: str, language: str, told: str) -> None:
    with using(language):
        assert said(reply) == told
