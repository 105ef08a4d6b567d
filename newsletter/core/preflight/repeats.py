"""What stands twice: sentences, articles of earlier issues, and one person's name in two spellings."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from newsletter.core.preflight.findings import Finding, Place, Severity, mark
from newsletter.core.preflight.matter import Part
from newsletter.core.preflight.prose import paragraphs
from newsletter.core.preflight.references import short

#: Shorter sentences may stand twice with a purpose.
_LEAST_WORDS = 6

_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(
    r"(?<![^\W_])[A-ZÅÄÖÉ][a-zåäöéüø]+(?:-[A-ZÅÄÖ][a-zåäöéü]+)? [A-ZÅÄÖÉ][a-zåäöéüø]+(?:-[A-ZÅÄÖ]\w+)?"
)
_TITLE = (
    r"(?:vice )?\w*(?:ordförande|minister|chef|sekreterare|direktör|rektor|professor|språkrör|ledamot|lagman"
    r"|samordnare|utvecklare|strateg|kassör|redaktör|forskare|ombudsman|handläggare|konsulent|doktorand)n?"
)
_TITLED = re.compile(rf"(?:(?P<before>{_TITLE}) )?(?P<name>{_NAME.pattern})(?:, (?P<after>{_TITLE})\b)?")


def sentences_twice(parts: Sequence[Part]) -> Iterator[Finding]:
    """Find sentences that stand twice in the issue, in one article or in two."""
    met: dict[tuple[str, ...], Part] = {}
    told: set[tuple[str, ...]] = set()
    for part in parts:
        for paragraph in paragraphs(part.text):
            for sentence in () if paragraph.heading else paragraph.sentences():
                words = tuple(_WORD.findall(sentence.casefold()))
                if len(words) < _LEAST_WORDS or words in told:
                    continue
                if words in met:
                    told.add(words)
                    yield _twice(met[words], part, sentence, paragraph.place)
                met.setdefault(words, part)


def again(parts: Sequence[Part]) -> Iterator[Finding]:
    """Find articles that have stood in an earlier issue."""
    for part in parts:
        if part.earlier:
            yield Finding(
                "again",
                Severity.WARNING,
                mark("”{title}” stod redan i {issue}. Ta bort artikeln, eller skriv vad som är nytt."),
                {"title": part.text.title, "issue": part.earlier},
                article_id=part.article_id,
            )


def names(parts: Sequence[Part]) -> Iterator[Finding]:
    """Find names that differ by one letter from a name that is written as often or more."""
    counted: dict[str, int] = defaultdict(int)
    where: dict[str, Part] = {}
    for part in parts:
        for text in _texts(part):
            for found in _NAME.finditer(text):
                counted[found[0]] += 1
                where.setdefault(found[0], part)
    for one, other in combinations(sorted(counted), 2):
        if _is_near(one, other):
            rarer, usual = sorted((one, other), key=lambda name: counted[name])
            yield Finding(
                "name",
                Severity.WARNING,
                mark(
                    "Ett namn stavas på två sätt: ”{rarer}” i ”{title}”, och annars ”{usual}”. Rätta det "
                    "som är fel."
                ),
                {"rarer": rarer, "usual": usual, "title": where[rarer].text.title},
                Place.BODY,
                where[rarer].article_id,
            )


def titles(parts: Sequence[Part]) -> Iterator[Finding]:
    """Find people who are called two things in the issue."""
    called: dict[str, dict[str, Part]] = defaultdict(dict)
    for part in parts:
        for text in _texts(part):
            for found in _TITLED.finditer(text):
                for title in (found["before"], found["after"]):
                    if title:
                        called[found["name"]].setdefault(title.casefold().removesuffix("n"), part)
    for name, had in called.items():
        one, *others = had
        if differing := [other for other in others if not (other.endswith(one) or one.endswith(other))]:
            yield Finding(
                "name",
                Severity.ADVICE,
                mark("{name} kallas både {one} och {other} i numret. Stämmer båda?"),
                {"name": name, "one": one, "other": differing[0]},
                Place.BODY,
                had[differing[0]].article_id,
            )


def _texts(part: Part) -> Iterator[str]:
    """Give everything of an article in which people are named."""
    yield from (paragraph.text for paragraph in paragraphs(part.text))
    yield from (picture.caption for picture in part.text.pictures)
    yield f"{part.text.byline_name}, {part.text.byline_role}"


def _twice(first: Part, second: Part, sentence: str, place: Place) -> Finding:
    same = first.article_id == second.article_id
    sentence_id = (
        mark("En mening står två gånger i ”{title}”: ”{words}” Ta bort den ena.")
        if same
        else mark("En mening står både i ”{other}” och i ”{title}”: ”{words}” Ta bort den ena.")
    )
    facts = {"title": second.text.title, "words": short(sentence)}
    if not same:
        facts["other"] = first.text.title
    return Finding("twice", Severity.WARNING, sentence_id, facts, place, second.article_id)


def _is_near(one: str, other: str) -> bool:
    """Tell whether two names are so alike that one is likely a slip: one part the same, the other one off."""
    (given, family), (other_given, other_family) = one.split(" ", 1), other.split(" ", 1)
    if family == other_family:
        return min(len(given), len(other_given)) >= 5 and _one_off(given, other_given)
    return (
        given == other_given and min(len(family), len(other_family)) >= 5 and _one_off(family, other_family)
    )


def _one_off(one: str, other: str) -> bool:
    """Tell whether one letter was added, lost, changed, or two were turned round; a genitive's s is none."""
    if one == other or one + "s" == other or other + "s" == one:
        return False
    if len(one) > len(other):
        one, other = other, one
    at = next((n for n, letter in enumerate(one) if letter != other[n]), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    return one[at + 1 :] == other[at + 1 :] or (
        one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    )
