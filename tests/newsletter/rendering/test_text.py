"""Plain text as a careful typist would set it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.rendering import text
from newsletter.rendering.markdown import Source, parse


def flowed(markdown: str) -> str:
    notes = text.Notes()
    return "\n".join([*text.flow(parse(Source(markdown)), notes), *notes.lines()])


def test_lines_are_broken_between_words_at_72() -> None:
    lines = text.wrap("Åtta små grå råttor åt på en gammal ål. " * 6)

    assert max(map(len, lines)) <= 72
    assert all(len(line) > 60 for line in lines[:-1])
    assert " ".join(lines) == ("Åtta små grå råttor åt på en gammal ål. " * 6).strip()


def test_an_address_is_never_broken() -> None:
    address = "https://example.org/" + "lång/" * 40

    assert address in text.wrap(f"Se {address} i kväll.")


def test_a_heading_gets_a_rule_of_its_own_length() -> None:
    assert text.underlined("Ljuset tillbaka") == ["Ljuset tillbaka", "==============="]
    assert text.underlined("") == []


def test_a_list_hangs_under_its_own_words() -> None:
    long = "Ta med en filt, en termos och någon som kan berätta om hur det var förr i tiden"

    assert flowed(f"- {long}\n- Mössa") == (
        "• Ta med en filt, en termos och någon som kan berätta om hur det var\n  förr i tiden\n• Mössa"
    )


def test_numbers_are_set_flush_and_lists_within_lists_indented() -> None:
    assert flowed("9. nio\n10. tio\n    - katten") == " 9. nio\n10. tio\n    • katten"


def test_a_quotation_is_indented_on_both_sides() -> None:
    lines = flowed("> " + "Den luktade fotogen och hav, och vi stod alla tysta. " * 2).split("\n")

    assert all(line.startswith("    ") and len(line) <= 68 for line in lines)


def test_words_that_carry_a_link_get_a_number_and_the_address_stands_below() -> None:
    assert flowed("Se [katalogen](https://x.example/k) och [den igen](https://x.example/k).") == (
        "Se katalogen [1] och den igen [1].\n[1] https://x.example/k"
    )


def test_an_address_that_stands_for_itself_needs_no_number() -> None:
    assert flowed("Se https://x.example/a_b eller <info@x.example>.") == (
        "Se https://x.example/a_b eller info@x.example."
    )


def test_a_narrow_table_keeps_its_columns_and_a_wide_one_becomes_lines() -> None:
    assert flowed("| Ljus | Sikt |\n|--|--|\n| El | 19 M |") == "Ljus   Sikt\n----   ----\nEl     19 M"
    wide = "| Namn | Vad |\n|--|--|\n| Åsa | " + "något långt " * 8 + "|"
    assert flowed(wide).startswith("Namn: Åsa\nVad: något långt")


def test_emphasis_leaves_no_marks() -> None:
    assert flowed("Det *var* en **ljus** natt, ~~inte~~ `klar`.") == "Det var en ljus natt, inte klar."


def test_a_line_break_that_was_meant_is_kept() -> None:
    assert flowed("Lotsgatan 7\\\n371 32 Karlskrona") == "Lotsgatan 7\n371 32 Karlskrona"


def test_the_dash_of_spoken_words_never_ends_a_line() -> None:
    for length in range(60, 76):
        assert "–\n" not in flowed("x" * length + "\n\n– Ja, sa hon.")


def test_a_rule_bears_its_name() -> None:
    assert text.rule("-", "Skåne").startswith("--- Skåne -----")
    assert len(text.rule("-", "Skåne")) == len(text.rule("=")) == 72


def test_blocks_are_joined_with_one_empty_line_and_nothing_leaves_a_gap() -> None:
    assert text.joined(["a"], [], ["b", "c"]) == ["a", "", "b", "c"]


@given(st.text(alphabet="abåäö \n", max_size=400), st.integers(20, 72))
def test_wrapping_loses_no_word_and_keeps_to_the_width(words: str, width: int) -> None:
    lines = text.wrap(words, width=width)

    assert " ".join(lines).split() == words.split()
    assert all(len(line) <= width or " " not in line for line in lines)


@pytest.mark.parametrize("markdown", ["", "   ", "\n\n"])
def test_nothing_gives_nothing(markdown: str) -> None:
    assert flowed(markdown) == ""
