"""Whom a register is about: which of its rows are people we know, what is new, and what has changed.

row | known again? | then what differs, but for what was said here since | else who is new
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from subscribers.core import names
from subscribers.core.importing import Problem, RegisterAddress, RegisterRow, Weight
from subscribers.core.plans import (
    PREFERRED,
    Block,
    Blocked,
    Change,
    Conflict,
    Enrolment,
    Gone,
    KnownPerson,
    Plan,
    Value,
    Word,
)
from subscribers.core.regions import Gazetteer
from subscribers.core.tables import tidy
from subscribers.errors import mark

K = TypeVar("K")


@dataclass(slots=True)
class _Someone:
    """A person we know, or one that an earlier row of the file has made known."""

    number: str | None
    addresses: Sequence[str]
    known: KnownPerson | None
    row: int | None = None
    seen: bool = False


class _Index(Generic[K]):
    """People by a key. Nearly every key has one, who needs no list: there may be a million."""

    def __init__(self) -> None:
        self._found: dict[K, _Someone | list[_Someone]] = {}

    def add(self, key: K, someone: _Someone) -> None:
        """Put one more person under a key."""
        there = self._found.setdefault(key, someone)
        if isinstance(there, list):
            there.append(someone)
        elif there is not someone:
            self._found[key] = [there, someone]

    def get(self, key: K) -> Sequence[_Someone]:
        """Return the people under a key, in the order in which they came."""
        there = self._found.get(key, ())
        return (there,) if isinstance(there, _Someone) else there


def make_plan(
    rows: Iterable[RegisterRow],
    known: Sequence[KnownPerson],
    *,
    suppressed: frozenset[str],
    places: Gazetteer,
    today: date,
    said_here: Mapping[int, Mapping[str, Word]] | None = None,
    take_file: frozenset[tuple[int, str]] = frozenset(),
    take_columns: frozenset[str] = frozenset(),
    complete: bool = False,
) -> Plan:
    """Decide what each row is. ``suppressed`` are canonical addresses; ``today`` begins new memberships.

    Every row is new, changed, unchanged, or has a problem that says why it is none of these. ``said_here``
    has, by person and column, what a file must not overwrite, unless ``take_file`` has the row and the
    column, or ``take_columns`` the column. With ``complete`` the file is the whole register, and members
    that it lacks are gone.
    """
    planner = _Planner(known, suppressed, places, today, said_here or {}, take_file, take_columns)
    for row in rows:
        planner.take(row)
    if complete:
        planner.miss()
    return planner.plan


class _Planner:
    def __init__(
        self,
        known: Sequence[KnownPerson],
        suppressed: frozenset[str],
        places: Gazetteer,
        today: date,
        said_here: Mapping[int, Mapping[str, Word]],
        take_file: frozenset[tuple[int, str]],
        take_columns: frozenset[str],
    ) -> None:
        self.plan = Plan()
        self._said_here = said_here
        self._take_file = take_file
        self._take_columns = take_columns
        self._members: list[_Someone] = []
        self._suppressed = suppressed
        self._places = places
        self._today = today
        self._by_number: dict[str, _Someone] = {}
        self._by_name = _Index[tuple[str, str]]()
        self._by_address = _Index[str]()
        for person in known:
            someone = _Someone(person.member_number, person.addresses, person)
            if person.member_since and not _has_left(person, today):
                self._members.append(someone)
            self._learn(someone, names.same_name_key(person.given_name, person.family_name))

    def take(self, row: RegisterRow) -> None:
        """Put one row into the plan."""
        found = self._find(row)
        for someone in found:
            someone.seen = True
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

    def miss(self) -> None:
        """Put the members that no row was about into the plan."""
        for someone in self._members:
            if (person := someone.known) and not someone.seen:
                self.plan.gone.append(Gone(person.id, person.name, person.member_number))

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
                yield from self._by_name.get((row.name_key, address))
            else:
                yield from self._by_address.get(address)
        if not row.addresses and row.member_number is None:
            yield from self._by_name.get((row.name_key, ""))

    def _nameless_at_the_address(self, row: RegisterRow) -> Iterator[_Someone]:
        for found in row.addresses:
            yield from self._by_name.get(("", found.address.canonical))

    def _enrol(self, row: RegisterRow) -> None:
        if not row.name_key and not row.addresses:
            self._skip(
                row,
                mark("Medlemsnummer {number} är nytt, men raden har varken namn eller e-postadress."),
                mark("Fyll i vem det är, och läs in filen igen."),
                number=row.member_number,
            )
            return
        addresses = tuple({a.address.canonical: None for a in row.addresses})
        others = [other for address in addresses for other in self._by_address.get(address)]
        declined = frozenset(list_id for other in others if other.known for list_id in other.known.declined)
        self._tell_shared(row, others, declined=bool(declined))
        self._block(row, f"{row.given_name} {row.family_name}".strip(), addresses, declined=bool(declined))
        self.plan.new.append(Enrolment(row, declined))
        self._learn(_Someone(row.member_number, addresses, None, row.row), row.name_key)

    def _compare(self, row: RegisterRow, person: KnownPerson) -> None:
        new = tuple(a for a in row.addresses if a.address.canonical not in person.addresses)
        values = self._differences(row, person)
        # A new address in the main column is news; a known one there is not, and the person may
        # have chosen another since.
        prefer_first = bool(new) and new[0] is row.addresses[0]
        if prefer_first and self._conflicts(row, person, PREFERRED, None, new[0].address.written):
            new, prefer_first = new[1:], False
        addresses = (*person.addresses, *(a.address.canonical for a in new))
        self._block(row, person.name, addresses, declined=bool(person.declined), person=person)
        self._tell_left(row, person)
        if not values and not new:
            self.plan.unchanged += 1
            return
        others = [other for a in new for other in self._by_address.get(a.address.canonical)]
        self._tell_shared(row, others, declined=False)
        if prefer_first and person.addresses:
            self._tell_moved(row, new[0])
        self.plan.changes.append(
            Change(
                row=row.row,
                subscriber_id=person.id,
                name=person.name,
                values=values,
                old={name: getattr(person, name, None) for name in values},
                new_addresses=new,
                prefer_first=prefer_first,
                becomes_member=person.member_since is None and row.member is not False,
            )
        )

    def _differences(self, row: RegisterRow, person: KnownPerson) -> dict[str, Value]:
        joins = person.member_since is None and row.member is not False
        said = {
            "member_number": row.member_number,
            "given_name": row.given_name,
            "family_name": row.family_name,
            "language": row.language,
            "member_since": row.member_since or (self._today if joins else None),
            "member_until": row.member_until,
            "workplace": row.workplace,
            "title": row.title,
            "street": row.street,
            "postal_code": row.postal_code,
            "city": row.city,
            "municipality_code": row.municipality_code,
            "region_slug": self._region(row, person),
        }
        values: dict[str, Value] = {
            name: value
            for name, value in said.items()
            if value
            and not _same(value, here := getattr(person, name))
            and not self._conflicts(row, person, name, here, value)
        }
        if row.municipality_code and "municipality_code" not in values:
            values.pop("region_slug", None)  # it follows from the municipality, which stays
        if "given_name" in values or "family_name" in values:
            values["sort_key"] = names.sort_key(
                row.given_name if "given_name" in values else person.given_name,
                row.family_name if "family_name" in values else person.family_name,
            )
        return values

    def _conflicts(
        self, row: RegisterRow, person: KnownPerson, column: str, here: Value, said: Value
    ) -> bool:
        """Tell whether somebody has set the field here since; then it stays, unless that was decided."""
        word = self._said_here.get(person.id, {}).get(column)
        if word is None or column in self._take_columns or (row.row, column) in self._take_file:
            return False
        self.plan.conflicts.append(
            Conflict(
                row=row.row,
                subscriber_id=person.id,
                name=person.name,
                column=column,
                here=here,
                in_file=said,
                word=word,
            )
        )
        return True

    def _region(self, row: RegisterRow, person: KnownPerson) -> str | None:
        """Return the region by the municipality; else as written, where no municipality is known."""
        if person.placed_by_hand:
            return None
        if row.municipality_code == person.municipality_code and row.municipality_code:
            return None
        municipality = self._places.municipality_by_code(row.municipality_code or "")
        if municipality:
            return self._places.region_of(municipality)
        return None if person.municipality_code else row.region

    def _learn(self, someone: _Someone, name_key: str) -> None:
        if someone.number:
            self._by_number[tidy(someone.number)] = someone
        for address in someone.addresses:
            self._by_name.add((name_key, address), someone)
            self._by_address.add(address, someone)
        if not someone.addresses and not someone.number:
            self._by_name.add((name_key, ""), someone)

    def _block(
        self,
        row: RegisterRow,
        name: str,
        addresses: Sequence[str],
        *,
        declined: bool,
        person: KnownPerson | None = None,
    ) -> None:
        if person and person.deceased_on:
            self.plan.blocked.append(Blocked(row.row, name, Block.DECEASED))
        elif declined:
            self.plan.blocked.append(Blocked(row.row, name, Block.DECLINED))
        elif addresses and self._suppressed.issuperset(addresses):
            self.plan.blocked.append(Blocked(row.row, name, Block.SUPPRESSED))

    def _tell_left(self, row: RegisterRow, person: KnownPerson) -> None:
        if row.member_until is None and row.member is not False and _has_left(person, self._today):
            self._tell(
                row,
                Weight.LOOK,
                mark("Medlemskapet är avslutat här sedan {day}, men personen står i filen."),
                mark("Är personen medlem igen, så skriv en senare dag i kolumnen Medlem till."),
                day=person.member_until,
            )

    def _tell_moved(self, row: RegisterRow, new: RegisterAddress) -> None:
        self._tell(
            row,
            Weight.LOOK,
            mark("En medlem som redan finns får en ny adress att skriva till: {address}."),
            mark("Se efter att numret och adressen hör till samma person."),
            address=new.address.written,
        )

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
        doubtful = weight is Weight.LOOK or bool(self._find(row))
        self.plan.problems.append(Problem(row.row, "", weight, why, mend, facts, doubtful=doubtful))


def _same(said: Value, here: Value) -> bool:
    """Compare as the file could say it: on one line, and without what nobody sees."""
    return said == (tidy(here) if isinstance(here, str) else here)


def _has_left(person: KnownPerson, today: date) -> bool:
    return person.member_until is not None and person.member_until < today


def _is_someone_else(row: RegisterRow, person: KnownPerson) -> bool:
    """Tell whether nothing but the number agrees: then a column has slipped, or the number was reused."""
    given = (row.given_name.casefold(), person.given_name.casefold())
    family = (row.family_name.casefold(), person.family_name.casefold())
    return all(all(pair) and pair[0] != pair[1] for pair in (given, family)) and (
        all(a.address.canonical not in person.addresses for a in row.addresses)
    )
