"""What a reply's writer said, cut out of what mail programs put around it."""

import pytest

from newsletter.core.inbound.own_words import own_words

SAID = "Avregistrera mig tack!"


@pytest.mark.parametrize(
    "around",
    [
        "{}\n\n> Hej!\n> Här är brevet",
        "{}\n\nDen 3 mars 2030 skrev Föreningen <brev@example.org>:\n\nHej!",
        "{}\n\nOn Mon, 3 Mar 2030 at 10:00, Club <a@example.org> wrote:\nHello",
        "{}\n\nDen fredag 3 mars 2030 kl. 10:12 skrev Riksföreningen\n<brev@example.org>:\n\nHej!",
        "{}\n\nFrån: Föreningen <brev@example.org>\nSkickat: den 3 mars\nTill: Eva\nHej!",
        "{}\n\n-----Ursprungligt meddelande-----\nHej!",
        "{}\n________________________________\nFrån: Föreningen",
        "{}\n\nMvh\nEva Lind\n070-123 45 67",
        "{}\n\nVänliga hälsningar Eva",
        "{}\n/Eva",
        "{}\n//Eva Lind",
        "{}\n-- \nEva Lind\nKommunen",
        "{}\n\nSkickat från min iPhone",
        "{}\n\nHämta Outlook för Android",
        "{}\n\nDetta mejl är avsett endast för mottagaren.",
        "Föreningen skrev den 3 mars 2030:\n> Hej!\n> Här är brevet\n\n{}",
    ],
)
def test_only_the_writers_own_words_are_kept(around: str) -> None:
    assert own_words(around.format(SAID)) == SAID


def test_a_reply_with_nothing_of_its_own_says_nothing() -> None:
    assert own_words("> Hej!\n> Avregistrera") == ""


def test_a_farewell_first_is_what_was_said() -> None:
    assert own_words("Hälsningar från Skåne! Ta bort mig.") == "Hälsningar från Skåne! Ta bort mig."
