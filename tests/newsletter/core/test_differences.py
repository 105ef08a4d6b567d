"""What differs is told word by word, and no word of either text is lost."""

from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.differences import Kind, words

_TEXTS = st.lists(st.sampled_from(["äpple", "päron", "och", "\n\n", " ", "  ", "## "]), max_size=40).map(
    "".join
)


@given(_TEXTS, _TEXTS)
def test_both_texts_can_be_read_out_of_it(before: str, after: str) -> None:
    told = words(before, after)

    assert "".join(each.text for each in told if each.kind is not Kind.ADDED) == before
    assert "".join(each.text for each in told if each.kind is not Kind.TAKEN) == after


def test_a_changed_word_is_one_word_out_and_one_in() -> None:
    told = words("Vi ses den femte maj", "Vi ses den sjätte maj")

    assert [(each.kind, each.text) for each in told if each.kind is not Kind.SAME] == [
        (Kind.TAKEN, "femte"), (Kind.ADDED, "sjätte"),
    ]  # fmt: skip


def test_texts_too_long_to_compare_are_shown_whole() -> None:
    told = words("a " * 9000, "b " * 9000)

    assert [each.kind for each in told] == [Kind.TAKEN, Kind.ADDED]
