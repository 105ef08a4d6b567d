"""What somebody meant to fill in: places of mail programs and templates, and words to be replaced."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from lxml.html import HtmlElement

from newsletter.core.messages import MARKERS
from newsletter.core.preflight import documents, message
from newsletter.core.preflight.findings import Finding, Place, Severity, mark
from newsletter.core.preflight.matter import Version

#: Places that a program should have filled, whoever's program it was.
_PLACES = re.compile(
    r"\{\{[^{}\n]{0,80}\}\}|\{%[^{}\n]{0,80}%\}|\*\|[A-Z0-9_: ]{1,60}\|\*|\[\[[^\[\]\n]{1,80}\]\]"
    r"|<%[^<>\n]{1,80}%>|\$\{\w{1,40}\}|%[A-ZÅÄÖ_]{3,40}%|%%\w{2,40}%%|"
    + "|".join(re.escape(marker) for marker in MARKERS.values())
)
#: Words that stand there until better ones come.
_WORDS = re.compile(
    r"(?i:\blorem ipsum\b)|\bXXX+\b|\bTODO\b|\bTBD\b"
    r"|\[(?i:rubrik|titel|ingress|brödtext|text|namn|förnamn|datum|tid|plats|bild|länk|ort|titel här|text här"
    r"|headline|title|name|date|place|link)\]"
)


def check(version: Version) -> Iterator[Finding]:
    """Give the places and words left over in a variant, each once, and in whose article."""
    met: dict[str, Finding] = {}
    for place, text in _texts(version):
        for pattern, severity, sentence in _KINDS:
            for found in dict.fromkeys(found[0] for found in pattern.finditer(text)):
                met.setdefault(found, _left_over(version, severity, sentence, found, place))
            text = pattern.sub(" ", text)  # noqa: PLW2901 - "[[namn]]" holds no "[namn]" besides
    yield from (found.in_variant(version.name) for found in met.values())


def _left_over(version: Version, severity: Severity, sentence: str, words: str, place: Place) -> Finding:
    article = _article_with(version, words) if place is Place.BODY else None
    where = Place.TEMPLATE if place is Place.BODY and article is None else place
    return Finding("placeholder", severity, sentence, {"words": words}, where, article)


_KINDS = (
    (
        _PLACES,
        Severity.STOP,
        mark(
            "I brevet står ”{words}”, en plats som inte blev ifylld. Skriv det som ska stå där, eller ta "
            "bort den."
        ),
    ),
    (
        _WORDS,
        Severity.WARNING,
        mark("I brevet står ”{words}”, som ser ut att vänta på rätt ord. Byt ut det, eller ta bort det."),
    ),
)


def _texts(version: Version) -> Iterator[tuple[Place, str]]:
    yield Place.SUBJECT, message.read(version.message).decoded("Subject")
    root = documents.document(version.html)
    for hidden in root.xpath("//*[contains(concat(' ', @class, ' '), ' preheader ')]"):
        yield Place.PREHEADER, documents.words(hidden)
    yield Place.BODY, _all_of(root)
    yield Place.BODY, version.text


def _article_with(version: Version, words: str) -> int | None:
    """Return the first article that holds the words; None for the frame around."""
    cells = documents.cells(documents.document(version.html))
    return next((number for number, cell in cells if words in _all_of(cell)), None)


def _all_of(element: HtmlElement) -> str:
    """Return words and addresses: places to fill are left over in links as often as in words."""
    links = element.xpath(".//@href | .//@src")
    return "\n".join((documents.words(element), *(unquote(str(link)) for link in links)))
