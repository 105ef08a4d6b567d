"""Lines are recognised: each becomes a block of some kind.

lines -> page furniture -> what a line says by itself -> dashes: talk or list? -> signatures, captions
-> which short lines are headings (from the last to the first, since what follows decides)
"""

import re
from collections.abc import Sequence

from newsletter.core import swedish
from newsletter.importing import chrome, headings, people, signing
from newsletter.importing.blocks import Block, Kind, following, split_kicker
from newsletter.importing.lines import Line, bare, ends_sentence

_MARKED = re.compile(r"(?P<marks>#{1,6}) +(?P<text>.+?)(?: +#+)?")
_BOLD = re.compile(r"(?P<marks>\*\*|__)(?P<text>[^*_].{0,118}?)(?P=marks)")
_BULLET = re.compile(r"(?P<marker>[*•·‣▪●○o])[ \t]+(?P<text>\S.*)")
_DASHED = re.compile(r"(?P<marker>[-–—])[ \t]+(?P<text>\S.*)")
_NUMBERED = re.compile(r"(?P<marker>(?P<number>\d{1,3})[.)])[ \t]+(?P<text>\S.*)")
_POSTSCRIPT = re.compile(r"(?:P\.? ?S\.?(?: ?S\.?)?)(?:[:.!]| ?[–-])? ", re.IGNORECASE)
_DATED = re.compile(
    rf"(?:(?:publicerad|uppdaterad|senast uppdaterad|postad|datum|skriven|published|posted)(?: den"
    rf"| on)?:? ?)?(?:{swedish.DATE})"
    r"(?:,? (?:kl\.? ?)?\d{1,2}[.:]\d{2})?\.?",
    re.IGNORECASE,
)
#: A longer line is no heading, whatever mark stands before it. In characters.
_LONGEST_HEADING = 200
_UNDERLINE_RANKS = {"=": 1, "-": 2, "~": 3, "_": 3}
_SAID = re.compile(
    r"[,?!”\"] ?(?:säger|sa|sade|berättar|menar|tycker|frågar|svarar|undrar|konstaterar|förklarar|says"
    r"|said)\b"
)


def read_blocks(lines: Sequence[Line]) -> list[Block]:
    """Return one block a line, in order, each with its kind. No word is lost: markers go to ``marker``."""
    furniture = chrome.find(lines)
    blocks = [_alone(line, place in furniture) for place, line in enumerate(lines)]
    _settle_dashes(blocks)
    _settle_numbers(blocks)
    signing.settle(blocks)
    headings.settle(blocks)
    return blocks


def _alone(line: Line, furniture: bool) -> Block:
    """Say what a line is from itself alone."""
    text = line.text
    if furniture:
        return Block(line, text, Kind.CHROME)
    if line.rule:
        return Block(line, text, Kind.RULE)
    if line.underline:
        rank = _UNDERLINE_RANKS.get(line.underline, 3)
        return Block(line, text, Kind.HEADING, line.drawn, rank)
    if len(text) <= _LONGEST_HEADING and (found := _MARKED.fullmatch(text) or _BOLD.fullmatch(text)):
        rank = len(found["marks"]) if found["marks"][0] == "#" else 7
        return Block(line, found["text"], Kind.HEADING, found["marks"], rank)
    if found := _BULLET.fullmatch(text):
        return Block(line, found["text"], Kind.BULLET, found["marker"])
    if found := _NUMBERED.fullmatch(text):
        return Block(line, found["text"], Kind.NUMBER, found["marker"], ordered=int(found["number"]))
    return Block(line, text, _kind_of(text))


def _kind_of(text: str) -> Kind:
    plain = bare(text)
    tests = (
        (Kind.POSTSCRIPT, lambda: _POSTSCRIPT.match(plain)),
        (Kind.DATED, lambda: len(plain) <= 60 and _DATED.fullmatch(plain)),
        (Kind.TALK, lambda: _DASHED.fullmatch(text)),
        (Kind.BYLINE, lambda: len(plain) <= 300 and people.byline(plain)),
        (Kind.CREDIT, lambda: len(plain) <= 300 and people.is_credit(plain)),
        (Kind.CAPTION, lambda: len(plain) <= 600 and people.is_caption(plain)),
        (Kind.KICKER, lambda: split_kicker(plain[:160])),
    )
    return next((kind for kind, test in tests if test()), Kind.PARAGRAPH)


def _settle_dashes(blocks: list[Block]) -> None:
    """Tell talk from lists: several lines with dashes and no gap between them are a list."""
    for place, block in enumerate(blocks):
        if block.kind is Kind.TALK and _is_listed(blocks, place):
            marker, _, text = block.text.partition(" ")
            block.kind, block.marker, block.text = Kind.BULLET, marker, text


def _is_listed(blocks: list[Block], place: int) -> bool:
    block = blocks[place]
    if _SAID.search(block.text):
        return False
    before = blocks[place - 1] if place else None
    after = blocks[place + 1] if place + 1 < len(blocks) else None
    beside = [
        other
        for other, gap in ((before, block.line.gap), (after, after.line.gap if after else True))
        if other is not None
        and not gap
        and _dash_of(other) == _dash_of(block)
        and not _SAID.search(other.text)
    ]
    if beside:
        return True
    # A hyphen with a few words and no full stop is an item, even alone; a long dash is someone speaking.
    return block.text[0] == "-" and not ends_sentence(block.text) and len(block.text.split()) <= 15


def _dash_of(block: Block) -> str:
    return block.marker or block.text[0]


def _settle_numbers(blocks: list[Block]) -> None:
    """Make a numbered line that stands alone above a paragraph a heading."""
    for place, block in enumerate(blocks):
        if block.kind is not Kind.NUMBER:
            continue
        after = following(blocks, place)
        if place and blocks[place - 1].kind is Kind.NUMBER:
            continue
        short = len(block.text.split()) <= 10 and not ends_sentence(block.text)
        if short and after is not None and after.kind is Kind.PARAGRAPH and len(after.text.split()) >= 14:
            block.kind, block.rank = Kind.HEADING, 0
            block.text, block.marker = f"{block.marker} {block.text}", ""
