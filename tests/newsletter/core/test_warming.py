"""A sender that nobody knows begins with few letters."""

from datetime import UTC, datetime, timedelta

from newsletter.core.pacing import Per, Rate
from newsletter.core.warming import ENOUGH, Warming, allowed, today

NOON = datetime(2030, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_each_day_allows_twice_as_many_until_it_is_enough() -> None:
    day, numbers = today(200, None, NOON), []
    while (rate := allowed(200, day)) is not None:
        assert rate.per is Per.DAY
        numbers.append(rate.letters)
        day = today(200, Warming(day.since, day.doublings, rate.letters), day.since + DAY)
    assert numbers == [200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200]
    assert 2 * numbers[-1] >= ENOUGH


def test_it_is_over_where_the_relays_own_rate_is_reached() -> None:
    assert allowed(200, Warming(NOON, 3), most=2000) == Rate(1600, Per.DAY)
    assert allowed(200, Warming(NOON, 4), most=2000) is None


def test_a_day_counts_to_its_end_and_only_if_half_of_it_was_used() -> None:
    assert today(200, Warming(NOON, 1, 150), NOON + DAY - timedelta(seconds=1)) == Warming(NOON, 1, 150)
    assert today(200, Warming(NOON, 1, 200), NOON + DAY) == Warming(NOON + DAY, 2)
    assert today(200, Warming(NOON, 1, 199), NOON + 30 * DAY) == Warming(NOON + 30 * DAY, 1)


def test_a_clock_that_was_wrong_by_far_warms_nothing() -> None:
    assert today(200, Warming(NOON, 1, 400), NOON - timedelta(hours=1)) == Warming(NOON, 1, 400)
    assert today(200, Warming(NOON, 1, 400), NOON - 300 * DAY) == Warming(NOON - 300 * DAY, 1)
