"""What the checks look at: an issue's words, its articles, and its variants as they would go out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from newsletter.core.articles import ArticleText


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An article's place in the issue. ``expires_on`` is its last day; ``earlier`` an issue it stood in."""

    article_id: int
    text: ArticleText
    teaser: bool = False
    expires_on: date | None = None
    earlier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A variant as rendered. ``message`` is a whole mail of it, filled for an invented reader (RFC 5322).

    ``article_ids`` are those that its readers may see, in order. ``html`` and ``text`` are the two parts as
    that reader gets them, decoded. ``gains`` says, where it was measured, how many bytes the HTML part would
    lose if an article became a teaser. ``can_unsubscribe`` is False for a member notice.
    """

    name: str
    language: str
    html: str
    text: str
    message: bytes
    article_ids: tuple[int, ...] = ()
    can_unsubscribe: bool = True
    gains: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """An issue as it is checked. ``sent_on`` is the day it is meant for, where the association is.

    ``earlier_subjects`` are those of earlier issues of the list, the newest first. ``without_block`` are the
    names of regions that should have a block of their own and have none.
    """

    subject: str
    preheader: str = ""
    sent_on: date | None = None
    parts: tuple[Part, ...] = ()
    versions: tuple[Version, ...] = ()
    earlier_subjects: tuple[str, ...] = ()
    without_block: tuple[str, ...] = ()

    def titles(self) -> Mapping[int, str]:
        """Return the articles' titles by their ids."""
        return {part.article_id: part.text.title for part in self.parts}
