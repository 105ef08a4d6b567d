"""Reads a stranger's workbook where it can do no harm: a process of its own, with little memory and time.

Run as a file, with nothing of the project imported: bytes of the workbook in on standard input, one JSON
object out: ``{"kind": "xlsx", "sheets": [...]}``, or ``{"error": ...}`` with "password", "broken", "large"
or "wide". Cells come as text. Whatever ends the process otherwise, too much memory for one, is for the
parent to notice.
"""

import io
import json
import re
import resource
import sys
import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

import python_calamine

MOST_MEMORY = 1024**3  # bytes of address space
MOST_SECONDS = 60  # of processor time
MOST_UNPACKED = 400 * 1024**2  # bytes that the archive says it holds
MOST_TEXT = 60_000_000  # characters in all cells together
MOST_ROWS = 300_000
MOST_COLUMNS = 200

_HIDDEN_ROW = re.compile(rb'<row\b[^>]*?\br="(\d+)"[^>]*?\bhidden="(?:1|true)"')
_SHEET = re.compile(r'<(?:\w+:)?sheet\b[^>]*?\bname="([^"]*)"[^>]*?\b\w+:id="([^"]*)"')
_PART = re.compile(r"<Relationship\b[^>]*>")


#: The stream that an encrypted workbook lies in (MS-OFFCRYPTO 2.3.4.4); names are UTF-16.
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
#: A FilePass record right after the first one of an old workbook (MS-XLS 2.4.117).
_FILE_PASS = re.compile(rb"\x09\x08\x10\x00.{16}\x2f\x00", re.DOTALL)


class Refused(Exception):
    """The workbook cannot be read; the argument is the word for it."""


def main() -> None:
    """Read standard input, write standard output."""
    _limit()
    try:
        answer = _read(sys.stdin.buffer.read())
    except Refused as refused:
        answer = {"error": str(refused)}
    except MemoryError:
        answer = {"error": "large"}
    except Exception:  # whatever a broken file makes a parser do, the file is broken
        answer = {"error": "broken"}
    json.dump(answer, sys.stdout)


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # a lower limit may be in force already
            resource.setrlimit(what, (most, most))


def _read(content: bytes) -> dict[str, Any]:
    kind = _kind(content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except python_calamine.CalamineError:
        # The reader does not know a locked workbook again when it has no file name to go by.
        raise Refused("password" if _is_locked(content) else "broken") from None
    hidden = _hidden_rows(content) if kind == "xlsx" else {}
    sheets = [
        _sheet(book, about, hidden.get(about.name, []))
        for about in book.sheets_metadata
        if about.typ is python_calamine.SheetTypeEnum.WorkSheet
    ]
    if sum(len(cell) for sheet in sheets for row in sheet["rows"] for cell in row) > MOST_TEXT:
        raise Refused("large")
    return {"kind": kind, "sheets": sheets}


def _is_locked(content: bytes) -> bool:
    """Tell whether a workbook is encrypted: as Excel does it and did before 2007, or as ODF 1.2 says."""
    if not content.startswith(b"PK"):
        return _ENCRYPTED_PACKAGE in content or _FILE_PASS.search(content) is not None
    with suppress(KeyError, zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"encryption-data" in archive.read("META-INF/manifest.xml")
    return False


def _kind(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return "xls"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
            raise Refused("large")
        return "xlsx" if any(name.startswith("xl/") for name in archive.namelist()) else "ods"


def _sheet(book: Any, about: Any, hidden_rows: list[int]) -> dict[str, Any]:
    sheet = book.get_sheet_by_name(about.name)
    if sheet.total_height > MOST_ROWS * 4:
        raise Refused("large")
    return {
        "name": about.name,
        "hidden": about.visible is not python_calamine.SheetVisibleEnum.Visible,
        "hidden_rows": hidden_rows,
        "merged": len(sheet.merged_cell_ranges or ()),
        "rows": _rows(sheet),
    }


def _rows(sheet: Any) -> list[list[str]]:
    """Return all rows from the first, so that their numbers are right; empty ones at the end are cut off."""
    rows: list[list[str]] = []
    filled = 0
    before = [""] * (sheet.start[1] if sheet.start else 0)  # empty rows above are given, columns are not
    for cells in sheet.iter_rows():
        texts = before + [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > MOST_COLUMNS:
            raise Refused("wide")
        rows.append(texts)
        filled = len(rows) if texts else filled
        if filled > MOST_ROWS:
            raise Refused("large")
    return rows[:filled]


def _text(cell: Any) -> str:
    """Return a cell as a person would write it: whole numbers without a point, dates in ISO 8601."""
    if isinstance(cell, bool):
        return "ja" if cell else "nej"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, datetime | date | time) else str(cell)


def _hidden_rows(content: bytes) -> dict[str, list[int]]:
    """Return the numbers of hidden rows by sheet; for people to know, so what is unclear is none."""
    with (
        suppress(KeyError, zipfile.BadZipFile, UnicodeDecodeError),
        zipfile.ZipFile(io.BytesIO(content)) as book,
    ):
        parts = dict(map(_part, _PART.findall(book.read("xl/_rels/workbook.xml.rels").decode())))
        return {
            name: [int(number) for number in _HIDDEN_ROW.findall(book.read(f"xl/{parts[part]}"))]
            for name, part in _SHEET.findall(book.read("xl/workbook.xml").decode())
            if part in parts and f"xl/{parts[part]}" in book.namelist()
        }
    return {}


def _part(relationship: str) -> tuple[str, str]:
    facts = dict(re.findall(r'(\w+)="([^"]*)"', relationship))
    return facts.get("Id", ""), facts.get("Target", "").removeprefix("/xl/")


if __name__ == "__main__":
    main()
