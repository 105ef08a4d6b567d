"""Nothing of a mail is lost where a mail client drops what it is built with (X15).

``mail_clients`` says who drops what and what must stand beside it; here that is looked for.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from lxml import etree
from lxml.html import HtmlElement

from newsletter.core.preflight import documents, styles
from newsletter.core.preflight.client_uses import Use, uses
from newsletter.core.preflight.documents import finding
from newsletter.core.preflight.findings import Finding, Place, Severity, mark
from newsletter.core.preflight.mail_clients import CLIENTS, MOST_STYLE, Fallback, Sort
from newsletter.core.preflight.matter import Version

_NONE_AT_ALL = re.compile(r"(?:0(?:px|pt|em|%)?(?:\s+|$))+")
_ZERO = re.compile(r"0(?:px|pt|em|%)?")
_SYSTEM_STACK = re.compile(r"system-ui|ui-(?:sans-)?serif")
_STATES = re.compile(r"::?[a-z-]+(?:\([^)]*\))?|\[data-og\w+\]\s*", re.IGNORECASE)
_INLINE = ("a", "span", "em", "strong", "b", "i", "font")


def check(version: Version) -> Iterator[Finding]:
    """Give each feature that some client drops and that has nothing beside it, once, where it is first."""
    root = documents.document(version.html)
    told: set[tuple[str, frozenset[str]]] = set()
    for use in uses(root):
        key = (use.row.name, use.dropped_by)
        if use.dropped_by and key not in told and not _is_covered(use, root):
            told.add(key)
            yield _lost(use).in_variant(version.name)
    for found in _sheets(root):
        yield found.in_variant(version.name)


def _is_covered(use: Use, root: HtmlElement) -> bool:
    if use.element is not None and _is_kept_from_word(use):
        return True
    return _COVERED[use.row.fallback](use, root)


def _is_kept_from_word(use: Use) -> bool:
    """Tell whether only Word drops it, and Word shows nothing of the element anyway."""
    return use.dropped_by == {"W"} and any(name == "mso-hide" for name, _, _ in use.declared)


def _never(_use: Use, _root: HtmlElement) -> bool:
    return False


def _always(_use: Use, _root: HtmlElement) -> bool:
    return True


def _has_nothing_to_show(use: Use, root: HtmlElement) -> bool:
    """Tell whether a rule that some do not read leaves what is hidden hidden."""
    rule = use.shows
    if rule is None or not _unhides(rule.values):
        return True
    base = styles.Rule(_STATES.sub("", rule.selector).strip() or "*", {})
    return not any(documents.is_hidden(element) for element in base.matched(root))


def _unhides(values: Mapping[str, str]) -> bool:
    return values.get("display", "none") != "none" or values.get("visibility") == "visible"


def _stands_earlier(use: Use, _root: HtmlElement) -> bool:
    """Tell whether a property is set before to a value that the row is not about."""
    for name, value, _ in use.declared:
        if value == use.value and use.row.names(name, value):
            return False
        same = any(name == other for other, given, _ in use.declared if given == use.value)
        if same and not use.row.names(name, value):
            return True
    return False


def _has_width(use: Use, _root: HtmlElement) -> bool:
    element = use.element
    if element is None or use.value in ("100%", "auto", "none", "inherit") or _ZERO.fullmatch(use.value):
        return True
    if element.tag == "img":
        return re.fullmatch(r"\d+(?:px)?", element.get("width") or "") is not None
    if use.row.name == "max-width" and element.tag == "table":  # the one place where Word knows it
        return True
    if use.row.name == "width" and element.tag not in ("body", "span", "div", "p"):
        return True
    return re.search(r"<(?:table|td)\b[^>]*\bwidth", _before(element)) is not None


def _is_no_column(use: Use, _root: HtmlElement) -> bool:
    element = use.element
    return element is None or element.tag not in ("div", "table") or "<td" in _before(element)


def _is_centred(use: Use, _root: HtmlElement) -> bool:
    element = use.element
    return element is None or "center" in (element.get("align") or "", *_aligned(_before(element)))


def _aligned(comment: str) -> list[str]:
    return re.findall(r"""align=["']?(\w+)""", comment)


