"""What every importer hands over: proposed articles, and all that was left out of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from newsletter.core.articles import ArticleText


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the outline: ``kind`` is ``article``, ``subhead`` or ``dropped``; ``number`` is from 1."""

    number: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """An article as it was read. ``number`` is the line it begins on; 0 where the file is one article.

    ``audience`` are regions as people name them (none: everyone); ``status`` is ``draft`` or ``ready``.
    """

    text: ArticleText
    number: int = 0
    audience: tuple[str, ...] = ()
    expires_on: date | None = None
    status: str = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One file's articles, in order, and the lines that belong to none. ``source`` is the text's fingerprint.

    ``corrected`` tells that a person's outline made the split.
    """

    origin: str
    source: str
    articles: Sequence[Proposed]
    dropped: Sequence[str] = ()
    outline: Sequence[Heading] = field(default=())
    corrected: bool = False
