"""What an element of copied HTML means, by its name, its style and the habits of the program it came from."""

import re
from collections.abc import Iterator
from typing import Any

#: An element of lxml's tree.
Element = Any

BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "caption", "ul",
})  # fmt: skip
#: Inside of these nothing is anybody's text.
_SILENT = frozenset({
    "applet", "audio", "button", "canvas", "colgroup", "datalist", "del", "embed", "frame", "frameset",
    "head", "iframe", "input", "link", "map", "meta", "noembed", "noframes", "noscript", "object",
    "option", "script", "select", "style", "svg", "template", "textarea", "title", "video",
})  # fmt: skip
_HIDDEN = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|mso-list\s*:\s*ignore"
    r"|mso-special-character\s*:\s*comment|mso-element\s*:\s*(?:comment-list|comment|header|footer)\b)",
    re.IGNORECASE,
)
_HIDDEN_CLASSES = frozenset({"msodel", "msocommentreference", "msocomtxt", "msocomoff"})
_WEIGHT = re.compile(r"(?<![\w-])font-weight\s*:\s*(\w+)", re.IGNORECASE)
_SLANT = re.compile(r"(?<![\w-])font-style\s*:\s*(\w+)", re.IGNORECASE)
_STRUCK = re.compile(r"(?<![\w-])text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_WORD_LEVEL = re.compile(r"mso-list\s*:[^;]*?\blevel(\d)", re.IGNORECASE)
_WORD_MARK = re.compile(r"\(?(?:(?P<number>\d{1,4})|(?P<letters>[a-zA-Z]{1,6}))[.):]")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_QUOTES = frozenset({"msoquote", "msointensequote"})

#: A table with tables in it lays out a page, and is read as what it holds.
DEEPEST_TABLE = 3
_MOST_COLUMNS, _LONGEST_CELL, _MOST_ROWS = 4, 80, 200


def name(element: Element) -> str:
    """Return an element's name in lower case; empty for comments and the like."""
    return element.tag.lower() if isinstance(element.tag, str) else ""


def is_hidden(element: Element) -> bool:
    """Tell whether nobody saw what is in the element, or it was deleted (tracked changes), or is no text."""
    if name(element) in _SILENT or element.get("hidden") is not None:
        return True
    if element.get("aria-hidden") == "true" or not _HIDDEN_CLASSES.isdisjoint(_classes(element)):
        return True
    style = element.get("style")
    return style is not None and _HIDDEN.search(style) is not None


def is_bold(tag: str, style: str, around: bool) -> bool:
    """Tell whether words are bold. Style outweighs name: Google Docs wraps all in a ``b`` that is not."""
    if found := _WEIGHT.search(style):
        weight = found[1].lower()
        return int(weight) >= 600 if weight.isdecimal() else weight in ("bold", "bolder")
    return around or tag in ("b", "strong")


def is_italic(tag: str, style: str, around: bool) -> bool:
    """Tell whether words are slanted."""
    if found := _SLANT.search(style):
        return found[1].lower() in ("italic", "oblique")
    return around or tag in ("i", "em", "cite")


def is_struck(tag: str, style: str) -> bool:
    """Tell whether words are struck through."""
    return tag in ("s", "strike") or _STRUCK.search(style) is not None


def is_quotation(element: Element, tag: str) -> bool:
    """Tell whether an element is a quotation."""
    return tag == "blockquote" or not _QUOTES.isdisjoint(_classes(element))


def rank(element: Element, tag: str, around: int) -> int:
    """Return a heading's rank, 0 for the title of a document; ``around`` for what is no heading."""
    if re.fullmatch(r"h[1-6]", tag):
        return int(tag[1])
    if "msotitle" in _classes(element) or (tag == "p" and "title" in _classes(element)):
        return 0
    if element.get("role") == "heading":
        level = element.get("aria-level") or ""
        return int(level) if level.isdecimal() and len(level) == 1 else 2
    return around


def first_number(element: Element) -> int:
    """Return the number that an ``ol`` begins with."""
    start = element.get("start") or ""
    return int(start) if re.fullmatch(r"[1-9]\d{0,3}", start) else 1


def word_item(element: Element, tag: str) -> tuple[int, int] | None:
    """Return depth and number (0: a bullet) of a paragraph that Word means as an item; None for any other."""
    level = _WORD_LEVEL.search(element.get("style") or "") if tag in ("p", "div", "h1", "h2", "h3") else None
    if level is None or tag.startswith("h"):
        return None
    marks = (each for each in element.iterdescendants() if "mso-list" in (each.get("style") or "").lower())
    mark = next(("".join(each.itertext()).strip() for each in marks), "")
    return max(1, int(level[1])), _number_of(mark)


def is_data(table: Element) -> bool:
    """Tell whether a table is one to read as such: small, of short words, with nothing but words in it."""
    rows = list(cells(table))
    if not 2 <= len(rows) <= _MOST_ROWS or not all(2 <= len(row) <= _MOST_COLUMNS for row in rows):
        return False
    inside = ("table", "ul", "ol", "h1", "h2", "h3", "h4", "img", "blockquote")
    return all(
        len(" ".join("".join(cell.itertext()).split())) <= _LONGEST_CELL
        and next(cell.iterdescendants(*inside), None) is None
        for row in rows
        for cell in row
    )


def cells(table: Element) -> Iterator[list[Element]]:
    """Give the rows of a table, not of tables in it; those without cells are left out. Stops at too many."""
    count = 0
    for part in table:
        for row in (
            [part] if name(part) == "tr" else part if name(part) in ("thead", "tbody", "tfoot") else ()
        ):
            found = [cell for cell in row if name(cell) in ("td", "th")]
            if found:
                count += 1
                yield found
            if count > _MOST_ROWS:
                return


def is_speck(image: Element) -> bool:
    """Tell whether a picture is one that nobody sees: a pixel that counts, a spacer."""
    sizes = [image.get("width") or "", image.get("height") or ""]
    return any(size.isdecimal() and int(size[:6]) <= 2 for size in sizes)


def _classes(element: Element) -> list[str]:
    return (element.get("class") or "").lower().split()


def _number_of(mark: str) -> int:
    found = _WORD_MARK.match(mark)
    if found is None:
        return 0
    if found["number"]:
        return max(1, int(found["number"]))
    letters = found["letters"].lower()
    if len(letters) == 1 and letters not in "iv":
        return ord(letters) - 96
    if set(letters) <= _ROMAN.keys():
        values = [_ROMAN[letter] for letter in letters]
        return sum(-v if v < max(values[at:]) else v for at, v in enumerate(values))
    return 0
