"""The nights in which the clocks are turned are told beforehand."""

from datetime import UTC, datetime

from newsletter.core.clocks import Turn, next_turn

STOCKHOLM = "Europe/Stockholm"


def test_in_winter_the_next_turn_is_the_gap_in_spring() -> None:
    turn = next_turn(STOCKHOLM, datetime(2026, 11, 26, 7, tzinfo=UTC))

    assert turn == Turn(datetime(2027, 3, 28, 2), datetime(2027, 3, 28, 3))  # noqa: DTZ001 - wall times
    assert turn.forward


def test_in_summer_it_is_the_hour_that_comes_twice() -> None:
    turn = next_turn(STOCKHOLM, datetime(2027, 7, 1, tzinfo=UTC))

    assert turn == Turn(datetime(2027, 10, 31, 3), datetime(2027, 10, 31, 2))  # noqa: DTZ001 - wall times
    assert not turn.forward


def test_at_the_very_moment_the_next_one_is_meant() -> None:
    turn = next_turn(STOCKHOLM, datetime(2027, 3, 28, 1, tzinfo=UTC))

    assert turn is not None
    assert not turn.forward


def test_where_clocks_are_left_alone_there_is_none() -> None:
    assert next_turn("UTC", datetime(2027, 1, 1, tzinfo=UTC)) is None
