"""When regions are asked and reminded, by the days alone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter.core import blocks

LAST = date(2030, 6, 18)
REQUEST, FIVE, ONE = blocks.REQUEST, blocks.reminder(5), blocks.reminder(1)


def before(days: int) -> date:
    return LAST - timedelta(days=days)


def walk(*, asked_from: int, silent: frozenset[int] = frozenset()) -> list[tuple[int, str]]:
    """Live through the days up to the last one and beyond; return (days before it, what was told)."""
    told: list[date] = []
    found = []
    for days in range(asked_from, -4, -1):
        step = None if days in silent else blocks.step_due(LAST, before(days), told)
        if step is not None:
            told.append(before(days))
            found.append((days, step))
    return found


def test_asked_once_reminded_twice_and_never_after_the_last_day() -> None:
    assert walk(asked_from=14) == [(14, REQUEST), (5, FIVE), (1, ONE)]


@pytest.mark.parametrize(
    ("asked_from", "silent", "expected"),
    [
        (4, (), [(4, REQUEST), (1, ONE)]),
        (1, (), [(1, REQUEST)]),
        (0, (), [(0, REQUEST)]),
        (-1, (), []),
        (5, (), [(5, REQUEST), (1, ONE)]),
        (14, (5, 4), [(14, REQUEST), (3, FIVE), (1, ONE)]),
        (14, (5, 4, 3, 2, 1), [(14, REQUEST), (0, ONE)]),
        (14, tuple(range(14, 2, -1)), [(2, REQUEST), (1, ONE)]),
        (14, tuple(range(14, -4, -1)), []),
    ],
)
def test_what_was_missed_is_made_up_for_once(
    asked_from: int, silent: tuple[int, ...], expected: list[tuple[int, str]]
) -> None:
    assert walk(asked_from=asked_from, silent=frozenset(silent)) == expected


def test_a_day_that_moves_on_is_reminded_of_anew() -> None:
    told = [before(14), before(5), before(1)]
    later = LAST + timedelta(days=20)

    assert blocks.step_due(later, LAST, told) is None
    assert blocks.step_due(later, later - timedelta(days=5), told) == FIVE


@pytest.mark.parametrize(
    ("utc", "awake"),
    [
        ("2030-06-10T05:59", False),
        ("2030-06-10T06:00", True),  # 8 in Swedish summer time
        ("2030-06-10T15:59", True),
        ("2030-06-10T16:00", False),
        ("2030-12-10T06:59", False),
        ("2030-12-10T07:00", True),  # 8 in Swedish winter time
        ("2030-12-10T23:00", False),
    ],
)
def test_nobodys_night_is_disturbed(utc: str, awake: bool) -> None:
    assert blocks.is_awake(datetime.fromisoformat(utc).replace(tzinfo=UTC), "Europe/Stockholm") is awake
