"""A fictional association of any size: the same people for the same seed.

    staff + special cases + ordinary members | shuffled | numbered -> residents | settle: bulk inserts

Every special case that a release must handle is among them, however few they are: two who share an address,
people with two addresses, with none, with a suppressed one, who have unsubscribed, who are no members, who
have no region, who read English, and two whose addresses need SMTPUTF8.
"""

import random
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from newsletter.demo import names
from newsletter.errors import NewsletterError
from subscribers.core.addresses import MailAddress, parse, wire
from subscribers.core.authority import Scope
from subscribers.core.names import split_name
from subscribers.core.regions import MunicipalityFact
from subscribers.models import AddressKind, ListPurpose, Role, RoleName, Suppression, SuppressionReason
from subscribers.services import enrolment, regions
from subscribers.services.enrolment import NewAddress, NewPerson

LEAST_PEOPLE = 20

DEFAULT_SEED = 20301201

_FOUNDED = date(2004, 3, 20)
_YOUNGEST_MEMBERSHIP = timedelta(days=7_500)


@dataclass(frozen=True, slots=True)
class Appointment:
    """Somebody with a role: the officer (``region`` None) or the lead of a region (slug)."""

    name: str
    address: str
    municipality: str
    region: str | None

    @property
    def role(self) -> RoleName:
        """The role that follows."""
        return RoleName.OFFICER if self.region is None else RoleName.REGIONAL_LEAD


@dataclass(frozen=True, slots=True)
class Resident:
    """A person of the fictional association. ``suppressed``: their addresses must not be written to."""

    person: NewPerson
    appointment: Appointment | None = None
    suppressed: bool = False


@cache
def sample_staff() -> tuple[Appointment, ...]:
    """Return the officer and the leads whom the sample issue names (``issue.toml``)."""
    sample = tomllib.loads(files("newsletter.demo").joinpath("issue.toml").read_text(encoding="utf-8"))
    everyone: list[dict[str, Any]] = [sample["officer"], *sample["leads"]]
    return tuple(Appointment(a["name"], a["email"], a["municipality"], a.get("region")) for a in everyone)


def generate(count: int = 400, *, seed: int = DEFAULT_SEED) -> tuple[Resident, ...]:
    """Invent ``count`` people, staff included; the same ones for the same count and seed.

    Every region has members. Raises ``NewsletterError`` below ``LEAST_PEOPLE``.
    """
    if count < LEAST_PEOPLE:
        raise NewsletterError(
            "En påhittad förening på {count} personer är för liten: regionansvariga och specialfall "
            "behöver minst {least}.",
            count=count,
            least=LEAST_PEOPLE,
        )
    return _Inventor(count, seed).residents()


def settle(session: Session, residents: Sequence[Resident], *, scope: Scope, now: datetime) -> list[int]:
    """Move the people in, with roles and suppressions; return their ids in the same order.

    Does not commit. Raises as ``enrolment.add_many`` does, for a scope that does not hold them all.
    """
    people = [resident.person for resident in residents]
    ids = enrolment.add_many(session, scope=scope, people=people, source="demo", now=now)
    held = [
        {"subscriber_id": subscriber_id, "role": given.role, "region_slug": given.region}
        for subscriber_id, resident in zip(ids, residents, strict=True)
        if (given := resident.appointment)
    ]
    suppressed = [
        {
            "canonical": new.address.canonical,
            "reason": SuppressionReason.BOUNCED,
            "note": "",
            "created_at": now,
        }
        for resident in residents
        if resident.suppressed
        for new in resident.person.addresses
    ]
    for model, rows in ((Role, held), (Suppression, suppressed)):
        if rows:
            session.execute(insert(model), rows)
    return ids


