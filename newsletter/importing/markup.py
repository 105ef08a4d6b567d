"""Plain text becomes Markdown that means the same: the words stay, and what would be markup is escaped.

A line is left as its author wrote it wherever Markdown reads it as plain text anyway, which it nearly always
does: it is asked. Only where the answer has other words or other marks than the line are its characters
escaped.
"""

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: Characters without which no line of text can become anything but a paragraph.
_SUSPECT = re.compile(r"[\\`*_\[\]<>&~|!]|^\s*(?:[-+#>=]|\d+[.)])")
_SPECIAL = re.compile(r"([\\`*\[\]~|]|(?<![^\W_])_|_(?![^\W_])|<(?=\S)|&(?=#?\w+;)|#$)")
_AT_START = re.compile(r"^(\s*)(?:([-+>=#])|(\d+)([.)]))")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>]+")
#: A longer line with suspect characters, or one with more brackets, is escaped without asking: the parser
#: takes time by the square of brackets.
_LONGEST_ASKED, _MOST_BRACKETS = 5_000, 100

#: A line break inside a paragraph.
BREAK = "  \n"


def paragraph(text: str) -> str:
    """Return a paragraph of Markdown that reads exactly as this line of text."""
    if not _SUSPECT.search(text) or _reads_as(text, text, "paragraph_open"):
        return text
    return escaped(text)


def heading(text: str, level: int = 2) -> str:
    """Return a Markdown heading that reads exactly as this text. ``level`` is 2 to 6."""
    marks = "#" * level
    written = f"{marks} {text}"
    if not text.endswith("#") and (not _SUSPECT.search(text) or _reads_as(written, text, "heading_open")):
        return written
    return f"{marks} {escaped(text)}"


def lines(texts: Sequence[str]) -> str:
    """Return one paragraph that keeps its line breaks: an address, a verse, a greeting."""
    written = BREAK.join(texts)
    if not any(_SUSPECT.search(text) for text in texts) or _reads_as(
        written, "\n".join(texts), "paragraph_open"
    ):
        return written
    return BREAK.join(escaped(text) for text in texts)


def bullets(items: Sequence[str]) -> str:
    """Return a Markdown list, one item a text."""
    return "\n".join(f"- {paragraph(item)}" for item in items)


def numbered(items: Sequence[str], first: int) -> str:
    """Return a numbered Markdown list that starts with ``first``."""
    return "\n".join(f"{number}. {paragraph(item)}" for number, item in enumerate(items, first))


def quotation(text: str) -> str:
    """Return a Markdown block quotation of one paragraph."""
    return f"> {paragraph(text)}"


def plain(markdown: str) -> str:
    """Return the words that a reader sees when the Markdown is rendered, a line for each line or block."""
    pieces: list[str] = []
    for token in _parser().parse(markdown):
        if token.type == "inline":
            pieces += [_seen(token), "\n"]
        elif token.type in ("fence", "code_block", "html_block"):
            pieces += [token.content, "\n"]
    return "".join(pieces)


def _reads_as(markdown: str, text: str, opening: str) -> bool:
    """Tell whether Markdown is one block of the kind with no marks in it, and these very words."""
    if len(markdown) > _LONGEST_ASKED or markdown.count("[") > _MOST_BRACKETS:
        return False
    tokens = _parser().parse(markdown)
    if len(tokens) != 3 or tokens[0].type != opening:
        return False
    inner = tokens[1].children or []
    unmarked = all(t.type in ("text", "softbreak", "hardbreak", "text_special") for t in inner)
    return unmarked and _seen(tokens[1]) == text


def _seen(inline: Token) -> str:
    return "".join(
        "\n" if child.type in ("softbreak", "hardbreak") else child.content for child in inline.children or []
    )


def escaped(text: str) -> str:
    """Escape whatever could be a mark in text at the start of a line."""
    return _AT_START.sub(_escape_start, escaped_inside(text), count=1)


def escaped_inside(text: str) -> str:
    """Escape whatever could be a mark in text that stands after other text on its line.

    Web addresses cannot hold a backslash: they get angle brackets.
    """
    pieces: list[str] = []
    end = 0
    for found in _URL.finditer(text):
        pieces.append(_SPECIAL.sub(r"\\\1", text[end : found.start()]))
        pieces.append(_address(found[0]))
        end = found.end()
    pieces.append(_SPECIAL.sub(r"\\\1", text[end:]))
    return "".join(pieces)


def _address(url: str) -> str:
    if not _SPECIAL.search(url):
        return url
    if url.startswith("www.") or "\\" in url:
        return _SPECIAL.sub(r"\\\1", url)
    bare = url.rstrip(".,;:!?)]*_~")
    rest = _SPECIAL.sub(r"\\\1", url[len(bare) :])
    return f"<{bare}>{rest}"


def _escape_start(found: re.Match[str]) -> str:
    if found[2]:
        return f"{found[1]}\\{found[2]}"
    return f"{found[1]}{found[3]}\\{found[4]}"


@cache
def _parser() -> MarkdownIt:
    # HTML is on here, so that a tag in a text is seen for what others would take it for.
    return MarkdownIt("commonmark", {"html": True, "maxNesting": 50}).enable(["table", "strikethrough"])
