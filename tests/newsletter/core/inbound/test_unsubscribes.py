"""What people write when they want no more letters, and what only looks so. The table beside is our own."""

from pathlib import Path

import pytest

from newsletter.core.inbound.own_words import own_words
from newsletter.core.inbound.unsubscribes import Wish, wish

PHRASINGS = [line.split("\t") for line in (Path(__file__).parent / "phrasings.tsv").read_text().splitlines()]


def said(subject: str, body: str) -> Wish:
    return wish(subject, own_words(body.replace("\\n", "\n")))


@pytest.mark.parametrize("label", ["leave", "other"])
def test_nobody_is_taken_off_who_did_not_ask(label: str) -> None:
    wrong = [row for row in PHRASINGS if row[0] == label and said(*row[2:4]) is Wish.UNSUBSCRIBE]

    assert wrong == []


@pytest.mark.parametrize("language", ["sv", "en", "fi", "nb", "da"])
def test_nine_of_ten_who_ask_are_understood(language: str) -> None:
    asked = [row for row in PHRASINGS if row[:2] == ["unsubscribe", language]]
    understood = [row for row in asked if said(*row[2:4]) is Wish.UNSUBSCRIBE]

    assert len(asked) >= 15
    assert len(understood) >= 0.9 * len(asked), [row for row in asked if row not in understood]


def test_whoever_leaves_the_association_is_no_mere_unsubscriber() -> None:
    leaving = [row for row in PHRASINGS if row[0] == "leave"]

    assert [row for row in leaving if said(*row[2:4]) is not Wish.LEAVE] == []


def test_there_are_enough_phrasings_to_tell() -> None:
    assert len(PHRASINGS) >= 150
    assert len({tuple(row[1:]) for row in PHRASINGS}) == len(PHRASINGS)


def test_what_is_quoted_counts_for_nothing() -> None:
    answer = (
        "Tack för brevet!\n\nDen 3 mars 2030 skrev Föreningen <brev@example.org>:\n> Avregistrera mig här"
    )

    assert said("Re: Nyhetsbrev", answer) is Wish.OTHER


def test_a_text_that_goes_on_is_for_a_person() -> None:
    assert said("Re: Nyhetsbrev", "Avregistrera mig. " + "Dessutom regnar det här i dag. " * 12) is Wish.OTHER
