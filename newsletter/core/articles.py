"""What an article is, as a value: the same shape from every importer and to every renderer."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from newsletter.core.meetings import Meeting


class ArticleKind(Enum):
    """How an article is set: as all are, as an invitation with its occasion, or subdued."""

    ORDINARY = "ordinary"
    INVITATION = "invitation"
    OBITUARY = "obituary"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and its words. ``file`` is a name under ``DIR/media``, or None when it is missing.

    ``film`` is the web address of the film that it stands for, if it stands for one.
    """

    caption: str = ""
    credit: str = ""
    alt: str = ""
    file: str | None = None
    film: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that the text names: ``https:``, ``mailto:`` or ``tel:``, and the words it stands for."""

    url: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside the article; ``file`` is None when the text only mentions it.

    ``size`` is in bytes, None where nobody has measured it.
    """

    label: str
    file: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class ArticleText:
    """The content of an article. ``lead`` and ``body`` are Markdown; subheads in the body are ``##``.

    An invitation has a ``meeting``; an obituary has ``years``, as "1941–2027".
    """

    title: str
    kicker: str = ""
    dateline: date | None = None
    lead: str = ""
    body: str = ""
    byline_name: str = ""
    byline_role: str = ""
    language: str = "sv"
    pictures: tuple[Picture, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    origin: str = ""
    kind: ArticleKind = ArticleKind.ORDINARY
    meeting: Meeting | None = None
    years: str = ""
