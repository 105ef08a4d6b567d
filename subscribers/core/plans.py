"""What importing a register would do, as values: whom we know, what changes, what stays, and why."""

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from subscribers.core.fields import ADDRESS_FIELDS, Field
from subscribers.core.importing import Problem, RegisterAddress, RegisterRow

Value = str | date | None

#: What stands for "the address that is written to" among the columns of a person.
PREFERRED = "address:preferred"

_SPECIAL_COLUMNS = {
    Field.MUNICIPALITY: "municipality_code",
    Field.REGION: "region_slug",
    **dict.fromkeys(ADDRESS_FIELDS, PREFERRED),
}


class KnownPerson(NamedTuple):
    """A person as the database has them. ``addresses`` are canonical; ``declined`` are ids of lists.

    A tuple, since a whole register of them is made for one page.
    """

    id: int
    given_name: str
    family_name: str
    language: str
    member_number: str | None
    member_since: date | None
    member_until: date | None
    workplace: str
    municipality_code: str | None
    region_slug: str | None
    addresses: tuple[str, ...]
    declined: frozenset[int]
    title: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    placed_by_hand: bool = False
    deceased_on: date | None = None

    @property
    def name(self) -> str:
        """The full name, given name first; may be empty."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True)
class Word:
    """Who set a field here, after the last file did. ``said_by`` is "member" or "person" (with a role)."""

    said_by: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A row that is a new person. ``declined`` are the lists (ids) that somebody at the address has left."""

    row: RegisterRow
    declined: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a row says differently of a known person.

    ``values`` are columns of the person, ``old`` what they hold now. ``new_addresses`` are those that they
    did not have; ``prefer_first`` tells to write to the first of these from now on.
    """

    row: int
    subscriber_id: int
    name: str
    values: Mapping[str, Value]
    old: Mapping[str, Value]
    new_addresses: tuple[RegisterAddress, ...]
    prefer_first: bool
    becomes_member: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A field that was set here since, and that the file has otherwise: what is here stays."""

    row: int
    subscriber_id: int
    name: str
    column: str
    here: Value
    in_file: Value
    word: Word


class Block(enum.Enum):
    """Why a person of the file gets no letters, whatever the file says."""

    DECLINED = "declined"
    SUPPRESSED = "suppressed"
    DECEASED = "deceased"


@dataclass(frozen=True, slots=True)
class Blocked:
    """A person of the file who stays silent."""

    row: int
    name: str
    why: Block


@dataclass(frozen=True, slots=True)
class Gone:
    """A member whom a complete register no longer has."""

    subscriber_id: int
    name: str
    member_number: str | None


@dataclass(slots=True)
class Plan:
    """What importing a register would do."""

    new: list[Enrolment] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def fingerprint(self) -> str:
        """Return a digest of whom the plan is about: the same however conflicts were decided.

        Somebody who has seen a plan agrees to that one, and not to what another day's register makes of it.
        """
        touched = {(each.row, each.subscriber_id) for each in self.changes}
        touched |= {(each.row, each.subscriber_id) for each in self.conflicts}
        about = (
            sorted(each.row.row for each in self.new),
            sorted(touched),
            sorted(each.subscriber_id for each in self.gone),
        )
        return hashlib.sha256(repr(about).encode()).hexdigest()[:32]

    @property
    def kept_silent(self) -> int:
        """How many people of the file stay silent."""
        return len(self.blocked)


def column_of(what: Field) -> str:
    """Return the column of a person that a field of a file goes into."""
    return _SPECIAL_COLUMNS.get(what, what.value.replace("-", "_"))
