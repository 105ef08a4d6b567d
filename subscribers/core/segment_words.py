"""What a segment says, in Swedish and English: the words for its values, and the rule as a sentence.

The two languages stand side by side here, and not in the catalogue, because these words are also the grammar
of the short form (``segment_text``), which understands both whatever language is spoken.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import assert_never

from subscribers.core.segments import (
    FREE,
    NONE,
    AllOf,
    AnyOf,
    Attribute,
    Condition,
    Has,
    JoinedAfter,
    JoinedBefore,
    Member,
    Not,
    PlacedByHand,
    Rule,
)


@dataclass(frozen=True, slots=True)
class Term:
    """A value that a condition may have: its code, what people call it, and what else they may write."""

    code: str
    swedish: str
    english: str
    also: tuple[str, ...] = ()

    def word(self, language: str) -> str:
        """Return what it is called in ``sv`` or ``en``."""
        return self.english if language == "en" else self.swedish


#: The values that are the same everywhere; regions, lists and issues are the association's own.
FIXED_TERMS: Mapping[Attribute, tuple[Term, ...]] = {
    Attribute.LANGUAGE: (Term("sv", "svenska", "Swedish"), Term("en", "engelska", "English")),
    Attribute.ROLE: (
        Term("administrator", "administratör", "administrator"),
        Term("officer", "redaktör", "officer"),
        Term("regional-lead", "regionansvarig", "regional lead"),
        Term("reviewer", "granskare", "reviewer"),
        Term("treasurer", "kassör", "treasurer"),
        Term("reader", "läsare", "reader"),
    ),
}

_NO_VALUE = Term(NONE, "ingen", "none", ("inget",))
_MAY_LACK = (Attribute.REGION, Attribute.COUNTY, Attribute.MUNICIPALITY)


class Vocabulary:
    """Knows the values of conditions by the words that people write, in any case and either language.

    A word that two values of one attribute claim belongs to the first of them.
    """

    def __init__(self, terms: Mapping[Attribute, Iterable[Term]]) -> None:
        every = {**FIXED_TERMS, **terms}
        for attribute in _MAY_LACK:
            every[attribute] = (*every.get(attribute, ()), _NO_VALUE)
        self._by_code = {a: {term.code: term for term in known} for a, known in every.items()}
        self._by_word: dict[Attribute, dict[str, str]] = {}
        for attribute, by_code in self._by_code.items():
            words = self._by_word[attribute] = {}
            for term in by_code.values():
                for word in (term.swedish, term.english, *term.also, term.code):
                    words.setdefault(plain(word), term.code)

    def code(self, attribute: Attribute, written: str) -> str | None:
        """Return the code that is meant by a word; None for one that nothing is called."""
        return self._by_word.get(attribute, {}).get(plain(written))

    def word(self, attribute: Attribute, code: str, language: str) -> str:
        """Return what a value is called; the code where that is unknown or would mean something else."""
        term = self._by_code.get(attribute, {}).get(code)
        if attribute in FREE or term is None:
            return code
        word = term.word(language)
        return word if self.code(attribute, word) == code else code

    def words(self, attribute: Attribute, language: str) -> list[str]:
        """Return what all values of an attribute are called, in the order they were given."""
        return [term.word(language) for term in self._by_code.get(attribute, {}).values()]

    def nearest(self, attribute: Attribute, written: str, language: str) -> str:
        """Return the word that was probably meant; empty if none is near."""
        near = get_close_matches(plain(written)[:60], self._by_word.get(attribute, {}), n=1, cutoff=0.7)
        return self.word(attribute, self._by_word[attribute][near[0]], language) if near else ""


def plain(text: str) -> str:
    """Fold case and composition, and make all white space single spaces: how words are recognised."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return re.sub(r"\s+", " ", folded).strip()


# --- A rule as a sentence -----------------------------------------------------------------------------------

#: For each attribute and language: what a person does or is, and what a person does not or is not.
_SAYS: Mapping[str, Mapping[Attribute, tuple[str, str]]] = {
    "sv": {
        Attribute.REGION: ("hör till region {v}", "inte hör till region {v}"),
        Attribute.COUNTY: ("finns i {v}", "inte finns i {v}"),
        Attribute.MUNICIPALITY: ("finns i kommunen {v}", "inte finns i kommunen {v}"),
        Attribute.LIST: ("står på listan {v}", "inte står på listan {v}"),
        Attribute.ROLE: ("är {v}", "inte är {v}"),
        Attribute.TITLE: ("har titeln {v}", "inte har titeln {v}"),
        Attribute.LANGUAGE: ("läser {v}", "inte läser {v}"),
        Attribute.TAG: ("har taggen {v}", "inte har taggen {v}"),
        Attribute.ISSUE: ("fick nummer {v}", "inte fick nummer {v}"),
    },
    "en": {
        Attribute.REGION: ("belong to region {v}", "do not belong to region {v}"),
        Attribute.COUNTY: ("are in {v}", "are not in {v}"),
        Attribute.MUNICIPALITY: ("are in the municipality {v}", "are not in the municipality {v}"),
        Attribute.LIST: ("are on the list {v}", "are not on the list {v}"),
        Attribute.ROLE: ("are {v}", "are not {v}"),
        Attribute.TITLE: ("have the title {v}", "do not have the title {v}"),
        Attribute.LANGUAGE: ("read {v}", "do not read {v}"),
        Attribute.TAG: ("have the tag {v}", "do not have the tag {v}"),
        Attribute.ISSUE: ("got issue {v}", "did not get issue {v}"),
    },
}

