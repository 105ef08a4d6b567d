"""Segments: rules that select people, as values. What a rule means is said here, by ``selects``.

    stored data -> load -> Rule -> selects(rule, person)          one person, no database
                                -> services.segment_queries       everyone, as one query
                                -> segment_words                  a sentence
                                <-> segment_text                  the short form that people write

A rule is small: at most ``MOST_CONDITIONS`` conditions, ``DEEPEST`` levels and ``MOST_VALUES`` values in one.
"""

import enum
import reprlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, assert_never

from subscribers.errors import SegmentRefused

DEEPEST = 12
MOST_CONDITIONS = 100
MOST_VALUES = 300
LONGEST_VALUE = 120


class Attribute(enum.Enum):
    """What a condition may ask about a person. The values stand in stored rules."""

    REGION = "region"
    COUNTY = "county"
    MUNICIPALITY = "municipality"
    LIST = "list"
    ROLE = "role"
    TITLE = "title"
    LANGUAGE = "language"
    TAG = "tag"
    ISSUE = "issue"


#: The code of "no region", "no municipality": a person may lack these.
NONE = ""

#: Attributes whose values are words of the association's own: compared folded, not by codes.
FREE = frozenset({Attribute.TITLE, Attribute.TAG})


@dataclass(frozen=True, slots=True)
class Has:
    """A person has at least one of these values: codes (slugs, numbers), or folded words where ``FREE``."""

    attribute: Attribute
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A person is a member today."""


@dataclass(frozen=True, slots=True)
class PlacedByHand:
    """A person stands in their region by somebody's decision, not by their municipality."""


@dataclass(frozen=True, slots=True)
class JoinedBefore:
    """A person's membership began before this day."""

    day: date


@dataclass(frozen=True, slots=True)
class JoinedAfter:
    """A person's membership began after this day."""

    day: date


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of two or more rules hold."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of two or more rules holds."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A rule does not hold."""

    rule: "Rule"


Condition = Has | Member | PlacedByHand | JoinedBefore | JoinedAfter
Rule = Condition | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that a person has, up to and with ``ends_on`` (None: without an end)."""

    role: str
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What a rule can see of a person. Codes as in ``Has``; ``title`` and ``tags`` as written.

    ``lists`` are those the person has said yes to; ``issues`` the ids, as text, of those that reached them.
    """

    region: str | None = None
    county: str | None = None
    municipality: str | None = None
    lists: frozenset[str] = frozenset()
    member_since: date | None = None
    member_until: date | None = None
    roles: tuple[HeldRole, ...] = ()
    title: str = ""
    language: str = "sv"
    tags: frozenset[str] = field(default_factory=frozenset)
    placed_by_hand: bool = False
    issues: frozenset[str] = frozenset()
    deceased: bool = False


#: What is compared as something else, beyond A-Z: capital letters as small ones, quotation marks as the one
#: on a keyboard. The two databases fold different letters, and one of them only A-Z; so these are the ones.
FOLDED = {c: c.lower() for c in "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĆČĐŁŃŌŐŒŚŠŪŰŹŻŽ"} | dict.fromkeys("“”„", '"')

_FOLDING = str.maketrans({chr(c): chr(c + 32) for c in range(ord("A"), ord("Z") + 1)} | FOLDED)


def fold(text: str) -> str:
    """Return the form that titles and tags are compared by: without case, as far as ``FOLDED`` goes."""
    return text.translate(_FOLDING)


def selects(rule: Rule, person: Person, *, today: date) -> bool:
    """Tell whether a segment selects a person. It never selects somebody who is deceased.

    ``today`` is the date in the association's zone: memberships and roles count up to and with their last
    day.
    """
    return not person.deceased and _holds(rule, person, today)


def _holds(rule: Rule, person: Person, today: date) -> bool:
    match rule:
        case AllOf(rules):
            return all(_holds(each, person, today) for each in rules)
        case AnyOf(rules):
            return any(_holds(each, person, today) for each in rules)
        case Not(inner):
            return not _holds(inner, person, today)
        case _:
            return _condition_holds(rule, person, today)


def _condition_holds(rule: Condition, person: Person, today: date) -> bool:
    since = person.member_since
    match rule:
        case Has(attribute, values):
            return not _values_of(person, attribute, today).isdisjoint(values)
        case Member():
            return since is not None and since <= today and not _is_over(person.member_until, today)
        case PlacedByHand():
            return person.placed_by_hand
        case JoinedBefore(day):
            return since is not None and since < day
        case JoinedAfter(day):
            return since is not None and since > day
        case _:
            assert_never(rule)


def _values_of(person: Person, attribute: Attribute, today: date) -> frozenset[str]:
    several = {
        Attribute.LIST: person.lists,
        Attribute.ROLE: frozenset(held.role for held in person.roles if not _is_over(held.ends_on, today)),
        Attribute.TAG: frozenset(map(fold, person.tags)),
        Attribute.ISSUE: person.issues,
    }
    single = {
        Attribute.REGION: person.region or NONE,
        Attribute.COUNTY: person.county or NONE,
        Attribute.MUNICIPALITY: person.municipality or NONE,
        Attribute.TITLE: fold(person.title),
        Attribute.LANGUAGE: person.language,
    }
    return several[attribute] if attribute in several else frozenset({single[attribute]})


def _is_over(last_day: date | None, today: date) -> bool:
    return last_day is not None and last_day < today


# --- As data ------------------------------------------------------------------------------------------------

_GROUPS: Mapping[str, type[AllOf] | type[AnyOf]] = {"all": AllOf, "any": AnyOf}
_FLAGS: Mapping[str, Member | PlacedByHand] = {"member": Member(), "placed-by-hand": PlacedByHand()}
_DAYS: Mapping[str, type[JoinedBefore] | type[JoinedAfter]] = {
    "joined-before": JoinedBefore,
    "joined-after": JoinedAfter,
}


def dump(rule: Rule) -> dict[str, Any]:
    """Return a rule as JSON data: objects with one key each, such as ``{"region": ["skane"]}``."""
    match rule:
        case AllOf(rules):
            return {"all": [dump(each) for each in rules]}
        case AnyOf(rules):
            return {"any": [dump(each) for each in rules]}
        case Not(inner):
            return {"not": dump(inner)}
        case Has(attribute, values):
            return {attribute.value: list(values)}
        case Member():
            return {"member": True}
        case PlacedByHand():
            return {"placed-by-hand": True}
        case JoinedBefore(day):
            return {"joined-before": day.isoformat()}
        case JoinedAfter(day):
            return {"joined-after": day.isoformat()}
        case _:
            assert_never(rule)


def load(data: object) -> Rule:
    """Read a rule from JSON data, from anybody's hand. Raises ``SegmentRefused`` for all that is no rule."""
    rule = _load(data, 1)
    check_size(rule)
    return rule


