"""Text becomes Markdown that reads the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from newsletter.importing import markup

_lines = st.text(
    st.one_of(
        st.sampled_from("#*_`[]()<>&~|\\-+=!1.: \"'{}^@ab"), st.characters(exclude_categories=("Cs", "Cc"))
    ),
    min_size=1,
    max_size=60,
).map(lambda text: " ".join(text.split()))


def flat(text: str) -> str:
    return " ".join(text.split())


@given(_lines.filter(bool))
def test_a_paragraph_reads_as_its_line(line: str) -> None:
    assert flat(markup.plain(markup.paragraph(line))) == line


@given(_lines.filter(bool))
def test_a_heading_reads_as_its_line(line: str) -> None:
    written = markup.heading(line)

    assert written.startswith("## ")
    assert flat(markup.plain(written)) == line


@given(st.lists(_lines.filter(bool), min_size=2, max_size=5))
def test_lines_read_as_lines(lines: list[str]) -> None:
    assert [flat(line) for line in markup.plain(markup.lines(lines)).strip("\n").split("\n")] == lines


@given(st.lists(_lines.filter(bool), min_size=1, max_size=5))
def test_items_read_as_items(items: list[str]) -> None:
    assert [flat(line) for line in markup.plain(markup.bullets(items)).strip("\n").split("\n")] == items


@given(_lines.filter(bool))
def test_no_tag_of_a_text_can_come_alive(line: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).parse(markup.paragraph(line))
    inner = [child.type for token in tokens for child in token.children or []]

    assert not [kind for kind in [*inner, *(token.type for token in tokens)] if kind.startswith("html")]


@pytest.mark.parametrize(
    "line",
    [
        "Skriv till @rektor_linnea eller anna_berg@skolan.example",
        "5 * 4 * 3 = 60",
        "Se https://skolan.example/a_b_c?x=1&y=2",
        "C# och F# är tonarter",
        "Vi sålde 12 % mer & köpte < 3",
        "[sic] skrev han",
    ],
)
def test_what_markdown_reads_as_text_anyway_is_left_as_it_was_written(line: str) -> None:
    assert markup.paragraph(line) == line


def test_an_address_is_never_broken_by_a_backslash() -> None:
    written = markup.paragraph("*Viktigt*: https://skolan.example/_a_*b*")

    assert written == "\\*Viktigt\\*: <https://skolan.example/_a_*b>\\*"
