"""Where a text names somebody, and the text with another word in the name's place.

A name is looked for as whole words, whatever its case and the spaces in it, and with a genitive's s.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from newsletter.core.articles import ArticleText

#: What stands in a name's place unless somebody chooses other words.
NEUTRAL = "en medlem"

_AROUND = 60
_FIELDS = ("title", "kicker", "lead", "body", "byline_name", "byline_role")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in an article: the how manieth of its texts (``texts``), and from where to where in it."""

    text: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A name with the words around it."""

    before: str
    name: str
    after: str


def texts(article: ArticleText) -> list[str]:
    """Return every text in an article that readers see, in an order that never changes."""
    found = [getattr(article, field) for field in _FIELDS]
    for picture in article.pictures:
        found += [picture.caption, picture.credit, picture.alt]
    found += [link.label for link in article.links]
    return found + [attachment.label for attachment in article.attachments]


def spots(article: ArticleText, name: str) -> list[Spot]:
    """Return where an article names somebody; nowhere for a name without letters."""
    pattern = _pattern(name)
    if pattern is None:
        return []
    return [
        Spot(at, *found.span("name"))
        for at, text in enumerate(texts(article))
        for found in pattern.finditer(text)
    ]


def excerpt(article: ArticleText, spot: Spot) -> Excerpt:
    """Return what stands at a place, and some words on both sides."""
    text = texts(article)[spot.text]
    start, end = max(0, spot.start - _AROUND), spot.end + _AROUND
    before = ("…" if start else "") + text[start : spot.start]
    after = text[spot.end : end] + ("…" if end < len(text) else "")
    return Excerpt(before, text[spot.start : spot.end], after)


def at(article: ArticleText, spot: Spot) -> str:
    """Return the words at a place; empty where the article has no such place."""
    every = texts(article)
    return every[spot.text][spot.start : spot.end] if spot.text < len(every) else ""


def without(article: ArticleText, name: str, instead: str = NEUTRAL) -> ArticleText:
    """Return an article with other words wherever it names somebody; a sentence still begins large."""
    pattern = _pattern(name)
    if pattern is None:
        return article

    def put(found: re.Match[str]) -> str:
        before = found.string[: found.start()].rstrip("*_ \"”'")
        begins = not before or before[-1] in ".!?:\n"
        word = instead[:1].upper() + instead[1:] if begins else instead
        return f"{word}{found['genitive']}"

    return _mapped(article, lambda text: pattern.sub(put, text))


def _pattern(name: str) -> re.Pattern[str] | None:
    words = re.findall(r"\S+", name)
    if not any(re.search(r"\w", word) for word in words):
        return None
    spelled = r"\s+".join(map(re.escape, words))
    return re.compile(rf"(?<!\w)(?P<name>{spelled})(?P<genitive>s?)(?!\w)", re.IGNORECASE)


def _mapped(article: ArticleText, change: Callable[[str], str]) -> ArticleText:
    return replace(
        article,
        title=change(article.title),
        kicker=change(article.kicker),
        lead=change(article.lead),
        body=change(article.body),
        byline_name=change(article.byline_name),
        byline_role=change(article.byline_role),
        pictures=tuple(
            replace(each, caption=change(each.caption), credit=change(each.credit), alt=change(each.alt))
            for each in article.pictures
        ),
        links=tuple(replace(each, label=change(each.label)) for each in article.links),
        attachments=tuple(replace(each, label=change(each.label)) for each in article.attachments),
    )


def moved(before: ArticleText, after: ArticleText, known: list[Spot]) -> list[Spot]:
    """Return where the names that stood at known places of a text stand in what became of it."""
    names = dict.fromkeys(filter(None, (at(before, spot) for spot in known)))
    return list(_every(after, names))


def _every(article: ArticleText, names: dict[str, None]) -> Iterator[Spot]:
    for name in names:
        yield from spots(article, name)
