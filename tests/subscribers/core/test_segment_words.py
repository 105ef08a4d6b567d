"""A segment in words, for those who did not write it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.core.segment_words import Term, Vocabulary, in_words
from subscribers.core.segments import (
    AllOf,
    AnyOf,
    Attribute,
    Has,
    JoinedAfter,
    JoinedBefore,
    Member,
    Not,
    PlacedByHand,
    Rule,
)
from tests.segment_rules import VOCABULARY, rules

REGIONS, BOARD = Has(Attribute.REGION, ("skane", "sydost")), Has(Attribute.TAG, ("styrelse",))


@pytest.mark.parametrize(
    ("rule", "swedish", "english"),
    [
        (AllOf((REGIONS, Not(BOARD))),
         "De som hör till region Skåne eller Sydost och inte har taggen ”styrelse”.",
         "Those who belong to region Skåne or Sydost and do not have the tag “styrelse”."),
        (AllOf((Member(), AnyOf((PlacedByHand(), Has(Attribute.LIST, ("nyhetsbrev",)))))),
         "De som är medlemmar och (är placerade för hand eller står på listan Nyhetsbrevet).",
         "Those who are members and (are placed by hand or are on the list The newsletter)."),
        (Not(AnyOf((JoinedBefore(date(2020, 1, 1)), Not(JoinedAfter(date(2024, 5, 17)))))),
         "De som inte (blev medlemmar före 2020-01-01 eller inte blev medlemmar efter 2024-05-17).",
         "Those who not (became members before 2020-01-01 or did not become members after 2024-05-17)."),
        (Has(Attribute.REGION, ("",)), "De som saknar region.", "Those who have no region."),
        (Not(Has(Attribute.REGION, ("", "skane"))),
         "De som (inte hör till region Skåne och har en region).",
         "Those who (do not belong to region Skåne and have a region)."),
        (Has(Attribute.ISSUE, ("1", "2")), "De som fick nummer 11/2029 eller 12/2029.",
         "Those who got issue 11/2029 or 12/2029."),
    ],
)  # fmt: skip
def test_a_rule_is_told_in_both_languages(rule: Rule, swedish: str, english: str) -> None:
    assert in_words(rule, VOCABULARY, "sv") == swedish
    assert in_words(rule, VOCABULARY, "en") == english


@given(rules(), st.sampled_from(["sv", "en"]))
def test_every_rule_can_be_told(rule: Rule, language: str) -> None:
    told = in_words(rule, VOCABULARY, language)

    assert told.startswith(("De som ", "Those who "))
    assert "{v}" not in told


def test_a_word_that_two_values_claim_is_not_used_for_the_second() -> None:
    words = Vocabulary({Attribute.REGION: [Term("a", "Berg", "Berg"), Term("b", "Berg", "Berg")]})

    assert words.code(Attribute.REGION, "berg") == "a"
    assert words.word(Attribute.REGION, "b", "sv") == "b"
    assert words.code(Attribute.REGION, "b") == "b"


def test_a_value_that_is_gone_is_told_by_its_code() -> None:
    assert (
        in_words(Has(Attribute.REGION, ("lappland",)), VOCABULARY, "sv") == "De som hör till region lappland."
    )
