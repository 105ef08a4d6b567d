"""Names sort as a Swede expects, and the family name is found in a full name."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, literal_column, select, union_all

from subscribers.core.names import LONGEST_SORT_KEY, genitive, sort_key, split_name

IN_ORDER = [
    ("Omar", "al-Hassan"),
    ("Anna", "Berg"),
    ("Åke", "Berg"),
    ("Anna", "Berg Lind"),
    ("Anna", "Bergman"),
    ("Anna", "Ek"),
    ("Anna", "Éklund"),
    ("Anna", "Muller"),
    ("Anna", "Müller"),  # as Myller
    ("Anna", "Myrén"),
    ("Sean", "O'Brien"),
    ("Anna", "Vik"),
    ("Carl", "von Essen"),
    ("Anna", "Wik"),
    ("Anna", "Zetterberg"),
    ("Anna", "Åberg"),
    ("Anna", "Æbelø"),  # as Äbelö
    ("Anna", "Ärlig"),
    ("Anna", "Öberg"),
    ("Анна", "Иванова"),
]


def test_the_register_is_in_swedish_order() -> None:
    assert sorted(sorted(IN_ORDER), key=lambda name: sort_key(*name)) == IN_ORDER


def test_case_hyphens_and_composition_make_no_difference() -> None:
    assert sort_key("anna-karin", "ÖBERG") == sort_key("Anna Karin", "Öberg")
    assert sort_key("", unicodedata.normalize("NFD", "Öberg")) == sort_key("", "Öberg")


@pytest.mark.parametrize("collation", ['"C"', '"sv-x-icu"', '"en-x-icu"', '"de-x-icu"'])
def test_every_collation_puts_the_keys_in_the_same_order(engine: Engine, collation: str) -> None:
    if engine.dialect.name == "sqlite":
        collation = "NOCASE"
    # Backwards, so that an order that does nothing is noticed.
    rows = union_all(
        *(
            select(
                literal_column(f"'{sort_key(*name)}'").label("sort_key"), literal_column(str(at)).label("at")
            )
            for at, name in reversed(list(enumerate(IN_ORDER)))
        )
    ).subquery()

    with engine.connect() as connection:
        ordered = connection.exec_driver_sql(
            f"SELECT at FROM ({select(rows)}) AS rows ORDER BY sort_key COLLATE {collation}"
        )
        assert [at for (at,) in ordered] == list(range(len(IN_ORDER)))


@given(st.text(), st.text())
def test_a_key_holds_nothing_that_databases_disagree_about(first: str, last: str) -> None:
    key = sort_key(first, last)

    assert set(key) <= set(string.ascii_lowercase + string.digits)
    assert len(key) <= LONGEST_SORT_KEY


_ALPHABET = "abcdefghijklmnopqrstuvwxyzåäö"


@given(st.text(_ALPHABET, max_size=8), st.text(_ALPHABET, max_size=8))
def test_two_words_stand_as_the_alphabet_says(one: str, other: str) -> None:
    by_key = sort_key("", one) < sort_key("", other)

    assert by_key == ([_ALPHABET.index(c) for c in one] < [_ALPHABET.index(c) for c in other])


@pytest.mark.parametrize(
    ("full", "given_name", "family_name"),
    [
        ("Anna Öberg", "Anna", "Öberg"),
        ("Anna Maria  Öberg", "Anna Maria", "Öberg"),
        ("Öberg, Anna Maria", "Anna Maria", "Öberg"),
        ("Anna Öberg-Lind", "Anna", "Öberg-Lind"),
        ("Carl von Essen", "Carl", "von Essen"),
        ("Maria de la Cruz", "Maria", "de la Cruz"),
        ("Gustaf af Klint", "Gustaf", "af Klint"),
        ("Anna", "Anna", ""),
        ("Anna,", "Anna", ""),
        (" , ", "", ""),
        ("", "", ""),
    ],
)
def test_a_full_name_is_split(full: str, given_name: str, family_name: str) -> None:
    assert split_name(full) == (given_name, family_name)


@given(st.text("ab ,ö", max_size=20))
def test_no_letter_is_lost_when_a_name_is_split(full: str) -> None:
    letters = sorted(c for c in full if c.isalpha())

    assert sorted(c for c in "".join(split_name(full)) if c.isalpha()) == letters


@pytest.mark.parametrize(
    ("name", "whose"),
    [
        ("Skåne", "Skånes"), ("Västerås", "Västerås"), ("Linux", "Linux"), ("Schweiz", "Schweiz"),
        ("ABF MITT", "ABF MITTs"), ("Borås-Falköping", "Borås-Falköpings"), ("ROS", "ROS"), ("", ""),
    ],
)  # fmt: skip
def test_a_genitive_has_one_s_and_never_two(name: str, whose: str) -> None:
    assert genitive(name) == whose
