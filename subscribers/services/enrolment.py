"""How people come into the register: one at a time or a hundred thousand, always by the same way.

people | place each in a region | insert them | their addresses | their answers to the lists
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from subscribers.core import names
from subscribers.core.addresses import MailAddress
from subscribers.core.authority import Everything, Scope, SomeRegions
from subscribers.core.regions import Gazetteer
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import (
    Address,
    AddressKind,
    ListPurpose,
    MailingList,
    Subscriber,
    Subscription,
)
from subscribers.services import regions

#: What a member gets unless they say no; and what somebody gets who is no member.
MEMBERS_LISTS = frozenset(ListPurpose)
OTHERS_LISTS = frozenset({ListPurpose.NEWSLETTER})


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address of a person to be enrolled."""

    address: MailAddress
    kind: AddressKind = AddressKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A person to be enrolled. The first address is the preferred one.

    The region follows from the municipality (four-digit code); ``region`` (a slug) counts only without one.
    ``declined`` are lists that the person has said no to.
    """

    given_name: str = ""
    family_name: str = ""
    language: str = "sv"
    member_number: str | None = None
    member_since: date | None = None
    member_until: date | None = None
    workplace: str = ""
    municipality_code: str | None = None
    region: str | None = None
    addresses: Sequence[NewAddress] = ()
    declined: Collection[ListPurpose] = field(default_factory=frozenset)

    @property
    def lists(self) -> frozenset[ListPurpose]:
        """The lists that the person is put on: what follows from being a member, or from not being one."""
        return MEMBERS_LISTS if self.member_since else OTHERS_LISTS


def add(session: Session, *, scope: Scope, person: NewPerson, source: str, now: datetime) -> Subscriber:
    """Enrol one person and return them.

    ``source`` tells where their subscriptions come from, at most 80 characters. Raises ``SubscribersError``
    when the region is outside the scope or the member number is taken, ``NotFound`` for an unknown
    municipality.
    """
    if isinstance(scope, Everything) and person.member_number:
        taken = select(Subscriber.id).where(Subscriber.member_number == person.member_number)
        if session.scalar(taken) is not None:
            raise SubscribersError(
                "Medlemsnummer {number} är upptaget. Ange ett annat, eller sök upp personen som har det.",
                number=person.member_number,
            )
    [new_id] = add_many(session, scope=scope, people=[person], source=source, now=now)
    return session.get_one(Subscriber, new_id)


def add_many(
    session: Session, *, scope: Scope, people: Sequence[NewPerson], source: str, now: datetime
) -> list[int]:
    """Enrol people quickly and return their ids, in the same order.

    Raises as ``add`` does, but the caller sees to it that the member numbers are new: one that is not is an
    ``IntegrityError``. Goes past the session: nothing is loaded.
    """
    if not people:
        return []
    known = regions.gazetteer(session)
    places = [_place(person, known) for person in people]
    for person, place in zip(people, places, strict=True):
        _check_may_enrol(scope, person, place)
    session.flush()
    rows = [_person_row(p, place, now) for p, place in zip(people, places, strict=True)]
    inserted = insert(Subscriber).returning(Subscriber.id, sort_by_parameter_order=True)
    ids = list(session.scalars(inserted, rows))
    _insert_all(session, Address, _address_rows(ids, people, now))
    _insert_all(session, Subscription, _subscription_rows(ids, people, _list_ids(session), source, now))
    return ids


def _place(person: NewPerson, known: Gazetteer) -> str | None:
    """Return the region's slug: by the municipality, else as given, else none."""
    if person.municipality_code is None:
        return person.region
    municipality = known.municipality_by_code(person.municipality_code)
    if municipality is None:
        raise NotFound(
            "Det finns ingen kommun med koden {code}. Ange en av de 290 kommunernas fyrsiffriga koder.",
            code=person.municipality_code,
        )
    return known.region_of(municipality)


def _check_may_enrol(scope: Scope, person: NewPerson, region: str | None) -> None:
    if isinstance(scope, Everything):
        return
    if not isinstance(scope, SomeRegions) or region not in scope.regions:
        raise SubscribersError(
            "Du kan bara lägga till personer i din egen region. Välj en kommun som hör dit."
        )
    if person.member_number is not None:
        # Whether a number is taken must not be found out by trying.
        raise SubscribersError("Medlemsnummer sätts av den som för hela registret. Lämna rutan tom.")


def _person_row(person: NewPerson, region: str | None, now: datetime) -> dict[str, Any]:
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "sort_key": names.sort_key(person.given_name, person.family_name),
        "language": person.language,
        "member_number": person.member_number,
        "member_since": person.member_since,
        "member_until": person.member_until,
        "workplace": person.workplace,
        "municipality_code": person.municipality_code,
        "region_slug": region,
        "created_at": now,
        "updated_at": now,
    }


def _address_rows(ids: Sequence[int], people: Sequence[NewPerson], now: datetime) -> Iterator[dict[str, Any]]:
    for subscriber_id, person in zip(ids, people, strict=True):
        for position, new in enumerate(person.addresses):
            yield {
                "subscriber_id": subscriber_id,
                "address": new.address.written,
                "canonical": new.address.canonical,
                "kind": new.kind,
                "preferred": position == 0,
                "created_at": now,
            }


def _subscription_rows(
    ids: Sequence[int],
    people: Sequence[NewPerson],
    list_ids: Mapping[ListPurpose, int],
    source: str,
    now: datetime,
) -> Iterator[dict[str, Any]]:
    for subscriber_id, person in zip(ids, people, strict=True):
        for purpose in person.lists.union(person.declined):
            yield {
                "subscriber_id": subscriber_id,
                "list_id": list_ids[purpose],
                "active": purpose not in person.declined,
                "changed_at": now,
                "source": source,
            }


def _list_ids(session: Session) -> dict[ListPurpose, int]:
    found = session.execute(select(MailingList.purpose, MailingList.id).order_by(MailingList.id.desc()))
    return dict(found.all())


def _insert_all(
    session: Session, model: type[Address | Subscription], rows: Iterator[dict[str, Any]]
) -> None:
    # An executemany with no rows at all would insert one row of defaults.
    if every := list(rows):
        session.execute(insert(model), every)
