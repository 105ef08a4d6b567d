"""A notice on paper, with the address in the envelope's window."""

from datetime import UTC, datetime

from newsletter.core.notices import Member, Standing
from newsletter.rendering import letters
from newsletter.rendering.values import PaperLetter
from tests.newsletter.rendering.test_proofs import text_of

AT = datetime(2027, 2, 1, 23, 30, tzinfo=UTC)
TEXT = """Föreningen Eken
========================================

Hej Åsa!

== På gång =============================
Vi ses den 14 mars.

Ändra vad du får:
https://brev.eken.example/p/abc

Vi mäter inte vem som öppnar breven.
"""


def letter(name: str = "Åsa Öberg") -> PaperLetter:
    member = Member(
        1, name, "M1", Standing.NO_ADDRESS, street="Ängsvägen 3", postal_code="905 80", city="Umeå"
    )
    return PaperLetter(member, TEXT)


def write(*all_of_them: PaperLetter) -> bytes:
    return letters.write(all_of_them, association="Föreningen Eken", dated=AT, zone="Europe/Stockholm")


def test_a_letter_says_what_the_mail_says_without_its_links() -> None:
    text = text_of(write(letter()))

    for words in ("Åsa Öberg", "Ängsvägen 3", "905 80 Umeå", "Hej Åsa!", "På gång", "Vi ses den 14 mars."):
        assert words in " ".join(text.split())
    assert "2027-02-02" in text  # the day it is in Stockholm
    for words in ("/p/", "Ändra vad du får", "==="):
        assert words not in text


def test_each_letter_begins_on_a_page_of_its_own_whatever_the_name() -> None:
    text = text_of(write(letter(), letter("王小明"), letter("Lång " * 60)))

    assert text.count("\f") == 3
    assert "[U+738B]" in text


def test_nobody_to_write_to_is_an_empty_page_and_no_accident() -> None:
    assert write().startswith(b"%PDF")
    assert write(letter()) == write(letter())
