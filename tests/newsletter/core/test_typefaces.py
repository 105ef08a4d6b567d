"""Typefaces are stacks of what readers have: each ends in a family that every machine knows."""

import pytest

from newsletter.core import typefaces


@pytest.mark.parametrize("name", typefaces.CHOICES)
def test_every_stack_ends_in_a_generic_family_and_fetches_nothing(name: str) -> None:
    faces = typefaces.faces(name)

    for stack in (faces.title, faces.text):
        assert stack.rpartition(",")[2] in ("serif", "sans-serif")
        assert not set(stack) & set('<>&"\\;{}()@:/')  # goes into a style as it is


def test_the_usual_choice_is_one_and_an_unknown_name_is_none() -> None:
    assert next(iter(typefaces.CHOICES)) == typefaces.USUAL
    with pytest.raises(KeyError):
        typefaces.faces("comic")
