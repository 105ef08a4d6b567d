"""One relay's connections, by arithmetic: when to try again, how many, whose turn it is."""

import smtplib
import socket
from collections import Counter
from collections.abc import Iterator

import pytest

from newsletter.core.exchange import Abilities
from newsletter.core.replies import Reply
from newsletter.mail.lanes import Lane
from newsletter.mail.relays import Pool
from newsletter.mail.smtp import Relay, Session, Timeouts
from tests.newsletter.core.test_exchange import letter, out

OK, BUSY = Reply(250, None, "Ok"), Reply(421, (4, 3, 2), "Busy")


@pytest.fixture
def lanes() -> Iterator[list[Lane]]:
    """Open connections to nobody; they belong to the test."""
    opened: list[Lane] = []
    yield opened
    for lane in opened:
        lane.close()


def pool(name: str = "a", *, connections: int = 4, weight: int = 1) -> Pool:
    return Pool(Relay("127.0.0.1", 25, stays_here=True, name=name, connections=connections, weight=weight))


def opened(to: Pool, lanes: list[Lane], *, now: float) -> Lane:
    near, far = socket.socketpair()
    far.close()
    client = smtplib.SMTP()
    client.sock = near
    lane = Lane(Session(client, near, Abilities(pipelining=True), ""), Timeouts(), now=now)
    to.opens(now)
    to.opened(lane)
    lanes.append(lane)
    return lane


def served(lane: Lane) -> None:
    """Let the server take a letter on this connection."""
    lane.exchange.offer(letter())
    lane.offered += 1
    out(lane.exchange)
    lane.exchange.receive(b"250 Ok\r\n550 5.1.1 Nobody\r\n503 No\r\n")


def test_a_relay_that_fails_is_left_alone_twice_as_long_each_time_and_a_minute_at_most() -> None:
    relay, now, waits = pool(), 100.0, []
    for _ in range(9):
        relay.opens(now)
        relay.failed_to_open("Connection refused", since=now, now=now)
        assert relay.room(now) == 0
        assert relay.trouble == "Connection refused"
        waits.append(relay.retry_at - now)
        now = relay.retry_at
        assert relay.room(now) == 1  # one connection tries it out

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_connections_that_were_tried_together_fail_together() -> None:
    relay = pool()
    for _ in range(4):
        relay.opens(5.0)
    for _ in range(4):
        relay.failed_to_open("Connection refused", since=5.0, now=6.0)

    assert relay.retry_at == 7.0


def test_a_relay_is_well_again_when_it_has_answered_a_letter(lanes: list[Lane]) -> None:
    relay = pool()
    relay.opens(0.0)
    relay.failed_to_open("Connection refused", since=0.0, now=0.0)
    lane = opened(relay, lanes, now=1.0)
    assert relay.trouble == "Connection refused"

    served(lane)
    relay.answered(lane, OK, 1.1)

    assert relay.trouble == ""
    assert relay.room(1.1) == 3


def test_a_connection_that_has_served_nobody_is_a_failure_and_one_that_has_is_not(lanes: list[Lane]) -> None:
    relay = pool()
    lane = opened(relay, lanes, now=0.0)
    served(lane)
    lane.exchange.abort("closed")
    relay.ended(lane, 9.0)
    assert relay.room(9.0) == 4

    lane = opened(relay, lanes, now=9.0)
    lane.offered = 1
    lane.exchange.abort("closed")
    relay.ended(lane, 9.5)
    assert relay.room(9.5) == 0


def test_a_421_halves_the_connections_once_however_many_hear_it(lanes: list[Lane]) -> None:
    relay = pool(connections=8)
    heard = [opened(relay, lanes, now=0.0) for _ in range(8)]
    for lane in heard:
        relay.answered(lane, BUSY, 10.0)
    assert relay.most == 4

    for now, most in ((11.0, 2), (12.0, 1), (13.0, 1)):
        relay.answered(opened(relay, lanes, now=now), BUSY, now)
        assert relay.most == most


def test_a_421_to_nobody_on_a_connection_that_was_idle_slows_nothing(lanes: list[Lane]) -> None:
    relay = pool()
    lane = opened(relay, lanes, now=0.0)
    served(lane)
    lane.exchange.receive(b"421 4.4.2 Idle too long\r\n")
    relay.ended(lane, 300.0)

    assert relay.most == 4
    assert relay.room(300.0) == 4


def test_connections_come_back_one_by_one_with_acceptances_and_time(lanes: list[Lane]) -> None:
    relay = pool(connections=4)
    relay.opens(0.0)
    relay.failed_to_open("421 4.7.0 Too many", since=0.0, now=0.0)
    lane = opened(relay, lanes, now=1.0)
    served(lane)
    assert relay.most == 2

    for _ in range(200):
        relay.answered(lane, OK, 10.0)
    assert relay.most == 2  # letters enough, but no time
    relay.answered(lane, OK, 31.0)
    assert relay.most == 3
    relay.answered(lane, OK, 90.0)
    assert relay.most == 3  # time enough, but no letters
    for _ in range(200):
        relay.answered(lane, OK, 91.0)
    assert relay.most == 4
    assert relay.accepted == 402


def test_a_connection_too_many_takes_no_more(lanes: list[Lane]) -> None:
    relay = pool(connections=2)
    first, second = opened(relay, lanes, now=0.0), opened(relay, lanes, now=0.0)
    assert not relay.has_done_with(first)

    relay.answered(first, BUSY, 1.0)
    relay.opens(1.0)
    relay.failed_to_open("421 4.7.0 Too many", since=1.0, now=1.0)
    assert relay.has_done_with(first)
    first.leaving = True
    assert not relay.has_done_with(second)


def test_letters_are_shared_out_by_weight(lanes: list[Lane]) -> None:
    relays = [pool("a", weight=3), pool("b", weight=2), pool("c")]
    for each in relays:
        opened(each, lanes, now=0.0)
    taken: Counter[str] = Counter()
    for _ in range(6000):
        # Whoever may, takes: the first one is always asked first.
        one = next(each for each in relays if each.may_take([o for o in relays if o is not each], 0.0))
        one.took(True, 0.0)
        taken[one.name] += 1

    assert taken["a"] == pytest.approx(3000, abs=30)
    assert taken["b"] == pytest.approx(2000, abs=30)


def test_a_relay_without_letters_of_its_own_does_not_hold_up_the_others(lanes: list[Lane]) -> None:
    """One that may send no more this hour, say."""
    fast, paced = pool("fast"), pool("paced")
    for each in (fast, paced):
        opened(each, lanes, now=0.0)
    paced.took(False, 0.0)

    for _ in range(1000):
        assert fast.may_take([paced], 0.0)
        fast.took(True, 0.0)

    assert paced.may_take([fast], 0.0)
    paced.took(True, 0.0)
    assert fast.passed - paced.passed < 20  # it does not make up for what it missed


def test_a_relay_that_does_not_answer_does_not_hold_up_the_others(lanes: list[Lane]) -> None:
    fast, stuck = pool("fast"), pool("stuck")
    opened(fast, lanes, now=0.0)
    lane = opened(stuck, lanes, now=0.0)
    lane.exchange.offer(letter())
    for _ in range(8):
        fast.took(True, 0.0)
    assert fast.may_take([stuck], 0.5)
    fast.took(True, 0.5)
    assert not fast.may_take([stuck], 0.5)

    assert fast.may_take([stuck], 1.5)
