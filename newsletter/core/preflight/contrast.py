"""Text that can be read: its contrast by day, by night, and where a mail client turns the colours (X7, X16).

What clients do is simulated as far as it is known (``dark_modes``), so what comes of it is advice.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement

from newsletter.core.colours import contrast
from newsletter.core.preflight import dark_modes, documents, styles
from newsletter.core.preflight.documents import finding
from newsletter.core.preflight.findings import Finding, Severity, mark
from newsletter.core.preflight.matter import Version

#: WCAG 2.2, 1.4.3; large is 18 points, or 14 points in bold, in CSS pixels.
LEAST, LEAST_LARGE = 4.5, 3.0
LARGE, LARGE_BOLD = 24.0, 18.66

_BOLD_TAGS = frozenset(("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"))
_SIZES = {
    "h1": 2.0, "h2": 1.5, "h3": 1.17, "h5": 0.83, "h6": 0.67, "big": 1.2, "small": 1 / 1.2, "sub": 1 / 1.2,
    "sup": 1 / 1.2,
}  # fmt: skip
_SIZE = re.compile(r"(\d*\.?\d+)(px|pt|em|rem|%)")
_LINK = "#0000ee"
_INHERITED = ("color", "font", "font-size", "font-weight", "background-color", "background", "display")


@dataclass(frozen=True, slots=True)
class Paint:
    """How a text is set: its colour and ground as ``#rrggbb``, its size in CSS pixels."""

    ink: str = "#000000"
    ground: str = "#ffffff"
    size: float = 16.0
    bold: bool = False

    def least(self) -> float:
        """Return the contrast that a text of this size needs."""
        return LEAST_LARGE if self.size >= (LARGE_BOLD if self.bold else LARGE) else LEAST


_PLAIN = Paint()
_Turn = Callable[[str, str], tuple[str, str]]
_Styles = Mapping[HtmlElement, Mapping[str, str]]


def check(version: Version) -> Iterator[Finding]:
    """Give the texts of a variant's HTML part that are hard to read, and a missing word of dark mode."""
    root = documents.document(version.html)
    for found in (*_schemes(root), *_by_day_and_night(root)):
        yield found.in_variant(version.name)


def painted(root: HtmlElement, scheme: str, start: Paint = _PLAIN) -> Iterator[tuple[HtmlElement, Paint]]:
    """Give every element that shows text of its own, and how it is set under a scheme of ``styles``.

    ``start`` is how a text is set that nothing sets.
    """
    body = root.find("body")
    texts: list[tuple[HtmlElement, Paint]] = []
    if body is not None:
        _collect(body, start, _sheet(root, scheme), texts)
    yield from texts


def _by_day_and_night(root: HtmlElement) -> Iterator[Finding]:
    day = list(painted(root, styles.ALWAYS))
    yield from _faint(
        day,
        _same,
        Severity.WARNING,
        mark(
            "Texten ”{words}” är svår att läsa: {ink} på {ground} har kontrasten {ratio}:1, och det ska vara "
            "minst {least}:1. Välj en mörkare eller ljusare färg."
        ),
    )
    yield from _faint(
        painted(root, styles.DARK),
        _same,
        Severity.WARNING,
        mark(
            "Texten ”{words}” är svår att läsa i mörkt läge: {ink} på {ground} har kontrasten {ratio}:1, och "
            "det ska vara minst {least}:1. Välj andra färger för mörkt läge."
        ),
    )
    yield from _faint(
        day,
        dark_modes.inverted,
        Severity.ADVICE,
        mark(
            "Texten ”{words}” blir svår att läsa när Outlook vänder färgerna: {ink} på {ground} har "
            "kontrasten {ratio}:1, och det bör vara minst {least}:1. Välj en mindre mättad färg."
        ),
    )
    yield from _faint(
        _in_outlook(root),
        _same,
        Severity.WARNING,
        mark(
            "Texten ”{words}” är svår att läsa i Outlooks mörka läge, med mallens egna färger för det: {ink} "
            "på {ground} har kontrasten {ratio}:1, och det ska vara minst {least}:1. Rätta mallens regler "
            "för data-ogsc och data-ogsb."
        ),
    )
    yield from _faint(
        day,
        dark_modes.darkened,
        Severity.ADVICE,
        mark(
            "Texten ”{words}” blir svår att läsa när Gmail gör brevet mörkt: {ink} på {ground} har "
            "kontrasten {ratio}:1, och det bör vara minst {least}:1. Välj en mindre mättad färg."
        ),
    )


def _in_outlook(root: HtmlElement) -> Iterator[tuple[HtmlElement, Paint]]:
    """Give the texts that a mail's own rules for Outlook's dark mode colour otherwise than Outlook would."""
    if not any("data-ogs" in (sheet.text or "") for sheet in root.iter("style")):
        return
    sheet = _sheet(root, styles.ALWAYS)
    page = dark_modes.repainted(root, lambda element: _own_colours(element, sheet.of(element)))
    start = Paint(*dark_modes.inverted(_PLAIN.ink, _PLAIN.ground))
    as_outlook_would = {
        dark_modes.inverted(paint.ink, paint.ground) for _, paint in painted(root, styles.ALWAYS)
    }
    for element, paint in painted(page, styles.ALWAYS, start):
        if (paint.ink, paint.ground) not in as_outlook_would:
            yield element, paint


