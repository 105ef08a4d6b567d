"""Tokens: opaque, hard to forge, and for one purpose only (rules U3, U7)."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from subscribers.core.tokens import Keyring, Purpose, make, read
from subscribers.errors import BadToken

RING = Keyring((b"a" * 32,))
IDS = st.integers(0, 2**48 - 1)


@given(IDS, IDS, IDS)
def test_u3_a_token_gives_back_the_ids_it_was_made_of(
    subscriber: int, mailing_list: int, delivery: int
) -> None:
    token = make(RING, Purpose.LETTERS, subscriber, mailing_list, delivery)

    assert read(RING, Purpose.LETTERS, token) == (subscriber, mailing_list, delivery)
    assert read(RING, Purpose.LETTERS, token.upper()) == (subscriber, mailing_list, delivery)
    assert len(token) == 48
    assert token.isalnum()


@given(st.integers(0, 47), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_u3_a_changed_letter_makes_a_token_worthless(place: int, letter: str) -> None:
    token = make(RING, Purpose.LETTERS, 1, 2, 3)
    forged = token[:place] + letter + token[place + 1 :]

    if forged != token:
        with pytest.raises(BadToken):
            read(RING, Purpose.LETTERS, forged)


@given(st.text(max_size=100))
def test_u3_rubbish_is_no_token(rubbish: str) -> None:
    with pytest.raises(BadToken):
        read(RING, Purpose.LETTERS, rubbish)


@given(st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=20, max_size=80))
@example("a" * 77)  # six numbers: more than we ever write, and once an error nobody caught
def test_u3_what_only_looks_like_a_token_is_none(forged: str) -> None:
    with pytest.raises(BadToken):
        read(RING, Purpose.LETTERS, forged)


def test_u3_a_token_of_one_purpose_is_worthless_for_another() -> None:
    with pytest.raises(BadToken):
        read(RING, Purpose.LETTERS, make(RING, Purpose.ENVELOPE, 7))


def test_u3_another_associations_token_is_worthless_here() -> None:
    with pytest.raises(BadToken):
        read(RING, Purpose.LETTERS, make(Keyring((b"b" * 32,)), Purpose.LETTERS, 1, 2, 3))


def test_u7_a_token_stays_good_after_a_new_key_until_the_old_one_is_retired() -> None:
    token = make(RING, Purpose.LETTERS, 1, 2, 3)
    renewed = Keyring((b"c" * 32, b"a" * 32))

    assert read(renewed, Purpose.LETTERS, token) == (1, 2, 3)


def test_a_token_shows_nothing_of_the_ids() -> None:
    one, two = (make(RING, Purpose.LETTERS, n, 1, 1) for n in (1, 2))

    assert sum(a == b for a, b in zip(one, two, strict=True)) < 12
