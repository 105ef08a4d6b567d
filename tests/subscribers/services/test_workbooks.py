"""Workbooks as treasurers keep them become tables; hostile ones become a sentence, in bounded memory."""

import io
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from subscribers.core.tables import Reading
from subscribers.errors import ImportRefused
from subscribers.services.workbooks import read_file, read_sheets

READING = Reading()


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def treasurers() -> openpyxl.Workbook:
    """A register with a title, merged cells, a hidden row, numbers, dates, a sum, and a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Register 2030"
    sheet["B2"] = "Medlemmar i föreningen"
    sheet.merge_cells("B2:E2")
    for row in (
        [],
        [None, "Medlemsnr", "Namn", "E-post", "Medlem sedan", "Aktiv"],
        [None, 17, "Öberg, Åsa", "asa@lund.example", date(2019, 5, 1), True],
        [None, 18.0, "Bo Ek", "bo@lund.example", 2020, False],
        [None, None, "Summa", None, 2, None],
    ):
        sheet.append(row)
    sheet.row_dimensions[6].hidden = True
    notes = book.create_sheet("Anteckningar")
    notes["A1"] = "Ring Bo"
    book.create_sheet("Gammalt").sheet_state = "hidden"
    return book


def test_a_treasurers_workbook_is_read_with_its_habits(treasurers: openpyxl.Workbook) -> None:
    table = read_file("register.xlsx", saved(treasurers), READING)

    assert (table.encoding, table.sheet) == ("xlsx", "Register 2030")
    assert table.headers == ("", "Medlemsnr", "Namn", "E-post", "Medlem sedan", "Aktiv")
    assert [(row.number, row.cells) for row in table.rows] == [
        (5, ("", "17", "Öberg, Åsa", "asa@lund.example", "2019-05-01", "ja")),
        (6, ("", "18", "Bo Ek", "bo@lund.example", "2020", "nej")),
        (7, ("", "", "Summa", "", "2")),
    ]
    assert [notice.what.format(**notice.facts) for notice in table.notices] == [
        "Rubrikerna står på rad 4. Det som står ovanför läses inte.",
        "Bladet Register 2030 läses. Filen har också Anteckningar, som inte läses.",
        "Dolda rader läses också: 1 stycken, den första är rad 6.",
        "Bladet har 1 sammanslagna celler. Bara den första cellen i varje har något värde.",
    ]


def test_hidden_sheets_are_known_as_hidden(treasurers: openpyxl.Workbook) -> None:
    kind, sheets = read_sheets("register.xlsx", saved(treasurers))

    assert kind == "xlsx"
    assert [(sheet.name, sheet.hidden) for sheet in sheets] == [
        ("Register 2030", False),
        ("Anteckningar", False),
        ("Gammalt", True),
    ]


def test_a_text_is_read_as_text() -> None:
    assert read_file("r.csv", "Namn\nÅsa\n".encode(), READING).encoding == "utf-8"


def zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def bomb(treasurers: openpyxl.Workbook, *, size: int, lie: bool) -> bytes:
    """Return the workbook with as many bytes of text in it, which the archive may be silent about."""
    with zipfile.ZipFile(io.BytesIO(saved(treasurers))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    items = b"<si><t>" + b"a" * 1_000_000 + b"</t></si>"
    parts["xl/sharedStrings.xml"] = (
        b'<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        + items * (size // 1_000_000)
        + b"</sst>"
    )
    content = zipped(parts)
    true = len(parts["xl/sharedStrings.xml"]).to_bytes(4, "little")
    return content.replace(true, (1_000).to_bytes(4, "little")) if lie else content


def with_far_cell(treasurers: openpyxl.Workbook) -> bytes:
    treasurers.worksheets[0]["XFD1048576"] = "x"
    return saved(treasurers)


def with_many_columns(treasurers: openpyxl.Workbook) -> bytes:
    for column in range(1, 400):
        treasurers.worksheets[0].cell(5, column, "x")
    return saved(treasurers)


@pytest.mark.parametrize(
    ("hostile", "words"),
    [
        (lambda book: bomb(book, size=600_000_000, lie=False), "för stor att packa upp"),
        (lambda book: bomb(book, size=600_000_000, lie=True), "kalkylark|för stor att packa upp"),
        (with_far_cell, "för stor att packa upp"),
        (with_many_columns, "fler än 200 kolumner"),
        (lambda book: saved(book)[:3_000], "går inte att läsa som kalkylark"),
        (lambda _: zipped({"word/document.xml": b"<a/>"}), "går inte att läsa som kalkylark"),
        (lambda _: b"PK\x03\x04" + bytes(1_000), "går inte att läsa som kalkylark"),
        (lambda _: b"\xd0\xcf\x11\xe0" + bytes(1_000), "går inte att läsa som kalkylark"),
        (lambda _: b"PK\x03\x04" + bytes(21 * 1024**2), "större än 20 MB"),
    ],
    ids=["bomb", "lying bomb", "far cell", "wide", "cut off", "document", "no zip", "no ole", "large"],
)
def test_a_hostile_workbook_is_a_sentence(treasurers: openpyxl.Workbook, hostile, words: str) -> None:
    with pytest.raises(ImportRefused, match=words) as refused:
        read_file("register.xlsx", hostile(treasurers), READING)

    assert str(refused.value).startswith("register.xlsx ")


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: list[str], *, timeout: float, **_: object) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(ImportRefused, match="för stor"):
        read_sheets("r.xlsx", b"PK\x03\x04")


@pytest.mark.parametrize("name", ["skyddad.xlsx", "skyddad.ods", "skyddad.xls"])
def test_a_workbook_with_a_password_says_so_and_what_to_do(name: str) -> None:
    """Real ones: made by LibreOffice, the XLSX encrypted as Excel does it (MS-OFFCRYPTO, agile)."""
    content = (Path(__file__).parents[2] / "data" / "registers" / name).read_bytes()

    with pytest.raises(ImportRefused) as refused:
        read_file(name, content, READING)

    assert "skyddad med lösenord" in refused.value.sentence
    assert refused.value.facts["file"] == name


@pytest.mark.parametrize("name", ["skyddad.xlsx", "skyddad.ods", "skyddad.xls"])
def test_a_locked_workbook_that_is_cut_off_is_refused_all_the_same(name: str) -> None:
    content = (Path(__file__).parents[2] / "data" / "registers" / name).read_bytes()

    for length in (9, 600, len(content) // 2):
        with pytest.raises(ImportRefused):
            read_file(name, content[:length], READING)