def _has_ground(use: Use, _root: HtmlElement) -> bool:
    element = use.element
    own = {name: value for name, value, _ in use.declared} if element is None else _style_of(element)
    painted = styles.colour(own.get("background-color") or "") or styles.colour(
        re.sub(r"[a-z-]+\((?:[^()]|\([^()]*\))*\)", " ", own.get("background") or "")
    )
    return bool(painted or (element is not None and element.get("bgcolor")))


def _has_align(use: Use, _root: HtmlElement) -> bool:
    return use.element is None or bool(use.element.get("align"))


def _is_no_plate(use: Use, _root: HtmlElement) -> bool:
    """Tell whether only air is lost: the element is a cell, or no button whose cell does not draw it."""
    element = use.element
    if element is None or element.tag not in _INLINE or _NONE_AT_ALL.fullmatch(use.value):
        return True
    if not _is_drawn({name: value for name, value, _ in use.declared}):
        return True
    if re.search(r"<td\b[^>]*\bpadding", _before(element)):
        return True
    cells = (cell for cell in element.iterancestors("td", "th"))
    cell = next(cells, None)
    own = _style_of(cell) if cell is not None else {}
    return "mso-padding-alt" in own or _is_drawn(own)


def _is_drawn(style: Mapping[str, str]) -> bool:
    borders = (value for name, value in style.items() if re.fullmatch(r"border(-top|-bottom)?", name))
    return any(not re.match(r"0|none", value) for value in borders) or styles.ground_of(style) is not None


def _stays_hidden(use: Use, _root: HtmlElement) -> bool:
    element = use.element
    if element is None:
        return True
    if use.row.sort is Sort.ATTRIBUTE:
        return _style_of(element).get("display") == "none"
    return element.tag != "img" and element.find(".//table") is None and element.find(".//img") is None


def _has_another_typeface(use: Use, _root: HtmlElement) -> bool:
    return any(not _SYSTEM_STACK.search(family) for family in use.value.split(","))


def _has_picture_inside(use: Use, _root: HtmlElement) -> bool:
    return use.element is not None and use.element.find(".//img") is not None


def _has_source(use: Use, _root: HtmlElement) -> bool:
    return use.element is not None and bool(use.element.get("src"))


def _is_named(use: Use, root: HtmlElement) -> bool:
    return bool(root.xpath("//a[@name=$name]", name=use.value[1:]))


def _style_of(element: HtmlElement) -> dict[str, str]:
    return styles.declarations(element.get("style") or "")


def _before(element: HtmlElement) -> str:
    """Return what Outlook alone reads right before an element."""
    before = element.getprevious()
    said = ""
    while isinstance(before, etree._Comment) and not (before.tail or "").strip():
        said = f"{before.text or ''}{said}"
        before = before.getprevious()
    return said


_COVERED: Mapping[Fallback, Callable[[Use, HtmlElement], bool]] = {
    Fallback.LOOKS: _always,
    Fallback.NONE: _never,
    Fallback.CONDITION: _has_nothing_to_show,
    Fallback.EARLIER: _stands_earlier,
    Fallback.WIDTH: _has_width,
    Fallback.COLUMN: _is_no_column,
    Fallback.CENTRED: _is_centred,
    Fallback.GROUND: _has_ground,
    Fallback.ALIGN: _has_align,
    Fallback.CELL: _is_no_plate,
    Fallback.HIDDEN: _stays_hidden,
    Fallback.STACK: _has_another_typeface,
    Fallback.INSIDE: _has_picture_inside,
    Fallback.SOURCE: _has_source,
    Fallback.NAMED: _is_named,
}


