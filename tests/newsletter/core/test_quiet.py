"""Nobody's phone rings at night for a newsletter."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.quiet import Hours, after, begins_at, ends_at, is_quiet, parse

ZONE = "Europe/Stockholm"
NIGHT = Hours(22, 7)


def at(*when: int, fold: int = 0) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(ZONE), fold=fold)


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"), [(21, 59, False), (22, 0, True), (0, 0, True), (6, 59, True), (7, 0, False)]
)
def test_a_night_reaches_over_midnight_on_the_associations_clock(
    hour: int, minute: int, *, quiet: bool
) -> None:
    moment = at(2030, 3, 1, hour, minute)
    assert is_quiet(moment, ZONE, NIGHT) is quiet
    assert is_quiet(moment.astimezone(UTC), ZONE, NIGHT) is quiet


def test_hours_within_a_day_and_none_at_all() -> None:
    assert is_quiet(at(2030, 3, 1, 12), ZONE, Hours(12, 13))
    assert not is_quiet(at(2030, 3, 1, 13), ZONE, Hours(12, 13))
    assert not is_quiet(at(2030, 3, 1, 3), ZONE, None)
    assert ends_at(at(2030, 3, 1, 3), ZONE, None) == at(2030, 3, 1, 3)


@pytest.mark.parametrize(
    ("now", "end", "hours"),
    [
        (at(2030, 3, 1, 23, 10), at(2030, 3, 2, 7), 7.8333),
        (at(2030, 3, 30, 23, 0), at(2030, 3, 31, 7), 7),  # the clocks go from 2 to 3
        (at(2030, 10, 26, 23, 0), at(2030, 10, 27, 7), 9),  # 2 to 3 comes twice
    ],
)
def test_the_end_is_told_by_the_wall_also_when_the_clocks_are_turned(
    now: datetime, end: datetime, hours: float
) -> None:
    found = ends_at(now, ZONE, NIGHT)
    assert found == end
    assert (found - now.astimezone(UTC)).total_seconds() / 3600 == pytest.approx(hours, abs=0.01)


def test_an_end_that_does_not_exist_is_when_the_clock_has_leapt_over_it() -> None:
    assert ends_at(at(2030, 3, 31, 1, 30), ZONE, Hours(1, 2)) == at(2030, 3, 31, 3)


def test_an_hour_that_comes_twice_is_quiet_twice() -> None:
    hours = Hours(2, 3)
    assert is_quiet(at(2030, 10, 27, 2, 30), ZONE, hours)
    assert is_quiet(at(2030, 10, 27, 2, 30, fold=1), ZONE, hours)
    assert ends_at(at(2030, 10, 27, 2, 30), ZONE, hours) == at(2030, 10, 27, 3)


@given(
    st.integers(0, 20 * 365 * 24 * 60).map(lambda each: at(2020, 1, 1) + timedelta(minutes=each)),
    st.sampled_from([ZONE, "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"]),
    st.integers(0, 23),
    st.integers(1, 23),
)
def test_the_end_is_the_first_moment_that_is_not_quiet(
    now: datetime, zone: str, first: int, length: int
) -> None:
    hours = Hours(first, (first + length) % 24)
    end = ends_at(now, zone, hours)
    assert not is_quiet(end, zone, hours)
    assert end == now or is_quiet(end - timedelta(microseconds=1), zone, hours)


def test_work_rests_at_night() -> None:
    evening = at(2030, 3, 1, 20)
    assert begins_at(evening, ZONE, NIGHT) == at(2030, 3, 1, 22)
    assert begins_at(at(2030, 3, 1, 23), ZONE, NIGHT) == at(2030, 3, 1, 23)
    assert after(evening, timedelta(hours=2), ZONE, NIGHT) == at(2030, 3, 1, 22)
    assert after(evening, timedelta(hours=3), ZONE, NIGHT) == at(2030, 3, 2, 8)
    assert after(evening, timedelta(hours=20), ZONE, NIGHT) == at(2030, 3, 3, 10)
    assert after(at(2030, 3, 1, 23), timedelta(hours=1), ZONE, NIGHT) == at(2030, 3, 2, 8)
    assert after(evening, timedelta(hours=3), ZONE, None) == at(2030, 3, 1, 23)


@pytest.mark.parametrize("text", ["22-7", " 22 - 07 "])
def test_hours_are_read(text: str) -> None:
    assert parse(text) == NIGHT


def test_midnight_may_be_written_in_two_ways() -> None:
    assert parse("0-6") == parse("24-6") == Hours(0, 6)
    assert parse("22-24") == Hours(22, 0)
    assert parse("") is None


@pytest.mark.parametrize("text", ["22", "22-22", "0-24", "25-7", "22.30-7", "x", "-1-7"])
def test_what_is_not_two_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not two hours"):
        parse(text)
