"""Files as spreadsheets write them become tables, and other files become a sentence."""

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.core.tables import LARGEST_FILE, clean, read_table
from subscribers.errors import ImportRefused

TEXT = "Medlemsnr;Namn;Kommun\r\n1;Åsa Öberg;Växjö\r\n2;Émile Ärlig;Malmö\r\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
    ],
)
def test_swedish_letters_survive_every_encoding_that_excel_writes(content: bytes, encoding: str) -> None:
    table = read_table("register.csv", content)

    assert (table.encoding, table.delimiter) == (encoding, ";")
    assert table.headers == ("Medlemsnr", "Namn", "Kommun")
    assert [row.cells for row in table.rows] == [("1", "Åsa Öberg", "Växjö"), ("2", "Émile Ärlig", "Malmö")]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_delimiters_and_line_ends_are_found(delimiter: str, ending: str) -> None:
    text = TEXT.replace(";", delimiter).replace("\r\n", ending)

    table = read_table("register.csv", text.encode())

    assert table.delimiter == delimiter
    assert len(table.rows) == 2


def test_a_comma_file_whose_cells_hold_semicolons_is_a_comma_file() -> None:
    table = read_table("r.csv", b"Namn,E-post\nAnna,a@x.example; b@y.example; c@z.example\n")

    assert table.rows[0].cells == ("Anna", "a@x.example; b@y.example; c@z.example")


def test_rows_have_the_numbers_that_the_spreadsheet_shows() -> None:
    text = 'Medlemsregister 2030;;\n;;\nNamn;Arbetsplats;Kommun\n"Åsa";"Två\nrader";Lund\n;;\n\nBo;;\n'

    table = read_table("r.csv", text.encode())

    assert table.headers == ("Namn", "Arbetsplats", "Kommun")
    assert [(row.number, row.cells) for row in table.rows] == [
        (4, ("Åsa", "Två rader", "Lund")),
        (7, ("Bo", "", "")),
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Åsa\u00a0\u200bÖberg \t", "Åsa Öberg"),
        ("A\u030asa", "Åsa"),
        ('="017"', "017"),
        ("=1+1", "=1+1"),
        ("en\rrad", "en rad"),
        ("\x07pip", "pip"),
        ("\ufeffNamn", "Namn"),
    ],
)
def test_cells_are_cleaned(cell: str, text: str) -> None:
    assert clean(cell) == text


@given(st.text())
def test_a_clean_cell_is_one_line_and_stays_as_it_is(cell: str) -> None:
    cleaned = clean(cell)

    assert len(cleaned.splitlines()) <= 1
    assert cleaned == " ".join(cleaned.split())


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "är tom"),
        (b" \r\n\r\n ", "är tom"),
        (codecs.BOM_UTF8, "är tom"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "utan PDF"),
        (b"PK\x03\x04\x14\x00", r"Excel \(XLSX\)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"Excel \(XLS\)"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"Namn;E-post\nAnna\x00;a@x.example\n", "inte att läsa som text"),
        (b"Namn;\x81\x8d\xff", "inte att läsa som text"),
        ("Namn;Kommun\n".encode("utf-16-le"), "inte att läsa som text"),
        (TEXT.encode("utf-16")[:-1], "inte att läsa som text"),
        (TEXT.encode().decode("cp1252").encode(), "förstörda"),
        (TEXT.encode() + b"3;\xff;Lund\r\n", "förstörda"),
        (b"Skostorlek;Hatt\n43;ja\n", "ser inte ut som ett medlemsregister"),
        (b"\xc3\x96 vad detta \xc3\xa4r en dikt", "ser inte ut som ett medlemsregister"),
        (b'Namn;Kommun\n"Anna;Lund\nBo;Lund\n', "citattecken"),
        (b"Namn;Kommun\nAnna;" + b"x" * 200_000, "inte att läsa som en tabell"),
        (b"x" * 200_000, "inte att läsa som en tabell"),
        (b"Namn" + b";" * 1_000_000, "inte att läsa som en tabell"),
        (b"Namn;Kommun\nAnna;Lund" + b";" * 1_000_000, "inte att läsa som en tabell"),
    ],
)
def test_what_is_no_register_is_refused_with_a_sentence(content: bytes, word: str) -> None:
    with pytest.raises(ImportRefused, match=word) as caught:
        read_table("register.csv", content)

    assert "register.csv" in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_file_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(ImportRefused, match="större än 20 MB"):
        read_table("register.csv", b"\xff" * (LARGEST_FILE + 1))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    with suppress(ImportRefused):
        read_table("register.csv", content)


@given(st.text("aåö;,\"'\t\n\r ", max_size=200))
def test_no_letter_is_lost_between_file_and_table(text: str) -> None:
    with suppress(ImportRefused):
        table = read_table("register.csv", ("Namn;Kommun\n" + text).encode())

        letters = [c for row in table.rows for cell in row.cells for c in cell if c.isalpha()]
        assert letters == [c for c in text if c.isalpha()]
