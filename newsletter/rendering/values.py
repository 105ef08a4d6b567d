"""What goes into rendering and what comes out: frozen values, nothing else.

In: an ``IssueView`` of sections of items of articles, which is one set of visible items in one language,
and the ``Frame``, which is what the association says in every mail. Out: ``Rendered``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from newsletter.core import typefaces
from newsletter.core.articles import ArticleText
from newsletter.core.logos import Logo
from newsletter.core.notices import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the association says of itself in every mail.

    ``base_url`` is absolute and has no slash at its end. ``accent`` is ``#rrggbb``. ``picture_sizes`` gives
    width and height in pixels by the file's name under ``DIR/media``, where they are known. ``zone`` is the
    IANA name of the zone in which people meet. ``typeface`` is one of ``core.typefaces.CHOICES``, ``footer``
    words of the association's own for the foot of its letters. ``embedded`` gives the pictures that are to
    travel inside the mail, by name; None: they stay at our own address.
    """

    association: str
    contact: str
    base_url: str
    postal_address: str = ""
    accent: str = "#8a3324"
    from_address: str = ""
    picture_sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    zone: str = "Europe/Stockholm"
    typeface: str = typefaces.USUAL
    footer: str = ""
    embedded: Mapping[str, bytes] | None = None
    logo: Logo | None = None

    @property
    def logo_url(self) -> str:
        """The absolute address of the logo (rule X18); empty without one."""
        return f"{self.base_url}/media/{self.logo.file}" if self.logo else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """An article's place in this variant. ``regions`` are the names it is limited to; none: everyone.

    ``revision`` and ``revised`` (a moment with its zone) say which state of the article it is.
    """

    article_id: int
    article: ArticleText
    teaser: bool = False
    regions: tuple[str, ...] = ()
    revision: int = 1
    revised: datetime | None = None


@dataclass(frozen=True, slots=True)
class SectionView:
    """Items that follow each other under one name; the name may be empty."""

    name: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueView:
    """An issue as one set of readers sees it, in one language (``sv`` or ``en``) of the frame around it.

    ``why`` is the sentence that says why the reader gets this. ``dated`` is the day it is meant for, where
    that is known. A member notice has ``can_unsubscribe=False``. ``on_web``: whoever has the letter can read
    it in a browser; ``archive_url`` is where anybody reads the list's issues, empty where nobody does.
    """

    frame: Frame
    language: str
    list_name: str
    number: int
    year: int
    title: str
    subject: str
    why: str
    preheader: str = ""
    dated: date | None = None
    can_unsubscribe: bool = True
    on_web: bool = False
    archive_url: str = ""
    sections: tuple[SectionView, ...] = ()

    @property
    def items(self) -> tuple[ItemView, ...]:
        """All items, in order."""
        return tuple(item for section in self.sections for item in section.items)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a mail. ``kind`` is its media type; ``name`` is ASCII.

    ``content_id`` (without < and >) is set for a picture that the HTML shows; else it is an attachment.
    """

    name: str
    kind: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A variant, rendered, with slots for a person's own words.

    ``html`` and ``text`` hold the markers of ``core.messages.MARKERS`` there and nowhere else, whatever the
    articles say. ``slots`` are the names of those that are used. ``enclosed`` goes with the mail.
    """

    subject: str
    preheader: str
    html: str
    text: str
    language: str
    slots: frozenset[str]
    enclosed: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperLetter:
    """One member's letter by post; ``text`` is the plain text of the mail."""

    member: Member
    text: str
