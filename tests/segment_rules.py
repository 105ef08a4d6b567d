"""Rules and people of all kinds for the properties of segments, as Hypothesis draws them."""

from datetime import date, timedelta

from hypothesis import strategies as st

from subscribers.core.segment_words import Term, Vocabulary
from subscribers.core.segments import (
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
    clean_value,
)
from subscribers.services import regions as facts

TODAY = date(2030, 3, 1)

REGIONS = ("skane", "norra", "vast")
MUNICIPALITIES = ("1281", "1280", "2580", "1480")  # Lund and Malmö, Luleå, Göteborg
LISTS = ("nyhetsbrev", "regionbrev")
ROLES = ("officer", "regional-lead", "reader")
LANGUAGES = ("sv", "en")
#: Words that are alike but for case, accents, wildcards and quotation marks.
WORDS = (
    "styrelse", "Styrelse", "STYRELSE", "Åsnebryggan", "åsnebryggan", "ÅSNEBRYGGAN", "asnebryggan",
    "Élan", "élan", "elan", "100%", "100 %", "a_b", "axb", 'kallad "chefen"', "kallad ”chefen”", "och",
    "ŠKODA", "škoda",
)  # fmt: skip

days = st.sampled_from([TODAY + timedelta(days=n) for n in (-4000, -400, -1, 0, 1, 400)])
words = st.sampled_from(WORDS)

_CODES = {
    Attribute.REGION: ("", *REGIONS),
    Attribute.COUNTY: ("", "12", "25", "14"),
    Attribute.MUNICIPALITY: ("", *MUNICIPALITIES),
    Attribute.LIST: LISTS,
    Attribute.ROLE: ROLES,
    Attribute.LANGUAGE: LANGUAGES,
}


def values_of(attribute: Attribute, issues: tuple[str, ...]) -> st.SearchStrategy[str]:
    if attribute is Attribute.ISSUE:
        return st.sampled_from(issues)
    if attribute in _CODES:
        return st.sampled_from(_CODES[attribute])
    return words.map(lambda word: clean_value(attribute, word))


def has(attribute: Attribute, issues: tuple[str, ...]) -> st.SearchStrategy[Rule]:
    several = st.lists(values_of(attribute, issues), min_size=1, max_size=3, unique=True)
    return several.map(lambda values: Has(attribute, tuple(values)))


def conditions(issues: tuple[str, ...]) -> st.SearchStrategy[Rule]:
    return st.one_of(
        *(has(attribute, issues) for attribute in Attribute),
        st.sampled_from([Member(), PlacedByHand()]),
        days.map(JoinedBefore),
        days.map(JoinedAfter),
    )


def rules(issues: tuple[str, ...] = ("1", "2")) -> st.SearchStrategy[Rule]:
    """Draw rules up to some depth; ``issues`` are the ids that may be asked for, as text."""
    return st.recursive(
        conditions(issues),
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, min_size=2, max_size=3).map(lambda some: AllOf(tuple(some))),
            st.lists(inner, min_size=2, max_size=3).map(lambda some: AnyOf(tuple(some))),
        ),
        max_leaves=6,
    )


def some(values: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=3)


_held = st.builds(HeldRole, role=st.sampled_from(ROLES), ends_on=st.none() | days)

#: The region need not follow from the municipality: people are placed by hand.
people = st.builds(
    Person,
    region=st.none() | st.sampled_from(REGIONS),
    municipality=st.none() | st.sampled_from(MUNICIPALITIES),
    lists=some(LISTS),
    member_since=st.none() | days,
    member_until=st.none() | days,
    roles=st.lists(_held, max_size=2, unique_by=lambda held: held.role).map(tuple),
    title=st.just("") | words,
    language=st.sampled_from(LANGUAGES),
    tags=some(WORDS),
    placed_by_hand=st.booleans(),
    issues=some(("first", "second")),
    deceased=st.sampled_from([False, False, False, True]),
)

#: The words of an association, without a database.
VOCABULARY = Vocabulary(
    {
        Attribute.REGION: [Term(r.slug, r.name, r.name) for r in facts.region_facts()],
        Attribute.COUNTY: [Term(c.code, c.full_name, c.full_name) for c in facts.county_facts()],
        Attribute.MUNICIPALITY: [Term(m.code, m.name, m.name) for m in facts.municipality_facts()],
        Attribute.LIST: [
            Term("nyhetsbrev", "Nyhetsbrevet", "The newsletter"),
            Term("regionbrev", "Regionbrev", "Regional letters"),
        ],
        Attribute.ISSUE: [Term("1", "11/2029", "11/2029"), Term("2", "12/2029", "12/2029")],
    }
)
