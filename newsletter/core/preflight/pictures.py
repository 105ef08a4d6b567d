"""Pictures: described, with their size, from a whole address; and none that tells who opens the mail."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from newsletter.core.preflight import documents, styles
from newsletter.core.preflight.documents import finding
from newsletter.core.preflight.findings import Finding, Place, Severity, mark
from newsletter.core.preflight.matter import Version

_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:px)?\s*")


def check(version: Version) -> Iterator[Finding]:
    """Give what is wrong with the pictures of a variant's HTML part (X8, X18)."""
    for picture in documents.elements(documents.document(version.html), "img"):
        if _tells_who_opens(picture):
            yield finding(
                "tracking",
                Severity.STOP,
                mark(
                    "Brevet har en osynlig bild, {file}, som kan berätta vem som öppnar det. Ta bort den: vi "
                    "lovar att inte mäta."
                ),
                picture,
                place=Place.PICTURES,
                file=_file(picture),
            ).in_variant(version.name)
            continue
        for found in (*_description(picture), *_size(picture), *_source(picture)):
            yield found.in_variant(version.name)


def _tells_who_opens(picture: HtmlElement) -> bool:
    """Tell whether nobody can see the picture: what it is for, then, is being fetched."""
    sizes = (_length(picture, "width"), _length(picture, "height"))
    return documents.is_hidden(picture) or any(size is not None and size <= 1 for size in sizes)


def _description(picture: HtmlElement) -> Iterator[Finding]:
    alt = picture.get("alt")
    if alt is None:
        yield finding(
            "X8",
            Severity.WARNING,
            mark("Bilden {file} har ingen beskrivning. Skriv vad den visar."),
            picture,
            place=Place.PICTURES,
            file=_file(picture),
        )
    elif not alt.strip() and any(around.tag == "a" for around in picture.iterancestors()):
        yield finding(
            "X8",
            Severity.WARNING,
            mark("Bilden {file} är en länk men har ingen beskrivning. Skriv vart den leder."),
            picture,
            place=Place.PICTURES,
            file=_file(picture),
        )


def _size(picture: HtmlElement) -> Iterator[Finding]:
    if any(_NUMBER.fullmatch(picture.get(side) or "") is None for side in ("width", "height")):
        yield finding(
            "X18",
            Severity.ADVICE,
            mark(
                "Bilden {file} saknar bredd eller höjd, så texten hoppar när den hämtas. Lägg in bilden på "
                "nytt."
            ),
            picture,
            place=Place.PICTURES,
            file=_file(picture),
        )


def _source(picture: HtmlElement) -> Iterator[Finding]:
    source = (picture.get("src") or "").strip()
    if source.lower().startswith("data:"):
        yield finding(
            "X18",
            Severity.WARNING,
            mark("En bild ligger i själva brevet (data:), och många ser den då inte. Lägg in den som fil."),
            picture,
            place=Place.PICTURES,
        )
    elif not re.match(r"https?://[^/]", source, re.IGNORECASE):
        yield finding(
            "X18",
            Severity.WARNING,
            mark("Bilden {file} har inte en hel adress och syns därför inte. Lägg in den på nytt."),
            picture,
            place=Place.PICTURES,
            file=source or "?",
        )


def _length(picture: HtmlElement, side: str) -> float | None:
    """Return a side's length in pixels: that of the style first, as browsers do; None where none is given."""
    style = styles.declarations(picture.get("style") or "")
    found = _NUMBER.fullmatch(style.get(side, "")) or _NUMBER.fullmatch(picture.get(side) or "")
    return float(found[1]) if found else None


def _file(picture: HtmlElement) -> str:
    """Return what to call a picture: its file's name."""
    source = picture.get("src") or ""
    if source.lower().startswith("data:"):
        return "data:"
    try:
        path = urlsplit(source).path
    except ValueError:
        path = source
    return unquote(path.rpartition("/")[2]) or source or "?"
