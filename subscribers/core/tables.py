"""A table as spreadsheets write it: rows of raw cells in, a header and rows of clean cells out.

bytes | refuse what is no text | decode | split into records | find the header row | clean the cells

A workbook (XLSX, XLS, ODS) comes as sheets of cells already (see ``services.workbooks``), and takes the
last two steps. What was found can be overruled (``Reading``), and is told (``Table``, ``Notice``).
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Generic, TypeVar

from subscribers.core import encodings, fields
from subscribers.core.fields import Field
from subscribers.errors import ImportRefused, mark

T = TypeVar("T")

#: Bytes; some two hundred thousand members.
LARGEST_FILE = 20 * 1024 * 1024

MOST_COLUMNS = 200

#: The header is looked for in this many rows: above it there may be a title.
_ROWS_BEFORE_HEADER = 10

_DELIMITERS = (";", ",", "\t")

#: What the first bytes of other kinds of files are, and what to call those.
_OTHER_KINDS = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "ZIP",
    b"\xd0\xcf\x11\xe0": "Microsoft Office",
    b"\x1f\x8b": "GZIP",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"{\\rtf": "RTF",
}

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))

#: Control characters and line ends of all kinds.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

#: What a program could take for a formula, with the apostrophe that we and spreadsheets put before it.
_DEFUSED = re.compile(r"^'(?='*[=+\-@])")


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the header. ``number`` is what the spreadsheet shows, counted from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the whole file that its reader should know: a Swedish sentence and its facts."""

    what: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header. Cells are NFC, without control characters and outer white space.

    ``encoding`` and ``delimiter`` (one character) tell how a text was read; for a workbook they are its kind
    ("xlsx") and nothing, ``sheet`` names the sheet and ``sheets`` all that have anything in them. ``columns``
    says which field each header stands for. Rows without any text are left out.
    """

    name: str
    encoding: str
    delimiter: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    columns: tuple[Field | None, ...]
    sheet: str = ""
    notices: tuple[Notice, ...] = ()
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How somebody says that a file is to be read; None and nothing leave it to us.

    ``columns`` says by header what a column holds; None there means that it is to be passed over. With
    ``any_header`` a table is read that tells of nobody yet, so that somebody can say what its columns hold.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    columns: Mapping[str, Field | None] = field(default_factory=dict)
    any_header: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: all its cells as text, the first row first, also empty ones."""

    name: str
    rows: Sequence[Sequence[str]]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    merged: int = 0


_AS_FOUND = Reading()


def read_table(name: str, content: bytes, reading: Reading = _AS_FOUND) -> Table:
    """Read a text file's bytes as a table. ``name`` is what people call the file.

    Understood are UTF-8 and UTF-16 with a byte order mark, UTF-8 without, cp1252 and Mac Roman; comma,
    semicolon and tab; the line ends of all systems. Raises ``ImportRefused`` for anything else, for a table
    without a header that tells whom it is about, and for more than ``LARGEST_FILE`` bytes.
    """
    refuse_size(name, len(content))
    _refuse_other_kinds(name, content)
    text, encoding = encodings.decode(name, content, reading.encoding)
    _refuse_width(name, text)
    delimiter, at = _find_header(name, text, reading)
    return _table(name, encoding, delimiter, _records(name, text, delimiter), at, reading)


def pick_table(name: str, kind: str, sheets: Sequence[Sheet], reading: Reading = _AS_FOUND) -> Table:
    """Find the table in a workbook: the sheet asked for, else the one whose header tells most.

    ``kind`` is "xlsx", "xls" or "ods". Hidden sheets count only when they are asked for. Raises
    ``ImportRefused`` when there is no such sheet, or no sheet tells whom it is about.
    """
    sheet, at = max(
        ((s, at) for s in _eligible(name, sheets, reading) for at in range(_beginning(s))),
        key=lambda place: _telling(place[0].rows[place[1]], reading),
        default=(None, 0),
    )
    if sheet is None:
        raise encodings.empty(name)
    others = tuple(each.name for each in sheets if each is not sheet and any(map(any, each.rows)))
    return replace(
        _table(name, kind, "", sheet.rows, at, reading, is_sheet=True),
        sheet=sheet.name,
        notices=_sheet_notices(sheet, others, at),
        sheets=tuple(each.name for each in sheets if any(map(any, each.rows))),
    )


