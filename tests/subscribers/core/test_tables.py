"""Files as spreadsheets write them become tables, and other files become a sentence."""

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.core.fields import Field
from subscribers.core.tables import (
    LARGEST_FILE,
    Reading,
    Sharing,
    Sheet,
    clean,
    defuse,
    pick_table,
    read_table,
    tidy,
)
from subscribers.errors import ImportRefused

TEXT = "Medlemsnr;Namn;Kommun\r\n1;Åsa Öberg;Växjö\r\n2;Émile Ärlig;Malmö\r\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.encode("mac-roman"), "mac-roman"),
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
        (b"PK\x03\x04\x14\x00", r"ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"Microsoft Office"),
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
        (b"Namn" + b";" * 1_000_000, "fler än 200 kolumner"),
        (b"Namn;Kommun\nAnna;Lund" + b";" * 1_000_000, "fler än 200 kolumner"),
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


@pytest.mark.parametrize("word", ["Åsa", "ÖÄÅ", "Växjö", "Émile Ärlig", "Østergård Åkesson – Norén"])
@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman"])
def test_two_old_encodings_are_told_apart_by_swedish_letters(word: str, encoding: str) -> None:
    table = read_table("r.csv", f"Namn\n{word}\n".encode(encoding, "replace"))

    assert table.encoding == encoding


def test_what_was_found_can_be_overruled() -> None:
    text = "Vem|Var|Skor\nÅsa Öberg|Lund|39\n"
    reading = Reading(
        encoding="Mac", delimiter="|", columns={"vem": Field.NAME, "Var": Field.MUNICIPALITY, "Skor": None}
    )

    table = read_table("r.csv", text.encode("mac-roman"), reading)

    assert (table.encoding, table.delimiter) == ("mac-roman", "|")
    assert table.columns == (Field.NAME, Field.MUNICIPALITY, None)
    assert table.rows[0].cells == ("Åsa Öberg", "Lund", "39")


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (Reading(encoding="ebcdic"), "teckenkodningen ebcdic. Välj utf-8"),
        (Reading(columns={"Skor": Field.NAME}), "ingen kolumn som heter Skor. Kolumnerna heter Medlemsnr"),
    ],
)
def test_an_impossible_wish_is_told_with_what_there_is(reading: Reading, words: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_table("r.csv", TEXT.encode(), reading)

    assert words in str(refused.value)


def test_titles_above_the_header_are_told() -> None:
    table = read_table("r.csv", f"Medlemsregister 2030;;\n;;\n{TEXT}".encode())

    assert [notice.what.format(**notice.facts) for notice in table.notices] == [
        "Rubrikerna står på rad 3. Det som står ovanför läses inte."
    ]


MEMBERS = (
    ("Medlemmar 2030", "", ""),
    ("Namn", "E-post", "Kommun"),
    ("Åsa Öberg", "asa@lund.example", "Lund"),
)
BOARD = (("Namn", "Uppdrag"), ("Åsa Öberg", "kassör"))


def test_of_several_sheets_the_one_that_tells_most_is_read() -> None:
    sheets = [Sheet("Styrelse", BOARD), Sheet("Register", MEMBERS, hidden_rows=(1, 3), merged=2)]

    table = pick_table("r.xlsx", "xlsx", sheets)

    assert (table.sheet, table.encoding, len(table.rows)) == ("Register", "xlsx", 1)
    said = [notice.what.format(**notice.facts) for notice in table.notices]
    assert said == [
        "Rubrikerna står på rad 2. Det som står ovanför läses inte.",
        "Bladet Register läses. Filen har också Styrelse, som inte läses.",
        "Dolda rader läses också: 1 stycken, den första är rad 3.",
        "Bladet har 2 sammanslagna celler. Bara den första cellen i varje har något värde.",
    ]


def test_a_sheet_can_be_chosen_and_a_hidden_one_must_be() -> None:
    sheets = [Sheet("Styrelse", BOARD), Sheet("Gamla", MEMBERS, hidden=True)]

    assert pick_table("r.xlsx", "xlsx", sheets).sheet == "Styrelse"
    assert pick_table("r.xlsx", "xlsx", sheets, Reading(sheet="gamla")).sheet == "Gamla"
    with pytest.raises(ImportRefused, match="Bladen heter Styrelse, Gamla"):
        pick_table("r.xlsx", "xlsx", sheets, Reading(sheet="Nya"))
    with pytest.raises(ImportRefused, match="är tom"):
        pick_table("r.xlsx", "xlsx", [Sheet("Blad1", ())])


@given(st.text().map(tidy))
def test_no_program_takes_a_defused_cell_for_a_formula_and_reading_it_gives_it_back(cell: str) -> None:
    assert not defuse(cell).startswith(("=", "+", "-", "@"))
    assert clean(defuse(cell)) == cell


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "-1", "+46 70", "'=1", "''-x", "'t Hooft"])
def test_formulas_are_defused_and_come_back(cell: str) -> None:
    assert clean(defuse(cell)) == cell


def test_equal_cells_are_one_text_so_that_a_large_register_fits_into_memory() -> None:
    content = "Medlemsnr;Kommun\n" + "".join(f"{at};Falu kommun\n" for at in range(50))

    places = {id(row.cells[1]) for row in read_table("r.csv", content.encode()).rows}

    assert len(places) == 1


def test_a_column_of_many_texts_does_not_fill_the_memory_of_shared_ones() -> None:
    share = Sharing[str]()
    for at in range(20_000):
        share(str(at))

    assert len(share._known) == 5_000


def test_a_whole_column_is_shared_like_its_values_one_by_one() -> None:
    share = Sharing[str]()
    first = share("".join(("Fa", "lun")))

    assert share.all(["".join(("Fa", "lun")), "Ystad"])[0] is first
    assert share.all([str(at) for at in range(20_000)]) == [str(at) for at in range(20_000)]
    assert len(share._known) == 5_000
