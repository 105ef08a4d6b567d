"""What a mail asks of its readers' programs: every declaration, at-rule, selector, element and attribute.

Each with the clients that meet it: what stands in a conditional comment, only Outlook's Word engine does; a
rule in a media query, only those that read media queries.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement, fragments_fromstring

from newsletter.core.preflight import documents, styles
from newsletter.core.preflight.mail_clients import ALL, TABLE, WITHOUT_STYLE, WORD, Row, Sort

_FOR_WORD = re.compile(r"^\s*\[if\b(?!\s*!\s*mso)[^\]]*\bmso\b[^\]]*\]>(.*?)<!\[endif\]\s*$", re.DOTALL)
_HEAD_OF_WORD = re.compile(r"<(?:xml|noscript|/?[ovw]:)", re.IGNORECASE)

#: Attributes that mean on these elements what the table says.
_ONLY_ON = {"value": ("li",), "reversed": ("ol",), "width": ("img",), "href": ("a", "area")}

Declared = tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Use:
    """A feature in use; ``dropped_by`` are those that meet and drop it.

    ``element`` is None in a style element. ``declared`` is all that is set together with it (name, value,
    whether important); ``shows`` is the rule that only some clients read, for what it might show.
    """

    row: Row
    dropped_by: frozenset[str]
    value: str = ""
    element: HtmlElement | None = None
    declared: Declared = ()
    shows: styles.Rule | None = None


def uses(root: HtmlElement) -> Iterator[Use]:
    """Give every use of what some client drops, in a page and in what only Outlook reads of it."""
    for sheet in root.iter("style"):
        yield from _of_css(sheet.text or "", ALL - WITHOUT_STYLE, sheet.get("media") or "")
    for element in documents.elements(root):
        yield from _of_element(element, ALL)
    for comment in root.iter(etree.Comment):
        if found := _FOR_WORD.match(comment.text or ""):
            yield from _of_words_own(found[1])


def _of_words_own(html: str) -> Iterator[Use]:
    """Read what stands in a conditional comment: often half a table, so each tag for itself."""
    if _HEAD_OF_WORD.search(html):
        return
    for tag in re.findall(r"<\w[^>]*>", html):
        for element in _fragment(tag):
            yield from _of_element(element, WORD)
    for css in re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL | re.IGNORECASE):
        yield from _of_css(css, WORD, "")


def _fragment(tag: str) -> list[HtmlElement]:
    try:  # a cell alone is no fragment: it is read as a block with the same attributes
        block = re.sub(r"^<(?:td|th|tr|tbody)\b", "<table", tag, flags=re.IGNORECASE)
        return [one for one in fragments_fromstring(block) if isinstance(one, HtmlElement)]
    except etree.ParserError:
        return []


def _of_element(element: HtmlElement, clients: frozenset[str]) -> Iterator[Use]:
    tag = str(element.tag)
    for row in _named(Sort.ELEMENT, tag, ""):
        if tag != "link" or "stylesheet" in (element.get("rel") or "").lower():
            yield Use(row, row.dropped_by & clients, tag, element)
    for name, value in element.items():
        for row in _named(Sort.ATTRIBUTE, str(name), str(value)):
            if tag in _ONLY_ON.get(str(name), (tag,)):
                yield Use(row, row.dropped_by & clients, str(value), element)
    if tag == "img":
        source = (element.get("src") or "").partition("?")[0].partition("#")[0]
        for row in _having(Sort.FILE, source):
            yield Use(row, row.dropped_by & clients, source, element)
    yield from _of_style(element, clients)


def _of_style(element: HtmlElement, clients: frozenset[str]) -> Iterator[Use]:
    declared = styles.declared(element.get("style") or "")
    for row, value in _of_declarations(declared):
        yield Use(row, row.dropped_by & clients, value, element, declared)
    if any(important for _, _, important in declared):
        for row in (row for row in TABLE if row.sort is Sort.IMPORTANT):
            yield Use(row, row.dropped_by & clients, "!important", element, declared)


def _of_css(css: str, clients: frozenset[str], media: str) -> Iterator[Use]:
    for at_rules, rule in styles.all_rules(css):
        around = (f"@media {media}", *at_rules) if media else at_rules
        dropping = [row for at in around for row in _having(Sort.AT_RULE, at)]
        selecting = list(_having(Sort.SELECTOR, rule.selector)) if rule.selector else []
        lost = [*dropping, *selecting]
        for row in lost:
            yield Use(row, row.dropped_by & clients, rule.selector, shows=rule)
        meeting = clients.difference(*(row.dropped_by for row in lost))
        for row, value in _of_declarations(rule.given):
            yield Use(row, row.dropped_by & meeting, value, declared=rule.given)


@lru_cache(maxsize=1024)  # a mail has few styles, each on many elements
def _of_declarations(declared: Declared) -> tuple[tuple[Row, str], ...]:
    return tuple(
        (row, value)
        for name, value, _ in declared
        for row in _named(Sort.DECLARATION, name, value)
        if not name.startswith(("--", "mso-"))
    )


@lru_cache(maxsize=4096)
def _named(sort: Sort, name: str, value: str) -> tuple[Row, ...]:
    return tuple(row for row in TABLE if row.sort is sort and row.names(name, value))


@lru_cache(maxsize=1024)
def _having(sort: Sort, text: str) -> tuple[Row, ...]:
    return tuple(row for row in TABLE if row.sort is sort and row.has(text))
