"""MJML to HTML, with errors that say where: the parser gives byte offsets or nothing, people need a line."""

import re
from html import unescape
from pathlib import Path
from typing import NoReturn

from lxml import etree
from mjml import mjml2html

from newsletter.errors import TemplateError
from newsletter.language import _

_OFFSET = re.compile(r"at position (\d+):\d+")
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_ANCHOR = re.compile(r'id="artikel-\d+"[^>]*>([^<]*)')
_VOID = re.compile(r"<(br|hr|img|meta)\b([^>]*?)\s*/?>")


def to_html(mjml: str, *, folder: Path) -> str:
    """Turn MJML into a whole HTML document. ``folder`` holds the templates that it was merged from.

    No fonts are fetched by the result (``fonts={}``: by default the library links to a third party).
    Raises ``TemplateError``.
    """
    try:
        html = mjml2html(mjml, fonts={})
    except ValueError as error:
        _explain(mjml, str(error), folder)
    # premailer compares the doctype in capitals, and drops any other.
    return html.replace("<!doctype html>", "<!DOCTYPE html>", 1)


def _explain(mjml: str, reason: str, folder: Path) -> NoReturn:
    line = _line_of(mjml, reason)
    file, line_in_file = _origin(mjml.split("\n")[line - 1], folder) or (_("brevet som mallarna ger"), line)
    raise TemplateError(
        "Mallen {file}, rad {line}: MJML går inte att läsa ({reason}), vid {article}. "
        "Rätta raden och försök igen.",
        file=file,
        line=line_in_file,
        reason=reason,
        article=_article_before(mjml, line),
    )


def _line_of(mjml: str, reason: str) -> int:
    """Return the line, from 1. The MJML parser goes on past a wrong end tag; an XML parser is asked first."""
    try:
        parse_strictly(mjml)
    except etree.XMLSyntaxError as error:
        return min(error.lineno or 1, mjml.count("\n") + 1)
    found = _OFFSET.search(reason)
    return mjml.encode()[: int(found[1]) if found else None].count(b"\n") + 1


def parse_strictly(mjml: str) -> None:
    """Raise ``lxml.etree.XMLSyntaxError`` unless every tag fits; the MJML parser takes ``<p></div>``."""
    xml = _VOID.sub(r"<\1\2/>", mjml).replace("&nbsp;", " ")
    etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, huge_tree=True))


def _origin(merged_line: str, folder: Path) -> tuple[str, int] | None:
    """Find the template line that became this line: the one that fits with most letters of its own."""
    best: tuple[int, str, int] = (0, "", 0)
    for path in sorted(folder.rglob("*.mjml")):
        name = "/".join((*folder.parts[-2:], *path.relative_to(folder).parts))
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            fit = _fit(_JINJA.split(line.strip()), merged_line.strip())
            best = max(best, (fit, name, number), key=lambda found: found[0])
    return (best[1], best[2]) if best[0] else None


def _fit(own: list[str], merged_line: str) -> int:
    """Return how many letters of a template line, split at its Jinja, stand in a merged line; 0: no fit.

    A value of several lines leaves only what stands before it on the line.
    """
    if re.fullmatch(".*".join(map(re.escape, own)), merged_line):
        return sum(map(len, own))
    return len(own[0]) if len(own) > 1 and merged_line.startswith(own[0]) else 0


def _article_before(mjml: str, line: int) -> str:
    titles = _ANCHOR.findall("\n".join(mjml.split("\n")[:line]))
    if titles:
        return _("artikeln ”{title}”").format(title=unescape(titles[-1].strip()))
    return _("brevets ram, före artiklarna")
