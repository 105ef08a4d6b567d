"""What people write when they want no more letters, and what only looks so. The table beside is our own."""

from pathlib import Path

import pytest

from newsletter.core.inbound.own_words import own_words
from newsletter.core.inbound.plain_words import plain
from newsletter.core.inbound.unsubscribes import Wish, wish

PHRASINGS = [line.split("\t") for line in (Path(__file__).parent / "phrasings.tsv").read_text().splitlines()]


UNSEEN = [
    line.split("\t") for line in (Path(__file__).parent / "phrasings_unseen.tsv").read_text().splitlines()
]


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


@pytest.mark.parametrize(
    "written",
    [
        "Ta bort mig intte", "Ta bort mig från nyhetsbrevet utan min adress", "Unsubscribe me if monthly",
        "Unsubscribe me when I am back", "Fjern mig ikk", "Fjern meg når det er gjort",
        "Slet mig fra listen om en måned", "I don't want you to unsubscribe me", "Inte intresserad",
        "I can't stop the newsletter coming, it is great", "Not interested", "Pois", "Bort", "End it",
        "I have moved, so that you unsubscribe me is wrong", "Mina grannar vill slippa nyhetsbrevet",
        "Don't send it again, I have it now", "Skicka den inte till mig, jag har redan en",
        "No need to send it, I found the programme", "Delete my details, I sent them wrong",
        "Minulle ei tarvitse lähettää", "Cancel mine", "I no longer get the newsletter",
        "Can you stop the newsletter going to spam", "Ta meg med på listen", "Samtycke återkallas",
    ],
)  # fmt: skip
def test_words_that_are_known_make_no_wish_of_what_turns_it_or_names_nothing(written: str) -> None:
    """Each was taken for a wish while the tables grew."""
    assert said("Re: Resan", written) is Wish.OTHER


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


def test_on_text_that_was_new_when_it_was_measured() -> None:
    """Eleven rounds, each written before it was measured, and measured before anything was mended by it.

    ========  =======  ===========  =======================  ==========================
    round     wishes   understood   others taken for wishes  what was mended by it
    ========  =======  ===========  =======================  ==========================
    A         150      126 (0.84)   5 of 150                 words, by one half of it;
                                                             the other: 65 of 75, 1 of 75
    B         44       32 (0.73)    19 of 51                 a clause must be of known
                                                             words from first to last
    C         60       47 (0.78)    0 of 60                  words in any order
    D         45       34 (0.76)    7 of 42                  who cannot come on Saturday
    E         39       35 (0.90)    1 of 39                  lists of other things
    F         30       28 (0.93)    0 of 36                  nothing: it stands as measured
    G         120      67 (0.56)    0 of 120                 what is innocent beside a wish
    H         120      82 (0.68)    0 of 120                 words
    I         100      44 (0.44)    0 of 100                 words
    J         100      58 (0.58)    0 of 100                 words
    K         80       41 (0.51)    0 of 80                  words
    ========  =======  ===========  =======================  ==========================

    B and D are meant to deceive: their others use the very words of the wishes. G to K are by other writers
    than A to F, who had seen neither the words nor the other tables, and write as in real life: with reasons,
    family and weather around the wish. There half of the wishes are understood when new, and no mail was
    ever taken for a wish that was none.
    """
    for label in ("leave", "other"):
        wrong = [row for row in UNSEEN if row[1] == label and said(*row[3:5]) is Wish.UNSUBSCRIBE]
        assert wrong == []
    for rounds, least in (("ABCDEF", 0.95), ("GHIJK", 0.8)):
        asked = [row for row in UNSEEN if row[1] == "unsubscribe" and row[0] in rounds]
        missed = [row for row in asked if said(*row[3:5]) is not Wish.UNSUBSCRIBE]
        assert len(asked) >= 360
        assert len(asked) - len(missed) >= least * len(asked), missed


@pytest.mark.parametrize(
    ("written", "meant"),
    [("avregistera", "avregistrera"), ("unsubcribe", "unsubscribe"), ("nyhetsbrve", "nyhetsbrev")],
)
def test_one_slip_in_a_long_word_is_read_as_meant(written: str, meant: str) -> None:
    assert plain(written) == meant
    assert plain("avregistrerar") == "avregistrerar"
    assert plain("avregstrra") == "avregstrra"


def test_no_word_is_long_enough_to_take_long() -> None:
    """The patterns' gaps overlap: what they take for a hostile text is bounded by the text that is read."""
    baits = [
        "ta bort mig från " * 1_000,
        "jag vill " * 2_000 + "x",
        "ta " * 4_000,
        "mig " * 900 + "?",
        "a" * 4_000,
    ]

    assert {wish("", bait) for bait in baits} == {Wish.OTHER}
