"""A sender holds about half a second's letters, and claims more when half of them are gone."""

from newsletter.core.batches import CHUNK, LARGEST, SMALLEST, enough, rate, wanted


def settled_in(before: float, letters: int, seconds: float, rounds: int = 20) -> float:
    for _ in range(rounds):
        before = rate(before, letters, seconds)
    return before


def test_the_rate_follows_what_has_gone() -> None:
    assert round(settled_in(0.0, 100, 0.1)) == 1000
    assert round(settled_in(5000.0, 1, 2.0), 3) == 0.5
    assert rate(7.0, 100, 0.0) == 7.0  # no time has gone by


def test_with_a_quick_server_it_holds_more_and_never_more_than_the_most() -> None:
    assert enough(600.0) == 300
    assert enough(1e9) == LARGEST


def test_with_a_slow_server_or_before_the_first_letter_it_holds_a_few() -> None:
    assert enough(0.0) == enough(0.5) == SMALLEST


def test_it_claims_when_half_is_gone_and_not_too_many_at_once() -> None:
    assert wanted(600.0, held=300) == 0
    assert wanted(600.0, held=151) == 0
    assert wanted(600.0, held=150) == 150
    assert wanted(1e9, held=0) == CHUNK


def test_from_the_first_claim_it_grows_within_a_few_rounds() -> None:
    """A round takes some 20 ms, in which a quick server takes all that was held."""
    letters_a_second = 0.0
    for _ in range(5):
        letters_a_second = rate(letters_a_second, enough(letters_a_second), 0.02)

    assert enough(letters_a_second) == LARGEST
