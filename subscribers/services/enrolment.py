"""How people come into the register: one at a time or a hundred thousand, always by the same way.

people | place each in a region | insert them | their addresses | their answers to the lists
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import and_, insert, literal, not_, or_, select, true
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
    UtcDateTime,
)
from subscribers.services import changes, erasures, ledger, lists, regions
from subscribers.services.changes import Author, Changed
from subscribers.services.dialects import insert_into, reserve_ids, table_of

T = TypeVar("T")

_PORTION = 5_000

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
    title: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""


def add(
    session: Session,
    *,
    scope: Scope,
    person: NewPerson,
    source: str,
    wording_id: int | None = None,
    now: datetime,
) -> Subscriber:
    """Enrol one person and return them.

    ``source`` tells where their subscriptions come from, at most 80 characters; ``wording_id`` names the text
    that they were shown, for the ledger of consents. Raises ``SubscribersError``
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
    [new_id] = add_many(session, scope=scope, people=[person], source=source, wording_id=wording_id, now=now)
    return session.get_one(Subscriber, new_id)


def add_many(
    session: Session,
    *,
    scope: Scope,
    people: Sequence[NewPerson],
    source: str,
    wording_id: int | None = None,
    author: Author | None = None,
    now: datetime,
) -> list[int]:
    """Enrol people quickly and return their ids, in the same order.

    With ``author`` it is written down who made them.

    Raises as ``add`` does, but the caller sees to it that the member numbers are new: one that is not is an
    ``IntegrityError``. Goes past the session: nothing is loaded.
    """
    if not people:
        return []
    known = regions.gazetteer(session)
    places = [_place(person, known) for person in people]
    for person, place in zip(people, places, strict=True):
        _check_may_enrol(scope, person, place)
    erasures.refuse(session, canonicals={new.address.canonical for p in people for new in p.addresses})
    session.flush()
    ids = list(reserve_ids(session, Subscriber, len(people)))
    rows = zip(ids, people, places, strict=True)
    _insert(session, Subscriber, [_person_row(*row, now) for row in rows])
    _insert(session, Address, list(_address_rows(ids, people, now)))
    _decline(session, ids, people, source, now)
    _subscribe(session, ids, source, now)
    ledger.write_down(session, scope=scope, subscriber_ids=ids, how=source, wording_id=wording_id)
    if author:
        made = (Changed(subscriber_id, "person", None, "1") for subscriber_id in ids)
        changes.record(session, scope=scope, changed=made, author=author, now=now)
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


def _person_row(subscriber_id: int, person: NewPerson, region: str | None, now: datetime) -> dict[str, Any]:
    return {
        "id": subscriber_id,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "sort_key": names.sort_key(person.given_name, person.family_name),
        "language": person.language,
        "member_number": person.member_number,
        "member_since": person.member_since,
        "member_until": person.member_until,
        "workplace": person.workplace,
        "title": person.title,
        "street": person.street,
        "postal_code": person.postal_code,
        "city": person.city,
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


def _decline(
    session: Session, ids: Sequence[int], people: Sequence[NewPerson], source: str, now: datetime
) -> None:
    purposes = {found.purpose: found.id for found in lists.all_lists(session)}
    rows = [
        {
            "subscriber_id": subscriber_id,
            "list_id": purposes[purpose],
            "active": False,
            "changed_at": now,
            "source": source,
        }
        for subscriber_id, person in zip(ids, people, strict=True)
        for purpose in person.declined
    ]
    _insert(session, Subscription, rows)


def _subscribe(session: Session, ids: Sequence[int], source: str, now: datetime) -> None:
    """Put people on the lists of members, or of others, except where they have said no already."""
    is_member = Subscriber.member_since.is_not(None)
    answers = (
        select(
            Subscriber.id,
            MailingList.id,
            literal(True),
            literal(now, UtcDateTime()),
            literal(source),
        )
        .join(MailingList, true())
        .where(
            or_(
                and_(is_member, MailingList.purpose.in_(MEMBERS_LISTS)),
                and_(not_(is_member), MailingList.purpose.in_(OTHERS_LISTS)),
            )
        )
    )
    columns = ["subscriber_id", "list_id", "active", "changed_at", "source"]
    for portion in _portions(ids):
        theirs = answers.where(Subscriber.id.in_(portion))
        session.execute(
            insert_into(session, Subscription).from_select(columns, theirs).on_conflict_do_nothing()
        )


def _insert(
    session: Session, model: type[Subscriber | Address | Subscription], rows: Sequence[dict[str, Any]]
) -> None:
    # The session's own way takes time with the square of the number; and no rows would be one of defaults.
    if rows:
        session.connection().execute(insert(table_of(model)), rows)


def _portions(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[begin : begin + _PORTION] for begin in range(0, len(rows), _PORTION))
