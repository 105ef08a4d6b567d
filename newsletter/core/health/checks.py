"""What a check says: green, amber or red, in a sentence, with what to do about it.

Sentences are Swedish message ids with places that ``facts`` fill; whoever shows them translates.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Facts = Mapping[str, str | int]


class Level(Enum):
    """How it stands, the worst first."""

    RED = "red"
    """Real letters do not arrive, are refused or do harm."""
    AMBER = "amber"
    """It works, could work better, or cannot be known from here."""
    GREEN = "green"


class Group(Enum):
    """What belongs together on a page, in order."""

    SENDING = "sending"
    MACHINE = "machine"
    RELAY = "relay"
    DOMAIN = "domain"
    WEB = "web"
    BOOMERANG = "boomerang"


@dataclass(frozen=True, slots=True)
class Record:
    """A DNS record, ready to be pasted: ``name`` without its final dot, ``value`` without quotation marks."""

    name: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    ``name`` is its short name ("spf"), the same in every language. ``says`` and ``do`` are message ids;
    ``do`` is "" where there is nothing to do. ``said`` is what a server answered, in its own words.
    ``about`` is the relay or domain. ``until`` is the name of a check that, where there is one, answers
    what this one could not know.
    """

    group: Group
    name: str
    level: Level
    says: str
    do: str = ""
    facts: Facts = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    said: str = ""
    about: str = ""
    until: str = ""

    def plain(self) -> dict[str, Any]:
        """Return the check as JSON has it."""
        return {
            "group": self.group.value,
            "name": self.name,
            "level": self.level.value,
            "says": self.says,
            "do": self.do,
            "facts": dict(self.facts),
            "records": [[each.name, each.type, each.value] for each in self.records],
            "said": self.said,
            "about": self.about,
            "until": self.until,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Check":
        """Return the check that ``plain`` has written."""
        return cls(
            group=Group(plain["group"]),
            name=plain["name"],
            level=Level(plain["level"]),
            says=plain["says"],
            do=plain["do"],
            facts=plain["facts"],
            records=tuple(Record(*each) for each in plain["records"]),
            said=plain["said"],
            about=plain["about"],
            until=plain["until"],
        )


def mark(swedish: str) -> str:
    """Mark a sentence for the catalogue where it is written; whoever shows it translates."""
    return swedish


def worst(checks: Iterable[Check]) -> Level:
    """Return the worst level; green where there is none."""
    order = list(Level)
    return min((each.level for each in checks), key=order.index, default=Level.GREEN)


def answered(checks: Iterable[Check]) -> list[Check]:
    """Leave out what could not be known, where another check has answered it."""
    given = list(checks)
    known = {each.name for each in given}
    return [each for each in given if each.until not in known]


def in_order(checks: Iterable[Check]) -> list[Check]:
    """Put the worst first, and else group by group, in the order given."""
    levels, groups = list(Level), list(Group)
    return sorted(checks, key=lambda each: (levels.index(each.level), groups.index(each.group)))


def printable(said: str, longest: int = 300) -> str:
    """Make one line of what a server says, which may be anything."""
    return " ".join("".join(c if c.isprintable() else " " for c in said).split())[:longest]
