"""What a reviewer says yes to, piece by piece, and what a later change takes back.

    an issue -> pieces: its words, its look, who gets it, each item, and the order of each variant
    a piece  -> its text, whole; a yes counts for that very text and for no other

So a change voids the pieces whose text it changes, and with them the variants that hold them; nothing else.
"""

import enum
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from newsletter.core.articles import ArticleKind, ArticleText

#: The piece that all variants share: title, subject and preheader.
WORDS = "words"
#: The piece of templates, letterhead and colours, which all variants share.
LOOK = "look"
#: The piece of whom the issue is for, which all variants share.
REACH = "reach"
_ITEM, _ORDER = "item ", "order "


class PieceState(enum.Enum):
    """How a piece stands: said yes to as it is, said yes to before it was changed, or never."""

    APPROVED = "approved"
    CHANGED = "changed"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an issue that is approved by itself.

    ``key`` names it for as long as the issue exists; ``title`` is for people (empty for what all variants
    share); ``text`` is all that a reader sees of it, in lines.
    """

    key: str
    title: str
    text: str

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the text, hexadecimal: a yes counts for this."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def article_id(self) -> int | None:
        """The article that an item shows; None for a piece that is no item."""
        return int(self.key.removeprefix(_ITEM)) if self.key.startswith(_ITEM) else None

    @property
    def is_order(self) -> bool:
        """Whether it is the order of items in a variant; ``title`` is the variant's name."""
        return self.key.startswith(_ORDER)


@dataclass(frozen=True, slots=True)
class Bound:
    """A variant and the keys of the pieces that it is made of."""

    name: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """A piece as it is now, and what a reviewer has said of it."""

    piece: Piece
    state: PieceState


@dataclass(frozen=True, slots=True)
class Standing:
    """How an issue stands: its pieces in order, and each variant with whether all of it is approved."""

    pieces: tuple[Judged, ...]
    variants: tuple[tuple[str, bool], ...]

    @property
    def missing(self) -> tuple[Judged, ...]:
        """The pieces that wait for a yes."""
        return tuple(each for each in self.pieces if each.state is not PieceState.APPROVED)

    @property
    def is_approved(self) -> bool:
        """Whether a reviewer has said yes to every piece as it is now."""
        return not self.missing


def words(*, title: str, subject: str, preheader: str) -> Piece:
    """Return the piece of an issue's own words."""
    return Piece(WORDS, "", "\n".join((title, subject, preheader)).rstrip())


def look(facts: Iterable[tuple[str, str]]) -> Piece:
    """Return the piece of a letter's look: what the association says of itself, and the templates."""
    return _facts(LOOK, facts)


def reach(facts: Iterable[tuple[str, str]]) -> Piece:
    """Return the piece of whom an issue is for."""
    return _facts(REACH, facts)


def _facts(key: str, facts: Iterable[tuple[str, str]]) -> Piece:
    return Piece(key, "", "\n".join(f"{name}: {' '.join(fact.split())}" for name, fact in facts if fact))


def item(article_id: int, text: ArticleText, *, teaser: bool, regions: Sequence[str]) -> Piece:
    """Return the piece of an item. ``regions`` are the names it is limited to; none: everybody sees it."""
    dated = text.dateline.isoformat() if text.dateline else ""
    byline = ", ".join(filter(None, (text.byline_name, text.byline_role)))
    lines = [
        *(["[Puff]"] if teaser else []),
        *([f"[{', '.join(regions)}]"] if regions else []),
        text.title,
        *filter(None, (text.kicker, dated, text.lead, text.body, byline)),
        *(_line("Bild", p.file or "–", p.alt, p.caption, p.credit, p.film) for p in text.pictures),
        *(_line("Länk", link.label, link.url) for link in text.links),
        *(_line("Bilaga", a.label, a.file or "") for a in text.attachments),
    ]
    lines += _kind(text)
    if text.language != "sv":
        lines.append(f"[{text.language}]")
    return Piece(f"{_ITEM}{article_id}", text.title, "\n".join(lines))


def _kind(text: ArticleText) -> list[str]:
    """Return what an invitation or an obituary says beside its words."""
    lines = [f"[{text.years}]"] if text.years else []
    if text.kind is ArticleKind.OBITUARY:
        lines.append("[Minnesord]")
    if (meeting := text.meeting) is not None:
        days = (meeting.starts, meeting.ends, meeting.answer_by)
        lines.append(_line("Träff", *(day.isoformat() if day else "–" for day in days)))
        lines.append(_line("Plats", meeting.place, meeting.address))
    return lines


def order(variant: str, placed: Iterable[tuple[str, str]]) -> Piece:
    """Return the piece of a variant's order: (section, title) of its items. ``variant`` is its name."""
    lines, before = [], ""
    for section, title in placed:
        if section != before:
            lines.append(f"– {section}")
        lines.append(title)
        before = section
    return Piece(f"{_ORDER}{variant}", variant, "\n".join(lines))


def judge(
    pieces: Sequence[Piece], variants: Iterable[Bound], approved: Mapping[str, Collection[str]]
) -> Standing:
    """Say how an issue stands; ``approved`` are the fingerprints that were said yes to, by key."""
    judged = tuple(Judged(piece, _state(piece, approved.get(piece.key, ()))) for piece in pieces)
    good = {each.piece.key for each in judged if each.state is PieceState.APPROVED}
    return Standing(judged, tuple((variant.name, variant.keys <= good) for variant in variants))


def _state(piece: Piece, approved: Collection[str]) -> PieceState:
    if piece.fingerprint in approved:
        return PieceState.APPROVED
    return PieceState.CHANGED if approved else PieceState.NEW


def _line(word: str, *facts: str) -> str:
    return f"{word}: {' · '.join(fact for fact in facts if fact)}"
