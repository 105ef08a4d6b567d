"""A refused letter is tried again with patience, and not for ever."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.replies import NoReply, Reply
from newsletter.core.retry import GiveUp, TryAgain, Why, after_refusal

NOON = datetime(2030, 3, 1, 12, 0, tzinfo=UTC)
BUSY = Reply(451, (4, 7, 1), "Try again later")
UNKNOWN_USER = Reply(550, (5, 1, 1), "No such user")


def tries_of(reply: Reply | NoReply) -> list[timedelta]:
    """When a letter is tried that always gets this reply at once, counted from the first try."""
    now, tries = NOON, []
    while True:
        tries.append(now - NOON)
        match after_refusal(reply, len(tries), NOON, now):
            case TryAgain(at):
                now = at
            case GiveUp(why):
                assert why is Why.TOO_LONG
                return tries


def test_a_busy_server_is_asked_for_two_days_with_longer_and_longer_waits() -> None:
    hours = [0, 0.25, 0.75, 1.75, 3.75, 7.75, 13.75, 19.75, 25.75, 31.75, 37.75, 43.75]
    assert tries_of(BUSY) == [timedelta(hours=hour) for hour in hours]


def test_a_server_that_cannot_be_reached_is_asked_just_as_long() -> None:
    assert tries_of(NoReply("Connection refused")) == tries_of(BUSY)


@pytest.mark.parametrize("attempt", [1, 5])
def test_a_final_refusal_is_final_at_once(attempt: int) -> None:
    assert after_refusal(UNKNOWN_USER, attempt, NOON, NOON) == GiveUp(Why.REFUSED)


def test_who_wants_fewer_letters_is_asked_each_quarter_and_no_letter_waits_longer_for_it() -> None:
    """P13: such a reply says nothing of this letter, so its wait does not double."""
    slow = Reply(421, (4, 7, 28), "Gmail has detected an unusual rate of unsolicited mail")
    quarter = timedelta(minutes=15)
    assert tries_of(slow) == [number * quarter for number in range(48 * 4 + 1)]


def test_our_own_quota_at_the_relay_loses_no_letter() -> None:
    quota = Reply(550, None, "Domain x.example has exceeded the max emails per hour (500/500) allowed")
    assert after_refusal(quota, 3, NOON, NOON) == TryAgain(NOON + timedelta(minutes=15))
    assert after_refusal(quota, 9, NOON, NOON + timedelta(hours=48)) == GiveUp(Why.TOO_LONG)
    no_key = Reply(550, (5, 7, 26), "Your email has been blocked because the sender is unauthenticated")
    assert after_refusal(no_key, 1, NOON, NOON) == GiveUp(Why.REFUSED)


def test_the_last_try_falls_within_48_hours_of_the_first() -> None:
    last = NOON + timedelta(hours=48)
    assert after_refusal(BUSY, 9, NOON, last - timedelta(hours=6)) == TryAgain(last)
    just_over = last - timedelta(hours=6) + timedelta(microseconds=1)
    assert after_refusal(BUSY, 9, NOON, just_over) == GiveUp(Why.TOO_LONG)


def test_the_wait_is_real_time_and_keeps_its_zone_when_the_clocks_change() -> None:
    """In the night to 31 March 2030 six hours take a Stockholm clock from ten to five."""
    stockholm = ZoneInfo("Europe/Stockholm")
    evening = datetime(2030, 3, 30, 22, 0, tzinfo=stockholm)
    decision = after_refusal(BUSY, 6, evening, evening)
    assert decision == TryAgain(datetime(2030, 3, 31, 5, 0, tzinfo=stockholm))
    assert isinstance(decision, TryAgain)
    assert decision.at.tzinfo is stockholm


@given(st.integers(1, 10**9), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_the_next_try_is_never_sooner_than_a_quarter_nor_later_than_six_hours(
    attempt: int, since: timedelta
) -> None:
    now = NOON + since
    match after_refusal(BUSY, attempt, NOON, now):
        case TryAgain(at):
            assert timedelta(minutes=15) <= at - now <= timedelta(hours=6)
            assert at <= NOON + timedelta(hours=48)
        case GiveUp(why):
            assert why is Why.TOO_LONG
            assert since > timedelta(hours=42)


def test_a_clock_that_jumps_back_an_hour_only_waits_on() -> None:
    now = NOON - timedelta(hours=1)
    assert after_refusal(BUSY, 1, NOON, now) == TryAgain(now + timedelta(minutes=15))


@pytest.mark.parametrize(
    ("reply", "attempt", "first", "now", "why"),
    [
        (Reply(250, (2, 0, 0), "Ok"), 1, NOON, NOON, "not a refusal"),
        (Reply(354, None, "Go on"), 1, NOON, NOON, "354"),
        (BUSY, 0, NOON, NOON, "count from 1"),
        (BUSY, 1, NOON.replace(tzinfo=None), NOON, "time zone"),
        (BUSY, 1, NOON, NOON.replace(tzinfo=None), "time zone"),
    ],
)
def test_a_caller_that_asks_nonsense_hears_so(
    reply: Reply, attempt: int, first: datetime, now: datetime, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        after_refusal(reply, attempt, first, now)
