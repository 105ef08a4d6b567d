"""What the templates get: articles whose every part is ready to be put in."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class SetLink:
    """A link as it is set; without ``url`` the label stands alone."""

    url: str | None
    label: str


@dataclass(frozen=True, slots=True)
class SetPicture:
    """A picture as it is set. ``url`` is absolute, or None when only the words are known. Sizes in pixels.

    ``film`` is where its film is seen, if it stands for one.
    """

    url: str | None
    alt: str
    caption: str
    credit: str
    width: int
    height: int | None = None
    film: SetLink | None = None


@dataclass(frozen=True, slots=True)
class SetMeeting:
    """An occasion as it is set: each a line ready for people, "" for what is not known.

    ``map_url`` leads to the address on a map, and ``map_label`` says so; ``calendar`` tells of the file.
    """

    day: str
    hours: str
    place: str
    address: str
    map_url: str
    map_label: str
    answer: str
    calendar: str


@dataclass(frozen=True, slots=True)
class AddedWords:
    """The words that we add to an article, in its own language where we speak it."""

    picture: str
    links: str
    attachments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetArticle:
    """An article as it is set.

    ``tag`` is the element of its title (``h2`` or ``h3``), ``foreign`` says that its language is not that of
    the frame, ``lead`` and ``body`` are clean HTML, ``opening`` is the picture above the body and
    ``pictures`` are those below it, ``more`` is where a teaser leads, if anywhere; ``whole`` are the words of
    the link to all of it in the web version, empty where a teaser leads elsewhere or there is no such page.
    ``subdued`` is an obituary, set without colour; ``years`` are those of the one it remembers.
    ``text`` is the whole article as plain text, title included.
    """

    anchor: str
    title: str
    tag: str
    teaser: bool
    language: str
    direction: str
    foreign: bool
    kicker: str
    dateline: str
    lead: Markup
    body: Markup
    byline_name: str
    byline_role: str
    added: AddedWords
    opening: SetPicture | None = None
    pictures: tuple[SetPicture, ...] = ()
    links: tuple[SetLink, ...] = ()
    attachments: tuple[SetLink, ...] = ()
    more: SetLink | None = None
    meeting: SetMeeting | None = None
    subdued: bool = False
    years: str = ""
    whole: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Articles that follow each other and are meant for the same regions; ``regions`` is "" for everyone.

    ``one_region`` says that ``regions`` names a single one.
    """

    regions: str
    one_region: bool
    articles: tuple[SetArticle, ...]


@dataclass(frozen=True, slots=True)
class SetSection:
    """Blocks under one name, which may be empty."""

    name: str
    blocks: tuple[Block, ...]
