"""The mail as a page that everyone can use: languages, directions, tables, headings, names (X1-X12)."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from lxml import etree
from lxml.html import HtmlElement

from newsletter.core.preflight import documents, links, pictures
from newsletter.core.preflight.documents import finding
from newsletter.core.preflight.findings import Finding, Severity, mark
from newsletter.core.preflight.matter import Version
from newsletter.core.preflight.wording import set_of

_RANKS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TABLE = re.compile(r"<table\b[^>]*>", re.IGNORECASE)
_PLACES_ONLY = re.compile(r"""\brole\s*=\s*["']?(?:presentation|none)\b""", re.IGNORECASE)
_NO_ZOOM = re.compile(
    r"user-scalable\s*=\s*(?:no|0)\b|maximum-scale\s*=\s*(?:0|1)(?:\.\d+)?\b", re.IGNORECASE
)

#: WAI-ARIA 1.2, 5.4: the roles that authors may give (abstract ones left out), and document structure.
_ROLES = set_of(
    """
    alert alertdialog application article banner blockquote button caption cell checkbox code columnheader
    combobox complementary contentinfo definition deletion dialog directory document emphasis feed figure form
    generic grid gridcell group heading img insertion link list listbox listitem log main marquee math menu
    menubar menuitem menuitemcheckbox menuitemradio meter navigation none note option paragraph presentation
    progressbar radio radiogroup region row rowgroup rowheader scrollbar search searchbox separator slider
    spinbutton status strong subscript superscript switch tab table tablist tabpanel term textbox time timer
    toolbar tooltip tree treegrid treeitem
"""
)
#: WAI-ARIA 1.2, 6.8, without "aria-".
_ATTRIBUTES = set_of(
    """
    activedescendant atomic autocomplete busy checked colcount colindex colspan controls current describedby
    details disabled dropeffect errormessage expanded flowto grabbed haspopup hidden invalid keyshortcuts
    label labelledby level live modal multiline multiselectable orientation owns placeholder posinset pressed
    readonly relevant required roledescription rowcount rowindex rowspan selected setsize sort valuemax
    valuemin valuenow valuetext
"""
)
_REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details")


def check(version: Version) -> Iterator[Finding]:
    """Give what is wrong with the HTML part of a variant as a page, its links and its pictures."""
    root = documents.document(version.html)
    for faults in (_languages, _title, _tables, _outlook_tables, _headings, _hidden, _zoom, _ids, _aria):
        yield from (found.in_variant(version.name) for found in faults(root))
    yield from links.check(version)
    yield from pictures.check(version)


def _languages(root: HtmlElement) -> Iterator[Finding]:
    if not (root.get("lang") or "").strip():
        yield finding(
            "X6",
            Severity.WARNING,
            mark(
                "Brevet säger inte vilket språk det är på, så uppläsning blir fel. Ge mallens html-element "
                "ett lang."
            ),
        )
    body = root.find("body")
    below = documents.children(body) if body is not None else []
    if not all((child.get("dir") or "").lower() in ("ltr", "rtl", "auto") for child in below):
        yield finding(
            "X1",
            Severity.WARNING,
            mark("En del av brevet saknar läsriktning. Ge varje element direkt i mallens body ett dir."),
        )
    if not all((child.get("lang") or "").strip() for child in below):
        yield finding(
            "X2",
            Severity.WARNING,
            mark("En del av brevet saknar språk. Ge varje element direkt i mallens body ett lang."),
        )


def _title(root: HtmlElement) -> Iterator[Finding]:
    if not (root.findtext("head/title") or "").strip():
        yield finding(
            "X9",
            Severity.WARNING,
            mark("Brevet saknar titel, som skärmläsare läser först. Sätt mallens title till ämnesraden."),
        )


def _tables(root: HtmlElement) -> Iterator[Finding]:
    for table in documents.elements(root, "table"):
        if _PLACES_ONLY.search(f'role="{table.get("role") or ""}"') or _holds_data(table):
            continue
        yield finding(
            "X3",
            Severity.WARNING,
            mark(
                "Tabellen som börjar ”{words}” saknar rubriker, så den läses upp som en ruta i taget. Ge den "
                'en rubrikrad, eller role="presentation" om den bara placerar.'
            ),
            table,
            words=_short(documents.words(table)),
        )


