"""An HTML part, read for the checks of it: what is shown, which words stand there, whose article it is."""

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml.etree import ParserError
from lxml.html import HtmlElement, document_fromstring

from newsletter.core.preflight.findings import Finding, Place, Severity
from newsletter.core.preflight.wording import set_of

#: Elements that stand within a line, so that no space parts their words from those around them.
_WITHIN_A_LINE = set_of(
    "a abbr b bdi bdo big code del em font i ins kbd mark q s small span strong sub sup u"
)
_ANCHOR = re.compile(r"artikel-(\d+)")
_HIDDEN = re.compile(r"(?:^|;)\s*display\s*:\s*none\b", re.IGNORECASE)
_SILENT = ("style", "script", "title", "head", "noscript")


@lru_cache(maxsize=32)
def document(html: str) -> HtmlElement:
    """Return the page's root; nobody changes it. An empty part is an empty page."""
    try:
        return document_fromstring(html)
    except ParserError:
        return document_fromstring("<html><head></head><body><p></p></body></html>")


def elements(root: HtmlElement, *tags: str) -> Iterator[HtmlElement]:
    """Give the elements with these tags, or all; never a comment."""
    return (element for element in root.iter(*tags) if isinstance(element.tag, str))


def children(element: HtmlElement) -> list[HtmlElement]:
    """Return the elements right below, without comments."""
    return [child for child in element if isinstance(child.tag, str)]


def has_class(element: HtmlElement, *names: str) -> bool:
    """Tell whether an element has one of these classes."""
    return not set(names).isdisjoint((element.get("class") or "").split())


def is_hidden(element: HtmlElement) -> bool:
    """Tell whether an element is itself out of sight (its ancestors are not asked)."""
    return element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "") is not None


def is_shown(element: HtmlElement) -> bool:
    """Tell whether neither an element nor any around it is hidden."""
    return not is_hidden(element) and not any(is_hidden(around) for around in element.iterancestors())


def words(element: HtmlElement, *, hidden: bool = True, without: tuple[str, ...] = ()) -> str:
    """Return the text in an element, blocks on lines of their own; descriptions of pictures count as words.

    ``hidden`` takes what nobody sees, too. ``without`` are classes whose elements are left out.
    """
    pieces: list[str] = []
    _collect(element, hidden, frozenset(without), pieces)
    lines = "".join(pieces).split("\n")
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _collect(element: HtmlElement, hidden: bool, without: frozenset[str], pieces: list[str]) -> None:
    # Into one list, for a generator in a generator passes each piece up through every table around it.
    tag = element.tag
    if not isinstance(tag, str) or tag in _SILENT or (without and has_class(element, *without)):
        return
    if not hidden and is_hidden(element):
        return
    edge = "" if tag in _WITHIN_A_LINE else "\n"
    pieces += (edge, (element.get("alt") or "") if tag == "img" else _unbroken(element.text))
    for child in element:
        _collect(child, hidden, without, pieces)
        pieces.append(_unbroken(child.tail))
    pieces.append(edge)


def _unbroken(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def cells(root: HtmlElement) -> list[tuple[int, HtmlElement]]:
    """Return each article's id and the cell that it stands in, in order."""
    found = ((article_of(heading), heading) for heading in root.xpath("//*[starts-with(@id, 'artikel-')]"))
    return [(number, _cell(heading)) for number, heading in found if number is not None]


def article_of(element: HtmlElement) -> int | None:
    """Return the id of the article that an element belongs to; None for the frame around the articles."""
    for anchor in _cell(element).xpath("descendant-or-self::*/@id"):
        if found := _ANCHOR.fullmatch(anchor):
            return int(found[1]) if has_class(_cell(element), "article") else None
    return None


def _cell(element: HtmlElement) -> HtmlElement:
    around = (element, *element.iterancestors())
    return next((one for one in around if has_class(one, "article")), element)


def finding(
    rule: str,
    severity: Severity,
    sentence: str,
    element: HtmlElement | None = None,
    *,
    place: Place = Place.BODY,
    **facts: str | int,
) -> Finding:
    """Return a finding about an element: in its article, or in the mail's frame where it is in none."""
    article = None if element is None else article_of(element)
    return Finding(
        rule, severity, sentence, facts, place if article is not None else Place.TEMPLATE, article_id=article
    )
