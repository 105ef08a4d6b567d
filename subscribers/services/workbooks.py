"""Workbooks (XLSX, XLS, ODS) become sheets of plain text, read in a process that can be lost.

A spreadsheet is a program's memory in an archive: it may unpack to a thousand times its size. The child has
limits on memory and time, imports nothing of ours, and only rows of text come back.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from subscribers.core import tables
from subscribers.core.tables import Reading, Sheet, Table
from subscribers.errors import ImportRefused

_CHILD = Path(__file__).with_name("workbook_child.py")

#: Seconds on the clock; the child's own limit is of processor time.
_LONGEST_WAIT = 120

_BEGINNINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read_file(name: str, content: bytes, reading: Reading) -> Table:
    """Read the table in a file of any kind that we know. ``name`` is what people call the file.

    Raises ``ImportRefused`` for what cannot be read, and never takes more memory than its limits say.
    """
    if not content.startswith(_BEGINNINGS):
        return tables.read_table(name, content, reading)
    tables.refuse_size(name, len(content))
    kind, sheets = read_sheets(name, content)
    return tables.pick_table(name, kind, sheets, reading)


def read_sheets(name: str, content: bytes) -> tuple[str, list[Sheet]]:
    """Return the kind ("xlsx", "xls", "ods") and the sheets of a workbook. Raises ``ImportRefused``."""
    answer = _ask_child(content)
    if "error" in answer:
        raise _refused(name, answer["error"])
    return answer["kind"], [
        Sheet(
            name=sheet["name"],
            rows=sheet["rows"],
            hidden=sheet["hidden"],
            hidden_rows=tuple(sheet["hidden_rows"]),
            merged=sheet["merged"],
        )
        for sheet in answer["sheets"]
    ]


def _ask_child(content: bytes) -> Any:
    try:
        done = subprocess.run(  # noqa: S603 - our own file, nothing of the stranger's in the words
            [sys.executable, "-I", str(_CHILD)],
            check=False,
            input=content,
            capture_output=True,
            timeout=_LONGEST_WAIT,
        )
    except subprocess.TimeoutExpired:
        return {"error": "large"}
    # A child that found no memory, or used up its time, is ended by a signal and says nothing.
    return json.loads(done.stdout) if done.returncode == 0 and done.stdout else {"error": "large"}


def _refused(name: str, error: str) -> ImportRefused:
    if error == "password":
        return ImportRefused(
            "{file} är skyddad med lösenord. Öppna den i kalkylprogrammet, ta bort lösenordet och spara den.",
            file=name,
        )
    if error == "wide":
        return tables.too_wide(name)
    if error == "large":
        return ImportRefused(
            "{file} är för stor att packa upp, och är nog inget register. "
            "Spara bara bladet med medlemmarna som CSV och läs in det.",
            file=name,
        )
    return ImportRefused(
        "{file} går inte att läsa som kalkylark: den är skadad eller av ett annat slag. "
        "Öppna den i kalkylprogrammet och spara den på nytt som XLSX eller CSV.",
        file=name,
    )
