"""Copied HTML is read into blocks, in the ways that Word, Google Docs, LibreOffice and web pages write it.

The tree is walked step by step and not by calls within calls, so that no depth of it can end us.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import lxml.html
from lxml import etree

from newsletter.importing.pasted import elements
from newsletter.importing.pasted.addresses import cleaned
from newsletter.importing.pasted.elements import Element
from newsletter.importing.pasted.runs import tidied, words
from newsletter.importing.pasted.values import PLAIN, Block, Kind, Look, Run

_BLANKS = re.compile(r"[ \t\n\r\f]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]")
#: A bullet that somebody typed, or that stands for a list which the program did not mark as one.
_TYPED_BULLET = re.compile(r"[·•▪●‣◦§]\s+(?=\S)")
_BREAK = Run("\n")


@dataclass(slots=True)
class Found:
    """What was read: blocks, and how many pictures stood among them."""

    blocks: list[Block] = field(default_factory=list)
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree the words stand. ``rank`` is a heading's (-1: none), ``depth`` that of lists."""

    look: Look = PLAIN
    rank: int = -1
    depth: int = 0
    quoted: int = 0
    tables: int = 0
    keeps_lines: bool = False


def read(html: str) -> Found:
    """Read HTML, broken or whole; what is no HTML at all is read as its words."""
    reader = _Reader()
    root = _parsed(html)
    if root is not None:
        reader.walk(root, _Place())
    return reader.found


def _parsed(html: str) -> Element | None:
    data = _CONTROL.sub("", html).encode("utf-8")
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    try:
        return lxml.html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError):  # nothing but blanks and comments
        return None


