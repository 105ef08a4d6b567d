"""Whom a register is about: which of its rows are people we know, what is new, and what has changed.

row | known again? | then what differs | else who is new, and what their address has said no to
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from subscribers.core import names
from subscribers.core.importing import Problem, RegisterAddress, RegisterRow, Weight
from subscribers.core.regions import Gazetteer
from subscribers.errors import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person as the database has them. ``addresses`` are canonical; ``declined`` are ids of lists."""

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
    addresses: frozenset[str]
    declined: frozenset[int]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A row that is a new person. ``declined`` are the lists (ids) that somebody at the address has left."""

    row: RegisterRow
    declined: frozenset[int]


@dataclass(frozen=True, slots=True)
class Change:
    """What a row says differently of a known person.

    ``values`` are columns of the person. ``new_addresses`` are those that they did not have;
    ``prefer_first`` tells to write to the first of these from now on.
    """

    subscriber_id: int
    values: Mapping[str, str | date | None]
    new_addresses: tuple[RegisterAddress, ...]
    prefer_first: bool
    becomes_member: bool


@dataclass(slots=True)
class Plan:
    """What importing a register would do."""

    new: list[Enrolment] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    kept_silent: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Someone:
    """A person we know, or one that an earlier row of the file has made known."""

    number: str | None
    addresses: frozenset[str]
    known: KnownPerson | None
    row: int | None = None


def make_plan(
    rows: Iterable[RegisterRow],
    known: Sequence[KnownPerson],
    *,
    suppressed: frozenset[str],
    places: Gazetteer,
    today: date,
) -> Plan:
    """Decide what each row is. ``suppressed`` are canonical addresses; ``today`` begins new memberships.

    Every row is new, changed, unchanged, or has a problem that says why it is none of these.
    """
    planner = _Planner(known, suppressed, places, today)
    for row in rows:
        planner.take(row)
    return planner.plan


class _Planner:
    def __init__(
        self, known: Sequence[KnownPerson], suppressed: frozenset[str], places: Gazetteer, today: date
    ) -> None:
        self.plan = Plan()
        self._suppressed = suppressed
        self._places = places
        self._today = today
        self._by_number: dict[str, _Someone] = {}
        self._by_name: dict[tuple[str, str], list[_Someone]] = {}
        self._by_address: dict[str, list[_Someone]] = {}
        for person in known:
            someone = _Someone(person.member_number, person.addresses, person)
            self._learn(someone, names.same_name_key(person.given_name, person.family_name))

    def take(self, row: RegisterRow) -> None:
        """Put one row into the plan."""
        found = self._find(row)
        if len(found) > 1:
            self._skip(
                row,
                mark("Flera personer i registret passar in på raden."),
                mark("Ange medlemsnumret på raden, så att rätt person hittas."),
            )
        elif not found:
            self._enrol(row)
        elif (someone := found[0]).row is not None:
            self._skip(
                row,
                mark("Personen står redan på rad {other} i filen."),
                mark("Ta bort den ena raden; fler adresser får stå i kolumner bredvid varandra."),
                other=someone.row,
            )
        elif (person := someone.known) and _is_someone_else(row, person):
            self._skip(
                row,
                mark(
                    "Medlemsnummer {number} tillhör {name}, men raden har ett annat namn och en annan adress."
                ),
                mark("Se efter vem numret hör till, och rätta numret eller namnet."),
                number=row.member_number,
                name=f"{person.given_name} {person.family_name}",
            )
        elif person:
            someone.row = row.row
            self._compare(row, person)

    def _find(self, row: RegisterRow) -> list[_Someone]:
        """Return who the row may be: by number, else by name and address, else by the one there is."""
        if row.member_number and (numbered := self._by_number.get(row.member_number)):
            return [numbered]
        found = self._compatible(row, self._same_name_and_address(row))
        return found or self._compatible(row, self._nameless_at_the_address(row))

    def _compatible(self, row: RegisterRow, people: Iterable[_Someone]) -> list[_Someone]:
        # Two numbers are two people, also when father and son share name and address.
        either = {id(p): p for p in people if row.member_number is None or p.number is None}
        return list(either.values())

    def _same_name_and_address(self, row: RegisterRow) -> Iterator[_Someone]:
        for found in row.addresses:
            address = found.address.canonical
            if row.name_key:
                yield from self._by_name.get((row.name_key, address), ())
            else:
                yield from self._by_address.get(address, ())
        if not row.addresses and row.member_number is None:
            yield from self._by_name.get((row.name_key, ""), ())

    def _nameless_at_the_address(self, row: RegisterRow) -> Iterator[_Someone]:
        for found in row.addresses:
            yield from self._by_name.get(("", found.address.canonical), ())

    def _enrol(self, row: RegisterRow) -> None:
        if not row.name_key and not row.addresses:
            self._skip(
                row,
                mark("Medlemsnummer {number} är nytt, men raden har varken namn eller e-postadress."),
                mark("Fyll i vem det är, och läs in filen igen."),
                number=row.member_number,
            )
            return
        addresses = frozenset(a.address.canonical for a in row.addresses)
        others = [other for address in addresses for other in self._by_address.get(address, ())]
        declined = frozenset(list_id for other in others if other.known for list_id in other.known.declined)
        self._tell_shared(row, others, declined=bool(declined))
        self._count_silent(addresses, declined=bool(declined))
        self.plan.new.append(Enrolment(row, declined))
        self._learn(_Someone(row.member_number, addresses, None, row.row), row.name_key)

    def _compare(self, row: RegisterRow, person: KnownPerson) -> None:
        new = tuple(a for a in row.addresses if a.address.canonical not in person.addresses)
        values = self._differences(row, person)
        addresses = person.addresses.union(a.address.canonical for a in new)
        self._count_silent(addresses, declined=bool(person.declined))
        if not values and not new:
            self.plan.unchanged += 1
            return
        others = [other for a in new for other in self._by_address.get(a.address.canonical, ())]
        self._tell_shared(row, others, declined=False)
        self.plan.changes.append(
            Change(
                subscriber_id=person.id,
                values=values,
                new_addresses=new,
                # A new address in the main column is news; a known one there is not, and the person may
                # have chosen another since.
                prefer_first=bool(new) and new[0] is row.addresses[0],
                becomes_member=person.member_since is None,
            )
        )

    def _differences(self, row: RegisterRow, person: KnownPerson) -> dict[str, str | date | None]:
        since = row.member_since or (self._today if person.member_since is None else None)
        said = {
            "member_number": row.member_number,
            "given_name": row.given_name,
            "family_name": row.family_name,
            "language": row.language,
            "member_since": since,
            "member_until": row.member_until,
            "workplace": row.workplace,
            "municipality_code": row.municipality_code,
            "region_slug": self._region(row, person),
        }
        values: dict[str, str | date | None] = {
            name: value for name, value in said.items() if value and value != getattr(person, name)
        }
        if "given_name" in values or "family_name" in values:
            values["sort_key"] = names.sort_key(
                row.given_name or person.given_name, row.family_name or person.family_name
            )
        return values

    def _region(self, row: RegisterRow, person: KnownPerson) -> str | None:
        """Return the region by the municipality; else as written, where no municipality is known."""
        if row.municipality_code == person.municipality_code and row.municipality_code:
            return None  # somebody may have placed the person by hand since
        municipality = self._places.municipality_by_code(row.municipality_code or "")
        if municipality:
            return self._places.region_of(municipality)
        return None if person.municipality_code else row.region

    def _learn(self, someone: _Someone, name_key: str) -> None:
        if someone.number:
            self._by_number[someone.number] = someone
        for address in someone.addresses:
            self._by_name.setdefault((name_key, address), []).append(someone)
            self._by_address.setdefault(address, []).append(someone)
        if not someone.addresses and not someone.number:
            self._by_name.setdefault((name_key, ""), []).append(someone)

    def _count_silent(self, addresses: frozenset[str], *, declined: bool) -> None:
        self.plan.kept_silent += declined or bool(addresses and addresses <= self._suppressed)

    def _tell_shared(self, row: RegisterRow, others: Sequence[_Someone], *, declined: bool) -> None:
        if declined:
            self._tell(
                row,
                Weight.LOOK,
                mark("Någon har tackat nej till brev på adressen, så personen står inte på de listorna."),
                mark("Fråga personen. Vill hon eller han ha breven, så anmäl på nytt."),
            )
        elif others:
            self._tell(
                row,
                Weight.LOOK,
                mark("Adressen hör också till någon annan i registret: de får ett gemensamt brev."),
                mark("Ange en egen adress, om det inte är så de vill ha det."),
            )

    def _skip(self, row: RegisterRow, why: str, mend: str, /, **facts: object) -> None:
        self._tell(row, Weight.ROW_SKIPPED, why, mend, **facts)

    def _tell(self, row: RegisterRow, weight: Weight, why: str, mend: str, /, **facts: object) -> None:
        self.plan.problems.append(Problem(row.row, "", weight, why, mend, facts))


def _is_someone_else(row: RegisterRow, person: KnownPerson) -> bool:
    """Tell whether nothing but the number agrees: then a column has slipped, or the number was reused."""
    given = (row.given_name.casefold(), person.given_name.casefold())
    family = (row.family_name.casefold(), person.family_name.casefold())
    return all(all(pair) and pair[0] != pair[1] for pair in (given, family)) and (
        person.addresses.isdisjoint(a.address.canonical for a in row.addresses)
    )