def clean(cell: str) -> str:
    """Return a cell's text, tidied (``tidy``), as it was meant.

    A spreadsheet's way of keeping leading zeros (``="017"``) is undone, and so is the apostrophe that
    keeps a text from being a formula (``'=1+1``).
    """
    text = tidy(cell)
    if text[:1] not in ("=", "'"):
        return text
    kept = re.fullmatch(r'="([^"]*)"', text)
    return tidy(kept.group(1)) if kept else _DEFUSED.sub("", text, count=1)


def tidy(text: str) -> str:
    """Return a text in NFC, on one line, without invisible characters and outer white space."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    plain = _CONTROLS.sub(" ", text.translate(_INVISIBLE))
    return unicodedata.normalize("NFC", " ".join(plain.split()))


def defuse(cell: str) -> str:
    """Return a tidy text so that no spreadsheet takes it for a formula; ``clean`` undoes it."""
    return f"'{cell}" if re.match(r"'*[=+\-@]", cell) else cell


def refuse_size(name: str, size: int) -> None:
    """Raise ``ImportRefused`` for a file of too many bytes."""
    if size > LARGEST_FILE:
        raise ImportRefused(
            "{file} är större än {most} MB. Spara bara medlemmarna som CSV, utan bilder och andra blad.",
            file=name,
            most=LARGEST_FILE // 1024**2,
        )


def too_wide(name: str) -> ImportRefused:
    """Return the refusal of a table with more columns than any register has."""
    return ImportRefused(
        "{file} har fler än {most} kolumner, och är nog inget register. "
        "Ta bort de tomma kolumnerna till höger om de sista rubrikerna.",
        file=name,
        most=MOST_COLUMNS,
    )


def _table(
    name: str,
    encoding: str,
    delimiter: str,
    records: Iterable[Sequence[str]],
    at: int,
    reading: Reading,
    *,
    is_sheet: bool = False,
) -> Table:
    below = islice(records, at, None)
    headers = tuple(map(clean, next(below, ())))
    columns = _columns(name, headers, reading)
    notices = () if is_sheet else _title_notices(at)
    share = Sharing[str]()
    rows = tuple(
        Row(number, cells)
        for number, record in enumerate(below, start=at + 2)
        if any(cells := tuple(map(share, map(clean, record))))
    )
    return Table(name, encoding, delimiter, headers, rows, columns, notices=notices)


def _refuse_other_kinds(name: str, content: bytes) -> None:
    if not content.strip():
        raise encodings.empty(name)
    for beginning, kind in _OTHER_KINDS.items():
        if content.startswith(beginning):
            raise ImportRefused(
                "{file} är ingen text utan {kind}. Öppna registret i kalkylprogrammet och spara det som CSV.",
                file=name,
                kind=kind,
            )


def _refuse_width(name: str, text: str) -> None:
    """Look at the width before anything is split: a million columns would be a million objects a row."""
    most = MOST_COLUMNS * 10  # there may be delimiters in the texts
    for line in io.StringIO(text, newline=None):
        if len(line) > most and any(line.count(delimiter) > most for delimiter in _DELIMITERS):
            raise too_wide(name)


def _find_header(name: str, text: str, reading: Reading) -> tuple[str, int]:
    """Return the delimiter and the place of the row that names the most fields by it."""
    allowed = (reading.delimiter,) if reading.delimiter else _DELIMITERS
    beginnings = {d: list(_records(name, text, d, _ROWS_BEFORE_HEADER)) for d in allowed}
    places = [(d, at) for d, records in beginnings.items() for at in range(len(records))]
    return max(
        places,
        key=lambda place: _telling(beginnings[place[0]][place[1]], reading),
        default=(allowed[0], 0),
    )


class Sharing(Generic[T]):
    """Gives one object for all equal values, where there are few: towns, dates, workplaces.

    A column of addresses would only fill it, so it takes in no more than so many.
    """

    _MOST = 5_000

    def __init__(self) -> None:
        self._known: dict[T, T] = {}

    def __call__(self, value: T) -> T:
        """Return an equal value, the first one met where it is known."""
        if len(self._known) < self._MOST:
            return self._known.setdefault(value, value)
        return self._known.get(value, value)

    def all(self, values: Sequence[T]) -> list[T]:
        """Return an equal value for each of a column's, quicker than one by one."""
        if len(self._known) + len(values) > self._MOST:
            return [self(value) for value in values]
        known = self._known.setdefault
        return [known(value, value) for value in values]


