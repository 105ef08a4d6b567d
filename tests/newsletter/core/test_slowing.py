"""Who wants fewer letters gets a rest, and is then asked with care (rule P13)."""

from datetime import UTC, datetime, timedelta

from newsletter.core.slowing import ENOUGH, accepted, slowed

NOON = datetime(2030, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SAID = "421 4.7.28 Unusual rate"


def test_rests_double_from_ten_minutes_to_two_hours() -> None:
    slow, now, rests = None, NOON, []
    for _ in range(6):
        slow = slowed(slow, SAID, now)
        rests.append((slow.until - now) / MINUTE)
        now = slow.until
    assert rests == [10, 20, 40, 80, 120, 120]


def test_letters_that_were_under_way_together_are_one_no() -> None:
    slow = slowed(None, SAID, NOON)
    assert slowed(slow, SAID, NOON + 9 * MINUTE) == slow


def test_it_rests_and_then_is_asked_with_care_until_it_has_accepted_enough() -> None:
    slow = slowed(None, SAID, NOON)
    assert slow.rests(NOON)
    assert slow.rests(slow.until - timedelta(seconds=1))
    assert not slow.rests(slow.until)
    assert slow.is_careful(slow.until)
    nearly = accepted(slow, ENOUGH - 1, slow.until)
    assert nearly.is_careful(slow.until + MINUTE)
    assert not accepted(nearly, 1, slow.until).is_careful(slow.until + MINUTE)


def test_what_is_accepted_while_it_rests_was_under_way_and_proves_nothing() -> None:
    slow = slowed(None, SAID, NOON)
    assert accepted(slow, 99, NOON + MINUTE) == slow


def test_a_no_within_a_day_after_it_was_back_makes_the_next_rest_longer() -> None:
    back = accepted(slowed(None, SAID, NOON), ENOUGH, NOON + 10 * MINUTE)
    soon, late = NOON + timedelta(hours=20), NOON + timedelta(hours=25)
    assert slowed(back, SAID, soon).until == soon + 20 * MINUTE
    assert slowed(back, SAID, late).until == late + 10 * MINUTE


def test_after_a_day_nothing_is_remembered() -> None:
    slow = slowed(None, SAID, NOON)
    assert slow.is_careful(NOON + timedelta(hours=24))
    assert not slow.is_careful(slow.until + timedelta(hours=24))


def test_a_clock_that_was_set_back_by_days_ends_the_rest() -> None:
    assert not slowed(None, SAID, NOON).rests(NOON - timedelta(days=2))