def check_size(rule: Rule) -> None:
    """Raise ``SegmentRefused`` for a rule that is deeper, or has more in it, than a person could mean."""
    depth, conditions, values = _size(rule)
    if depth > DEEPEST:
        raise SegmentRefused("Urvalet har fler än {deepest} nivåer. Förenkla det.", deepest=DEEPEST)
    if conditions > MOST_CONDITIONS:
        raise SegmentRefused("Urvalet har fler än {most} villkor. Dela upp det.", most=MOST_CONDITIONS)
    if values > MOST_VALUES:
        raise SegmentRefused("Ett villkor har fler än {most} värden. Dela upp det.", most=MOST_VALUES)


def _size(rule: Rule) -> tuple[int, int, int]:
    """Return how deep a rule is, its conditions in all, and the most values of one of them."""
    match rule:
        case AllOf(rules) | AnyOf(rules):
            depths, conditions, values = zip(*map(_size, rules), strict=True)
            return max(depths) + 1, sum(conditions), max(values)
        case Not(inner):
            depth, conditions_of, values_of = _size(inner)
            return depth + 1, conditions_of, values_of
        case Has(_, given):
            return 1, 1, len(given)
        case _:
            return 1, 1, 0


def clean_value(attribute: Attribute, text: str) -> str:
    """Return a value as it is compared: NFC, without space around it, and folded where ``FREE``.

    Raises ``ValueError`` for one that is too long, empty where that means nothing, or not printable.
    """
    value = " ".join(unicodedata.normalize("NFC", text).split())
    if len(value) > LONGEST_VALUE or not value.isprintable() or (attribute in FREE and not value):
        raise ValueError("no value of a condition")
    return fold(value) if attribute in FREE else value


def _load(data: object, depth: int) -> Rule:
    if depth > DEEPEST:
        raise SegmentRefused("Urvalet har fler än {deepest} nivåer. Förenkla det.", deepest=DEEPEST)
    if not isinstance(data, dict) or len(data) != 1:
        raise _unreadable(data)
    [(key, value)] = data.items()
    if key in _GROUPS and isinstance(value, list) and 2 <= len(value) <= MOST_CONDITIONS:
        return _GROUPS[key](tuple(_load(each, depth + 1) for each in value))
    if key == "not":
        return Not(_load(value, depth + 1))
    if key in _FLAGS and value is True:
        return _FLAGS[key]
    if key in _DAYS and isinstance(value, str):
        return _load_day(key, value)
    return _load_has(key, value)


def _load_day(key: str, value: str) -> Rule:
    try:
        return _DAYS[key](date.fromisoformat(value))
    except ValueError as error:
        raise _unreadable({key: value}) from error


def _load_has(key: object, value: object) -> Has:
    try:
        attribute = Attribute(key)
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_VALUES:
            raise ValueError("not some values")
        if not all(isinstance(each, str) for each in value):
            raise ValueError("not texts")
        return Has(attribute, tuple(dict.fromkeys(clean_value(attribute, each) for each in value)))
    except ValueError as error:
        raise _unreadable({key: value}) from error


def _unreadable(data: object) -> SegmentRefused:
    # Bounded in depth and length, whatever was handed in.
    shown = reprlib.repr(data)
    return SegmentRefused("Det som är sparat är inget urval: {data}. Skriv urvalet på nytt.", data=shown)
