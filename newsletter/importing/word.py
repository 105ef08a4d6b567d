"""A Word file (ECMA-376, .docx) becomes Markdown: headings, paragraphs and lists, with its pictures beside.

What was deleted under review, comments, notes and text boxes do not come along; tables come as paragraphs.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from newsletter.errors import TextRefused
from newsletter.importing import markup

#: Octets of the text and of one picture, unpacked: a bomb of a few kilobytes can hold thousands of millions.
_MOST_TEXT, _MOST_PICTURE = 20_000_000, 25_000_000
_MOST_PICTURES = 10
_WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TITLE = re.compile(r"(?:title|rubrik|titel)", re.IGNORECASE)
_HEADING = re.compile(r"(?:heading|rubrik)\s?\d", re.IGNORECASE)
_PICTURE = re.compile(r"word/media/[^/]+\.(?:jpe?g|png|gif|tiff?|bmp|webp|hei[cf])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A Word file's text. ``title`` is what is styled as one, or its first heading; "" without either."""

    title: str
    markdown: str
    pictures: tuple[bytes, ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    style: str
    is_item: bool


def is_word(content: bytes) -> bool:
    """Tell whether these octets are a Word file, by what lies in it."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def read(content: bytes, *, name: str) -> Word:
    """Read a Word file. ``name`` is what people call it. Raises ``TextRefused`` for what cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            document = _unpacked(archive, "word/document.xml", _MOST_TEXT)
            pictures = tuple(_pictures(archive))
        # No entity is resolved, and nothing fetched: a stranger may have written the file.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root = etree.fromstring(document, parser)
    except (
        zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError,
        KeyError, OSError, ValueError, RuntimeError, NotImplementedError,
    ) as error:  # fmt: skip
        raise TextRefused(
            "Filen {file} går inte att läsa som Word. Spara den på nytt som .docx, och skicka den igen.",
            file=name,
        ) from error
    return _word([each for each in map(_paragraph, root.iter(f"{_WORDS}p")) if each.text], pictures)


def _word(paragraphs: list[_Paragraph], pictures: tuple[bytes, ...]) -> Word:
    title = ""
    if paragraphs and (_TITLE.fullmatch(paragraphs[0].style) or _HEADING.fullmatch(paragraphs[0].style)):
        title = paragraphs.pop(0).text
    return Word(title, "\n\n".join(_set(paragraphs)), pictures)


def _set(paragraphs: list[_Paragraph]) -> Iterator[str]:
    items: list[str] = []
    for each in paragraphs:
        if each.is_item:
            items.append(each.text)
            continue
        if items:
            yield markup.bullets(items)
            items = []
        yield markup.heading(each.text) if _is_heading(each) else markup.paragraph(each.text)
    if items:
        yield markup.bullets(items)


def _is_heading(paragraph: _Paragraph) -> bool:
    return bool(_HEADING.fullmatch(paragraph.style) or _TITLE.fullmatch(paragraph.style))


def _paragraph(element: etree._Element) -> _Paragraph:
    style = element.find(f"{_WORDS}pPr/{_WORDS}pStyle")
    pieces = [_piece(each) for each in element.iter(f"{_WORDS}t", f"{_WORDS}tab", f"{_WORDS}br")]
    named = style.get(f"{_WORDS}val", "") if style is not None else ""
    is_item = element.find(f"{_WORDS}pPr/{_WORDS}numPr") is not None
    return _Paragraph(" ".join("".join(pieces).split()), named, is_item)


def _piece(element: etree._Element) -> str:
    return (element.text or "") if element.tag == f"{_WORDS}t" else " "


def _pictures(archive: zipfile.ZipFile) -> Iterator[bytes]:
    found = sorted((n for n in archive.namelist() if _PICTURE.fullmatch(n)), key=lambda n: (len(n), n))
    for name in found[:_MOST_PICTURES]:
        yield _unpacked(archive, name, _MOST_PICTURE)


def _unpacked(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as packed:
        content = packed.read(most + 1)
    if len(content) > most:
        raise ValueError(f"{name} is larger than {most} octets")
    return content
