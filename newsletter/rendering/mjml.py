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
    """Return the line, from 1. Where the parser gives no place, an XML parser is asked for one."""
    found = _OFFSET.search(reason)
    if found:
        return mjml.encode()[: int(found[1])].count(b"\n") + 1
    xml = _VOID.sub(r"<\1\2/>", mjml).replace("&nbsp;", " ")
    try:
        etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError as error:
        return min(error.lineno or 1, mjml.count("\n") + 1)
    return mjml.count("\n") + 1


def _origin(merged_line: str, folder: Path) -> tuple[str, int] | None:
    """Find the template line that became this line: the one with most letters of its own that fits."""
    merged_line = merged_line.strip()
    best: tuple[int, str, int] | None = None
    for path in sorted(folder.rglob("*.mjml")):
        name = "/".join((*folder.parts[-2:], *path.relative_to(folder).parts))
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            own = _JINJA.split(line.strip())
            weight = sum(map(len, own))
            fits = weight and re.fullmatch(".*".join(map(re.escape, own)), merged_line)
            if fits and (best is None or weight > best[0]):
                best = (weight, name, number)
    return best and (best[1], best[2])


def _article_before(mjml: str, line: int) -> str:
    titles = _ANCHOR.findall("\n".join(mjml.split("\n")[:line]))
    if titles:
        return _("artikeln ”{title}”").format(title=unescape(titles[-1].strip()))
    return _("brevets ram, före artiklarna")
