"""The short form of a segment: what people write is understood, and what they mistype is pointed at."""

from datetime import date
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.core.segment_text import LONGEST_TEXT, NAMES, parse, write
from subscribers.core.segments import (
    DEEPEST,
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
    dump,
    load,
)
from subscribers.errors import SegmentRefused
from tests.segment_rules import VOCABULARY, rules

SKANE, BOARD = Has(Attribute.REGION, ("skane",)), Has(Attribute.TAG, ("styrelse",))


def read(text: str, language: str = "sv") -> Rule:
    return parse(text, VOCABULARY, language=language)


def answered(text: str) -> Rule | str:
    """Return the rule that a text says, or the sentence that refuses it."""
    try:
        return read(text)
    except SegmentRefused as refused:
        return str(refused)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("region: Skåne, Sydost och inte tagg: styrelse",
         AllOf((Has(Attribute.REGION, ("skane", "sydost")), Not(BOARD)))),
        ("region: Skåne, Sydost and not tag: styrelse",
         AllOf((Has(Attribute.REGION, ("skane", "sydost")), Not(BOARD)))),
        ("REGION:skane   OCH\n TAGG:  STYRELSE", AllOf((SKANE, BOARD))),
        ("region: Ska\u030ane", SKANE),
        ("region: ingen", Has(Attribute.REGION, ("",))),
        ("län: Skåne län och kommun: Lund, Malmö",
         AllOf((Has(Attribute.COUNTY, ("12",)), Has(Attribute.MUNICIPALITY, ("1281", "1280"))))),
        ("lista: nyhetsbrev eller list: Regional letters",
         AnyOf((Has(Attribute.LIST, ("nyhetsbrev",)), Has(Attribute.LIST, ("regionbrev",))))),
        ("medlem: ja och placerad för hand: nej", AllOf((Member(), Not(PlacedByHand())))),
        ("roll: regionansvarig, redaktör", Has(Attribute.ROLE, ("regional-lead", "officer"))),
        ("språk: engelska", Has(Attribute.LANGUAGE, ("en",))),
        ("titel: Överbibliotekarie", Has(Attribute.TITLE, ("överbibliotekarie",))),
        ("inträdde före: 2020 och inträdde efter: 2015",
         AllOf((JoinedBefore(date(2020, 1, 1)), JoinedAfter(date(2015, 12, 31))))),
        ("joined after: 2024-05-17", JoinedAfter(date(2024, 5, 17))),
        ("fick nummer: 12/2029 och inte fick: 11/2029",
         AllOf((Has(Attribute.ISSUE, ("2",)), Not(Has(Attribute.ISSUE, ("1",)))))),
        ("medlem: ja och region: Skåne eller tagg: styrelse", AnyOf((AllOf((Member(), SKANE)), BOARD))),
        ("medlem: ja och (region: Skåne eller tagg: styrelse)", AllOf((Member(), AnyOf((SKANE, BOARD))))),
        ('tagg: "forskare och lärare", a (b', None),
        ('tagg: "forskare och lärare", "a (b"', Has(Attribute.TAG, ("forskare och lärare", "a (b"))),
        ("tagg: ”vi, de”", Has(Attribute.TAG, ("vi, de",))),
        ('tagg: "kallad ""chefen"""', Has(Attribute.TAG, ('kallad "chefen"',))),
        ("tagg: inte medlem", Has(Attribute.TAG, ("inte medlem",))),
    ],
)  # fmt: skip
def test_what_people_write_is_understood(text: str, rule: Rule | None) -> None:
    if rule is None:
        with pytest.raises(SegmentRefused):
            read(text)
    else:
        assert read(text) == rule


@given(rules(), st.sampled_from(["sv", "en"]))
def test_a_rule_that_is_written_down_is_read_as_the_same_rule(rule: Rule, language: str) -> None:
    assert read(write(rule, VOCABULARY, language=language)) == rule


@given(rules(), st.sampled_from(["sv", "en"]))
def test_a_text_is_written_the_same_when_it_was_read(rule: Rule, language: str) -> None:
    text = write(rule, VOCABULARY, language=language)

    assert write(read(text), VOCABULARY, language=language) == text


