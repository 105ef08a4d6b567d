"""An article as prose: its paragraphs with the links in them, and its sentences, without any markup."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from newsletter.core.articles import ArticleText
from newsletter.core.preflight.findings import Place

_BARE = re.compile(r"(?:https?://|www\.)[^\s<>\"]+|[\w.+-]+@[\w-]+\.[\w.-]*\w", re.IGNORECASE)
#: A full stop after these ends no sentence.
_SHORTENED = re.compile(
    r"(?:\b(?:bl\.?\s?a|t\.?\s?ex|d\.?\s?v\.?\s?s|m\.?\s?m|m\.?\s?fl|o\.?\s?s\.?\s?v|kl|ca|nr|tel|s\.?\s?k|fr\.?\s?o\.?\s?m"
    r"|t\.?\s?o\.?\s?m|e\.?\s?d|f\.?\s?d|dr|st|jan|feb|mar|apr|aug|sept?|okt|nov|dec)|\b[A-ZÅÄÖ]|\b\d{1,2})\.$",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?…][”\"')\]]*(?=\s+[\"”'(\[–-]*[^\W_])")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text of an article: where it stands, what it says, and the addresses it links to.

    ``names`` are the paragraph's links as (words, address), in order.
    """

    place: Place
    text: str
    names: tuple[tuple[str, str], ...] = ()
    heading: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address that the paragraph leads to, linked or written out."""
        return (*(address for _, address in self.names), *_BARE.findall(self.text))

    def sentences(self) -> tuple[str, ...]:
        """Return its sentences, as they stand."""
        ends = [0, *(found.end() for found in _END.finditer(self.text)), len(self.text)]
        pieces = [self.text[begin:end].strip() for begin, end in pairwise(ends)]
        joined: list[str] = []
        for piece in pieces:
            if joined and _SHORTENED.search(joined[-1]):
                joined[-1] += f" {piece}"
            else:
                joined.append(piece)
        return tuple(filter(None, joined))


def paragraphs(article: ArticleText) -> tuple[Paragraph, ...]:
    """Return what an article says, in order: title, lead, body."""
    title = Paragraph(Place.TITLE, article.title, heading=True)
    return (title, *_read(article.lead, Place.LEAD), *_read(article.body, Place.BODY))


@lru_cache(maxsize=256)
def _read(markdown: str, place: Place) -> tuple[Paragraph, ...]:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    return tuple(
        Paragraph(place, text, tuple(_links(token)), heading=before.type == "heading_open")
        for before, token in pairwise([Token("", "", 0), *tokens])
        if token.type == "inline" and (text := _text(token))
    )


def _text(token: Token) -> str:
    words = [
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in token.children or []
        if child.type in ("text", "code_inline", "softbreak", "hardbreak", "image")
    ]
    return " ".join("".join(words).split())


def _links(token: Token) -> Iterator[tuple[str, str]]:
    address, words = "", ""
    for child in token.children or []:
        if child.type == "link_open":
            address, words = str(child.attrGet("href") or ""), ""
        elif child.type == "link_close":
            yield " ".join(words.split()), address
            address = ""
        elif address:
            words += child.content or " "
