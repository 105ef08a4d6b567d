"""Scope and authority: whose people a caller may see, and who may do what where. Both are data.

    roles that somebody holds today -> may(roles, act, where) -> Allowed | Refused
                                    -> scope_of(roles)        -> Scope

Every service that reads or changes subscribers takes a ``Scope``. What lies outside it does
not exist for the caller: missing and forbidden are the same answer (``errors.NotFound``).
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from subscribers.errors import mark


@dataclass(frozen=True, slots=True)
class Everything:
    """All people. Made in ``newsletter.app`` and ``newsletter.jobs``, with a reason, and by ``scope_of``."""

    reason: str


@dataclass(frozen=True, slots=True)
class SomeRegions:
    """The people of the named regions (slugs), and no one else."""

    regions: frozenset[str]


@dataclass(frozen=True, slots=True)
class OnePerson:
    """A single subscriber, proved by a token in a mail we sent."""

    subscriber_id: int


Scope = Everything | SomeRegions | OnePerson


class RoleName(enum.Enum):
    """What a person does for the association in Rundbrev."""

    ADMINISTRATOR = "administrator"
    OFFICER = "officer"
    REGIONAL_LEAD = "regional-lead"
    REVIEWER = "reviewer"
    TREASURER = "treasurer"
    READER = "reader"


class Act(enum.Enum):
    """What people do in Rundbrev. The values are how documents and the log name it."""

    SEE_PEOPLE = "see people"
    COUNT_PEOPLE = "count people"
    CHANGE_PEOPLE = "change people"
    SUPPRESS = "suppress and release addresses"
    EXPORT = "export people"
    IMPORT = "import the register"
    ERASE = "extract and erase a person"
    WRITE = "write articles and issues"
    REVIEW = "read and comment on issues"
    SEND = "send issues and regional letters"
    SEND_NOTICES = "send member notices"
    EDIT_REGIONS = "edit regions"
    GIVE_ROLES = "give and take roles"
    READ_LOG = "read the log"


class Reach(enum.Enum):
    """How far a role reaches with an act."""

    EVERYWHERE = "everywhere"
    OWN = "own regions"
    NOWHERE = "–"


ALL, OWN, NO = Reach.EVERYWHERE, Reach.OWN, Reach.NOWHERE

#: The columns of ``TABLE``.
ROLES = tuple(RoleName)

#: Who may do what, and where. Roles add up: who holds two may do what either may.
TABLE: dict[Act, tuple[Reach, ...]] = {
    #                  administrator  officer  lead  reviewer  treasurer  reader
    Act.SEE_PEOPLE:    (ALL,          ALL,     OWN,  NO,       ALL,       NO),
    Act.COUNT_PEOPLE:  (ALL,          ALL,     OWN,  NO,       ALL,       ALL),
    Act.CHANGE_PEOPLE: (ALL,          ALL,     OWN,  NO,       ALL,       NO),
    Act.SUPPRESS:      (ALL,          ALL,     OWN,  NO,       NO,        NO),
    Act.EXPORT:        (ALL,          ALL,     OWN,  NO,       ALL,       NO),
    Act.IMPORT:        (ALL,          ALL,     NO,   NO,       ALL,       NO),
    Act.ERASE:         (ALL,          ALL,     NO,   NO,       NO,        NO),
    Act.WRITE:         (NO,           ALL,     OWN,  NO,       NO,        NO),
    Act.REVIEW:        (ALL,          ALL,     OWN,  ALL,      NO,        ALL),
    Act.SEND:          (NO,           ALL,     OWN,  NO,       NO,        NO),
    Act.SEND_NOTICES:  (NO,           ALL,     NO,   NO,       NO,        NO),
    Act.EDIT_REGIONS:  (ALL,          ALL,     NO,   NO,       NO,        NO),
    Act.GIVE_ROLES:    (ALL,          NO,      NO,   NO,       NO,        NO),
    Act.READ_LOG:      (ALL,          ALL,     NO,   NO,       ALL,       ALL),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds now; ``region`` (a slug) is the one that a regional lead leads."""

    role: RoleName
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may be done. ``role`` is the one that allows it, for the log."""

    role: RoleName


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not. ``why`` is a Swedish sentence, which says nothing of what lies beyond the asker's reach."""

    why: str


def may(roles: Iterable[Held], act: Act, where: str | None) -> Allowed | Refused:
    """Decide whether somebody with these roles may do something to the people or texts of a region.

    ``where`` is a region's slug, or None for the whole association, which no regional lead reaches. The
    caller passes only roles that are held today.
    """
    held = sorted(roles, key=lambda each: ROLES.index(each.role))
    for each in held:
        reach = reach_of(each.role, act)
        if reach is ALL or (reach is OWN and where is not None and each.region == where):
            return Allowed(each.role)
    if any(reach_of(each.role, act) is OWN for each in held):
        return Refused(mark("Det får du göra i din egen region, men inte här."))
    return Refused(mark("Ditt uppdrag omfattar inte detta. Be en administratör om du behöver det."))


def scope_of(roles: Iterable[Held], act: Act = Act.SEE_PEOPLE) -> Scope:
    """Return whose people somebody with these roles may see; nobody's without a role that sees people.

    With another ``act``, such as counting, it is those to whom they may do that: for no other purpose.
    """
    regions = set()
    for each in roles:
        reach = reach_of(each.role, act)
        if reach is ALL:
            return Everything(f"holds the role of {each.role.value}")
        if reach is OWN and each.region is not None:
            regions.add(each.region)
    return SomeRegions(frozenset(regions))


def reach_of(role: RoleName, act: Act) -> Reach:
    """Return how far a role reaches with an act, as the table says."""
    return TABLE[act][ROLES.index(role)]


def as_markdown() -> str:
    """Return the table as Markdown lines, for the documents."""
    rows: list[Sequence[str]] = [["", *(role.value.replace("-", " ") for role in ROLES)]]
    rows.append(["---"] * len(rows[0]))
    rows += [[act.value, *(reach.value for reach in reaches)] for act, reaches in TABLE.items()]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
