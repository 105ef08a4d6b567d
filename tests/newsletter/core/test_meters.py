"""What senders count: each letter once, large domains by name, and nobody's own."""

import json
import time
from datetime import UTC, datetime
from typing import get_args

import pytest

from newsletter.core import meters
from newsletter.core.meters import BOUNDS, FEWEST_LETTERS, MOST_DOMAINS, OTHER, Meters, Totals
from newsletter.core.outcomes import NoServer, NotBegun, Outcome, Postponed, Unanswered, Unfit
from newsletter.core.replies import NoReply, Reply

RELAY = "relay.example:587"
OK = Reply(250, (2, 0, 0), "Ok")


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (OK, "accepted"),
        (Reply(451, None, "later"), "put_off"),
        (Reply(550, (5, 1, 1), "no such user"), "refused"),
        (NoReply("reset"), "lost"),
        (Unanswered("reset"), "unknown"),
        (NoServer("refused"), "no_server"),
        (NotBegun("stopped"), "not_begun"),
        (Postponed(datetime(2030, 3, 1, tzinfo=UTC), "quiet hours"), "postponed"),
        (Unfit("a name with a line in it"), "unfit"),
    ],
)
def test_each_outcome_has_a_word_of_its_own(outcome: Outcome, word: str) -> None:
    counts = Meters()
    counts.settled(outcome, RELAY, "a.example")

    [line] = counts.totals.lines.values()
    assert line.outcomes == {word: 1}
    assert word in meters.OUTCOMES
    assert sum(line.times) == 0


def test_no_outcome_is_forgotten() -> None:
    assert {*meters._WORDS, Reply} == set(get_args(Outcome))


def test_an_answer_is_counted_in_the_class_whose_upper_end_it_does_not_pass() -> None:
    counts = Meters()
    for seconds in (0.0, BOUNDS[0], BOUNDS[0] * 1.01, 1_000.0):
        counts.settled(OK, RELAY, "a.example", seconds)

    [line] = counts.totals.lines.values()
    assert line.times == [2, 1, *[0] * (len(BOUNDS) - 2), 1]
    assert line.seconds == pytest.approx(1_000 + BOUNDS[0] * 2.01)


def test_a_domain_gets_a_name_when_it_is_large_and_what_was_counted_before_stays_with_the_others() -> None:
    counts = Meters()
    for _ in range(FEWEST_LETTERS + 7):
        counts.settled(OK, RELAY, "large.example")
    counts.settled(OK, RELAY, "family.example")

    told = {domain: line.outcomes["accepted"] for (_, domain), line in counts.totals.lines.items()}
    assert told == {OTHER: FEWEST_LETTERS + 1, "large.example": 7}


def test_no_more_than_ten_domains_are_named_however_many_there_are() -> None:
    counts = Meters(["known.example"])
    for number in range(30):
        for _ in range(FEWEST_LETTERS + 1):
            counts.settled(OK, RELAY, f"d{number}.example")

    named = counts.totals.domains()
    assert len(named) == MOST_DOMAINS - 1  # one place is the known one's
    assert named == {f"d{number}.example" for number in range(MOST_DOMAINS - 1)}


def test_a_million_small_domains_take_no_room_and_a_large_one_is_found_among_them() -> None:
    counts = Meters()
    for number in range(20_000):
        counts.settled(OK, RELAY, f"d{number}.example")
        if number % 3 == 0:
            counts.settled(OK, RELAY, "large.example")

    assert counts.totals.domains() == {"large.example"}
    assert len(json.dumps(counts.totals.plain())) < 1_000


def test_several_senders_are_added_up_and_written_values_are_read_again() -> None:
    one, another = Meters(["a.example"]), Meters(["a.example"])
    one.settled(OK, RELAY, "a.example", 0.002)
    another.settled(OK, RELAY, "a.example", 0.2)
    another.settled(NoReply("reset"), "second:25", "b.example")
    one.batch(500, 0.004, 0.006, seconds_journal=0.001, retries=3)
    another.batch(20, 0.001, 0.002)
    one.wire(RELAY, connections=10, on_the_wire=40)
    one.wire(RELAY, connections=9, on_the_wire=4)

    whole = Totals()
    for each in (one, another):
        whole.add(meters.of_plain(json.loads(json.dumps(each.totals.plain()))))

    assert whole.lines[RELAY, "a.example"].outcomes == {"accepted": 2}
    assert sum(whole.lines[RELAY, "a.example"].times) == 2
    assert whole.lines["second:25", OTHER].outcomes == {"lost": 1}
    assert whole.costs == {
        "batches": 2, "claimed": 520, "retries": 3,
        "claim_us": 5_000, "settle_us": 8_000, "journal_us": 1_000,
    }  # fmt: skip
    assert whole.connections == {RELAY: 9}
    assert whole.on_the_wire == {RELAY: 4}


def test_what_another_version_wrote_is_not_read() -> None:
    plain = Meters().totals.plain() | {"lines": [[RELAY, OTHER, {}, [0, 0], 0.0]]}

    with pytest.raises(ValueError, match="classes"):
        meters.of_plain(plain)


def test_counting_a_letter_costs_about_a_microsecond() -> None:
    counts = Meters(["a.example"])
    best = 1.0
    for _ in range(5):
        begun = time.perf_counter()
        for _ in range(10_000):
            counts.settled(OK, RELAY, "a.example", 0.004)
        best = min(best, (time.perf_counter() - begun) / 10_000)

    assert best < 3e-6  # 0.5 on a quiet machine: what is held here is its kind