def _records(name: str, text: str, delimiter: str, limit: int | None = None) -> Iterator[Sequence[str]]:
    """Split the text; ``limit`` stops after so many records, and lets the delimiter be wrong."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=limit is None)
    try:
        for record in islice(reader, limit):
            if limit is None and len(record) > MOST_COLUMNS:
                raise too_wide(name)
            yield record
    except csv.Error as error:
        if limit is not None:
            return
        raise ImportRefused(
            "{file} går inte att läsa som en tabell: något är fel vid rad {line}, troligen ett citattecken "
            "på fel plats. Öppna registret i kalkylprogrammet och spara det på nytt som CSV.",
            file=name,
            line=reader.line_num,
        ) from error


def _eligible(name: str, sheets: Sequence[Sheet], reading: Reading) -> Sequence[Sheet]:
    if reading.sheet is None:
        return [sheet for sheet in sheets if not sheet.hidden]
    wanted = reading.sheet.strip().casefold()
    if found := [sheet for sheet in sheets if sheet.name.strip().casefold() == wanted]:
        return found
    raise ImportRefused(
        "{file} har inget blad som heter {sheet}. Bladen heter {sheets}.",
        file=name,
        sheet=reading.sheet,
        sheets=", ".join(sheet.name for sheet in sheets),
    )


def _beginning(sheet: Sheet) -> int:
    return min(len(sheet.rows), _ROWS_BEFORE_HEADER)


def _sheet_notices(sheet: Sheet, others: tuple[str, ...], at: int) -> tuple[Notice, ...]:
    found = list(_title_notices(at))
    if others:
        what = mark("Bladet {sheet} läses. Filen har också {others}, som inte läses.")
        found.append(Notice(what, {"sheet": sheet.name, "others": ", ".join(others)}))
    if hidden := [number for number in sheet.hidden_rows if number > at + 1]:
        what = mark("Dolda rader läses också: {count} stycken, den första är rad {first}.")
        found.append(Notice(what, {"count": len(hidden), "first": hidden[0]}))
    if sheet.merged:
        what = mark("Bladet har {count} sammanslagna celler. Bara den första cellen i varje har något värde.")
        found.append(Notice(what, {"count": sheet.merged}))
    return tuple(found)


def _title_notices(at: int) -> tuple[Notice, ...]:
    if not at:
        return ()
    return (Notice(mark("Rubrikerna står på rad {row}. Det som står ovanför läses inte."), {"row": at + 1}),)


def _telling(record: Sequence[str], reading: Reading) -> int:
    """Count the different fields that a row names, were it the header."""
    found = (_stands_for(clean(cell), reading) for cell in record[:MOST_COLUMNS])
    return len({field for field in found if field})


def _stands_for(header: str, reading: Reading) -> Field | None:
    for said, what in reading.columns.items():
        if clean(said).casefold() == header.casefold():
            return what
    return fields.recognise(header)


def _columns(name: str, headers: Sequence[str], reading: Reading) -> tuple[Field | None, ...]:
    known = {header.casefold() for header in headers}
    for said in reading.columns:
        if clean(said).casefold() not in known:
            raise ImportRefused(
                "{file} har ingen kolumn som heter {column}. Kolumnerna heter {columns}.",
                file=name,
                column=said,
                columns=", ".join(filter(None, headers)),
            )
    columns = tuple(_stands_for(header, reading) for header in headers)
    if fields.TELLING_FIELDS.isdisjoint(columns) and not reading.any_header:
        raise ImportRefused(
            "{file} ser inte ut som ett medlemsregister: ingen rad har rubriker som {headers}. "
            "Skriv rubriker över kolumnerna och försök igen.",
            file=name,
            headers=", ".join(fields.known_headers()),
        )
    return columns
