"""A row is read as a person as far as it can be, and what is wrong is told with its place."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.core.importing import Problem, Register, RegisterRow, Weight, read_date, read_register
from subscribers.core.regions import Gazetteer
from subscribers.core.tables import read_table
from subscribers.services import regions

KNOWN = Gazetteer(regions.region_facts(), regions.county_facts(), regions.municipality_facts())


def read(*lines: str) -> Register:
    return read_register(read_table("r.csv", "\n".join(lines).encode()), KNOWN)


def the_row(*lines: str) -> RegisterRow:
    register = read(*lines)
    assert register.problems == ()
    [row] = register.rows
    return row


def the_problem(*lines: str) -> Problem:
    [problem] = read(*lines).problems
    assert problem.why.format(**problem.facts)
    assert problem.mend.format(**problem.facts).endswith(".")
    return problem


def test_a_full_row_is_read() -> None:
    row = the_row(
        "Medlemsnummer;Förnamn;Efternamn;E-post;E-post privat;Kommun;Arbetsplats;Språk;"
        "Medlem sedan;Medlem till",
        "017;Åsa;Öberg;Asa@lund.example;asa@hemma.example;Falu kommun;Växthuset;engelska;2020-01-31;2031",
    )

    assert (row.row, row.member_number, row.given_name, row.family_name) == (2, "017", "Åsa", "Öberg")
    assert [(a.address.written, a.kind) for a in row.addresses] == [
        ("Asa@lund.example", "other"),
        ("asa@hemma.example", "private"),
    ]
    assert (row.municipality_code, row.region, row.workplace, row.language) == (
        "2080",
        None,
        "Växthuset",
        "en",
    )
    assert (row.member_since, row.member_until) == (date(2020, 1, 31), date(2031, 1, 1))


def test_english_headers_are_read() -> None:
    row = the_row(
        "Member number,First name,Last name,Work email,Municipality,Language",
        "17,Åsa,Öberg,asa@lund.example,Lund,Swedish",
    )

    assert (row.given_name, row.family_name, row.language) == ("Åsa", "Öberg", "sv")
    assert row.addresses[0].kind == "work"


@pytest.mark.parametrize("name", ["Åsa Maria Öberg", "Öberg, Åsa Maria"])
def test_a_name_in_one_column_is_split(name: str) -> None:
    row = the_row("Namn;Kommun", f"{name};Lund")

    assert (row.given_name, row.family_name) == ("Åsa Maria", "Öberg")


def test_cells_that_mean_nothing_say_nothing() -> None:
    row = the_row("Namn;E-post;Kommun;Språk;Medlem sedan;Arbetsplats", "Åsa;-;–;saknas;#N/A;?")

    assert (row.addresses, row.municipality_code, row.language, row.member_since) == ((), None, None, None)
    assert row.workplace == ""


def test_two_addresses_in_one_cell_are_two_and_the_same_one_twice_is_one() -> None:
    row = the_row(
        "Namn;E-post;E-post;E-post privat", '"Åsa";"a@x.example, B@y.example";b@Y.example.;c@z.example'
    )

    assert [a.address.written for a in row.addresses] == ["a@x.example", "B@y.example", "c@z.example"]


def test_an_address_with_a_name_around_it_is_read() -> None:
    row = the_row("Namn;E-post", "Åsa;Åsa Öberg <asa@lund.example>")

    assert row.addresses[0].address.written == "asa@lund.example"


def test_a_bad_address_is_told_with_its_place_and_the_person_is_kept() -> None:
    register = read("Namn;E-post;Kommun", "Bo;bo@lund.example;Lund", "Åsa;asa.lund.example;Lund")

    assert [row.given_name for row in register.rows] == ["Bo", "Åsa"]
    assert register.rows[1].addresses == ()
    [problem] = register.problems
    assert (problem.row, problem.column, problem.weight) == (3, "E-post", Weight.VALUE_SKIPPED)
    assert problem.why.format(**problem.facts).startswith("asa.lund.example är ingen e-postadress")


def test_a_region_counts_where_there_is_no_municipality() -> None:
    assert the_row("Namn;Kommun;Region", "Åsa;;Region Skåne").region == "skane"
    assert the_row("Namn;Kommun;Region", "Åsa;Luleå;Region Skåne").region is None


@pytest.mark.parametrize(
    ("header", "cell", "word"),
    [
        ("Kommun", "Skåne län", "Skåne län"),
        ("Kommun", "Oslo", "Oslo"),
        ("Region", "Norrland", "Norrland"),
        ("Språk", "klingonska", "klingonska"),
        ("Medlem sedan", "01/02/2020", "01/02/2020"),
        ("Medlem till", "2020-02-30", "2020-02-30"),
        ("Arbetsplats", "x" * 201, "201"),
        ("Arbetsplats", "=1+1", "=1+1"),
        ("Arbetsplats", "@SUM(A1)", "@SUM"),
        ("Förnamn", "+cmd|' /C calc'!A0", "formel"),
        ("E-post", '=HYPERLINK(""mailto:a@x.example"")', "formel"),
    ],
)
def test_a_value_that_cannot_be_used_is_left_out_and_told(header: str, cell: str, word: str) -> None:
    problem = the_problem(f"Namn;{header}", f'Åsa;"{cell}"')

    assert (problem.row, problem.column, problem.weight) == (2, header, Weight.VALUE_SKIPPED)
    assert word in problem.why.format(**problem.facts)


@pytest.mark.parametrize(
    "lines",
    [
        ("Namn;Kommun", ";Lund"),
        ("Namn;Kommun", "Åsa;Lund;Skåne"),
        ("Medlemsnummer;Namn", f"{'1' * 41};Åsa"),
        ("Efternamn;Kommun", f"{'x' * 121};Lund"),
        ("Namn;Arbetsplats", "=A1;Lund"),
        ("Förnamn;Efternamn;Avgift", "Summa;;4711"),
        ("Namn;Avgift", "TOTALT;4711"),
    ],
)
def test_a_row_that_cannot_be_used_is_skipped_and_told(lines: tuple[str, str]) -> None:
    register = read(*lines)

    assert register.rows == ()
    assert register.rows_in_file == 1
    assert register.problems[-1].weight is Weight.ROW_SKIPPED


def test_columns_that_say_nothing_to_us_are_named() -> None:
    assert read("Namn;Skostorlek;;Hatt", "Åsa;43;;ja").ignored_columns == ("Skostorlek", "Hatt")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-01-31", date(2020, 1, 31)),
        ("20200131", date(2020, 1, 31)),
        ("2020-01-31 00:00:00", date(2020, 1, 31)),
        ("2020-01", date(2020, 1, 1)),
        ("2020", date(2020, 1, 1)),
        ("31/1 2020", None),
        ("2020-13-01", None),
        ("43861", None),
        ("0001", None),
        ("", None),
    ],
)
def test_dates_are_read_where_they_can_mean_one_day_only(text: str, day: date | None) -> None:
    assert read_date(text) == day


@given(st.lists(st.text("aå@.=+-;\"'0 \n,", max_size=12), max_size=12))
def test_every_row_of_any_text_is_a_person_or_has_a_problem(cells: list[str]) -> None:
    header = "Namn;E-post;Kommun;Medlem sedan;Språk;Medlemsnr"
    quoted = ";".join('"' + cell.replace('"', '""') + '"' for cell in cells)

    register = read(header, quoted)

    skipped = [p for p in register.problems if p.weight is Weight.ROW_SKIPPED]
    assert len(register.rows) + min(1, len(skipped)) == register.rows_in_file
    for problem in register.problems:
        assert problem.why.format(**problem.facts)
        assert problem.mend.format(**problem.facts)