def _holds_data(table: HtmlElement) -> bool:
    return any(
        head.xpath("ancestor::table[1]")[0] is table for head in documents.elements(table, "th", "caption")
    )


def _outlook_tables(root: HtmlElement) -> Iterator[Finding]:
    """Look where only Outlook does: tables in conditional comments."""
    for comment in root.iter(etree.Comment):
        if any(not _PLACES_ONLY.search(tag) for tag in _TABLE.findall(comment.text or "")):
            yield finding(
                "X3",
                Severity.WARNING,
                mark('En tabell som bara Outlook ser saknar role="presentation". Lägg till det i mallen.'),
            )
            return


def _headings(root: HtmlElement) -> Iterator[Finding]:
    headings = [one for one in documents.elements(root, *_RANKS) if documents.is_shown(one)]
    ranks = [int(str(one.tag)[1]) for one in headings]
    if ranks.count(1) != 1:
        yield finding(
            "X4",
            Severity.ADVICE,
            mark("Brevet har {count} huvudrubriker och ska ha en. Rätta det i mallen."),
            count=ranks.count(1),
        )
    for before, (rank, heading) in pairwise([(0, None), *zip(ranks, headings, strict=True)]):
        if heading is not None and rank > before[0] + 1:
            yield finding(
                "X4",
                Severity.ADVICE,
                mark("Rubriken ”{words}” hoppar över en nivå. Gör den en nivå större."),
                heading,
                words=_short(documents.words(heading)),
            )


def _hidden(root: HtmlElement) -> Iterator[Finding]:
    """Look for words that nobody sees, but for the preheader: filters take them for a trick (P10)."""
    for element in documents.elements(root):
        words = documents.words(element) if documents.is_hidden(element) else ""
        if words and not documents.has_class(element, "preheader"):
            yield finding(
                "P10",
                Severity.WARNING,
                mark(
                    "Brevet har text som inte syns, ”{words}”, och skräppostfilter tar den för fusk. Ta bort "
                    "den."
                ),
                element,
                words=_short(words),
            )


def _zoom(root: HtmlElement) -> Iterator[Finding]:
    for meta in documents.elements(root, "meta"):
        if (meta.get("name") or "").lower() == "viewport" and _NO_ZOOM.search(meta.get("content") or ""):
            yield finding(
                "X12",
                Severity.WARNING,
                mark(
                    "Brevet går inte att förstora. Ta bort user-scalable och maximum-scale ur mallens "
                    "viewport."
                ),
            )


def _ids(root: HtmlElement) -> Iterator[Finding]:
    for name, count in Counter(root.xpath("//@id")).items():
        if count > 1:
            yield finding(
                "X12",
                Severity.WARNING,
                mark("Namnet {name} står på {count} ställen i brevets HTML. Ge varje element ett eget id."),
                name=str(name),
                count=count,
            )


def _aria(root: HtmlElement) -> Iterator[Finding]:
    names = set(root.xpath("//@id"))
    for element in documents.elements(root):
        for name in sorted({*_wrong_role(element), *_wrong_attributes(element), *_lost(element, names)}):
            yield finding(
                "X12",
                Severity.WARNING,
                mark("Hjälpmedel förstår inte {name} i brevets HTML. Rätta eller ta bort det."),
                element,
                name=name,
            )


def _wrong_role(element: HtmlElement) -> Iterator[str]:
    role = (element.get("role") or "").split()
    if role and not _ROLES.issuperset(role) and not all(name.startswith("doc-") for name in role):
        yield f'role="{" ".join(role)}"'


def _wrong_attributes(element: HtmlElement) -> Iterator[str]:
    for name in map(str, element.keys()):
        if name.startswith("aria-") and name.removeprefix("aria-") not in _ATTRIBUTES:
            yield name


def _lost(element: HtmlElement, names: set[str]) -> Iterator[str]:
    for name in _REFERENCES:
        for wanted in (element.get(name) or "").split():
            if wanted not in names:
                yield f'{name}="{wanted}"'


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 40 else line[:39].rstrip() + "…"
