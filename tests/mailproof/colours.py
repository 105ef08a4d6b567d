"""The pure contrast check and Chromium, side by side: what each says of every text."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement, document_fromstring

from newsletter.core.colours import contrast
from newsletter.core.preflight import dark_modes
from newsletter.core.preflight.contrast import LARGE, LARGE_BOLD, LEAST, LEAST_LARGE, Paint, painted
from tests.mailproof.screens import Text

_SPACE = re.compile(r"[\s\u00a0\u200b]+")

#: What clients make of a text's colours by day (``core.preflight.dark_modes`` says where that is known from).
TURNS = {"Outlook": dark_modes.inverted, "Gmail": dark_modes.darkened}


def told(html: str, scheme: str) -> list[Text]:
    """Return every text with the colours that the pure check gives it, in the order that they stand in."""
    root = document_fromstring(html)
    paints = dict(painted(root, scheme))
    return [
        Text(words, paint.ink, paint.ground, paint.size, paint.bold)
        for words, paint in _texts(root.find("body"), paints)
    ]


def _texts(element: HtmlElement, paints: dict[HtmlElement, Paint]) -> Iterator[tuple[str, Paint]]:
    pieces = [element.text] if isinstance(element.tag, str) else []
    for child in [None, *element]:
        if child is not None:
            yield from _texts(child, paints) if isinstance(child.tag, str) else ()
            pieces = [child.tail]
        for piece in pieces:
            words = _SPACE.sub(" ", piece or "").strip()
            if words and element in paints:
                yield words, paints[element]


def differences(told: list[Text], seen: list[Text]) -> list[str]:
    """Return where the check and the browser disagree on a text, its colours or its size."""
    found = [
        f"{a.words[:30]!r}: check {_paint(a)}, browser {_paint(b)}"
        for a, b in zip(told, seen, strict=False)
        if (a.words, _paint(a)) != (b.words, _paint(b))
    ]
    if len(told) != len(seen):
        found.append(f"the check knows {len(told)} texts, the browser shows {len(seen)}")
    return found


def faint(texts: list[Text]) -> list[str]:
    """Return the texts that are hard to read (WCAG 2.2, 1.4.3)."""
    return [
        f"{text.words[:30]!r} {text.ink} on {text.ground}: {contrast(text.ink, text.ground):.2f}"
        for text in texts
        if contrast(text.ink, text.ground) < _least(text)
    ]


def turned(texts: list[Text], client: str) -> list[Text]:
    """Return texts as a client shows them that turns colours by itself."""
    turn = TURNS[client]
    return [Text(t.words, *turn(t.ink, t.ground), t.size, t.bold) for t in texts]


def _least(text: Text) -> float:
    return LEAST_LARGE if text.size >= (LARGE_BOLD if text.bold else LARGE) else LEAST


def _paint(text: Text) -> tuple[str, str, float, bool]:
    return text.ink, text.ground, round(text.size, 1), text.bold
