"""Front matter: the lines between two ``---`` at the top of a Markdown file that say what the text cannot.

A small and strict part of YAML, which people write by hand: ``key: value``, quoted values, lists in brackets
or with dashes, lists of such pairs, and long values after ``>`` or ``|``. What is none of these is refused
with its line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.errors import TextRefused

Value = str | list[str] | list[dict[str, str]]

_FENCE = re.compile(r"-{3,}\s*")
_PAIR = re.compile(r"(?P<key>[^\W\d][\w -]{0,39}?)\s*:(?:\s+(?P<value>.*))?")
_ITEM = re.compile(r"-(?:\s+(?P<rest>.*))?")


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of the front matter and the number of its line in the file, from 1."""

    value: Value
    number: int


@dataclass(slots=True)
class _Lines:
    """The lines between the fences, read one by one."""

    name: str
    lines: Sequence[tuple[int, str]]
    place: int = 0

    def peek(self) -> tuple[int, str] | None:
        while self.place < len(self.lines):
            number, line = self.lines[self.place]
            if line.strip() and not line.lstrip().startswith("#"):
                return number, line
            self.place += 1
        return None

    def take(self) -> tuple[int, str]:
        found = self.lines[self.place]
        self.place += 1
        return found

    def refuse(self, number: int, line: str) -> TextRefused:
        return TextRefused(
            "Filen {file}, rad {line}: ”{text}” går inte att förstå. Mellan strecken ska det stå rader som "
            "”title: Vårens resa”.",
            file=self.name,
            line=number,
            text=line.strip()[:60],
        )


def split(text: str) -> tuple[list[tuple[int, str]], str, int]:
    """Return the front matter's numbered lines, the text below it, and the number of lines above that text.

    No front matter: no lines, the whole text, 0.
    """
    lines = text.split("\n")
    if not _FENCE.fullmatch(lines[0]) or len(lines) < 3 or not _PAIR.fullmatch(_first_line(lines[1:])):
        return [], text, 0
    for place, line in enumerate(lines[1:], 1):
        if _FENCE.fullmatch(line):
            return list(enumerate(lines[1:place], 2)), "\n".join(lines[place + 1 :]), place + 1
    return [], text, 0


def parse(lines: Sequence[tuple[int, str]], name: str) -> dict[str, Entry]:
    """Read numbered lines into values by key (lower case). ``name`` is the file's, for the sentences.

    Raises ``TextRefused`` for a line that is not understood and for a key that stands twice.
    """
    source = _Lines(name, lines)
    found: dict[str, Entry] = {}
    while (head := source.peek()) is not None:
        number, line = source.take()
        pair = _PAIR.fullmatch(line)
        if pair is None:
            raise source.refuse(number, line)
        key = pair["key"].strip().lower()
        if key in found:
            raise TextRefused(
                "Filen {file}, rad {line}: ”{key}” står två gånger. Ta bort den ena.",
                file=name,
                line=head[0],
                key=key,
            )
        found[key] = Entry(_value(source, (pair["value"] or "").strip()), number)
    return found


def _first_line(lines: Sequence[str]) -> str:
    return next((line for line in lines if line.strip()), "")


def _value(source: _Lines, written: str) -> Value:
    if written in (">", "|", ">-", "|-"):
        return (" " if written[0] == ">" else "\n").join(_indented(source))
    if written.startswith("[") and written.endswith("]"):
        return [_unquoted(item) for item in _items_of(written[1:-1])]
    if written:
        return _unquoted(written)
    return _list(source)


def _indented(source: _Lines) -> Iterator[str]:
    while source.place < len(source.lines):
        line = source.lines[source.place][1]
        if line.strip() and not line[0].isspace():
            return
        source.take()
        if line.strip():
            yield line.strip()


def _list(source: _Lines) -> Value:
    """Read the lines with dashes below a key: plain values, or pairs that go on below each dash."""
    plain: list[str] = []
    pairs: list[dict[str, str]] = []
    while (head := source.peek()) is not None:
        number, line = head
        item = _ITEM.fullmatch(line.strip())
        if item is None:
            if not line[0].isspace():
                break
            pair = _PAIR.fullmatch(line.strip())
            if pair is None or not pairs:
                raise source.refuse(number, line)
            pairs[-1][pair["key"].strip().lower()] = _unquoted((pair["value"] or "").strip())
        elif pair := _PAIR.fullmatch(item["rest"] or ""):
            pairs.append({pair["key"].strip().lower(): _unquoted((pair["value"] or "").strip())})
        else:
            plain.append(_unquoted((item["rest"] or "").strip()))
        source.take()
    if plain and pairs:
        return [*pairs, *({"": value} for value in plain)]
    return pairs or plain


def _items_of(written: str) -> list[str]:
    return [item.strip() for item in written.split(",") if item.strip()]


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        inner = value[1:-1]
        return (
            inner.replace('\\"', '"').replace("\\\\", "\\") if value[0] == '"' else inner.replace("''", "'")
        )
    return value
