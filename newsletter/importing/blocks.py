"""Blocks: a line and the kind of thing it is, and what can be asked of blocks beside each other."""

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.core import swedish
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


_LETTERHEAD = re.compile(
    r"(?=.*\b(?:\w*(?:brev|blad|bladet|nytt|tidning|tidningen|bulletin|utskick|newsletter))\b)"
    r"(?=.*(?:\bn(?:r|ummer)\b|\d|\b(?:vår|sommar|höst|vinter|jan|feb|mars|april|maj|jun|jul|aug|sep|okt"
    r"|nov|dec)\w*)).{4,80}",
    re.IGNORECASE,
)
_LABEL_HINT = re.compile(
    r"\b(?:pdf\w*|bilag\w+|bifoga\w*|nedan|dokument\w*|ladda (?:ne[rd]|hem)|blankett\w*|protokoll\w*)\b",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|odt|zip|ics)\b", re.IGNORECASE)
_ISO_AT_END = re.compile(r"\d{4}-\d{2}-\d{2}\)?$")
_SALUTATION = re.compile(r"(?:hej|hallå|kära|bästa|dear|hello)\b.{0,60}[!,]$", re.IGNORECASE)

_CONTENTS = re.compile(
    r"(?:innehåll|contents)\b|i (?:det här|detta) (?:numret?|brevet|utskicket)|in this (?:issue|letter)",
    re.IGNORECASE,
)

#: What can stand below a heading.
_BODY = frozenset(
    (Kind.BULLET, Kind.NUMBER, Kind.TALK, Kind.KICKER, Kind.DATED, Kind.BYLINE, Kind.CAPTION, Kind.CREDIT)
)


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
