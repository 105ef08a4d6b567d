"""When a region's letter may go: quiet hours by the wall clock, however it is turned, and months."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import letter_rules
from newsletter.core.letter_rules import STANDARD, Rules
from newsletter.errors import IssueError

SWEDEN = "Europe/Stockholm"


def local(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(SWEDEN), fold=fold).astimezone(UTC)


def goes(wanted: datetime, rules: Rules = STANDARD, *, spread: timedelta = timedelta()) -> datetime:
    return letter_rules.goes_at(wanted, rules, SWEDEN, spread=spread)


@pytest.mark.parametrize(
    ("wanted", "then"),
    [
        ("2026-11-26T20:59", "2026-11-26T20:59"),
        ("2026-11-26T21:00", "2026-11-27T07:00"),
        ("2026-11-26T23:59", "2026-11-27T07:00"),
        ("2026-11-27T00:00", "2026-11-27T07:00"),
        ("2026-11-27T06:59", "2026-11-27T07:00"),
        ("2026-11-27T07:00", "2026-11-27T07:00"),
    ],
)
def test_what_is_asked_for_in_quiet_hours_goes_when_they_end(wanted: str, then: str) -> None:
    assert goes(local(wanted)) == local(then)


def test_the_hours_are_the_wall_clocks_also_in_the_nights_in_which_it_is_turned() -> None:
    assert goes(local("2027-03-27T22:00")) == datetime(2027, 3, 28, 5, tzinfo=UTC)  # summer time by then
    assert goes(local("2026-10-24T22:00")) == datetime(2026, 10, 25, 6, tzinfo=UTC)


def test_an_end_that_the_clocks_leave_out_comes_after_the_gap() -> None:
    rules = Rules(time(21), time(2, 30))

    assert goes(local("2027-03-28T01:00"), rules) == local("2027-03-28T03:30")


def test_an_end_that_comes_twice_lets_a_letter_of_the_second_time_wait_for_the_second_end() -> None:
    rules = Rules(time(21), time(2, 30))

    second = local("2026-10-25T02:15", fold=1)
    assert goes(second, rules) == local("2026-10-25T02:30", fold=1)


def test_quiet_hours_in_the_middle_of_the_day_and_none_at_all() -> None:
    assert goes(local("2026-11-26T12:30"), Rules(time(12), time(13))) == local("2026-11-26T13:00")
    assert goes(local("2026-11-26T03:00"), Rules(time(7), time(7))) == local("2026-11-26T03:00")


def test_a_letter_whose_last_wave_would_begin_in_quiet_hours_waits_with_all_of_it() -> None:
    wanted = local("2026-11-26T20:40")

    assert goes(wanted, spread=timedelta(minutes=19)) == wanted
    assert goes(wanted, spread=timedelta(minutes=25)) == local("2026-11-27T07:00")


def test_a_spread_longer_than_the_day_does_not_keep_a_letter_for_ever() -> None:
    assert goes(local("2026-11-26T10:00"), spread=timedelta(hours=20)) == local("2026-11-26T10:00")


moments = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(moments, st.times(), st.times())
def test_no_letter_goes_in_quiet_hours_or_before_it_is_wanted(wanted: datetime, one: time, two: time) -> None:
    rules = Rules(one.replace(microsecond=0), two.replace(microsecond=0))

    at = goes(wanted, rules)

    assert wanted <= at <= wanted + timedelta(hours=26)
    twice = local("2026-10-25T02:00") <= at < local("2026-10-25T03:00")  # the hour in which quiet begins anew
    turned = at.month == 10 and at.day >= 25 and at.hour < 3
    assert twice or turned or not letter_rules.is_quiet(at, rules, SWEDEN)


def test_a_month_is_that_of_the_wall_clock() -> None:
    assert letter_rules.month_of(datetime(2026, 11, 30, 23, 30, tzinfo=UTC), SWEDEN) == date(2026, 12, 1)
    assert letter_rules.bounds(date(2026, 12, 1), SWEDEN) == (
        datetime(2026, 11, 30, 23, tzinfo=UTC),
        datetime(2026, 12, 31, 23, tzinfo=UTC),
    )


def test_a_full_month_says_what_to_do() -> None:
    letter_rules.check_room(3, STANDARD)
    with pytest.raises(IssueError, match="Välj en dag i en annan månad"):
        letter_rules.check_room(4, STANDARD)


@pytest.mark.parametrize("monthly", [-1, 32])
def test_a_number_that_makes_no_sense_is_refused(monthly: int) -> None:
    with pytest.raises(IssueError):
        letter_rules.check(Rules(monthly=monthly))
