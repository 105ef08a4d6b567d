"""A Markdown file becomes an article, or several: what its front matter says, and the text as it is.

    text -> front matter | body -> title (front matter, or the first ``#``) -> other ``#`` become ``##``
         -> pictures that stand alone go to the record -> Proposal

Several ``#`` without a title in the front matter are several articles.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from newsletter.core import fingerprints, swedish
from newsletter.core.articles import ArticleText, Attachment, Link, Picture
from newsletter.errors import TextRefused
from newsletter.importing import frontmatter
from newsletter.importing.frontmatter import Entry
from newsletter.importing.links import find_links
from newsletter.importing.values import Heading, Proposal, Proposed

#: The names that a key may have, and what it means.
_KEYS = {
    "title": "title", "titel": "title", "rubrik": "title",
    "kicker": "kicker", "vinjett": "kicker",
    "date": "date", "datum": "date",
    "lead": "lead", "ingress": "lead",
    "byline": "byline", "author": "byline", "av": "byline", "författare": "byline", "skribent": "byline",
    "role": "role", "roll": "role",
    "language": "language", "lang": "language", "språk": "language",
    "audience": "audience", "regions": "audience", "regioner": "audience", "målgrupp": "audience",
    "captions": "pictures", "images": "pictures", "pictures": "pictures", "bilder": "pictures",
    "bildtexter": "pictures", "image": "pictures", "bild": "pictures",
    "attachments": "attachments", "bilagor": "attachments",
    "links": "links", "länkar": "links",
    "expires": "expires", "utgår": "expires", "status": "status",
}  # fmt: skip
_PICTURE_KEYS = {
    "file": "file", "fil": "file", "src": "file",
    "caption": "caption", "bildtext": "caption", "text": "caption", "": "caption",
    "credit": "credit", "foto": "credit", "fotograf": "credit",
    "alt": "alt",
}  # fmt: skip
_EVERYONE = ("*", "alla", "everyone", "all")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")
_MOST_BRACKETS = 1_000
_LONGEST = {"title": 300, "kicker": 200, "byline": 200, "role": 400}
_STATUSES = {"draft": "draft", "utkast": "draft", "ready": "ready", "klar": "ready"}


def is_markdown(text: str) -> bool:
    """Tell whether a text begins with front matter, whatever its file is called."""
    return bool(frontmatter.split(text)[0])


def read_markdown(text: str, origin: str) -> Proposal:
    """Read a decoded Markdown text (see ``decoding``). ``origin`` is its file's name.

    Raises ``TextRefused``, which names file and line, for front matter that cannot be understood, a value
    that cannot be what it should, and a text with neither title nor words.
    """
    head, body, offset = frontmatter.split(text)
    _refuse_brackets(body, origin)
    front = _Front(frontmatter.parse(head, origin), origin)
    parts = _split(body, titled=bool(front.text("title")))
    articles = [_proposed(front, part, offset, origin) for part in parts]
    return Proposal(
        origin=origin,
        source=fingerprints.of_text(text),
        articles=articles,
        dropped=front.strangers(),
        outline=[Heading(a.number or 1, "article", a.text.title) for a in articles],
    )


def _refuse_brackets(body: str, origin: str) -> None:
    """Refuse what no person wrote: the parser's time grows with the square of a paragraph's brackets."""
    for paragraph in re.split(r"\n\s*\n", body):
        if paragraph.count("[") > _MOST_BRACKETS:
            raise TextRefused(
                "Filen {file} har ett stycke med fler än {most} hakparenteser. Dela upp eller ta bort dem.",
                file=origin,
                most=_MOST_BRACKETS,
            )


@dataclass(frozen=True, slots=True)
class _Front:
    """The front matter's values, each asked for by what it means."""

    entries: Mapping[str, Entry]
    origin: str

    def entry(self, meaning: str) -> Entry | None:
        return next((e for key, e in self.entries.items() if _KEYS.get(key) == meaning), None)

    def strangers(self) -> list[str]:
        """Return what no key means, as it was written: it is reported, not lost."""
        return [f"{key}: {_flat(e.value)}" for key, e in self.entries.items() if key not in _KEYS]

    def text(self, meaning: str) -> str:
        entry = self.entry(meaning)
        value = " ".join(_flat(entry.value).split()) if entry else ""
        if entry and len(value) > _LONGEST.get(meaning, len(value)):
            raise self._refused(entry, value[:40], f"högst {_LONGEST[meaning]} tecken")
        return value

    def date(self, meaning: str) -> date | None:
        value = self.text(meaning)
        found = swedish.find_date(value) if value else None
        entry = self.entry(meaning)
        if value and entry and found is None:
            raise self._refused(entry, value, "ett datum, som 2026-11-18")
        return found

    def language(self, body: str) -> str:
        value, entry = self.text("language").replace("_", "-"), self.entry("language")
        if value and entry and not _LANGUAGE.fullmatch(value[:5]):
            raise self._refused(entry, value, "ett språk, som sv eller en")
        return value[:5] or swedish.language_of(body)

    def status(self) -> str:
        value, entry = self.text("status").lower(), self.entry("status")
        if value and entry and value not in _STATUSES:
            raise self._refused(entry, value, "draft eller ready")
        return _STATUSES.get(value, "draft")

    def names(self, meaning: str) -> list[str]:
        """Return a list of plain values; a single one may be written with commas."""
        entry = self.entry(meaning)
        if entry is None:
            return []
        if isinstance(entry.value, str):
            return [part.strip() for part in entry.value.split(",") if part.strip()]
        return [_flat_item(item) for item in entry.value]

    def pictures(self) -> Iterator[Picture]:
        entry = self.entry("pictures")
        value = entry.value if entry else []
        for item in [value] if isinstance(value, str) else value:
            pair = {"caption": item} if isinstance(item, str) else item
            known = {_PICTURE_KEYS[key]: text for key, text in pair.items() if key in _PICTURE_KEYS}
            rest = " ".join(text for key, text in pair.items() if key not in _PICTURE_KEYS)
            caption = " ".join(filter(None, (known.get("caption", ""), rest)))
            yield _picture(caption, known.get("credit", ""), known.get("alt", ""), known.get("file") or None)

    def _refused(self, entry: Entry, value: str, wanted: str) -> TextRefused:
        return TextRefused(
            "Filen {file}, rad {line}: ”{value}” ska vara {wanted}.",
            file=self.origin,
            line=entry.number,
            value=value,
            wanted=wanted,
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """A title and the Markdown below it, with the pictures that stood alone in it. ``line`` counts from 0."""

    title: str
    body: str
    line: int
    pictures: tuple[Picture, ...] = ()


def _proposed(front: _Front, part: _Part, offset: int, origin: str) -> Proposed:
    title = front.text("title") or part.title
    if not title:
        raise TextRefused(
            "Filen {file} har ingen titel. Skriv ”title: …” mellan strecken, eller en rad som börjar med #.",
            file=origin,
        )
    if len(title) > _LONGEST["title"]:
        raise TextRefused("Filen {file}: titeln är längre än 300 tecken. Korta den.", file=origin)
    lead = front.text("lead")
    attachments = tuple(Attachment(label) for label in front.names("attachments"))
    text = ArticleText(
        title=title,
        kicker=front.text("kicker"),
        dateline=front.date("date"),
        lead=lead,
        body=part.body,
        byline_name=front.text("byline"),
        byline_role=front.text("role"),
        language=front.language(f"{title} {lead} {part.body}"),
        pictures=(*front.pictures(), *part.pictures),
        links=links_of(f"{lead}\n\n{part.body}", front.names("links")),
        attachments=attachments,
        origin=origin,
    )
    audience = front.names("audience")
    return Proposed(
        text=text,
        number=part.line + offset + 1,
        audience=() if {a.lower() for a in audience} & set(_EVERYONE) else tuple(audience),
        expires_on=front.date("expires"),
        status=front.status(),
    )


def _split(body: str, *, titled: bool) -> list[_Part]:
    """Split a body at its first-level headings, unless the front matter has given it a title."""
    lines = body.split("\n")
    heads = [(token.map or [0, 1], _words(inline)) for token, inline in _first_level(body)]
    if titled or not heads:
        return [_part("", lines, 0, heads)]
    parts: list[_Part] = []
    before = "\n".join(lines[: heads[0][0][0]]).strip()
    for index, (place, title) in enumerate(heads):
        end = heads[index + 1][0][0] if index + 1 < len(heads) else len(lines)
        parts.append(_part(title, lines[place[1] : end], place[0], []))
    if before:
        parts[0] = replace(parts[0], body=f"{before}\n\n{parts[0].body}".strip())
    return parts


def _part(title: str, lines: Sequence[str], start: int, heads: Sequence[tuple[list[int], str]]) -> _Part:
    """Make a part of these lines; first-level headings in it become second-level ones."""
    written = list(lines)
    for place, words in reversed(heads):
        written[place[0] : place[1]] = [f"## {words}"]
    body, pictures = _without_pictures("\n".join(written))
    return _Part(title, body.strip("\n"), start, tuple(pictures))


def _first_level(body: str) -> Iterator[tuple[Token, Token]]:
    tokens = _parser().parse(body)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h1" and token.level == 0:
            yield token, inline


def _without_pictures(body: str) -> tuple[str, list[Picture]]:
    """Take the pictures that are a paragraph of their own out of the body, for the article's record."""
    lines = body.split("\n")
    pictures: list[Picture] = []
    for opening, inline in reversed(list(pairwise(_parser().parse(body)))):
        children = [c for c in inline.children or [] if c.type != "softbreak"]
        alone = opening.type == "paragraph_open" and opening.level == 0 and children
        if not alone or any(child.type != "image" for child in children) or opening.map is None:
            continue
        del lines[opening.map[0] : opening.map[1]]
        pictures[:0] = [_picture_of(child) for child in children]
    return "\n".join(lines), pictures


def _picture_of(image: Token) -> Picture:
    source = str(image.attrs.get("src", ""))
    caption = str(image.attrs.get("title", ""))
    return _picture(caption, "", image.content, source or None)


def _picture(caption: str, credit: str, alt: str, file: str | None) -> Picture:
    if len(credit) > 200:
        caption, credit = f"{caption} {credit}".strip(), ""
    return Picture(caption=caption, credit=credit, alt=alt, file=file[:400] if file else None)


def links_of(body: str, named: Sequence[str] = ()) -> tuple[Link, ...]:
    """Return the links of Markdown: the marked ones, the bare ones, and those named beside it."""
    found: dict[str, Link] = {}
    texts: list[str] = []
    for token in _parser().parse(body):
        for place, child in enumerate(token.children or []):
            if child.type == "link_open":
                url = str(child.attrs["href"])
                label = (token.children or [])[place + 1].content if token.children else ""
                found.setdefault(url, Link(url, label))
            elif child.type == "text":
                texts.append(child.content)
    for link in find_links([*texts, *named]):
        found.setdefault(link.url, link)
    return tuple(found.values())


def _words(inline: Token) -> str:
    return "".join(
        child.content if child.type in ("text", "code_inline") else " "
        for child in inline.children or []
        if child.type in ("text", "code_inline", "softbreak", "hardbreak")
    ).strip()


def _flat(value: frontmatter.Value) -> str:
    return value if isinstance(value, str) else ", ".join(_flat_item(item) for item in value)


def _flat_item(item: str | dict[str, str]) -> str:
    return item if isinstance(item, str) else " ".join(item.values())


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 50}).enable(["table", "strikethrough"])