def _faint(
    texts: Iterable[tuple[HtmlElement, Paint]],
    turn: _Turn,
    severity: Severity,
    sentence: str,
) -> Iterator[Finding]:
    """Give one finding for each pair of colours that is too close, with the first text set in it."""
    met: set[tuple[str, str]] = set()
    for element, paint in texts:
        ink, ground = turn(paint.ink, paint.ground)
        ratio = contrast(ink, ground)
        if ratio >= paint.least() or (ink, ground) in met:
            continue
        met.add((ink, ground))
        yield finding(
            "X7",
            severity,
            sentence,
            element,
            words=_first_words(element),
            ink=ink,
            ground=ground,
            ratio=_comma(ratio),
            least=_comma(paint.least()),
        )


def _schemes(root: HtmlElement) -> Iterator[Finding]:
    said = {(meta.get("name") or "").lower(): (meta.get("content") or "") for meta in root.iter("meta")}
    for name in ("color-scheme", "supported-color-schemes"):
        if not {"light", "dark"}.issubset(said.get(name, "").lower().split()):
            yield finding(
                "X16",
                Severity.WARNING,
                mark(
                    "Brevet säger inte att det klarar mörkt läge, så färgerna kan vändas hur som helst. Lägg "
                    "till {name} i mallen."
                ),
                name=name,
            )


def _collect(
    element: HtmlElement, around: Paint, sheet: "_Sheet", into: list[tuple[HtmlElement, Paint]]
) -> None:
    style = sheet.of(element)
    if element.tag in ("style", "script") or style.get("display") == "none" or documents.is_hidden(element):
        return
    paint = _own(element, style, around)
    texts = [element.text, *(child.tail for child in element)]
    if any((text or "").strip(" \n\t\r\u00a0\u200b") for text in texts) and paint.size > 1:
        into.append((element, paint))
    for child in documents.children(element):
        _collect(child, paint, sheet, into)


def _own(element: HtmlElement, style: Mapping[str, str], around: Paint) -> Paint:
    tag = str(element.tag)
    ink, ground = _own_colours(element, style)
    return Paint(
        ink or around.ink, ground or around.ground, _size(style, tag, around), _is_bold(style, tag, around)
    )


def _own_colours(element: HtmlElement, style: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return the text and the ground that an element sets for itself."""
    ground = styles.ground_of(style) or styles.colour(element.get("bgcolor") or "")
    ink = styles.colour(style.get("color", "")) or (
        styles.colour(element.get("color") or "") if element.tag == "font" else None
    )
    if style.get("color") == "initial":
        ink = "#000000"
    # What browsers give a link that nobody coloured.
    is_link = element.tag == "a" and element.get("href") is not None and style.get("color") != "inherit"
    return ink or (_LINK if is_link else None), ground


def _size(style: Mapping[str, str], tag: str, around: Paint) -> float:
    found = _SIZE.fullmatch(style.get("font-size", "")) or _SIZE.search(style.get("font", ""))
    if found is None:
        return around.size * _SIZES.get(tag, 1.0)
    number = float(found[1])
    of = {"px": 1.0, "pt": 4 / 3, "em": around.size, "rem": 16.0, "%": around.size / 100}
    return number * of[found[2]]


def _is_bold(style: Mapping[str, str], tag: str, around: Paint) -> bool:
    weight = style.get("font-weight", "")
    if not weight and "font" in style:  # the short form sets what it does not name, too
        return re.search(r"\b(?:bold|bolder|[789]00)\b", style["font"].partition("px")[0]) is not None
    if weight.isdigit():
        return int(weight) >= 700
    if weight in ("bold", "bolder", "normal", "lighter"):
        return weight.startswith("bold")
    return around.bold or tag in _BOLD_TAGS


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What rules set, by element, in the order in which they win: with and without ``!important``."""

    plain: _Styles
    important: _Styles

    def of(self, element: HtmlElement) -> dict[str, str]:
        """Return what holds for an element: rules, its own style, then what is important in either."""
        declared = styles.declared(element.get("style") or "")
        own = {name: value for name, value, _ in declared}
        own_important = {name: value for name, value, important in declared if important}
        return {
            **self.plain.get(element, {}),
            **own,
            **self.important.get(element, {}),
            **own_important,
        }


def _sheet(root: HtmlElement, scheme: str) -> _Sheet:
    rules = styles.rules(root, styles.ALWAYS)
    if scheme != styles.ALWAYS:
        rules += styles.rules(root, scheme)
    plain: dict[HtmlElement, dict[str, str]] = {}
    important: dict[HtmlElement, dict[str, str]] = {}
    for rule in sorted(rules, key=styles.Rule.specificity):  # a stable sort: the later of two alike wins
        about = {name: value for name, value in rule.values.items() if name in _INHERITED}
        if not about:
            continue
        for element in rule.matched(root):
            for name, value in about.items():
                into = important if name in rule.important else plain
                into.setdefault(element, {})[name] = value
    return _Sheet(plain, important)


def _same(ink: str, ground: str) -> tuple[str, str]:
    return ink, ground


def _first_words(element: HtmlElement) -> str:
    line = " ".join(documents.words(element).split())
    return line if len(line) <= 40 else line[:39].rstrip() + "…"


def _comma(number: float) -> str:
    # Rounded down, or 4.46 would read as 4.5 and be called too little.
    return f"{int(number * 10) / 10:.1f}".replace(".", ",")
