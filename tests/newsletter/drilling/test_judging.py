"""The judge of the drill sees what went wrong, and only that."""

from collections.abc import Mapping

from newsletter.drilling.judging import Kill, Verdict, judge
from newsletter.models import DeliveryState

ACCEPTED, UNKNOWN = DeliveryState.ACCEPTED, DeliveryState.UNKNOWN


def verdict(
    ledger: Mapping[int, DeliveryState], arrived: Mapping[int | None, int], *held: set[int], people: int = 0
) -> Verdict:
    kills = [Kill(float(number), number, frozenset(each)) for number, each in enumerate(held, start=1)]
    return judge(ledger, arrived, kills, people=people or len(ledger), allowed=2)


def test_all_holds_where_each_letter_arrived_once_or_is_before_a_person() -> None:
    found = verdict({1: ACCEPTED, 2: UNKNOWN, 3: UNKNOWN}, {1: 1, 2: 1}, {2, 3})

    assert found.holds
    assert (found.accepted, found.all_unknown, found.arrived_unknown) == (1, 2, 1)


def test_a_letter_called_accepted_that_nobody_has_is_lost() -> None:
    found = verdict({1: ACCEPTED, 2: ACCEPTED}, {1: 1})

    assert (found.holds, found.lost) == (False, [2])


def test_a_letter_that_is_still_open_or_was_given_up_is_lost() -> None:
    states = [each for each in DeliveryState if each not in (ACCEPTED, UNKNOWN)]
    ledger = dict(enumerate(states))

    found = verdict(ledger, dict.fromkeys(ledger, 1))

    assert (found.holds, found.lost) == (False, list(ledger))


def test_a_person_without_a_row_is_lost() -> None:
    found = verdict({1: ACCEPTED}, {1: 1}, people=3)

    assert (found.holds, len(found.lost)) == (False, 2)


def test_a_letter_that_arrived_twice_is_doubled_whatever_the_ledger_says() -> None:
    found = verdict({1: ACCEPTED, 2: UNKNOWN, 3: ACCEPTED}, {1: 2, 2: 2, 3: 1}, {2})

    assert (found.holds, found.doubled) == (False, [1, 2])


def test_a_letter_that_is_none_of_ours_is_foreign() -> None:
    found = verdict({1: ACCEPTED}, {1: 1, None: 2, 9: 1})

    assert (found.holds, found.foreign) == (False, 3)


def test_more_unknown_after_one_kill_than_was_on_the_wire_is_too_much() -> None:
    unknown = {1: UNKNOWN, 2: UNKNOWN, 3: UNKNOWN}

    together = verdict(unknown, {}, {1, 2, 3})
    apart = verdict(unknown, {}, {1, 2}, {3})

    assert (together.holds, together.most_unknown) == (False, 3)
    assert (apart.holds, apart.most_unknown) == (True, 2)


def test_a_letter_that_several_held_became_unknown_by_the_last() -> None:
    found = verdict({1: UNKNOWN, 2: UNKNOWN, 3: UNKNOWN}, {}, {1, 2, 3}, set(), {2, 3})

    assert found.unknown == [{1}, {2, 3}]
    assert found.holds


def test_what_is_unknown_though_no_sender_was_killed_over_it_is_unexplained() -> None:
    found = verdict({1: UNKNOWN, 2: UNKNOWN}, {}, {1})

    assert (found.holds, found.unexplained) == (False, [2])
