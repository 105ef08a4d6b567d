"""What a check found: which rule, how bad, where, and a sentence that says what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is, the worst first."""

    STOP = "stop"
    """It can't go out: a leak, a placeholder left over, no sender, no way out, a tracker, or too large."""
    WARNING = "warning"
    """It can go out, by somebody who has seen it and says why."""
    ADVICE = "advice"
    """It would be better otherwise."""


class Place(StrEnum):
    """Where in the issue a finding is, for a link that leads there."""

    SUBJECT = "subject"
    PREHEADER = "preheader"
    ITEMS = "items"
    """The issue's items as a whole: what is missing, doubled or too much."""
    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    PICTURES = "pictures"
    ATTACHMENTS = "attachments"
    BYLINE = "byline"
    TEMPLATE = "template"
    """The mail's frame: nothing that an officer writes; an operator mends it."""
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. ``rule`` is its id (X8, P10, or a word of our own for what is no rule of others).

    ``sentence`` is a Swedish message id with places that ``facts`` fill; ``article_id`` is the article that
    it is about, if any. ``variants`` are the names of the variants that it was found in; none: in the words
    themselves, whoever reads them.
    """

    rule: str
    severity: Severity
    sentence: str
    facts: Mapping[str, str | int | date] = field(default_factory=dict)
    place: Place = Place.ITEMS
    article_id: int | None = None
    variants: tuple[str, ...] = ()

    def in_variant(self, name: str) -> "Finding":
        """Return the same finding, found in this variant."""
        return replace(self, variants=(name,))


def mark(swedish: str) -> str:
    """Mark a sentence for the catalogue where it is written; whoever shows a finding translates it."""
    return swedish


def together(findings: Iterable[Finding]) -> list[Finding]:
    """Make one of what was found in several variants, and put the worst first, else in the order given."""
    met: dict[tuple[object, ...], Finding] = {}
    for found in findings:
        key = (found.rule, found.sentence, tuple(sorted(found.facts.items())), found.place, found.article_id)
        before = met.get(key)
        names = dict.fromkeys((*(before.variants if before else ()), *found.variants))
        met[key] = replace(found, variants=tuple(names))
    order = list(Severity)
    return sorted(met.values(), key=lambda found: order.index(found.severity))


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, the worst first, and in how many variants it was looked for."""

    findings: tuple[Finding, ...]
    variants: int

    def of(self, severity: Severity) -> list[Finding]:
        """Return the findings that are this bad."""
        return [each for each in self.findings if each.severity is severity]
