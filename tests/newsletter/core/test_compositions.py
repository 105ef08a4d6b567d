"""Where an item stands after a step, in sections that may be empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.compositions import Run, Spot, end_of, runs, step


def test_sections_stand_as_their_items_do_and_empty_ones_where_they_were_declared() -> None:
    placed = [(1, ""), (2, "Styrelsen"), (3, "Styrelsen"), (4, "Kalender")]

    found = runs(["Styrelsen", "Regionerna", "Kalender", "Sist"], placed)

    assert [(run.section, run.keys) for run in found] == [
        ("", (1,)), ("Styrelsen", (2, 3)), ("Regionerna", ()), ("Kalender", (4,)), ("Sist", ()),
    ]  # fmt: skip


def test_an_empty_first_section_stands_first_but_after_what_has_no_section() -> None:
    assert [run.section for run in runs(["Först", "Sedan"], [(1, "Sedan")])] == ["Först", "Sedan"]
    assert [run.section for run in runs(["Först"], [(1, "")])] == ["", "Först"]


def test_an_item_steps_over_its_neighbour() -> None:
    standing = (Run("A", (1, 2, 3)),)

    assert step(standing, 3, up=True) == Spot(2, "A")
    assert step(standing, 1, up=False) == Spot(2, "A")


def test_at_the_edge_of_its_section_an_item_goes_into_the_next_one_even_an_empty_one() -> None:
    standing = (Run("A", (1, 2)), Run("Tomt"), Run("B", (3,)))

    assert step(standing, 3, up=True) == Spot(3, "Tomt")
    assert step(standing, 2, up=False) == Spot(2, "Tomt")
    assert step(standing, 1, up=True) is None
    assert step(standing, 3, up=False) is None


def test_whoever_asks_for_an_item_that_is_not_there_is_wrong() -> None:
    with pytest.raises(ValueError, match="not in"):
        step((Run("A", (1,)),), 9, up=True)


def test_one_more_item_of_a_section_comes_after_those_it_has() -> None:
    standing = (Run("A", (1, 2)), Run("Tomt"), Run("B", (3,)))

    assert [end_of(standing, name) for name in ("A", "Tomt", "B", "Ny")] == [3, 3, 4, 4]
    assert end_of((), "Ny") == 1


SECTIONS = st.sampled_from(["", "A", "B", "C"])


@given(st.lists(SECTIONS, max_size=8), st.permutations(["A", "B", "C"]), st.booleans())
def test_stepping_on_and_on_ends_at_the_edge_and_visits_every_section(
    placed: list[str], declared: list[str], up: bool
) -> None:
    items = list(enumerate(placed))
    for key, _ in items:
        now, steps = list(items), 0
        while spot := step(runs(declared, now), key, up=up):
            now = [each for each in now if each[0] != key]
            now.insert(spot.position - 1, (key, spot.section))
            steps += 1
            assert steps < 40
        assert now[0 if up else -1][0] == key