class _Inventor:
    """Invents people, each with a chance of its own, from one seed."""

    def __init__(self, count: int, seed: int) -> None:
        self._count = count
        self._chance = random.Random(seed)  # noqa: S311 - nothing secret: the same people for the same seed
        self._places = regions.municipality_facts()
        self._crowds = list(accumulate(names.CROWDED.get(place.name, 1) for place in self._places))
        self._taken: set[str] = set()

    def residents(self) -> tuple[Resident, ...]:
        """Return everybody, numbered in order; the staff come first."""
        staff = [self._appointed(appointment) for appointment in sample_staff()]
        self._names = self._full_names({a.name for a in sample_staff()}, self._count - len(staff))
        others = [*self._special_cases()]
        while len(staff) + len(others) < self._count:
            others.append(Resident(self._ordinary()))
        self._chance.shuffle(others)
        return tuple(_numbered([*staff, *self._varied(others)]))

    def _special_cases(self) -> Iterable[Resident]:
        yield from self._couple()
        for given in ("Åsa", "Göran"):
            yield Resident(self._with_swedish_letters(given))
        cases: tuple[tuple[float, Callable[[NewPerson], Resident]], ...] = (
            (0.03, lambda person: Resident(replace(person, addresses=()))),
            (0.015, lambda person: Resident(replace(person, declined={ListPurpose.NEWSLETTER}))),
            (0.0025, lambda person: Resident(person, suppressed=True)),
            (0.0075, lambda person: Resident(replace(person, member_since=None))),
            (0.005, lambda person: Resident(replace(person, municipality_code=None))),
        )
        for share, make in cases:
            for _ in range(max(1, round(share * self._count))):
                yield make(self._ordinary())

    def _varied(self, others: Sequence[Resident]) -> list[Resident]:
        """Give some a second address, and let some read English."""
        varied = list(others)
        free = [
            at
            for at, other in enumerate(others)
            if other.person.addresses and not other.suppressed and not _is_family(other.person)
        ]
        for at in self._chance.sample(free, min(len(free), max(1, round(0.08 * self._count)))):
            varied[at] = replace(varied[at], person=self._with_second_address(varied[at].person))
        for at in self._chance.sample(free, min(len(free), max(1, round(0.02 * self._count)))):
            varied[at] = replace(varied[at], person=replace(varied[at].person, language="en"))
        return varied

    def _appointed(self, appointment: Appointment) -> Resident:
        given, family = split_name(appointment.name)
        [place] = [place for place in self._places if place.name == appointment.municipality]
        self._taken.add(appointment.address)
        person = self._member(given, family, place, parse(appointment.address), AddressKind.WORK)
        return Resident(person, appointment)

    def _ordinary(self) -> NewPerson:
        given, family = self._names.pop()
        place = self._place()
        return self._member(given, family, place, self._address(given, family, place), AddressKind.WORK)

    def _with_swedish_letters(self, given: str) -> NewPerson:
        """Invent somebody whose local part has å, ä or ö in it, and so needs SMTPUTF8 (RFC 6531)."""
        _, family = self._names.pop()
        place = self._place()
        address = parse(f"{given}.{family}@{_ascii(place.name)}.example".lower())
        self._taken.add(address.canonical)
        return self._member(given, family, place, address, AddressKind.WORK)

    def _couple(self) -> tuple[Resident, Resident]:
        (one, family), (other, _) = self._names.pop(), self._names.pop()
        place = self._place()
        shared = self._unused("familjen." + _ascii(family), f"{_ascii(place.name)}.example")
        first, second = (
            Resident(self._member(given, family, place, shared, AddressKind.PRIVATE))
            for given in (one, other)
        )
        return first, second

    def _member(
        self, given: str, family: str, place: MunicipalityFact, address: MailAddress, kind: AddressKind
    ) -> NewPerson:
        return NewPerson(
            given_name=given,
            family_name=family,
            member_since=_FOUNDED + timedelta(days=self._chance.randrange(_YOUNGEST_MEMBERSHIP.days)),
            workplace=self._chance.choice(names.WORKPLACES) if self._chance.random() < 0.5 else "",
            municipality_code=place.code,
            addresses=(NewAddress(address, kind),),
        )

    def _with_second_address(self, person: NewPerson) -> NewPerson:
        domain = self._chance.choice(names.PRIVATE_DOMAINS)
        local = f"{_ascii(person.given_name)}.{_ascii(person.family_name)}"
        second = NewAddress(self._unused(local, domain), AddressKind.PRIVATE)
        return replace(person, addresses=(*person.addresses, second))

    def _place(self) -> MunicipalityFact:
        return self._chance.choices(self._places, cum_weights=self._crowds)[0]

    def _address(self, given: str, family: str, place: MunicipalityFact) -> MailAddress:
        local = f"{_ascii(given)}.{_ascii(family)}"
        if self._chance.random() < 0.3:
            return self._unused(local, self._chance.choice(names.PRIVATE_DOMAINS))
        domain = place.name.lower().replace(" ", "-") if self._chance.random() < 0.1 else _ascii(place.name)
        return self._unused(local, f"{domain}.example")

    def _unused(self, local: str, domain: str) -> MailAddress:
        address, number = f"{local}@{domain}", 1
        while address in self._taken:
            number += 1
            address = f"{local}{number}@{domain}"
        self._taken.add(address)
        # Checking a hundred thousand addresses takes seconds; these are right as they are made.
        return MailAddress(address, address, f"{address.partition('@')[0]}@{_wire_domain(domain)}")

    def _full_names(self, taken: set[str], count: int) -> list[tuple[str, str]]:
        """Return so many full names: each once, until all have been used."""
        pairs = [
            (given, family)
            for given in names.GIVEN_NAMES
            for family in names.FAMILY_NAMES
            if f"{given} {family}" not in taken
        ]
        drawn: list[tuple[str, str]] = []
        while len(drawn) < count:
            drawn += self._chance.sample(pairs, min(len(pairs), count - len(drawn)))
        return drawn


def _numbered(residents: Sequence[Resident]) -> Iterable[Resident]:
    for number, resident in enumerate(residents, start=1001):
        is_member = resident.person.member_since is not None
        person = replace(resident.person, member_number=str(number) if is_member else None)
        yield replace(resident, person=person)


def _is_family(person: NewPerson) -> bool:
    return person.addresses[0].address.canonical.startswith("familjen.")


@cache
def _wire_domain(domain: str) -> str:
    return wire(f"a@{domain}").partition("@")[2]


def _ascii(text: str) -> str:
    """Return text for an address: lower case, å as a, é as e, spaces as hyphens."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("ø", "o").replace("ı", "i"))
    return "".join(c for c in decomposed if c.isascii()).replace(" ", "-")
