"""Nobody should get three letters in a week without the officer being told."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.crowding import Crowd, Send, crowded

MONDAY = date(2030, 3, 4)


def send(key: int, days: int, *regions: str) -> Send:
    return Send(MONDAY + timedelta(days=days), key, frozenset(regions))


def test_three_letters_in_seven_days_are_too_many_for_that_region_alone() -> None:
    found = crowded([send(1, 0, "skane", "norra"), send(2, 3, "skane"), send(3, 6, "skane", "norra")])

    assert found == (Crowd((1, 2, 3), MONDAY, MONDAY + timedelta(days=6), frozenset({"skane"})),)


def test_the_eighth_day_is_another_week() -> None:
    assert crowded([send(1, 0, "skane"), send(2, 3, "skane"), send(3, 7, "skane")]) == ()


def test_regions_with_the_same_letters_are_named_together_and_a_spell_once() -> None:
    found = crowded([send(key, key, "skane", "norra") for key in range(5)])

    assert [(crowd.keys, crowd.regions) for crowd in found] == [
        ((0, 1, 2, 3, 4), frozenset({"skane", "norra"}))
    ]


def test_people_with_no_region_count_too() -> None:
    assert crowded([send(key, 0, "") for key in range(3)])[0].regions == frozenset({""})


@given(st.lists(st.tuples(st.integers(0, 30), st.sets(st.sampled_from("abc"), min_size=1)), max_size=12))
def test_every_crowd_is_one_and_none_is_missed(given_sends: list[tuple[int, set[str]]]) -> None:
    sends = [send(key, day, *regions) for key, (day, regions) in enumerate(given_sends)]
    by_key = {each.key: each for each in sends}

    found = crowded(sends)

    for crowd in found:
        assert len(crowd.keys) >= 3
        assert crowd.last - crowd.first < timedelta(days=7)
        assert all(crowd.regions <= by_key[key].regions for key in crowd.keys)
    for region in "abc":
        days = sorted(each.day for each in sends if region in each.regions)
        too_close = any(
            third - first < timedelta(days=7) for first, third in zip(days, days[2:], strict=False)
        )
        assert too_close is any(region in crowd.regions for crowd in found)