_LACKS: Mapping[str, Mapping[Attribute, tuple[str, str]]] = {
    "sv": {
        Attribute.REGION: ("saknar region", "har en region"),
        Attribute.COUNTY: ("saknar län", "har ett län"),
        Attribute.MUNICIPALITY: ("saknar kommun", "har en kommun"),
    },
    "en": {
        Attribute.REGION: ("have no region", "have a region"),
        Attribute.COUNTY: ("have no county", "have a county"),
        Attribute.MUNICIPALITY: ("have no municipality", "have a municipality"),
    },
}

_IS: Mapping[str, Mapping[type, tuple[str, str]]] = {
    "sv": {
        Member: ("är medlemmar", "inte är medlemmar"),
        PlacedByHand: ("är placerade för hand", "inte är placerade för hand"),
        JoinedBefore: ("blev medlemmar före {v}", "inte blev medlemmar före {v}"),
        JoinedAfter: ("blev medlemmar efter {v}", "inte blev medlemmar efter {v}"),
    },
    "en": {
        Member: ("are members", "are not members"),
        PlacedByHand: ("are placed by hand", "are not placed by hand"),
        JoinedBefore: ("became members before {v}", "did not become members before {v}"),
        JoinedAfter: ("became members after {v}", "did not become members after {v}"),
    },
}

_JOINTS = {
    "sv": {AllOf: " och ", AnyOf: " eller ", Not: "inte "},
    "en": {AllOf: " and ", AnyOf: " or ", Not: "not "},
}


def in_words(rule: Rule, vocabulary: Vocabulary, language: str) -> str:
    """Return a rule as a sentence in ``sv`` or ``en``: "De som hör till region Skåne eller Sydost …"."""
    tongue = "en" if language == "en" else "sv"
    return f"{'Those who' if tongue == 'en' else 'De som'} {_clause(rule, vocabulary, tongue)}."


def _clause(rule: Rule, vocabulary: Vocabulary, language: str) -> str:
    match rule:
        case AllOf(rules) | AnyOf(rules):
            joint = _JOINTS[language][type(rule)]
            return joint.join(_grouped(each, vocabulary, language) for each in rules)
        case Not(inner):
            if isinstance(inner, AllOf | AnyOf | Not):
                return f"{_JOINTS[language][Not]}({_clause(inner, vocabulary, language)})"
            return _condition(inner, vocabulary, language, 1)
        case _:
            return _condition(rule, vocabulary, language, 0)


def _grouped(rule: Rule, vocabulary: Vocabulary, language: str) -> str:
    clause = _clause(rule, vocabulary, language)
    return f"({clause})" if isinstance(rule, AllOf | AnyOf) else clause


def _condition(rule: Condition, vocabulary: Vocabulary, language: str, negated: int) -> str:
    match rule:
        case Has(attribute, values):
            return _has(attribute, values, vocabulary, language, negated)
        case JoinedBefore(day) | JoinedAfter(day):
            return _IS[language][type(rule)][negated].format(v=day.isoformat())
        case Member() | PlacedByHand():
            return _IS[language][type(rule)][negated]
        case _:
            assert_never(rule)


def _has(
    attribute: Attribute, values: Sequence[str], vocabulary: Vocabulary, language: str, negated: int
) -> str:
    lacking = _LACKS[language].get(attribute)
    named = [_named(attribute, code, vocabulary, language) for code in values if code or lacking is None]
    said = [_SAYS[language][attribute][negated].replace("{v}", _listed(named, language))] if named else []
    if lacking and NONE in values:
        said.append(lacking[negated])
    joint = _JOINTS[language][AllOf if negated else AnyOf]
    return joint.join(said) if len(said) == 1 else f"({joint.join(said)})"


def _named(attribute: Attribute, code: str, vocabulary: Vocabulary, language: str) -> str:
    word = vocabulary.word(attribute, code, language)
    if attribute not in FREE:
        return word
    return f"“{word}”" if language == "en" else f"”{word}”"


def _listed(words: Sequence[str], language: str) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])}{_JOINTS[language][AnyOf]}{words[-1]}"
