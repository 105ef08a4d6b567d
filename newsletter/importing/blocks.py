"""Logical lines become blocks: each with the kind of thing it is.

lines -> page furniture -> what a line says by itself -> dashes: talk or list? -> signatures, captions
      -> which short lines are headings (from the last to the first, since what follows decides)
"""

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.importing import chrome, people, swedish
from newsletter.importing.lines import Line, bare, ends_sentence


class Kind(enum.Enum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    NUMBER = "number"
    TALK = "talk"  # a line of dialogue, with its dash
    KICKER = "kicker"  # ”KRÖNIKA 7 JULI 2022: Text …”
    DATED = "dated"  # a line that only dates the text
    BYLINE = "byline"  # ”Text: Anna Berg”
    CAPTION = "caption"
    CREDIT = "credit"
    GREETING = "greeting"
    SIGNATURE = "signature"
    ROLE = "role"  # the line under a signature's name
    ATTACHMENT = "attachment"
    POSTSCRIPT = "postscript"
    LETTERHEAD = "letterhead"  # ”Klubbnytt nr 2”, above the first article
    RULE = "rule"
    CHROME = "chrome"


@dataclass(slots=True)
class Block:
    """A logical line with its kind. ``marker`` is the list or heading mark that was taken off ``text``.

    ``rank`` is the level that a mark gives a heading (1 is highest), 0 for one without mark. ``attached``
    tells that its text follows without a blank line. ``ordered`` is the number of a numbered item, ``kicker``
    the label that stood before a heading on its line.
    """

    line: Line
    text: str
    kind: Kind = Kind.PARAGRAPH
    marker: str = ""
    rank: int = 0
    ordered: int = 0
    attached: bool = False
    kicker: str = ""

    @property
    def number(self) -> int:
        """The number of its first line in the file."""
        return self.line.number


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
_LETTERHEAD = re.compile(
    r"(?=.*\b(?:\w*(?:brev|blad|bladet|nytt|tidning|tidningen|bulletin|utskick|newsletter))\b)"
    r"(?=.*(?:\bn(?:r|ummer)\b|\d|\b(?:vår|sommar|höst|vinter|jan|feb|mars|april|maj|jun|jul|aug|sep|okt"
    r"|nov|dec)\w*)).{4,80}",
    re.IGNORECASE,
)
_UNDERLINE_RANKS = {"=": 1, "-": 2, "~": 3, "_": 3}
_LABEL_HINT = re.compile(
    r"\b(?:pdf\w*|bilag\w+|bifoga\w*|nedan|dokument\w*|ladda (?:ne[rd]|hem)|blankett\w*|protokoll\w*)\b",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|odt|zip|ics)\b", re.IGNORECASE)
_ISO_AT_END = re.compile(r"\d{4}-\d{2}-\d{2}\)?$")
_SAID = re.compile(
    r"[,?!”\"] ?(?:säger|sa|sade|berättar|menar|tycker|frågar|svarar|undrar|konstaterar|förklarar|says"
    r"|said)\b"
)

_SALUTATION = re.compile(r"(?:hej|hallå|kära|bästa|dear|hello)\b.{0,60}[!,]$", re.IGNORECASE)

_CONTENTS = re.compile(
    r"(?:innehåll|contents)\b|i (?:det här|detta) (?:numret?|brevet|utskicket)|in this (?:issue|letter)",
    re.IGNORECASE,
)

#: What can stand below a heading.
_BODY = frozenset(
    (Kind.BULLET, Kind.NUMBER, Kind.TALK, Kind.KICKER, Kind.DATED, Kind.BYLINE, Kind.CAPTION, Kind.CREDIT)
)


def read_blocks(lines: Sequence[Line]) -> list[Block]:
    """Return one block a line, in order, each with its kind. No word is lost: markers go to ``marker``."""
    furniture = chrome.find(lines)
    blocks = [_alone(line, place in furniture) for place, line in enumerate(lines)]
    _settle_dashes(blocks)
    _settle_numbers(blocks)
    from newsletter.importing import headings, signing

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
    if found := _MARKED.fullmatch(text) or _BOLD.fullmatch(text):
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


_KICKER = re.compile(
    r"(?P<label>(?:[A-ZÅÄÖÉÜ][A-ZÅÄÖÉÜ0-9&/-]*)(?: (?:[A-ZÅÄÖÉÜ0-9&/–-]+)){0,7}?|\w*(?:ordföranden?"
    r"|redaktören?|styrelsen|chefen) har ordet)"
    rf"(?P<date>,? +(?:den +)?(?:{swedish.DATE}))?(?: ?: +| +[–—] +)(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)


def split_kicker(text: str) -> re.Match[str] | None:
    """Find a label in capitals (or ”Ordföranden har ordet”), perhaps with a date, before the text itself."""
    found = _KICKER.match(text)
    if found is None:
        return None
    label = found["label"]
    if label.lower().endswith("har ordet"):
        return found
    if label != label.upper() or not re.search(r"[A-ZÅÄÖ]{2}", label):
        return None
    long_enough = len(label) >= 6 and (" " in label or ":" in found[0][len(label) : len(label) + 2])
    return found if found["date"] or long_enough else None


def is_body(block: Block) -> bool:
    """Tell whether a block is text that a heading can stand above."""
    if block.kind in _BODY:
        return True
    if block.kind not in (Kind.PARAGRAPH, Kind.POSTSCRIPT):
        return False
    count = len(block.text.split())
    return (
        count >= 14
        or (count >= 3 and ends_sentence(block.text))
        or _SALUTATION.match(block.text) is not None
        or swedish.ENTRY.match(block.text) is not None
        or "://" in block.text
    )


def following(blocks: Sequence[Block], place: int) -> Block | None:
    """Return the block after this one, past rules."""
    return next((b for b in blocks[place + 1 : place + 4] if b.kind is not Kind.RULE), None)


def text_before(blocks: Sequence[Block], place: int, count: int) -> Iterator[Block]:
    """Give up to ``count`` blocks of text before this one, the nearest first."""
    given = 0
    for before in reversed(blocks[max(0, place - 3 * count) : place]):
        if given == count:
            return
        if is_body(before):
            given += 1
            yield before


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


def is_attachment(block: Block, blocks: Sequence[Block], place: int) -> bool:
    """Tell whether a short line is the label of a file that the text speaks of."""
    text = bare(block.text)
    if len(text.split()) > 14 or text[-1] in ".:?!":
        return False
    if _FILE_NAME.search(text):
        return True
    hinted = any(_LABEL_HINT.search(b.text) for b in text_before(blocks, place, 1))
    return hinted or _ISO_AT_END.search(text) is not None


def is_letterhead(text: str) -> bool:
    """Tell whether a line names the letter itself and its number or season."""
    return _LETTERHEAD.fullmatch(bare(text)) is not None


def contents_follow(text: str) -> bool:
    """Tell whether a line says that a list of contents comes, such as ”I det här numret:”."""
    return _CONTENTS.match(bare(text)) is not None
