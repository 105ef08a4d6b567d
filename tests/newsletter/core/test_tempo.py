"""How fast a send goes, when it will be over, and its course."""

from datetime import timedelta

import pytest

from newsletter.core import tempo
from newsletter.core.tempo import MOST_SLICES, Slice
from tests.conftest import NOON


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.mark.parametrize(
    ("lately", "before", "first_lately", "rate"),
    [
        (500, 1_000, -9.0, 50.0),  # ten seconds of a send that has gone for longer
        (500, 0, -4.0, 125.0),  # it has begun four seconds ago
        (500, 0, -0.2, 500.0),  # less than a second is no measure
        (1, 400, -2.0, 0.1),  # one letter each ten seconds is that, however late it came
        (0, 400, None, 0.0),
    ],
)
def test_the_rate_is_that_of_the_last_ten_seconds_or_of_all_there_were(
    lately: int, before: int, first_lately: float | None, rate: float
) -> None:
    first = None if first_lately is None else NOON + seconds(first_lately)

    assert tempo.rate(lately=lately, before=before, first_lately=first, now=NOON) == pytest.approx(rate)


def test_it_will_be_over_when_what_is_left_has_gone_at_this_rate() -> None:
    assert tempo.finishes_at(600, 10.0, NOON) == NOON + timedelta(minutes=1)
    assert tempo.finishes_at(0, 10.0, NOON) is None
    assert tempo.finishes_at(600, 0.0, NOON) is None
    assert tempo.finishes_at(1_000_000, 1.0, NOON) is None  # eleven days: nobody believes that


@pytest.mark.parametrize(
    ("took", "length"), [(0, 1), (40, 1), (48, 2), (600, 15), (48 * 3600, 7200), (10**8, 86_400)]
)
def test_a_slice_is_as_long_as_the_send_needs(took: int, length: int) -> None:
    assert tempo.slice_seconds(NOON, NOON + seconds(took)) == length
    assert took > 10**7 or took / length <= MOST_SLICES


def test_a_course_has_no_gaps_and_what_is_of_one_slice_is_one() -> None:
    course = tempo.course(NOON, 5, [(3, 10), (0, 20), (3, 5)])

    assert course is not None
    assert course.slices == tuple(
        Slice(NOON + seconds(5 * number), letters) for number, letters in enumerate([20, 0, 0, 15])
    )
    assert course.fastest == 4.0
    assert tempo.course(NOON, 5, []) is None
