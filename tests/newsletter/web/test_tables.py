"""A table that somebody takes home opens as text, whatever people are called."""

import pytest

from newsletter.web.tables import csv_file, defused


@pytest.mark.parametrize("name", ["=1+1", "+46", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\x0b@x"])
def test_no_name_is_taken_for_a_formula(name: str) -> None:
    [[cell, number]] = defused([[name, -3]])

    assert str(cell).startswith("'")
    assert number == -3


def test_a_spreadsheet_reads_swedish_letters_and_semicolons() -> None:
    answer = csv_file("namn.csv", [["Namn", "Ort"], ["Åsa; Öst", "Lund"]])

    assert bytes(answer.body) == '\ufeffNamn;Ort\r\n"Åsa; Öst";Lund\r\n'.encode()
    assert answer.headers["content-disposition"] == 'attachment; filename="namn.csv"'
    assert answer.headers["cache-control"] == "no-store"
