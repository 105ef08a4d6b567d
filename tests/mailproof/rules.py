"""The rules of the Email Markup Consortium, read from a mail's HTML as it arrives.

Their ids are those of the project (X1 to X12). Written apart from ``core.preflight``, so that each proves the
other. X7, contrast, needs a browser (``colours``), and so does the rest of X12, ARIA (``screens``).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from lxml.html import HtmlElement, document_fromstring

Rule = Callable[[HtmlElement, str], Iterator[str]]

_DIRECTIONS = {"ltr", "rtl", "auto"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TABLE = re.compile(r"<table\b[^>]*>", re.IGNORECASE)
_PLACES = re.compile(r"""role=["'](?:presentation|none)["']""")
#: The consortium's words in English, and what Swedish letters say as often.
_GENERIC = {
    *("click here", "here", "learn more", "more", "read more", "read", "see more", "link", "this link"),
    *("klicka här", "här", "läs mer", "läs mer här", "mer", "läs", "se mer", "länk", "tryck här", "länken"),
}


def faults(html: str) -> list[str]:
    """Return what is against the rules, each with its id."""
    root = document_fromstring(html)
    return [f"{name}: {fault}" for name, rule in RULES.items() for fault in rule(root, html)]


def _under_body(root: HtmlElement) -> list[HtmlElement]:
    return [child for child in root.find("body") if isinstance(child.tag, str)]


def _direction(root: HtmlElement, _html: str) -> Iterator[str]:
    below = _under_body(root)
    if not below or any(child.get("dir") not in _DIRECTIONS for child in below):
        yield "a child of body has no dir"


def _language(root: HtmlElement, _html: str) -> Iterator[str]:
    below = _under_body(root)
    if not below or not all(_LANGUAGE.fullmatch(child.get("lang", "")) for child in below):
        yield "a child of body has no lang"


def _layout_tables(root: HtmlElement, html: str) -> Iterator[str]:
    """Look at the source, which holds the tables that only Outlook sees."""
    tables = root.iter("table")
    with_data = [t for t in tables if t.xpath("./thead//th|./tbody/tr/th|./tr/th|./caption")]
    without = [tag for tag in _TABLE.findall(html) if not _PLACES.search(tag)]
    if len(without) != len(with_data):
        yield f"{len(without)} tables have no role, and {len(with_data)} have headings"


def _headings(root: HtmlElement, _html: str) -> Iterator[str]:
    ranks = [int(heading.tag[1]) for heading in root.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    if ranks[:1] != [1] or ranks.count(1) != 1:
        yield f"the headings rank {ranks}"
    for before, after in pairwise(ranks):
        if after > before + 1:
            yield f"h{after} follows h{before}"


def _says(link: HtmlElement) -> str:
    described = " ".join(link.xpath(".//img/@alt"))
    return " ".join(f"{link.text_content()} {described} {link.get('aria-label') or ''}".split())


def _link_names(root: HtmlElement, _html: str) -> Iterator[str]:
    for link in root.xpath("//a[@href]"):
        if not _says(link):
            yield f"a link without words to {link.get('href')}"


def _page_language(root: HtmlElement, _html: str) -> Iterator[str]:
    if not _LANGUAGE.fullmatch(root.get("lang", "")):
        yield "html has no lang"


def _descriptions(root: HtmlElement, _html: str) -> Iterator[str]:
    for picture in root.iter("img"):
        linked = picture.xpath("boolean(ancestor::a[@href])")
        if picture.get("alt") is None or (linked and not picture.get("alt", "").strip()):
            yield f"no alt: {picture.get('src')}"


def _title(root: HtmlElement, _html: str) -> Iterator[str]:
    if not (root.findtext("head/title") or "").strip():
        yield "no title"


def _generic_links(root: HtmlElement, _html: str) -> Iterator[str]:
    for link in root.xpath("//a[@href]"):
        if _says(link).lower().strip(" .:!›»→") in _GENERIC:
            yield f"a link says only {_says(link)!r}"


def _seen_as_links(root: HtmlElement, _html: str) -> Iterator[str]:
    """Underlined, or with a border around: never by colour alone."""
    for link in root.xpath("//a[@href][normalize-space()]"):
        style = link.get("style", "").replace(" ", "")
        if "text-decoration:underline" not in style and not re.search(r"(^|;)border:1px", style):
            yield f"a link by colour alone: {_says(link)!r}"


def _zoom_and_ids(root: HtmlElement, _html: str) -> Iterator[str]:
    for viewport in root.xpath("//meta[@name='viewport']/@content"):
        if re.search(r"user-scalable|maximum-scale", viewport):
            yield "zooming is limited"
    ids = root.xpath("//@id")
    if len(ids) != len(set(ids)):
        yield "an id stands twice"
    for name in root.xpath("//@aria-labelledby|//@aria-describedby"):
        if not set(name.split()) <= set(ids):
            yield f"nothing is called {name}"


RULES: Mapping[str, Rule] = {
    "X1": _direction,
    "X2": _language,
    "X3": _layout_tables,
    "X4": _headings,
    "X5": _link_names,
    "X6": _page_language,
    "X8": _descriptions,
    "X9": _title,
    "X10": _generic_links,
    "X11": _seen_as_links,
    "X12": _zoom_and_ids,
}
