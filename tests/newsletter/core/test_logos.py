"""A logo is shown within bounds, and stands on a plate where it would be lost on one of the papers."""

import pytest

from newsletter.core import logos


@pytest.mark.parametrize(
    ("size", "shown"),
    [((1200, 1200), (64, 64)), ((2200, 320), (220, 32)), ((100, 30), (100, 30)), ((5000, 16), (220, 1))],
)
def test_it_is_made_smaller_and_never_larger(size: tuple[int, int], shown: tuple[int, int]) -> None:
    assert logos.shown(*size) == shown


def test_it_is_kept_at_twice_its_size_where_there_are_points_for_it() -> None:
    assert logos.kept(1200, 1200) == (128, 128)
    assert logos.kept(100, 30) == (100, 30)
    assert logos.shown(*logos.kept(1200, 1200)) == (64, 64)


@pytest.mark.parametrize(
    ("points", "plate"),
    [
        ({"#000000": 100}, logos.WHITE),  # black on nothing: lost at night
        ({"#ffffff": 100}, logos.DARK),  # white on nothing: lost by day
        ({"#c0392b": 100}, None),  # red is seen on both
        ({"#c0392b": 95, "#000000": 5}, None),  # a shadow may be lost
        ({"#c0392b": 50, "#000000": 50}, logos.WHITE),
        ({}, None),
    ],
)
def test_what_would_be_lost_on_one_of_the_papers_stands_on_a_plate(
    points: dict[str, int], plate: str | None
) -> None:
    assert logos.plate(points) == plate