class _Reader:
    def __init__(self) -> None:
        self.found = Found()
        self._runs: list[Run] = []
        self._counters: list[int] = []  # of the open lists: the next number, 0 for bullets
        self._item: tuple[int, int] | None = None  # depth and number of an item that has no words yet

    def walk(self, root: Element, place: _Place) -> None:
        """Read an element with all that is in it."""
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        places = [place]
        for event, element in walker:
            if event == "start":
                inner = self._enter(element, places[-1])
                if inner is None:
                    walker.skip_subtree()
                places.append(inner or places[-1])
                if inner is not None:
                    self._say(element.text, inner)
            elif event == "end":
                self._leave(element, places.pop())
            if event != "start" and element is not root:
                self._say(element.tail, places[-1])
        self._flush(place)

    def _enter(self, element: Element, place: _Place) -> _Place | None:
        """Return the place inside an element; None for one whose inside is not to be read."""
        tag = elements.name(element)
        if elements.is_hidden(element):
            return None
        if tag == "img":
            self._picture(element, place)
        elif tag == "br":
            self._runs.append(_BREAK)
        elif tag == "table" and place.tables < elements.DEEPEST_TABLE and elements.is_data(element):
            self._flush(place)
            self._table(element, place)
            return None
        if tag not in elements.BLOCKS:
            return replace(place, look=_look(element, tag, place.look))
        self._flush(place)
        return self._enter_block(element, tag, place)

    def _enter_block(self, element: Element, tag: str, place: _Place) -> _Place:
        if tag == "hr":
            self.found.blocks.append(Block(Kind.RULE, quoted=place.quoted))
        elif tag in ("ul", "ol"):
            self._counters.append(elements.first_number(element) if tag == "ol" else 0)
            place = replace(place, depth=place.depth + 1)
        elif tag == "li":
            self._item = (max(place.depth, 1), self._next_number())
        elif (item := elements.word_item(element, tag)) is not None:
            self._item = item
            place = replace(place, depth=item[0])
        return replace(
            place,
            look=_look(element, tag, place.look),
            rank=elements.rank(element, tag, place.rank),
            quoted=place.quoted + elements.is_quotation(element, tag),
            tables=place.tables + (tag == "table"),
            keeps_lines=place.keeps_lines or tag == "pre",
        )

    def _leave(self, element: Element, place: _Place) -> None:
        tag = elements.name(element)
        if tag not in elements.BLOCKS or elements.is_hidden(element):
            return
        self._flush(place)
        if tag in ("ul", "ol") and self._counters:
            self._counters.pop()
        if tag == "li":
            self._item = None

    def _say(self, text: str | None, place: _Place) -> None:
        if not text:
            return
        if not place.keeps_lines:
            self._runs.append(Run(_BLANKS.sub(" ", text), place.look))
            return
        for number, line in enumerate(text.split("\n")):
            self._runs += [*([_BREAK] if number else []), Run(line, place.look)]

    def _flush(self, place: _Place) -> None:
        """Make a block, or several with empty lines between them, of the words so far."""
        runs, self._runs = self._runs, []
        for part in _paragraphs(runs):
            if tidy := tidied(part):
                self.found.blocks.append(self._block(tidy, place))
                self._item = None

    def _block(self, runs: Sequence[Run], place: _Place) -> Block:
        if self._item is not None:
            depth, number = self._item
            return Block(Kind.ITEM, runs, level=depth, number=number, quoted=place.quoted)
        if place.rank >= 0:
            return Block(Kind.HEADING, runs, level=place.rank, quoted=place.quoted)
        if not place.depth and (typed := _TYPED_BULLET.match(words(runs))):
            return Block(Kind.ITEM, _without_first(runs, typed.end()), level=1, quoted=place.quoted)
        return Block(Kind.PARAGRAPH, runs, level=place.depth, quoted=place.quoted)

    def _table(self, table: Element, place: _Place) -> None:
        rows = [[self._cell(cell) for cell in row] for row in elements.cells(table)]
        if any(cell for row in rows for cell in row):
            self.found.blocks.append(Block(Kind.TABLE, rows=rows, quoted=place.quoted))

    def _cell(self, cell: Element) -> Sequence[Run]:
        inside = _Reader()
        inside.walk(cell, _Place(tables=elements.DEEPEST_TABLE))
        self.found.pictures += inside.found.pictures
        runs: list[Run] = []
        for block in inside.found.blocks:
            runs += [*([Run(" ")] if runs else []), *block.runs]
        return [Run(" ", run.look) if run == _BREAK else run for run in runs]

    def _picture(self, element: Element, place: _Place) -> None:
        alt = (element.get("alt") or "").strip()
        if alt and len(alt) <= 4 and not any(sign.isalnum() for sign in alt):
            self._runs.append(Run(alt, place.look))  # a smiley that a page draws itself
        elif not elements.is_speck(element):
            self.found.pictures += 1

    def _next_number(self) -> int:
        if not self._counters or not self._counters[-1]:
            return 0
        self._counters[-1] += 1
        return self._counters[-1] - 1


def _look(element: Element, tag: str, look: Look) -> Look:
    style = element.get("style") or ""
    href = look.href
    if tag == "a":
        href = cleaned(element.get("href") or "") or ""
    return Look(
        bold=elements.is_bold(tag, style, look.bold),
        italic=elements.is_italic(tag, style, look.italic),
        struck=elements.is_struck(tag, style) or look.struck,
        href=href,
    )


def _paragraphs(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Split at two line breaks or more in a row: that is how mail programs write a new paragraph."""
    part: list[Run] = []
    breaks = 0
    for run in runs:
        if run == _BREAK:
            breaks += 1
        elif run.text.strip():
            if breaks >= 2:
                yield part
                part = []
            breaks = 0
        part.append(run)
    yield part


def _without_first(runs: Sequence[Run], count: int) -> list[Run]:
    """Return the runs without their first characters."""
    left: list[Run] = []
    for run in runs:
        taken = min(count, len(run.text))
        count -= taken
        if run.text[taken:]:
            left.append(replace(run, text=run.text[taken:]))
    return left
