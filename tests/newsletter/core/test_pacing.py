"""Letters go as fast as they may and no faster, however many senders ask, and whenever they do."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.pacing import (
    Limits,
    Per,
    Rate,
    Rates,
    Spent,
    book,
    done_at,
    parse,
    room,
    shared,
    slowest,
    strictest,
    take,
    written,
)

NOON = datetime(2030, 3, 1, 12, 0, tzinfo=UTC)
TEN_MINUTES = timedelta(minutes=10)
SECOND = timedelta(seconds=1)

#: A letter went then.
Sent = list[datetime]


def go(rates: Rates, asks: Sequence[datetime], *, wanted: int = 10**6) -> Sent:
    """Ask at these moments, in this order, and send all that may go each time."""
    spent, sent = Spent(), []
    for now in asks:
        letters = room(rates, spent, wanted=wanted, now=now).letters
        # What is kept between two asks has been through the database.
        spent = Spent.load(take(rates, spent, letters=letters, now=now).dump())
        sent += [now] * letters
    return sent


def turns(senders: int, span: timedelta, *, seed: int) -> list[datetime]:
    """Return when so many senders ask, each about once a second."""
    chance, asks = Random(seed), []
    for _ in range(senders):
        now = NOON + SECOND * chance.random()
        while now < NOON + span:
            asks.append(now)
            now += SECOND * chance.uniform(0.8, 1.25)
    return sorted(asks)


def most_within(span: timedelta, sent: Sent) -> int:
    """Return the most letters of any such span, with both its ends."""
    most, first = 0, 0
    for last, moment in enumerate(sent):
        while moment - sent[first] > span:
            first += 1
        most = max(most, last - first + 1)
    return most


@pytest.mark.parametrize("senders", [1, 4])
@pytest.mark.parametrize(("text", "letters"), [("30/minute", 300), ("14/second", 8400)])
def test_a_rate_comes_out_within_two_percent_over_ten_minutes(text: str, letters: int, senders: int) -> None:
    for seed in range(5):
        sent = go(parse(text), turns(senders, TEN_MINUTES, seed=seed))
        assert len(sent) == pytest.approx(letters, rel=0.02)


@pytest.mark.parametrize(("text", "span", "most"), [("30/minute", 60, 32), ("14/second", 10, 170)])
def test_letters_are_evenly_spaced(text: str, span: float, most: int) -> None:
    sent = go(parse(text), turns(4, TEN_MINUTES, seed=1))
    assert most_within(timedelta(seconds=span), sent) <= most


def test_a_sender_that_has_been_away_may_not_make_up_for_it() -> None:
    rates = parse("30/minute")
    spent = take(rates, Spent(), letters=1, now=NOON)
    assert room(rates, spent, wanted=99, now=NOON + timedelta(hours=5)).letters == 1


def test_the_next_letters_turn_is_told() -> None:
    rates = parse("30/minute")
    spent = take(rates, Spent(), letters=1, now=NOON)
    assert room(rates, spent, wanted=1, now=NOON + SECOND).again_at == NOON + 2 * SECOND
    assert room(rates, spent, wanted=1, now=NOON + 2 * SECOND).again_at is None


@given(
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 80)), max_size=60),
    st.integers(1, 60),
    st.sampled_from([(Per.HOUR, timedelta(hours=1)), (Per.DAY, timedelta(days=1))]),
)
def test_no_hour_and_no_day_ever_has_more_than_it_may(
    asks: list[tuple[int, int]], most: int, unit: tuple[Per, timedelta]
) -> None:
    per, span = unit
    rates = (Rate(most, per),)
    now, spent, sent = NOON, Spent(), []
    for wait, wanted in asks:
        now += wait * (span / 3600)
        letters = room(rates, spent, wanted=wanted, now=now).letters
        spent = Spent.load(take(rates, spent, letters=letters, now=now).dump())
        sent += [now] * letters
    assert most_within(span, sent) <= most


@given(
    st.sampled_from(["30/minute", "14/second", "7/hour", "5/minute, 40/hour", "20/day, 3/second"]),
    st.lists(st.integers(0, 900), min_size=1, max_size=30),
)
def test_when_it_says_there_is_room_there_is_and_not_a_moment_sooner(text: str, waits: list[int]) -> None:
    rates, now, spent = parse(text), NOON, Spent()
    for wait in waits:
        now += timedelta(seconds=wait)
        found = room(rates, spent, wanted=50, now=now)
        spent = take(rates, spent, letters=found.letters, now=now)
        if found.again_at is not None:
            assert found.again_at > now
            assert room(rates, spent, wanted=1, now=found.again_at).letters == 1
            just_before = max(now, found.again_at - timedelta(milliseconds=1))
            assert room(rates, spent, wanted=1, now=just_before).letters == 0


def test_a_full_hour_lasts_no_longer_than_an_hour_and_a_minute() -> None:
    asks = [NOON + SECOND * number for number in range(4 * 3600)]
    sent = go(parse("500/hour"), asks)
    assert len(sent) == 4 * 500
    assert sent[-1] - NOON <= 3 * timedelta(minutes=61)


def test_several_rates_hold_together() -> None:
    sent = go(parse("14/second, 100/hour"), turns(1, TEN_MINUTES, seed=2))
    assert len(sent) == 100
    assert sent[0] - NOON < sent[-1] - NOON < timedelta(seconds=11)


def test_what_is_given_back_may_go_at_once() -> None:
    for text in ("30/minute", "14/second", "9/hour", "9/day"):
        rates = parse(text)
        first = room(rates, Spent(), wanted=9, now=NOON).letters
        spent = take(rates, Spent(), letters=first, now=NOON)
        assert room(rates, spent, wanted=9, now=NOON).letters == 0
        spent = take(rates, spent, letters=-first, now=NOON)
        assert room(rates, spent, wanted=9, now=NOON).letters == first


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=300)])
@pytest.mark.parametrize("text", ["30/minute", "14/second", "500/hour", "2000/day"])
def test_a_clock_that_was_set_back_stops_nothing_for_long(text: str, back: timedelta) -> None:
    rates = parse(text)
    spent = take(rates, Spent(), letters=room(rates, Spent(), wanted=5, now=NOON).letters, now=NOON)
    assert room(rates, spent, wanted=1, now=NOON - back).letters == 1


def test_machines_whose_clocks_differ_a_little_send_no_more_together() -> None:
    rates, spent, letters = parse("14/second"), Spent(), 0
    for number in range(600):
        for clock in (NOON, NOON - 3 * SECOND):
            now = clock + SECOND * number
            found = room(rates, spent, wanted=100, now=now).letters
            spent = take(rates, spent, letters=found, now=now) if found else spent
            letters += found
    assert letters == pytest.approx(8400, rel=0.02)


def test_the_end_is_told_by_the_slowest_rate() -> None:
    assert done_at(parse("30/minute"), Spent(), letters=301, now=NOON) == NOON + TEN_MINUTES
    assert done_at(parse("14/second, 30/minute"), Spent(), letters=31, now=NOON) == NOON + timedelta(
        minutes=1
    )
    assert done_at(parse("500/hour"), Spent(), letters=500, now=NOON) == NOON
    assert done_at((), Spent(), letters=10**6, now=NOON) == NOON
    assert done_at(parse("1/day"), Spent(), letters=0, now=NOON) == NOON


@given(
    st.sampled_from(["40/hour", "14/second", "6/day", "5/minute, 90/hour"]),
    st.integers(0, 60),
    st.integers(1, 300),
    st.integers(0, 7200),
)
def test_the_end_that_is_told_is_when_it_ends(text: str, gone: int, letters: int, wait: int) -> None:
    rates = parse(text)
    first = room(rates, Spent(), wanted=gone, now=NOON).letters
    spent = take(rates, Spent(), letters=first, now=NOON)
    now = start = NOON + timedelta(seconds=wait)
    promised = done_at(rates, spent, letters=letters, now=start)
    left = letters
    while True:
        found = room(rates, spent, wanted=left, now=now)
        spent, left = take(rates, spent, letters=found.letters, now=now), left - found.letters
        if found.again_at is None:
            break
        now = found.again_at
    # Spans and turns together are told by the slower one alone.
    assert now <= promised + (timedelta(minutes=20) if len(rates) > 1 else timedelta())
    assert promised - now <= timedelta(minutes=20)


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("", ()),
        ("30/minute", (Rate(30, Per.MINUTE),)),
        (" 14/second,2000 / day ", (Rate(14, Per.SECOND), Rate(2000, Per.DAY))),
    ],
)
def test_rates_are_read_and_written(text: str, rates: Rates) -> None:
    assert parse(text) == rates
    assert parse(written(rates)) == rates


@pytest.mark.parametrize(
    "text",
    [
        "30",
        "0/minute",
        "30/week",
        "-1/day",
        "30/minute,",
        "5/hour, 6/hour",
        "1.5/second",
        "99999999/day",
        "/day",
    ],
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="rate"):
        parse(text)


def test_rates_that_hold_together_are_the_strictest_of_each_unit() -> None:
    found = strictest(parse("14/second, 200/day"), parse("2000/day, 30/minute"), parse("1/second"))
    assert set(found) == set(parse("1/second, 200/day, 30/minute"))
    assert slowest(found) == Rate(200, Per.DAY)


def test_a_relay_has_its_own_rates_or_everybodys() -> None:
    limits = Limits(each_relay=parse("30/minute")).with_relays({"fast": parse("9/second"), "plain": ()})
    assert limits.relay("fast") == parse("9/second")
    assert limits.relay("plain") == limits.relay("other") == parse("30/minute")


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 50), min_size=1), st.data())
def test_what_is_dealt_out_is_all_and_nobody_gets_more_than_they_have_room_for(
    free: dict[str, int], data: st.DataObject
) -> None:
    letters = data.draw(st.integers(0, sum(free.values())))
    dealt = shared(letters, free)
    assert sum(dealt.values()) == letters
    assert all(0 <= dealt[name] <= room for name, room in free.items())


def test_times_are_booked_one_after_the_other_and_closer_where_the_span_is_full() -> None:
    span = timedelta(seconds=3)
    first = book(None, count=3, first=NOON, every=SECOND, span=span)
    assert first == [NOON, NOON + SECOND, NOON + 2 * SECOND]
    assert book(first[-1], count=3, first=NOON, every=SECOND, span=span) == [
        NOON + 3 * SECOND,
        NOON,
        NOON + SECOND,
    ]
    late = NOON + timedelta(hours=1)
    assert book(first[-1], count=1, first=late, every=SECOND, span=span) == [late]
