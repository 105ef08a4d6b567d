"""A frozen letter as anybody may read it, with nothing in it that was meant for one reader.

    frozen HTML -> articles picked out, by the marks that our templates set -> cleaned -> sections   (a page)
    frozen HTML -> greeting, hidden line and foot taken out -> links and pictures judged -> letter   (a frame)

Both come from what was kept when the issue was scheduled, so a later edit of an article changes neither.
Whatever cannot be proved to be for everybody is refused as a whole: a slot that is left, a region's block.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import cast

import lxml.html
import nh3
from lxml.html import HtmlElement
from markupsafe import Markup

from newsletter.core.messages import MARKERS

#: Our pages that open without a key; any other link to us in a letter may hold somebody's.
_OPEN = re.compile(r"(?:media/.*|arkiv(?:/.*)?|om/.*|prenumerera|mina-uppgifter)?(?:#.*)?")
_SCHEMES = ("http:", "https:", "mailto:", "tel:")

_TAGS = {
    "p", "br", "strong", "em", "s", "a", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "img", "div",
    "span", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_HEADINGS = ("h2", "h3")
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    **{cell: {"align"} for cell in ("th", "td")},
    **{heading: {"id"} for heading in _HEADINGS},
}
_CLASSES = {
    "p": {"kicker", "caption", "byline", "talk", "more", "source"},
    "div": {"lead", "body", "brief-text"},
    "span": {"muted"},
    "img": {"picture"},
    **{heading: {"title"} for heading in _HEADINGS},
}


#: What a letter says to its one reader, or of the page that it is read on.
_OWN = ("preheader", "greeting", "on-web")


class NotForEverybody(Exception):
    """A letter in which something is left that belongs to one reader or one region."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a letter: its title, its place on the page, and the whole of it as clean HTML.

    ``regions`` names those whose letter alone it is in, "" for everybody. ``corrected`` says when it was put
    right after it had gone, and what was wrong. ``withdrawn``: the day on which it was taken away, if it was.
    """

    title: str
    anchor: str
    language: str
    direction: str
    html: Markup
    regions: str = ""
    corrected: tuple[tuple[date, str], ...] = ()
    withdrawn: date | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Articles under one name, which may be empty."""

    name: str
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a letter is read: ``root`` is the way up to our first page, ``base_url`` our own address."""

    root: str
    base_url: str


def sections(html: str, place: Place) -> tuple[Section, ...]:
    """Return what stands in a frozen letter, without its frame. Raises ``NotForEverybody``."""
    tree, secret = _read(html, place)
    found: list[tuple[str, list[Article]]] = [("", [])]
    for element in tree.iter("h2", "p", "td"):
        classes = element.classes
        if "section" in classes:
            found.append((_words(element), []))
        elif element.tag == "td" and "article" in classes:
            found[-1][1].append(_article(element))
    kept = tuple(Section(name, tuple(articles)) for name, articles in found if articles)
    _check(kept, secret)
    return kept


def letter(html: str, place: Place) -> str:
    """Return the letter as it looked, without what was each reader's own. Raises ``NotForEverybody``."""
    tree, secret = _read(html, place)
    to_here = f"descendant-or-self::*[contains(@href, '{secret}')]"
    ways_here = [more for more in tree.find_class("more") if more.xpath(to_here)]
    for element in [*(one for name in _OWN for one in tree.find_class(name)), *ways_here]:
        element.drop_tree()
    for name in tree.find_class("foot-name"):
        next(name.iterancestors("tr")).drop_tree()
    for link in tree.iter("a"):
        if link.get("href", "#").startswith("#"):
            continue  # a place in the letter itself
        link.set("target", "_blank")
        link.set("rel", "noopener noreferrer")
    written = f"<!DOCTYPE html>\n{lxml.html.tostring(tree, encoding='unicode')}"
    _check(written, secret)
    return written


def _read(html: str, place: Place) -> tuple[HtmlElement, str]:
    """Parse a letter; what stands in it for a slot is a word that no article can hold."""
    secret = hashlib.sha256(html.encode("utf-8", "backslashreplace")).hexdigest()
    for marker in MARKERS.values():
        html = html.replace(marker, secret)
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    tree = cast(HtmlElement, lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser))
    if tree.find_class("region"):
        raise NotForEverybody("a block of a region")
    judge(tree, place, secret)
    return tree, secret


def judge(tree: HtmlElement, place: Place, secret: str = "") -> None:
    """Let links and pictures lead where they may lead everybody. Links with ``secret`` in them are slots."""
    for anchor in tree.xpath("//a[@name and not(@href)]"):
        anchor.drop_tag()  # for Outlook alone; browsers find the heading by its id
    for link in tree.iter("a"):
        if not secret or secret not in link.get("href", ""):
            _judge(link, place)
    for picture in list(tree.iter("img")):
        _find(picture, place)


def _judge(link: HtmlElement, place: Place) -> None:
    """Let a link lead where it may lead everybody; else only its words stay."""
    href = link.get("href", "")
    own = _own(href, place)
    if own is not None and _OPEN.fullmatch(own):
        link.set("href", f"{place.root}{own}")
    elif own is not None or not href.startswith(("#", *_SCHEMES)):
        link.attrib.pop("href", None)


def _own(href: str, place: Place) -> str | None:
    """Return the path below our own address that a link leads to; None for one that leads elsewhere."""
    scheme, _, rest = href.partition("://")
    if scheme.lower() not in ("http", "https"):
        return None
    ours = place.base_url.partition("://")[2]
    if rest.lower() == ours.lower():
        return ""
    return rest[len(ours) + 1 :] if rest.lower().startswith(f"{ours.lower()}/") else None


def _find(picture: HtmlElement, place: Place) -> None:
    """Let a picture come from our own folder, whatever our address was when the letter was kept."""
    name = picture.get("src", "").partition("/media/")[2]
    if name:
        picture.set("src", f"{place.root}media/{name}")
    else:
        picture.drop_tree()


def _article(cell: HtmlElement) -> Article:
    """Read one article out of its cell."""
    try:
        [inside] = cell.xpath("./div/div[@lang]")
    except ValueError:
        raise NotForEverybody("an article in a shape that is not known") from None
    return article_of(inside)


def article_of(inside: HtmlElement) -> Article:
    """Return the article that our template has set in an element. Raises ``NotForEverybody``."""
    try:
        [title] = [each for each in inside.iterchildren(*_HEADINGS) if "title" in each.classes]
    except ValueError:
        raise NotForEverybody("an article in a shape that is not known") from None
    written = "".join(lxml.html.tostring(part, encoding="unicode") for part in inside)
    return Article(
        title=_words(title),
        anchor=title.get("id", ""),
        language=inside.get("lang"),
        direction=inside.get("dir", "ltr"),
        html=_clean(written),
    )


def _clean(written: str) -> Markup:
    cleaned = nh3.clean(
        written,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={scheme.rstrip(":") for scheme in _SCHEMES},
        link_rel="noopener noreferrer",
    )
    return Markup(cleaned)  # noqa: S704 - nh3 has cleaned it


def _words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _check(kept: str | tuple[Section, ...], secret: str) -> None:
    if not kept:
        raise NotForEverybody("no article was found")
    if any(secret in part for part in _parts(kept)):
        raise NotForEverybody("a slot is left")


def _parts(kept: str | tuple[Section, ...]) -> Iterator[str]:
    if isinstance(kept, str):
        yield kept
        return
    for section in kept:
        yield section.name
        for article in section.articles:
            yield from (article.title, article.html)
