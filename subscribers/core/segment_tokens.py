"""The marks and words that the short form of a segment is made of, and the place of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from subscribers.core.segment_words import plain
from subscribers.errors import SegmentRefused

#: How much of a line is shown before and after the place of an error.
_AROUND = 40

_TOKEN = re.compile(r'\s*(?:(?P<mark>[(),:])|"(?P<quoted>(?:[^"]|"")*)"|(?P<word>[^\s(),:"]+)|(?P<rest>\S))')

#: Telephones write these where a keyboard writes a plain one.
_QUOTATION_MARKS = str.maketrans(dict.fromkeys("“”„", '"'))


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text. ``kind`` is "mark", "quoted", "word" or "end"; ``at`` is its first character."""

    kind: str
    text: str
    at: int

    def says(self, *words: str) -> bool:
        """Tell whether this is one of the words (small letters), in any case and outside quotation marks."""
        return self.kind == "word" and plain(self.text) in words

    def is_mark(self, mark: str) -> bool:
        """Tell whether this is a comma, a colon or a parenthesis."""
        return self.kind == "mark" and self.text == mark


def tokens(text: str) -> Iterator[Token]:
    """Yield the pieces of a text, and an end. Raises ``SegmentRefused`` for a quotation that never ends."""
    at = 0
    text = text.translate(_QUOTATION_MARKS)
    while found := _TOKEN.match(text, at):
        kind = found.lastgroup or ""
        if kind == "rest":
            raise SegmentRefused(
                "{pointer}\nHär börjar ett citat som aldrig slutar.", pointer=pointer(text, found.start(kind))
            )
        yield Token(kind, found[kind].replace('""', '"'), found.start(kind) - (kind == "quoted"))
        at = found.end()
    yield Token("end", "", len(text.rstrip()))


def pointer(text: str, at: int) -> str:
    """Return the part of a text around a place, on one line, and a caret below that place."""
    start = max(0, at - _AROUND)
    shown = "".join(c if c.isprintable() else " " for c in text[start : at + _AROUND])
    return f"{shown}\n{' ' * (at - start)}^"
