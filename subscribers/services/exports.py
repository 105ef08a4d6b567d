"""The register as a table that spreadsheets read, and that importing again changes nothing by.

Cells are defused: no program takes a name for a formula. What changed here for the treasurer's own register
is a table too (``changes_since``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from subscribers.core.authority import Scope
from subscribers.core.fields import Field, header_of
from subscribers.core.regions import Gazetteer
from subscribers.core.tables import defuse, tidy
from subscribers.models import Address, AddressKind, FieldChange, SetBy, Subscriber
from subscribers.services import regions
from subscribers.services.scopes import people_within

_PORTION = 2_000

_KINDS = {
    AddressKind.WORK: Field.EMAIL_WORK,
    AddressKind.PRIVATE: Field.EMAIL_PRIVATE,
    AddressKind.OTHER: Field.EMAIL_OTHER,
}

_PLAIN = (
    Field.MEMBER_NUMBER,
    Field.GIVEN_NAME,
    Field.FAMILY_NAME,
    Field.MEMBERSHIP,
    Field.MEMBER_SINCE,
    Field.MEMBER_UNTIL,
    Field.MUNICIPALITY,
    Field.REGION,
    Field.WORKPLACE,
    Field.TITLE,
    Field.STREET,
    Field.POSTAL_CODE,
    Field.CITY,
    Field.LANGUAGE,
    Field.EMAIL,
)


@dataclass(frozen=True, slots=True)
class Exported:
    """A table of text: headers, and rows of as many defused cells each."""

    headers: tuple[str, ...]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A field that a member, or somebody with a role, has set here. ``field`` as in ``FieldChange``."""

    at: datetime
    subscriber_id: int
    member_number: str | None
    name: str
    field: str
    old: str | None
    new: str | None
    set_by: SetBy
    actor: str


def export_register(session: Session, *, scope: Scope) -> Exported:
    """Return the people within a scope, in Swedish order of names, in the columns that an import knows.

    The preferred address stands first, and every other one in a column of its own.
    """
    known = regions.gazetteer(session)
    people = list(_people(session, scope))
    extra = _extra_columns(people)
    headers = tuple(header_of(what) for what in (*_PLAIN, *extra))
    return Exported(headers, [_row(person, extra, known) for person in people])


def changes_since(session: Session, *, scope: Scope, since: datetime) -> Sequence[MemberChange]:
    """Return what people have changed here since a moment, in the order in which it was said.

    That is what the treasurer's own register does not know: changes that files made are not among it.
    """
    rows = session.execute(
        select(FieldChange, Subscriber)
        .join(Subscriber, Subscriber.id == FieldChange.subscriber_id)
        .where(
            people_within(scope),
            FieldChange.at >= since,
            FieldChange.set_by.in_((SetBy.MEMBER, SetBy.PERSON)),
        )
        .order_by(FieldChange.at, FieldChange.id)
    )
    return [
        MemberChange(c.at, p.id, p.member_number, p.name, c.field, c.old, c.new, c.set_by, c.actor)
        for c, p in rows
    ]


def _people(session: Session, scope: Scope) -> Iterator[Subscriber]:
    query = (
        select(Subscriber)
        .where(people_within(scope), Subscriber.erased_at.is_(None))
        .options(selectinload(Subscriber.addresses))
        .order_by(Subscriber.sort_key, Subscriber.id)
    )
    yield from session.scalars(query.execution_options(yield_per=_PORTION))


def _extra_columns(people: Sequence[Subscriber]) -> tuple[Field, ...]:
    """Return a column for each further address of a kind, as many as the one with most of them has."""
    most = dict.fromkeys(_KINDS.values(), 0)
    for person in people:
        others = [_KINDS[a.kind] for a in person.addresses if a is not _main(person)]
        for what in most:
            most[what] = max(most[what], others.count(what))
    return tuple(what for what, count in most.items() for _ in range(count))


def _main(person: Subscriber) -> Address | None:
    return next((a for a in person.addresses if a.preferred), next(iter(person.addresses), None))


def _row(person: Subscriber, extra: Sequence[Field], known: Gazetteer) -> tuple[str, ...]:
    main = _main(person)
    left = {
        what: [a.address for a in person.addresses if a is not main and _KINDS[a.kind] is what]
        for what in extra
    }
    cells = [*_facts(person, known), main.address if main else ""]
    cells += [left[what].pop(0) if left[what] else "" for what in extra]
    return tuple(defuse(tidy(cell)) for cell in cells)


def _facts(person: Subscriber, known: Gazetteer) -> tuple[str, ...]:
    municipality = known.municipality_by_code(person.municipality_code or "")
    region = next((region.name for region in known.regions if region.slug == person.region_slug), "")
    return (
        person.member_number or "",
        person.given_name,
        person.family_name,
        "ja" if person.member_since else "nej",
        str(person.member_since or ""),
        str(person.member_until or ""),
        municipality.name if municipality else "",
        region,
        person.workplace,
        person.title,
        person.street,
        person.postal_code,
        person.city,
        person.language,
    )
