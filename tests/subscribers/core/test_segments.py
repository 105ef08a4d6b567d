"""What a segment's rule means for one person, and how it is kept as data."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.core.segments import (
    DEEPEST,
    MOST_CONDITIONS,
    MOST_VALUES,
    AllOf,
    AnyOf,
    Attribute,
    Has,
    HeldRole,
    JoinedAfter,
    JoinedBefore,
    Member,
    Not,
    Person,
    PlacedByHand,
    Rule,
    dump,
    load,
    selects,
)
from subscribers.errors import SegmentRefused
from tests.segment_rules import rules

TODAY = date(2030, 3, 1)
A_DAY = timedelta(days=1)

ANNA = Person(
    region="skane",
    county="12",
    municipality="1281",
    lists=frozenset({"nyhetsbrev"}),
    member_since=date(2020, 1, 1),
    roles=(HeldRole("officer"), HeldRole("reviewer", TODAY - A_DAY)),
    title="Överbibliotekarie",
    tags=frozenset({"Styrelse"}),
    issues=frozenset({"7"}),
)
HILMA = Person(language="en")


@pytest.mark.parametrize(
    "rule",
    [
        Has(Attribute.REGION, ("norra", "skane")),
        Has(Attribute.COUNTY, ("12",)),
        Has(Attribute.MUNICIPALITY, ("1281",)),
        Has(Attribute.LIST, ("nyhetsbrev",)),
        Has(Attribute.ROLE, ("officer",)),
        Has(Attribute.TITLE, ("överbibliotekarie",)),
        Has(Attribute.LANGUAGE, ("sv",)),
        Has(Attribute.TAG, ("styrelse",)),
        Has(Attribute.ISSUE, ("7",)),
        Member(),
        JoinedBefore(date(2020, 1, 2)),
        JoinedAfter(date(2019, 12, 31)),
        Not(PlacedByHand()),
        Not(Has(Attribute.ISSUE, ("8",))),
        AllOf((Member(), Has(Attribute.TAG, ("styrelse",)))),
        AnyOf((PlacedByHand(), Member())),
    ],
    ids=str,
)
def test_a_rule_selects_anna_and_its_opposite_does_not(rule: Rule) -> None:
    assert selects(rule, ANNA, today=TODAY)
    assert not selects(Not(rule), ANNA, today=TODAY)


@pytest.mark.parametrize(
    "rule",
    [
        Has(Attribute.REGION, ("",)),
        Has(Attribute.COUNTY, ("",)),
        Has(Attribute.MUNICIPALITY, ("", "1281")),
        Not(Member()),
        Not(JoinedBefore(TODAY)),
        Not(JoinedAfter(TODAY)),
    ],
    ids=str,
)
def test_who_lacks_something_is_selected_by_the_lack_and_by_no_value(rule: Rule) -> None:
    assert selects(rule, HILMA, today=TODAY)
    assert not selects(Not(rule), HILMA, today=TODAY)


@pytest.mark.parametrize("left", [0, 1])
def test_a_membership_and_a_role_count_up_to_and_with_their_last_day(left: int) -> None:
    last = TODAY - A_DAY * left
    person = Person(member_since=TODAY - 10 * A_DAY, member_until=last, roles=(HeldRole("reader", last),))

    assert selects(Member(), person, today=TODAY) is (left == 0)
    assert selects(Has(Attribute.ROLE, ("reader",)), person, today=TODAY) is (left == 0)


def test_a_membership_counts_from_its_first_day() -> None:
    assert selects(Member(), Person(member_since=TODAY), today=TODAY)
    assert not selects(Member(), Person(member_since=TODAY + A_DAY), today=TODAY)


def test_a_day_itself_is_neither_before_nor_after_it() -> None:
    person = Person(member_since=TODAY)

    assert not selects(JoinedBefore(TODAY), person, today=TODAY)
    assert not selects(JoinedAfter(TODAY), person, today=TODAY)


@given(rules())
def test_nobody_selects_the_dead(rule: Rule) -> None:
    assert not selects(rule, Person(deceased=True), today=TODAY)
    assert not selects(Not(rule), Person(deceased=True), today=TODAY)


# --- As data ------------------------------------------------------------------------------------------------


@given(rules())
def test_a_rule_is_the_same_after_it_was_kept_as_json(rule: Rule) -> None:
    assert load(json.loads(json.dumps(dump(rule)))) == rule


def deep(levels: int) -> Any:
    data: Any = {"member": True}
    for _ in range(levels - 1):
        data = {"not": data}
    return data


def test_a_rule_may_be_as_deep_and_as_large_as_it_says_and_no_more() -> None:
    load(deep(DEEPEST))
    load({"all": [{"member": True}] * MOST_CONDITIONS})
    load({"tag": [str(n) for n in range(MOST_VALUES)]})
    for data in (
        deep(DEEPEST + 1),
        deep(100_000),
        {"all": [{"member": True}] * (MOST_CONDITIONS + 1)},
        {"any": [{"all": [{"member": True}] * 60}, {"all": [{"member": True}] * 60}]},
        {"tag": [str(n) for n in range(MOST_VALUES + 1)]},
    ):
        with pytest.raises(SegmentRefused):
            load(data)


@pytest.mark.parametrize(
    "data",
    [
        None, [], {}, "region", 7, {"region": []}, {"region": "skane"}, {"region": [7]},
        {"region": [["skane"]]},
        {"regin": ["skane"]}, {"region": ["skane"], "tag": ["a"]}, {"all": []}, {"all": [{"member": True}]},
        {"not": None}, {"not": [{"member": True}]}, {"member": False}, {"member": "yes"}, {"tag": [""]},
        {"tag": ["a\0b"]}, {"tag": ["\ud800"]}, {"tag": ["x" * 121]}, {"joined-before": "i går"},
        {"joined-before": 2020}, {"joined-after": "2020-02-30"}, {7: ["skane"]}, {None: {}},
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_rule_is_refused_with_a_sentence(data: object) -> None:
    with pytest.raises(SegmentRefused) as refused:
        load(data)

    assert str(refused.value)


json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["all", "any", "not", "member", "tag", "region", "x"]), inner, max_size=2
        )
    ),
)


@given(json_data)
def test_any_data_is_a_rule_or_is_refused(data: object) -> None:
    try:
        rule = load(data)
    except SegmentRefused:
        return
    assert load(dump(rule)) == rule


def test_words_of_the_association_are_kept_without_case_and_composed() -> None:
    assert load({"tag": ["  STYRELSE ", "A\u030angermanland", "styrelse"]}) == Has(
        Attribute.TAG, ("styrelse", "ångermanland")
    )
