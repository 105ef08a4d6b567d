"""Labels and a list for those whom mail does not reach."""

import io
from datetime import UTC, datetime

from openpyxl import load_workbook

from newsletter.core.notices import Member, Standing
from newsletter.rendering import labels
from tests.newsletter.rendering.test_proofs import text_of

AT = datetime(2027, 2, 1, tzinfo=UTC)


def member(name: str, street: str = "Storgatan 1", postal_code: str = "222 22", city: str = "Lund") -> Member:
    return Member(1, name, "M1", Standing.NO_ADDRESS, street=street, postal_code=postal_code, city=city)


PEOPLE = (
    member("Åsa Öberg"),
    member("王小明"),
    member("Bo", postal_code="", city=""),
    member("=1+1", street="@Ängsvägen\x0b1"),
)


def cells(content: bytes) -> list[list[object]]:
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


def test_the_list_has_everybody_in_their_own_letters() -> None:
    found = cells(labels.spreadsheet(PEOPLE))

    assert [row[0] for row in found] == ["Åsa Öberg", "王小明", "Bo", "=1+1"]
    assert [row[7] for row in found] == [
        None,
        "Etiketten kan inte skrivas ut med alla tecken: skriv den för hand.",
        "Postadress saknas: ring, eller lämna brevet själv.",
        None,
    ]


def test_a_name_is_never_a_formula() -> None:
    sheet = load_workbook(io.BytesIO(labels.spreadsheet(PEOPLE))).active
    assert sheet is not None

    assert sheet["A5"].data_type == "s"
    assert sheet["A5"].value == "=1+1"
    assert sheet["A5"].quotePrefix
    assert sheet["B5"].value == "@Ängsvägen 1"


def test_whoever_has_no_postal_address_or_too_rare_letters_gets_no_label() -> None:
    assert [each.name for each in labels.printable(PEOPLE[:3])] == ["Åsa Öberg"]
    text = text_of(labels.labels(PEOPLE[:3], dated=AT))

    assert "Åsa Öberg" in text
    assert "U+" not in text


def test_twenty_four_labels_fill_a_sheet() -> None:
    def pages(count: int) -> int:
        return text_of(labels.labels([member(f"Åsa {n}") for n in range(count)], dated=AT)).count("\f")

    assert (pages(24), pages(25)) == (1, 2)
    assert pages(0) == 1


def test_a_long_name_stays_whole() -> None:
    name = "Alexandra Charlotta Margareta von Konstantinopel-Överängslycka af Uggleborg den yngre"

    text = text_of(labels.labels([member(name, street="c/o " + "Lång " * 20)], dated=AT))

    assert "".join(name.split()) in "".join(text.split())


def test_the_same_people_give_the_same_file() -> None:
    assert labels.labels(PEOPLE, dated=AT) == labels.labels(PEOPLE, dated=AT)
