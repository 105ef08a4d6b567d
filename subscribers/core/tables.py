"""A file of comma-separated values as spreadsheets write it: bytes in, rows of clean cells out.

bytes | refuse what is no text | decode | find the delimiter and the header row | clean the cells
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from subscribers.core import fields
from subscribers.errors import ImportRefused

#: Bytes; some two hundred thousand members.
LARGEST_FILE = 20 * 1024 * 1024

MOST_COLUMNS = 200

#: The header is looked for in this many rows: above it there may be a title.
_ROWS_BEFORE_HEADER = 10

_DELIMITERS = (";", ",", "\t")

#: What the first bytes of other kinds of files are, and what to call those.
_OTHER_KINDS = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "Excel (XLSX)",
    b"\xd0\xcf\x11\xe0": "Excel (XLS)",
    b"\x1f\x8b": "GZIP",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"{\\rtf": "RTF",
}

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

#: å, ä, ö, Å, Ä, Ö, é and ü in UTF-8 that somebody has read as cp1252, and saved.
_MISREAD = re.compile("Ã[¥¤¶…„–©¼]")

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the header. ``number`` is what the spreadsheet shows, counted from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header. Cells are NFC, without control characters and outer white space.

    ``encoding`` and ``delimiter`` (one character) tell how the file was read. Rows without any text are
    left out.
    """

    name: str
    encoding: str
    delimiter: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(name: str, content: bytes) -> Table:
    """Read a file's bytes as a table. ``name`` is what people call the file.

    Understood are UTF-8 and UTF-16 with a byte order mark, UTF-8 without, and cp1252; comma, semicolon and
    tab; the line ends of all systems. Raises ``ImportRefused`` for anything else, for a table without a
    header that tells whom it is about, and for more than ``LARGEST_FILE`` bytes.
    """
    _refuse_other_kinds(name, content)
    text, encoding = _decode(name, content)
    delimiter, at = _find_header(name, text)
    records = _records(name, text, delimiter)
    headers = tuple(map(clean, records[at]))
    _check_header(name, headers)
    rows = tuple(
        Row(number, cells)
        for number, record in enumerate(records[at + 1 :], start=at + 2)
        if any(cells := tuple(map(clean, record)))
    )
    return Table(name, encoding, delimiter, headers, rows)


def clean(cell: str) -> str:
    """Return a cell's text in NFC, on one line, without invisible characters and outer white space.

    A spreadsheet's way of keeping leading zeros (``="017"``) is undone.
    """
    kept = re.fullmatch(r'\s*="([^"]*)"\s*', cell)
    text = (kept.group(1) if kept else cell).translate(_INVISIBLE)
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return unicodedata.normalize("NFC", " ".join(plain.split()))


def _refuse_other_kinds(name: str, content: bytes) -> None:
    if len(content) > LARGEST_FILE:
        raise ImportRefused(
            "{file} är större än {most} MB. Spara bara medlemmarna som CSV, utan bilder och andra blad.",
            file=name,
            most=LARGEST_FILE // 1024**2,
        )
    if not content.strip():
        raise _empty(name)
    for beginning, kind in _OTHER_KINDS.items():
        if content.startswith(beginning):
            raise ImportRefused(
                "{file} är ingen text utan {kind}. Öppna registret i kalkylprogrammet och spara det som CSV.",
                file=name,
                kind=kind,
            )


def _decode(name: str, content: bytes) -> tuple[str, str]:
    marked = next((e for mark, e in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        _refuse_broken_text(name, text)
        return text, encoding
    raise _not_text(name)


def _refuse_broken_text(name: str, text: str) -> None:
    if not text.strip():
        raise _empty(name)
    if "\0" in text:
        raise _not_text(name)
    if broken := _MISREAD.search(text):
        raise ImportRefused(
            "I {file} är å, ä och ö förstörda ({example}): den har någon gång öppnats med fel teckenkodning. "
            "Spara registret på nytt som CSV (UTF-8).",
            file=name,
            example=text[max(0, broken.start() - 10) : broken.end() + 10].strip(),
        )


def _empty(name: str) -> ImportRefused:
    return ImportRefused("{file} är tom. Välj filen med medlemsregistret.", file=name)


def _not_text(name: str) -> ImportRefused:
    return ImportRefused(
        "{file} går inte att läsa som text. Spara registret på nytt som CSV (UTF-8).", file=name
    )


def _find_header(name: str, text: str) -> tuple[str, int]:
    """Return the delimiter and the place of the row that names the most fields by it."""
    beginnings = {d: _records(name, text, d, _ROWS_BEFORE_HEADER) for d in _DELIMITERS}
    places = [(d, at) for d, records in beginnings.items() for at in range(len(records))]
    return max(places, key=lambda place: _telling(beginnings[place[0]][place[1]]), default=(";", 0))


def _records(name: str, text: str, delimiter: str, limit: int | None = None) -> Sequence[Sequence[str]]:
    """Split the text; ``limit`` stops after so many records, and lets the delimiter be wrong."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=limit is None)
    records: list[list[str]] = []
    try:
        for record in _limited(reader, limit):
            if limit is None and len(record) > MOST_COLUMNS:
                raise csv.Error(f"{len(record)} columns")
            records.append(record)
    except csv.Error as error:
        if limit is not None:
            return records
        raise ImportRefused(
            "{file} går inte att läsa som en tabell: något är fel vid rad {line}, troligen ett citattecken "
            "på fel plats. Öppna registret i kalkylprogrammet och spara det på nytt som CSV.",
            file=name,
            line=reader.line_num,
        ) from error
    return records


def _limited(reader: Iterator[list[str]], limit: int | None) -> Iterator[list[str]]:
    for at, record in enumerate(reader):
        if limit is not None and at >= limit:
            return
        yield record


def _telling(record: Sequence[str]) -> int:
    """Count the different fields that a row names, were it the header."""
    return len({field for cell in record[:MOST_COLUMNS] if (field := fields.recognise(clean(cell)))})


def _check_header(name: str, headers: Sequence[str]) -> None:
    if fields.TELLING_FIELDS.isdisjoint(map(fields.recognise, headers)):
        raise ImportRefused(
            "{file} ser inte ut som ett medlemsregister: ingen rad har rubriker som {headers}. "
            "Skriv rubriker över kolumnerna och försök igen.",
            file=name,
            headers=", ".join(fields.known_headers()),
        )
