"""What machines answer while their owners are away, or gone (RFC 3834)."""

from datetime import date

import pytest

from newsletter.core.inbound import automatic
from newsletter.core.inbound.mail import read

TODAY = date(2030, 6, 20)


def reply(subject: str, body: str, *fields: str) -> automatic.AutomaticReply | None:
    raw = "\n".join(("From: asa@example.net", f"Subject: {subject}", *fields, "", body)).encode()
    return automatic.read(read(raw), null_sender=False, today=TODAY)


@pytest.mark.parametrize(
    ("subject", "field"),
    [
        ("Re: Nyhetsbrev", "Auto-Submitted: auto-replied"),
        ("Re: Nyhetsbrev", "Precedence: auto_reply"),
        ("Re: Nyhetsbrev", "X-Autoreply: yes"),
        ("Autosvar: Nyhetsbrev", "X-A: b"),
        ("Automatiskt svar: Nyhetsbrev", "X-A: b"),
        ("Frånvaro: Nyhetsbrev", "X-A: b"),
        ("Out of office: Newsletter", "X-A: b"),
        ("Automaattinen vastaus: Uutiskirje", "X-A: b"),
    ],
)
def test_headers_or_subject_tell_a_machine(subject: str, field: str) -> None:
    assert reply(subject, "Jag är borta.", field) is not None


@pytest.mark.parametrize("field", ["Auto-Submitted: no", "X-Auto-Response-Suppress: All", "X-A: b"])
def test_a_person_is_no_machine(field: str) -> None:
    assert reply("Re: Nyhetsbrev", "Jag har slutat läsa. Hälsningar från semestern", field) is None


@pytest.mark.parametrize(
    ("said", "back_on"),
    [
        ("Jag är tillbaka den 12 augusti.", date(2030, 8, 12)),
        ("Åter 2030-07-01", date(2030, 7, 1)),
        ("Jag är på semester till och med 31/7.", date(2030, 7, 31)),
        ("Tillbaka 7 januari", date(2031, 1, 7)),
        ("I am out of office until August 5th, 2030.", date(2030, 8, 5)),
        ("I will be back on 3 July.", date(2030, 7, 3)),
        ("Palaan takaisin 4. elokuuta", None),
        ("Jag är tillbaka den 31 februari.", None),
        ("Jag läser inte mejl så ofta.", None),
    ],
)
def test_the_day_of_return_is_kept_where_it_is_legible(said: str, back_on: date | None) -> None:
    told = reply("Autosvar", said)

    assert told is not None
    assert told.back_on == back_on


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Åsa arbetar inte längre kvar här. Kontakta bo@example.net.", True),
        ("Jag har gått i pension.", True),
        ("Åsa no longer works at the council.", True),
        ("Jag är på semester.", False),
    ],
)
def test_somebody_who_has_left_is_told_from_somebody_who_is_away(said: str, left: bool) -> None:
    told = reply("Autosvar", said)

    assert told is not None
    assert told.has_left is left
