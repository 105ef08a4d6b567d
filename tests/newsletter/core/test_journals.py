"""What a journal proves, and what it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import journals
from newsletter.core.journals import parse, verdict
from newsletter.core.outcomes import NotBegun, Unanswered
from newsletter.core.replies import NoReply, Reply

HERE = "boot-1"
OK = Reply.of(250, "2.0.0 Ok: queued as 4F1")
HEAD = journals.head(HERE)


def told(content: str, tried: tuple[int, int] = (7, 1), boot_id: str = HERE) -> object:
    return verdict(parse(content), tried, boot_id=boot_id)


def test_an_accepted_message_is_accepted() -> None:
    assert told(HEAD + journals.begun(7, 1) + journals.replied(7, 1, OK)) == OK


def test_a_message_cut_off_before_its_end_was_not_taken() -> None:
    assert isinstance(told(HEAD + journals.begun(7, 1) + journals.lost(7, 1)), NoReply)


def test_a_message_on_the_wire_is_unknown() -> None:
    assert isinstance(told(HEAD + journals.begun(7, 1)), Unanswered)


def test_a_message_never_begun_can_go_again() -> None:
    assert isinstance(told(HEAD + journals.begun(8, 1)), NotBegun)


def test_another_attempts_reply_says_nothing_of_this_one() -> None:
    refused = journals.begun(7, 1) + journals.replied(7, 1, Reply.of(451, "Later"))

    assert isinstance(told(HEAD + refused, tried=(7, 2)), NotBegun)


def test_a_second_begin_of_the_same_try_forgets_the_first() -> None:
    assert isinstance(
        told(HEAD + journals.begun(7, 1) + journals.lost(7, 1) + journals.begun(7, 1)), Unanswered
    )


def test_after_a_restart_of_the_machine_absence_proves_nothing() -> None:
    journal = HEAD + journals.begun(8, 1) + journals.replied(8, 1, OK)

    assert isinstance(told(journal, boot_id="boot-2"), Unanswered)
    assert told(journal, tried=(8, 1), boot_id="boot-2") == OK  # what is written is written


def test_where_boots_cannot_be_told_apart_absence_proves_nothing() -> None:
    assert isinstance(told(HEAD, boot_id=""), Unanswered)


def test_no_journal_proves_nothing() -> None:
    assert isinstance(verdict(None, (7, 1), boot_id=HERE), Unanswered)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n",
        HEAD[:-1],
        "something else\n",
        HEAD + "> 8 1",
        HEAD + "> 8",
        HEAD + "> 8 1> 9 1\n",
        HEAD + "\n",
    ],
)
def test_a_damaged_journal_proves_nothing_by_absence(content: str) -> None:
    assert parse(content).damaged
    assert isinstance(told(content), Unanswered)


@given(st.integers(min_value=0, max_value=400))
def test_however_much_of_its_tail_is_lost_no_message_goes_twice(cut: int) -> None:
    """A tail lost within a line is seen; one lost with a restart is seen by the boot."""
    whole = HEAD + "".join(journals.begun(n, 1) + journals.replied(n, 1, OK) for n in range(10))
    content = whole[: max(0, len(whole) - cut)]

    for number in range(10):
        after_restart = told(content, (number, 1), boot_id="boot-2")
        assert after_restart == OK or isinstance(after_restart, Unanswered)
        if content and not content.endswith("\n"):
            assert not isinstance(told(content, (number, 1)), NotBegun)


replies = st.builds(
    Reply.of, st.sampled_from([250, 421, 451, 550, 554]), st.text(st.characters(codec="utf-8"), max_size=80)
)


@given(
    st.dictionaries(st.tuples(st.integers(1, 10**12), st.integers(1, 99)), st.none() | replies, max_size=20)
)
def test_every_line_survives_the_way_through_the_file(
    tries: dict[tuple[int, int], Reply | None],
) -> None:
    content = HEAD + "".join(
        journals.begun(*tried) + (journals.replied(*tried, reply) if reply else "")
        for tried, reply in tries.items()
    )

    found = parse(content)

    assert not found.damaged
    assert found.tries == tries