def _lost(use: Use) -> Finding:
    sentence = _OF_SORT.get(use.row.sort) if use.row.fallback is Fallback.NONE else None
    clients = [name for letter, name in CLIENTS.items() if letter in use.dropped_by]
    return finding(
        "X15",
        Severity.WARNING,
        sentence or _MISSING[use.row.fallback],
        use.element,
        place=Place.PICTURES if use.row.sort is Sort.FILE else Place.BODY,
        feature=use.row.name,
        clients=", ".join(clients),
    )


_OF_SORT = {
    Sort.ELEMENT: mark("{feature} fungerar inte i {clients}. Länka till det på webben i stället."),
    Sort.FILE: mark("En bild är {feature}, som {clients} inte visar. Spara den som JPEG eller PNG."),
    Sort.AT_RULE: mark("{feature} läses inte av {clients}. Ta bort det ur mallens style."),
    Sort.SELECTOR: mark("{feature} i mallens style tolkas fel av {clients}. Använd en klass i stället."),
}
_MISSING = {
    Fallback.NONE: mark(
        "{feature} i brevets HTML fungerar inte i {clients}. Ta bort det, och placera med en tabell."
    ),
    Fallback.CONDITION: mark(
        "Något som är gömt visas bara genom {feature}, som {clients} inte läser. Visa det för alla, eller ta "
        "bort det."
    ),
    Fallback.EARLIER: mark(
        "{feature} fungerar inte i {clients}. Skriv före det samma egenskap i px, eller med färg som #rrggbb."
    ),
    Fallback.WIDTH: mark(
        "{feature} räknas inte i {clients}. Ge bilden ett width i pixlar, eller lägg en tabell med bredd för "
        "Outlook runt om."
    ),
    Fallback.COLUMN: mark(
        "{feature} räknas inte i {clients}, så spalterna hamnar under varandra. Lägg en cell för Outlook "
        "runt var och en."
    ),
    Fallback.CENTRED: mark(
        "{feature} räknas inte i {clients}. Ge elementet align, eller lägg en centrerad tabell för Outlook "
        "runt om."
    ),
    Fallback.GROUND: mark("{feature} visas inte i {clients}. Sätt en bakgrundsfärg där också."),
    Fallback.ALIGN: mark("{feature} räknas inte i {clients}. Ge elementet align också."),
    Fallback.CELL: mark(
        "En knapp förlorar sin luft i {clients}, för {feature} räknas inte. Låt en tabellcell runt länken ha "
        "ram och luft."
    ),
    Fallback.HIDDEN: mark(
        "{feature} gömmer inte i {clients}. Lägg till mso-hide: all och display: none, eller ta bort "
        "det gömda."
    ),
    Fallback.STACK: mark("{feature} finns inte i {clients}. Ange ett typsnitt till efter det."),
    Fallback.INSIDE: mark("{feature} visas inte i {clients}. Lägg en vanlig bild inuti."),
    Fallback.SOURCE: mark("{feature} läses inte av {clients}. Ge bilden ett vanligt src också."),
    Fallback.NAMED: mark(
        "En länk inom brevet leder ingenstans i {clients}. Sätt ett tomt ankare med name där den ska leda."
    ),
}


def _sheets(root: HtmlElement) -> Iterator[Finding]:
    """Look at style elements as a whole: what Gmail drops by place or by length."""
    length = sum(len(sheet.text or "") for sheet in root.iter("style"))
    if length > MOST_STYLE:
        yield finding(
            "X15",
            Severity.WARNING,
            mark(
                "Mallens style är {count} tecken, och Gmail släpper det som går över {most}. Korta den, "
                "eller skriv reglerna i elementen."
            ),
            count=length,
            most=MOST_STYLE,
        )
    if root.xpath("//body//style"):
        yield finding(
            "X15",
            Severity.WARNING,
            mark("Ett style-element står i brevets body, och där släpper Gmail det. Flytta det till head."),
        )
