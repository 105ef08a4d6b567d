"""A text becomes logical lines: what its author saw as one paragraph, heading, item or line of an address.

Some texts have a paragraph on each line, others are wrapped at some width, with or without blank lines
between paragraphs. A wrapped line is joined with the next when the next one's first word had no room on it.
"""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from newsletter.importing.decoding import visible

#: A line longer than this was not wrapped by anybody.
_WIDEST = 100
#: Lines shorter than this are no sign of wrapping: addresses, lists and verse have them too.
_NARROWEST = 50
#: How much shorter than the widest line a wrapped line may be, beyond the word that had no room.
_RAGGED = 6

_WITHOUT_WIDTH = re.compile("[\u200b\u200e\u200f\u2060\ufeff\u00ad]")
#: What begins a line of its own, however the text is wrapped.
_OPENER = re.compile(r"(?:[-*•·‣▪●○–—o]\s|[-*•·‣▪●○–—]$|\d{1,3}[.)]\s|[a-zåäö]\)\s|>|#{1,6}\s)")
_LONE_BULLET = re.compile(r"[•·‣▪●○]")
_RULE = re.compile(r"(?:([-=~*_#.])\1{2,}|(?:[*–—-]\s+){2,}[*–—-]|[*⁂§])$")
_SENTENCE_END = re.compile(r"[.!?:;…][\"”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line. ``number`` is its first line in the file, from 1; blanks in ``text`` are single spaces.

    ``gap`` tells whether a blank line stands before it, ``indent`` how many blanks. ``underline`` is the
    character of the line of ``=`` or ``-`` drawn under it, or empty; ``rule`` marks a line that is only
    drawn.
    """

    number: int
    text: str
    gap: bool = True
    indent: int = 0
    underline: str = ""
    rule: bool = False
    drawn: str = ""


def read_lines(text: str) -> list[Line]:
    """Return the logical lines of a text. Blank lines vanish into ``gap``; the words are all there."""
    lines = _join_lone_bullets(_physical(text))
    lines = _take_underlines(lines)
    return _unwrapped(lines, _wrapping_width(lines))


def bare(text: str) -> str:
    """Return the text without characters that have no width: what patterns are matched against."""
    return _WITHOUT_WIDTH.sub("", text)


def ends_sentence(text: str) -> bool:
    """Tell whether the text ends as a sentence does."""
    return _SENTENCE_END.search(text) is not None


def _physical(text: str) -> list[Line]:
    lines: list[Line] = []
    gap = True
    for number, raw in enumerate(text.split("\n"), 1):
        words = " ".join(raw.split())
        if not words or (_WITHOUT_WIDTH.search(words) and not visible(words)):
            gap = True
            continue
        indent = len(raw) - len(raw.lstrip())
        lines.append(Line(number, words, gap, indent, rule=_RULE.fullmatch(words) is not None))
        gap = False
    return lines


def _join_lone_bullets(lines: list[Line]) -> list[Line]:
    """Web pages are sometimes copied with each bullet on a line of its own."""
    joined: list[Line] = []
    for line in lines:
        before = joined[-1] if joined else None
        if before is not None and _LONE_BULLET.fullmatch(before.text) and not line.rule:
            joined[-1] = replace(before, text=f"{before.text} {line.text}")
        else:
            joined.append(line)
    return joined


def _take_underlines(lines: list[Line]) -> list[Line]:
    taken: list[Line] = []
    for line in lines:
        before = taken[-1] if taken else None
        if before is not None and _underlines(line, before):
            taken[-1] = replace(before, underline=line.text[0], drawn=line.text)
        else:
            taken.append(line)
    return taken


def _underlines(line: Line, before: Line) -> bool:
    return (
        line.rule
        and not line.gap
        and line.text[0] in "=-~_"
        and not before.rule
        and not before.underline
        and 3 <= len(before.text) <= _WIDEST
        and len(line.text) >= min(len(before.text) // 2, 10)
    )


def _wrapping_width(lines: list[Line]) -> int:
    """Return the width that the text is wrapped at, in characters; 0 for one that is not wrapped."""
    plain = [line for line in lines if not line.rule and "://" not in line.text]
    if sum(len(line.text) + line.indent > _WIDEST for line in plain) * 20 > len(plain):
        return 0
    followed = [
        len(line.text) + line.indent
        for line, after in pairwise(lines)
        if not after.gap and "://" not in line.text
    ]
    full = [length for length in followed if _NARROWEST <= length <= _WIDEST]
    if len(full) < 3 or len(full) * 2 < len(followed):
        return 0
    return max(full)


def _unwrapped(lines: list[Line], width: int) -> list[Line]:
    joined: list[list[Line]] = []
    for line in lines:
        if joined and _continues(joined[-1][-1], line, width):
            joined[-1].append(line)
        else:
            joined.append([line])
    return [replace(parts[0], text=" ".join(part.text for part in parts)) for parts in joined]


def _continues(before: Line, line: Line, width: int) -> bool:
    if line.gap or line.rule or before.rule or before.underline or line.underline:
        return False
    length = len(before.text) + before.indent
    first = line.text.split(" ", 1)[0]
    full = width > 0 and length + 1 + len(first) > width - _RAGGED
    if _OPENER.match(line.text):
        # A dash in the middle of a sentence may come first on its line too.
        return full and first in "–—" and not ends_sentence(before.text)
    unfinished = length >= _NARROWEST and first[:1].islower() and not ends_sentence(before.text)
    return full or unfinished
