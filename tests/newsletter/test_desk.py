"""A sender's desk: each letter that was claimed comes to one outcome, whatever happens to it meanwhile."""

import threading
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.letters import Claim, Copy, Letter
from newsletter.core.outcomes import NoServer, NotBegun, Outcome, Unfit, Withdrawn
from newsletter.core.replies import Reply
from newsletter.desk import HALTED, Desk, News

OK = Reply.of(250, "2.0.0 Ok")


def copy_of(number: int, issue: int = 1) -> Copy:
    return Copy(
        Claim(number, 1, None), issue, number, 1, 1, "sv", f"p{number}@many.example", "Åsa Öst", ("Åsa",)
    )


def letter_of(copy: Copy) -> Letter:
    return Letter(copy.claim, "studs@eken.example", copy.address, b"content")


def desk_with(numbers: Iterable[int], *, threads: int = 0) -> Desk:
    desk = Desk(letter_of, threads=threads)
    desk.lay(News([copy_of(number) for number in numbers]))
    return desk


def outcomes(desk: Desk) -> dict[int, Outcome]:
    return {held.delivery_id: outcome for held, outcome, _, _ in desk.hand_over()}


def all_taken(desk: Desk) -> list[int]:
    taken = []
    while (letter := desk.take("a")) is not None:
        taken.append(letter.claim.delivery_id)
    return taken


@pytest.mark.parametrize("threads", [0, 2])
def test_letters_go_in_the_order_in_which_they_were_claimed(threads: int) -> None:
    desk = desk_with(range(60), threads=threads)

    assert all_taken(desk) == list(range(60))
    assert (desk.waiting(), desk.held) == (0, 60)
    desk.close()


def test_what_comes_back_from_a_broken_connection_goes_first() -> None:
    desk = desk_with([1, 2, 3])
    first = desk.take("a")
    assert first is not None

    desk.give_back(first)

    assert all_taken(desk) == [1, 2, 3]


def test_of_an_issue_that_is_stopped_nothing_more_begins_and_others_go_on() -> None:
    desk = Desk(letter_of)
    desk.lay(News([copy_of(1, issue=7), copy_of(2, issue=8), copy_of(3, issue=7)]))
    on_its_way = desk.take("a")
    assert on_its_way is not None

    desk.lay(News(halted=frozenset({7})))

    assert not desk.may_begin(on_its_way.claim)
    desk.give_back(on_its_way)
    assert all_taken(desk) == [2]
    assert outcomes(desk) == {1: HALTED, 3: HALTED}


def test_who_has_left_is_withdrawn_and_what_is_on_the_wire_comes_to_its_own_end() -> None:
    desk = desk_with([1, 2, 3])
    begun = desk.take("a")
    assert begun is not None

    desk.lay(News(left={1: "unsubscribed", 2: "suppressed"}))
    desk.settle(begun.claim, OK, "a", 0.1)

    assert all_taken(desk) == [3]
    assert outcomes(desk) == {1: OK, 2: Withdrawn("suppressed")}


@pytest.mark.parametrize("threads", [0, 2])
def test_a_letter_that_cannot_be_written_keeps_nobody_elses_back(threads: int) -> None:
    def write(copy: Copy) -> Letter | Unfit:
        return Unfit("Namnet går inte.") if copy.subscriber_id == 2 else letter_of(copy)

    desk = Desk(write, threads=threads)
    desk.lay(News([copy_of(number) for number in (1, 2, 3)]))

    assert all_taken(desk) == [1, 3]
    assert outcomes(desk) == {2: Unfit("Namnet går inte.")}
    desk.close()


def test_letters_are_signed_in_other_threads_and_only_a_few_ahead() -> None:
    where = []

    def write(copy: Copy) -> Letter:
        where.append(threading.current_thread().name)
        return letter_of(copy)

    desk = Desk(write, threads=2)
    desk.lay(News([copy_of(number) for number in range(500)]))
    assert desk.take("a") is not None
    desk.close()

    assert all(name.startswith("press") for name in where)
    assert len(where) < 30


def test_outcomes_that_could_not_be_written_down_are_kept_in_their_order() -> None:
    desk = desk_with([1, 2])
    for number in (1, 2):
        letter = desk.take("a")
        assert letter is not None
        desk.settle(letter.claim, OK, "a", 0.1)
        if number == 1:
            first = desk.hand_over()

    desk.hand_back(first)

    assert [each.held.delivery_id for each in desk.hand_over()] == [1, 2]


@given(
    st.lists(st.sampled_from(["claim", "take", "settle", "back", "halt", "leave", "surrender"])), st.data()
)
def test_every_claim_comes_to_exactly_one_outcome(steps: list[str], data: st.DataObject) -> None:
    desk = Desk(letter_of)
    number, out, told = 0, [], []
    for step in steps:
        match step:
            case "claim":
                desk.lay(News([copy_of(number, issue=number % 2), copy_of(number + 1, issue=number % 2)]))
                number += 2
            case "take":
                letter = desk.take("a")
                out += [letter] if letter is not None else []
            case "settle" if out:
                desk.settle(out.pop().claim, OK, "a", 0.1)
            case "back" if out:
                desk.give_back(out.pop())
            case "halt":
                desk.lay(News(halted=frozenset({data.draw(st.integers(0, 1))})))
            case "leave" if desk.deliveries():
                desk.lay(News(left={data.draw(st.sampled_from(desk.deliveries())): "unsubscribed"}))
            case "surrender":
                desk.surrender(NoServer("gone"))
        told += desk.hand_over()
    for letter in out:
        desk.settle(letter.claim, OK, "a", 0.1)
    desk.surrender(NotBegun("stop"))
    told += desk.hand_over()

    assert sorted(each.held.delivery_id for each in told) == list(range(number))
    assert desk.held == 0


# --- Pace ---------------------------------------------------------------------------------------------------


def test_a_relay_that_keeps_a_pace_takes_what_there_is_room_for_and_others_the_rest() -> None:
    desk = Desk(letter_of)
    desk.lay(News([copy_of(number) for number in range(5)], room={"slow": 2}))

    slow = [desk.take("slow") for _ in range(3)]
    quick = [desk.take("quick") for _ in range(3)]

    assert [letter is not None for letter in slow] == [True, True, False]
    assert [letter is not None for letter in quick] == [True, True, True]
    desk.lay(News(room={"slow": 3}))
    assert desk.unused() == {"slow": 3}
    assert desk.unused() == {}


def test_a_careful_receiver_gets_one_letter_at_a_time_and_others_go_on() -> None:
    desk = Desk(letter_of)
    copies = [copy_of(number)._replace(address=f"p{number}@gmail.com") for number in (1, 2)]
    desk.lay(News([*copies, copy_of(3)], careful=frozenset({"gmail.com"})))
    first, other = desk.take("a"), desk.take("b")
    assert first is not None
    assert other is not None
    assert (first.claim.delivery_id, other.claim.delivery_id, desk.take("c")) == (1, 3, None)

    desk.settle(first.claim, OK, "a", 0.1)

    second = desk.take("a")
    assert second is not None
    assert second.claim.delivery_id == 2


def test_a_letter_that_waits_for_another_is_given_up_with_the_rest() -> None:
    desk = Desk(letter_of)
    desk.lay(News([copy_of(1), copy_of(2)], careful=frozenset({"many.example"})))
    first = desk.take("a")
    assert first is not None
    assert desk.take("a") is None

    desk.surrender(NotBegun("stop"))
    desk.settle(first.claim, OK, "a", 0.1)

    assert outcomes(desk) == {1: OK, 2: NotBegun("stop")}
    assert desk.waiting() == 0
