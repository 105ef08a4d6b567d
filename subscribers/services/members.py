"""The people of the register: who they are, where they belong, and the addresses they have."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, update
from sqlalchemy.orm import Session, selectinload

from subscribers.core import addresses, names
from subscribers.core.authority import Scope
from subscribers.core.plans import PREFERRED
from subscribers.errors import BadAddress, NotFound
from subscribers.models import Address, AddressKind, SetBy, Subscriber, Suppression
from subscribers.services import changes, erasures
from subscribers.services.changes import Author, Changed
from subscribers.services.scopes import check_within, no_such_person, people_within

#: Somebody with a role, where the caller does not say who.
SOMEBODY = Author(SetBy.PERSON)


def get(session: Session, *, scope: Scope, subscriber_id: int) -> Subscriber:
    """Return a person with their addresses. Raises ``NotFound``: missing and forbidden are the same."""
    found = session.scalar(_people(scope).where(Subscriber.id == subscriber_id))
    if found is None:
        raise no_such_person()
    return found


def list_members(
    session: Session, *, scope: Scope, region: str | None = None, limit: int | None = None, offset: int = 0
) -> Sequence[Subscriber]:
    """Return the people of the register with their addresses, in Swedish order of names.

    ``region`` (a slug) narrows the scope, and never widens it. Non-members who subscribe are among them.
    """
    people = _people(scope).where(*_in_region(region))
    ordered = people.order_by(Subscriber.sort_key, Subscriber.id)
    return session.scalars(ordered.limit(limit).offset(offset)).all()


def count_members(session: Session, *, scope: Scope, region: str | None = None) -> int:
    """Return how many people ``list_members`` has in all."""
    counted = select(func.count(Subscriber.id)).where(people_within(scope), *_in_region(region))
    return session.scalars(counted).one()


def find(session: Session, *, scope: Scope, text: str, limit: int = 20) -> Sequence[Subscriber]:
    """Find people by member number, whole address, or the beginnings of their names in any order.

    Returns at most ``limit`` people, in Swedish order of names; nobody for an empty text.
    """
    conditions = [_named(text), Subscriber.member_number == text.strip()]
    try:
        held = select(Address.subscriber_id).where(Address.canonical == addresses.canonical(text))
        conditions.append(Subscriber.id.in_(held))
    except BadAddress:
        pass  # then it is not an address that is looked for
    people = _people(scope).where(or_(*conditions))
    return session.scalars(people.order_by(Subscriber.sort_key, Subscriber.id).limit(limit)).all()


def add_address(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    address: str,
    kind: AddressKind = AddressKind.OTHER,
    prefer: bool = False,
    author: Author = SOMEBODY,
    now: datetime,
) -> Address:
    """Give a person one more address; a person's first is the preferred one. Return it.

    It is written down that ``author`` did it, and no file changes it back unasked. An address that the person
    has already stays as it is (but is preferred, if asked). Raises ``BadAddress``, and ``NotFound`` for a
    person outside the scope.
    """
    parsed = addresses.parse(address)
    person = get(session, scope=scope, subscriber_id=subscriber_id)
    found = next((a for a in person.addresses if a.canonical == parsed.canonical), None)
    if found is None:
        erasures.refuse(session, canonicals=[parsed.canonical])
        found = Address(
            address=parsed.written, canonical=parsed.canonical, kind=kind, preferred=False, created_at=now
        )
        person.addresses.append(found)
        session.flush()
        said = Changed(subscriber_id, f"address:{kind.value}", None, parsed.written)
        changes.record(session, scope=scope, changed=[said], author=author, now=now)
    if prefer or len(person.addresses) == 1:
        prefer_address(
            session,
            scope=scope,
            subscriber_id=subscriber_id,
            address_id=found.id,
            author=author,
            now=now,
        )
    return found


def prefer_address(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    address_id: int,
    author: Author = SOMEBODY,
    now: datetime,
) -> None:
    """Make one of a person's addresses the one that is written to; the others are no longer preferred.

    Raises ``NotFound`` for a person outside the scope, and for an address that is not theirs.
    """
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    theirs = Address.subscriber_id == subscriber_id
    wanted = session.scalar(select(Address.address).where(Address.id == address_id, theirs))
    if wanted is None:
        raise NotFound("Adressen hör inte till personen. Ladda om sidan och försök igen.")
    before = session.scalar(select(Address.address).where(theirs, Address.preferred))
    said = Changed(subscriber_id, PREFERRED, before, wanted)
    changes.record(session, scope=scope, changed=[said], author=author, now=now)
    session.execute(update(Address).where(theirs).values(preferred=Address.id == address_id))
    session.execute(update(Subscriber).where(Subscriber.id == subscriber_id).values(updated_at=now))


def best_address(session: Session, *, scope: Scope, subscriber_id: int) -> Address | None:
    """Return the address that a letter to a person would go to; None where none may be written to.

    The rule is that of ``audience.select_audience``. Raises ``NotFound`` for a person outside the scope.
    """
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    best_first = (
        select(Address)
        .outerjoin(Suppression, Suppression.canonical == Address.canonical)
        .where(Address.subscriber_id == subscriber_id, Suppression.canonical.is_(None))
        .order_by(Address.preferred.desc(), Address.id)
    )
    return session.scalar(best_first.limit(1))


def _people(scope: Scope) -> Select[Subscriber]:
    return select(Subscriber).where(people_within(scope)).options(selectinload(Subscriber.addresses))


def _in_region(region: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if region is None else (Subscriber.region_slug == region,)


def _named(text: str) -> ColumnElement[bool]:
    # Words of a sort key begin after a zero, and hold nothing that LIKE would take for a wildcard.
    keys = [key for key in names.search_key(text).split("0") if key]
    if not keys:
        return literal(False)
    key_column = literal("0").concat(Subscriber.sort_key)
    return and_(*(key_column.like(f"%0{key}%") for key in keys))
