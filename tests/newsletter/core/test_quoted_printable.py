"""Bodies come out as they went in, in lines that no mail server has to touch (rule F1)."""

import quopri

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.core.quoted_printable import encode, encode_segment

RUNS = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=400)
AWKWARD = st.text(st.sampled_from(".=F rom\tåA"), max_size=300)


def decoded(encoded: str) -> str:
    return quopri.decodestring(encoded.encode("ascii")).decode()


@given(RUNS | AWKWARD)
@example("")
@example(".")
@example("From ")
@example("From here")
@example("x" * 73 + "." * 80)
@example("x" * 73 + "From me")
@example("å" * 100)
@example("=" * 100)
@example(" " * 200)
def test_a_run_comes_back_whole_from_safe_lines(run: str) -> None:
    encoded = encode(run)

    assert decoded(encoded) == run
    assert encoded.isascii()
    for line in encoded.split("\r\n"):
        assert len(line) <= 76
        decoded(line)  # Whole characters, for readers that decode line by line.
        assert not line.startswith((".", "From "))
        assert not line.endswith((" ", "\t"))
        assert "  " not in line
        assert "\t" not in line


@given(st.text(st.sampled_from(".=F rom\tåA\n"), max_size=300), st.booleans(), st.booleans())
def test_a_slot_between_fixed_texts_always_has_its_line_to_itself(
    text: str, after: bool, before: bool
) -> None:
    encoded = encode_segment(text, after_slot=after, before_slot=before)

    if after:
        assert encoded.startswith(("\r\n", "=\r\n"))
    if before:
        assert encoded == "" or encoded.endswith("\r\n")
    assert decoded(encoded).replace("\r\n", "\n") == text
    assert all(len(line) <= 76 and not line.startswith(".") for line in encoded.split("\r\n"))


def test_plain_text_stays_readable() -> None:
    assert encode("Hej Anna!") == "Hej Anna!"
    assert encode("Välkommen") == "V=C3=A4lkommen"


def test_half_a_character_is_not_guessed_at() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode("\ud83d")
