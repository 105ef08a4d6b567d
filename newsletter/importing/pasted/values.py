"""What lies between reading copied HTML and writing Markdown: blocks, and the runs of words in them."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Look:
    """How some words look: ``href`` is where they lead, empty for words that are no link."""

    bold: bool = False
    italic: bool = False
    struck: bool = False
    href: str = ""


#: Words without any look of their own.
PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Run:
    r"""Words of one look. A line break within a paragraph is the run ``"\n"``."""

    text: str
    look: Look = PLAIN


class Kind(enum.Enum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    RULE = "rule"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of text. ``level`` is a heading's rank, or how deep an item or its paragraph lies in lists.

    ``number`` is an item's, 0 for a bullet; ``quoted`` how deep the block lies in quotations; ``rows`` are
    the cells of a table.
    """

    kind: Kind
    runs: Sequence[Run] = ()
    level: int = 0
    number: int = 0
    quoted: int = 0
    rows: Sequence[Sequence[Sequence[Run]]] = field(default=())