@given(st.text(min_size=1, max_size=20))
def test_any_word_can_be_a_tag_if_it_can_be_written_at_all(word: str) -> None:
    try:
        rule = load({"tag": [word]})
    except SegmentRefused:
        return
    assert read(write(rule, VOCABULARY)) == rule


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("", 0, "Det kan heta region, län"),
        ("regin: Skåne", 0, "Det kan heta region, län"),
        ("region: Skåne och", 17, "Det kan heta region, län"),
        ("region Skåne", 0, "Det kan heta region, län"),
        ("region och medlem: ja", 7, "kolon"),
        ("region:", 7, "ett värde"),
        ("region: Skåne,", 14, "ett värde"),
        ("region: Skone", 8, "Menade du Skåne?"),
        ("region: Skåne, Norge", 15, "Det kan stå Gävle/Dala"),
        ("medlem: kanske", 8, "”ja” eller ”nej”"),
        ("inträdde före: i maj", 15, "2024-05-17"),
        ("inträdde före: 2023-02-29", 15, "2024-05-17"),
        ("inträdde före: 0000", 15, "2024-05-17"),
        ("(medlem: ja", 11, "parentes som avslutar"),
        ("medlem: ja)", 10, "”och” eller ”eller”"),
        ("medlem: ja (region: Skåne)", 11, "”och” eller ”eller”"),
        ('medlem: ja och tagg: "a', 21, "citat som aldrig slutar"),
        ("tagg: \u200b", 6, "inte går att skriva ut"),
        ("fick nummer: 1/1999", 13, "11/2029"),
    ],
)
def test_an_error_points_at_the_place_and_says_what_may_stand_there(
    text: str, column: int, said: str
) -> None:
    with pytest.raises(SegmentRefused) as refused:
        read(text)

    _line, caret, sentence = str(refused.value).split("\n")
    assert caret == " " * column + "^"
    assert said in sentence


def test_a_reader_of_english_is_told_english_words() -> None:
    with pytest.raises(SegmentRefused) as refused:
        read("regin: Skåne", "en")

    assert "county, municipality" in str(refused.value)


def test_a_long_line_is_shown_around_the_place_only() -> None:
    with pytest.raises(SegmentRefused) as refused:
        read("medlem: ja och " * 100 + "medlem: kanske och medlem: ja" * 3)

    line, caret, _ = str(refused.value).split("\n")
    assert len(line) <= 80
    assert line[len(caret) - 1 :].startswith("kanske")


@given(st.text(alphabet='():,"” \n\0aåinte och', max_size=60) | st.text(max_size=60))
def test_any_text_is_a_rule_or_is_refused_with_a_sentence(text: str) -> None:
    answer = answered(text)

    assert load(dump(answer)) == answer if not isinstance(answer, str) else answer


@pytest.mark.parametrize(
    "text",
    [
        "(" * LONGEST_TEXT,
        "(" * (DEEPEST + 1) + "medlem: ja" + ")" * (DEEPEST + 1),
        "inte " * 700 + "medlem: ja",
        "medlem: ja och " * 250 + "medlem: ja",
        "x" * 10_000_000,
        '"' * (LONGEST_TEXT - 1),
        "region: " + "å" * 3_900,
        "tagg: " + "a," * 1_900 + "a",
        "tagg: " + ",".join(map(str, range(1_000))),
    ],
    ids=lambda text: text[:12],
)
def test_hostile_texts_are_answered_at_once(text: str) -> None:
    started = perf_counter()
    answer = answered(text)

    assert not isinstance(answer, str) or 0 < len(answer) < 1_000
    assert perf_counter() - started < 2


def test_a_rule_within_the_bounds_is_deep_enough() -> None:
    text = "inte " * (DEEPEST - 1) + "medlem: ja"

    assert load(dump(read(text))) == read(text)


def test_every_condition_has_a_name_of_its_own_in_both_languages() -> None:
    assert {name for name in NAMES if isinstance(name, Attribute)} == set(Attribute)
    written = [word for words in NAMES.values() for word in dict.fromkeys(words)]
    assert len(written) == len(set(written))
