"""The short form in which people write segments: ``region: Skåne, Sydost och inte tagg: styrelse``.

    rule       one or several alternatives with "eller" between them
    alternative one or several parts with "och" between them ("och" binds tighter than "eller")
    part       "inte" part, or "(" rule ")", or a condition
    condition  name ":" value, or several values with commas between them, of which one must be right

Swedish and English words are understood alike, in any case. A value that holds a comma, a colon, a
parenthesis, a quotation mark or one of the joining words stands in quotation marks ("forskare och lärare"); a
quotation mark inside them is written twice.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from subscribers.core import segments
from subscribers.core.segment_tokens import Token, pointer, tokens
from subscribers.core.segment_words import Vocabulary, plain
from subscribers.core.segments import (
    FREE,
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
from subscribers.errors import SegmentRefused

LONGEST_TEXT = 4_000

Name = Attribute | type[Member] | type[PlacedByHand] | type[JoinedBefore] | type[JoinedAfter]

#: What conditions are called: first the Swedish word that is printed, then the English one, then others.
NAMES: Mapping[Name, tuple[str, ...]] = {
    Attribute.REGION: ("region", "region", "regioner", "regions"),
    Attribute.COUNTY: ("län", "county", "counties"),
    Attribute.MUNICIPALITY: ("kommun", "municipality", "kommuner", "municipalities"),
    Attribute.LIST: ("lista", "list", "listor", "lists"),
    Member: ("medlem", "member"),
    Attribute.ROLE: ("roll", "role", "roller", "roles"),
    Attribute.TITLE: ("titel", "title", "titlar", "titles"),
    Attribute.LANGUAGE: ("språk", "language", "languages"),
    JoinedBefore: ("inträdde före", "joined before"),
    JoinedAfter: ("inträdde efter", "joined after"),
    Attribute.TAG: ("tagg", "tag", "taggar", "tags"),
    PlacedByHand: ("placerad för hand", "placed by hand"),
    Attribute.ISSUE: ("fick nummer", "got issue", "fick", "got"),
}

_BY_NAME = {plain(word): name for name, words in NAMES.items() for word in words}

_AND, _OR, _NOT = ("och", "and"), ("eller", "or"), ("inte", "not")
_YES, _NO = ("ja", "yes"), ("nej", "no")


def parse(text: str, vocabulary: Vocabulary, *, language: str = "sv") -> Rule:
    """Read the short form. ``language`` (``sv``, ``en``) is that of the words which errors propose.

    Raises ``SegmentRefused``, whose sentence begins with the line and a caret below the place. Bounded: at
    most ``LONGEST_TEXT`` characters, and the depth and size of ``segments``.
    """
    if len(text) > LONGEST_TEXT:
        raise SegmentRefused(
            "Urvalet är {length} tecken långt. Det får vara högst {most}.",
            length=len(text),
            most=LONGEST_TEXT,
        )
    rule = _Parser(text, vocabulary, language).whole()
    segments.check_size(rule)
    return rule


class _Parser:
    """Recursive descent; ``depth`` keeps it from descending further than a rule may be deep."""

    def __init__(self, text: str, vocabulary: Vocabulary, language: str) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.language = language
        self.tokens = list(tokens(text))
        self.next = 0
        self.depth = 0

    def whole(self) -> Rule:
        rule = self.group(_OR, AnyOf, lambda: self.group(_AND, AllOf, self.part))
        token = self.tokens[self.next]
        if token.kind != "end":
            raise SegmentRefused(
                "{pointer}\nHär ska det stå {joints} före nästa villkor, eller vara slut.",
                pointer=self.pointed(token),
                joints=self.listed(_AND, _OR),
            )
        return rule

    def group(
        self, joints: tuple[str, ...], kind: type[AllOf] | type[AnyOf], read: Callable[[], Rule]
    ) -> Rule:
        rules = [read()]
        while self.tokens[self.next].says(*joints):
            self.next += 1
            rules.append(read())
        return rules[0] if len(rules) == 1 else kind(tuple(rules))

    def part(self) -> Rule:
        token = self.tokens[self.next]
        negated, opens = token.says(*_NOT), token.is_mark("(")
        if not negated and not opens:
            return self.condition()
        self.depth += 1
        if self.depth >= segments.DEEPEST:
            raise SegmentRefused(
                "{pointer}\nHär blir urvalet för djupt. Skriv det med färre parenteser.",
                pointer=self.pointed(token),
            )
        self.next += 1
        rule = Not(self.part()) if negated else self.parenthesis()
        self.depth -= 1
        return rule

    def parenthesis(self) -> Rule:
        rule = self.group(_OR, AnyOf, lambda: self.group(_AND, AllOf, self.part))
        token = self.tokens[self.next]
        if not token.is_mark(")"):
            raise SegmentRefused(
                "{pointer}\nHär ska det stå {joints} eller en parentes som avslutar.",
                pointer=self.pointed(token),
                joints=self.listed(_AND, _OR),
            )
        self.next += 1
        return rule

    def condition(self) -> Rule:
        start = self.tokens[self.next]
        words = self.words()
        name = _BY_NAME.get(plain(" ".join(words)))
        if name is None:
            raise SegmentRefused(
                "{pointer}\nHär ska ett villkor börja. Det kan heta {names}.",
                pointer=self.pointed(start),
                names=", ".join(self.names()),
            )
        colon = self.tokens[self.next]
        if not colon.is_mark(":"):
            raise SegmentRefused(
                "{pointer}\nHär ska det stå ett kolon och sedan vad villkoret gäller.",
                pointer=self.pointed(colon),
            )
        self.next += 1
        return self.valued(name)

    def words(self) -> list[str]:
        words = []
        while self.tokens[self.next].kind == "word" and not self.tokens[self.next].says(*_AND, *_OR):
            words.append(self.tokens[self.next].text)
            self.next += 1
        return words

    def valued(self, name: Name) -> Rule:
        if isinstance(name, Attribute):
            return self.has(name)
        token, written = self.value()
        if name is Member or name is PlacedByHand:
            return self.flag(Member() if name is Member else PlacedByHand(), token, written)
        return self.joined(name is JoinedBefore, token, written)

    def has(self, attribute: Attribute) -> Has:
        values = [self.code(attribute, *self.value())]
        while self.tokens[self.next].is_mark(","):
            self.next += 1
            values.append(self.code(attribute, *self.value()))
        return Has(attribute, tuple(dict.fromkeys(values)))

    def value(self) -> tuple[Token, str]:
        """Read one value: a quoted text, or all words up to a mark or a joining word."""
        token = self.tokens[self.next]
        if token.kind == "quoted":
            self.next += 1
            return token, token.text
        words = self.words()
        if not words:
            raise SegmentRefused("{pointer}\nHär ska det stå ett värde.", pointer=self.pointed(token))
        return token, " ".join(words)

    def code(self, attribute: Attribute, token: Token, written: str) -> str:
        try:
            value = segments.clean_value(attribute, written)
        except ValueError as error:
            raise SegmentRefused(
                "{pointer}\nVärdet är tomt, för långt eller har tecken som inte går att skriva ut.",
                pointer=self.pointed(token),
            ) from error
        if attribute in FREE:
            return value
        code = self.vocabulary.code(attribute, value)
        if code is None:
            raise self.unknown(attribute, token, value)
        return code

    def unknown(self, attribute: Attribute, token: Token, value: str) -> SegmentRefused:
        known = self.vocabulary.words(attribute, self.language)
        near = self.vocabulary.nearest(attribute, value, self.language)
        if near:
            return SegmentRefused(
                "{pointer}\nHär går det inte att välja ”{value}”. Menade du {near}?",
                pointer=self.pointed(token),
                value=value,
                near=near,
            )
        return SegmentRefused(
            "{pointer}\nHär går det inte att välja ”{value}”. Det kan stå {known}.",
            pointer=self.pointed(token),
            value=value,
            known=", ".join(known[:25]) + (" …" if len(known) > 25 else ""),
        )

    def flag(self, rule: Condition, token: Token, written: str) -> Rule:
        said = plain(written)
        if said not in (*_YES, *_NO):
            raise SegmentRefused(
                "{pointer}\nHär ska det stå {answers}.",
                pointer=self.pointed(token),
                answers=self.listed(_YES, _NO),
            )
        return rule if said in _YES else Not(rule)

    def joined(self, before: bool, token: Token, written: str) -> Rule:
        """Read a day, or a year: before 2020 is before its first day, after 2020 is after its last."""
        try:
            if re.fullmatch("[0-9]{4}", written):
                return JoinedBefore(date(int(written), 1, 1)) if before else JoinedAfter(_last_of(written))
            if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
                raise ValueError("no date")
            day = date.fromisoformat(written)
        except ValueError as error:
            raise SegmentRefused(
                "{pointer}\nHär ska det stå ett årtal eller ett datum, som 2024 eller 2024-05-17.",
                pointer=self.pointed(token),
            ) from error
        return JoinedBefore(day) if before else JoinedAfter(day)

    def names(self) -> Iterator[str]:
        return (_word(words, self.language) for words in NAMES.values())

    def listed(self, *words: tuple[str, str]) -> str:
        return f" {_word(_OR, self.language)} ".join(f"”{_word(pair, self.language)}”" for pair in words)

    def pointed(self, token: Token) -> str:
        return pointer(self.text, token.at)


def _last_of(year: str) -> date:
    return date(int(year), 12, 31)


def _word(words: tuple[str, ...], language: str) -> str:
    return words[1] if language == "en" else words[0]


# --- Printing -----------------------------------------------------------------------------------------------


def write(rule: Rule, vocabulary: Vocabulary, *, language: str = "sv") -> str:
    """Return a rule in the short form; ``parse`` reads the same rule back."""
    match rule:
        case AllOf(rules):
            return _joined(rules, _AND, vocabulary, language)
        case AnyOf(rules):
            return _joined(rules, _OR, vocabulary, language)
        case Not(inner):
            return f"{_word(_NOT, language)} {_part(inner, vocabulary, language)}"
        case Has(attribute, values):
            words = (_quoted(vocabulary.word(attribute, code, language)) for code in values)
            return f"{_word(NAMES[attribute], language)}: {', '.join(words)}"
        case JoinedBefore(day) | JoinedAfter(day):
            return f"{_word(NAMES[type(rule)], language)}: {day.isoformat()}"
        case _:
            return f"{_word(NAMES[type(rule)], language)}: {_word(_YES, language)}"


def _joined(rules: tuple[Rule, ...], joints: tuple[str, ...], vocabulary: Vocabulary, language: str) -> str:
    return f" {_word(joints, language)} ".join(_part(each, vocabulary, language) for each in rules)


def _part(rule: Rule, vocabulary: Vocabulary, language: str) -> str:
    written = write(rule, vocabulary, language=language)
    return f"({written})" if isinstance(rule, AllOf | AnyOf) else written


def _quoted(value: str) -> str:
    bare = re.fullmatch(r'[^\s(),:"]+( [^\s(),:"]+)*', value)
    if bare and not any(plain(word) in (*_AND, *_OR) for word in value.split()):
        return value
    return '"' + value.replace('"', '""') + '"'
