"""Who can be reached by e-mail and who cannot, and how those can be reached otherwise.

An address that must not be written to reaches nobody; somebody with one usable address is reached.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, selectinload

from subscribers.core.authority import Scope
from subscribers.models import Address, ListPurpose, MailingList, Subscriber, Subscription, Suppression
from subscribers.services.audience import is_member
from subscribers.services.scopes import people_within


class Trouble(enum.Enum):
    """Why no mail reaches somebody."""

    NO_ADDRESS = "no-address"
    SUPPRESSED = "suppressed"  # bounced, complained about, or suppressed by hand: each address they have


@dataclass(frozen=True, slots=True)
class Unreached:
    """Somebody whom no mail reaches. ``reasons`` are values of ``SuppressionReason``, each once."""

    person: Subscriber
    trouble: Trouble
    reasons: tuple[str, ...]

    @property
    def has_post(self) -> bool:
        """Whether the register holds an address for letters on paper."""
        return bool(self.person.street and (self.person.postal_code or self.person.city))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people there are, and how they are reached. ``left`` have said no to regional letters."""

    people: int
    members: int
    reached: int
    unreached: int
    left: int


def unreached(session: Session, *, scope: Scope, limit: int | None = None) -> Sequence[Unreached]:
    """Return the people within the scope whom no mail reaches, in Swedish order of names."""
    found = (
        select(Subscriber)
        .where(_alive(scope), ~_usable())
        .options(selectinload(Subscriber.addresses))
        .order_by(Subscriber.sort_key, Subscriber.id)
        .limit(limit)
    )
    people = session.scalars(found).all()
    held = {address.canonical for person in people for address in person.addresses}
    why = {
        each.canonical: each.reason.value
        for each in session.scalars(select(Suppression).where(Suppression.canonical.in_(held)))
    }
    return [
        Unreached(
            person,
            Trouble.SUPPRESSED if person.addresses else Trouble.NO_ADDRESS,
            tuple(dict.fromkeys(why[a.canonical] for a in person.addresses if a.canonical in why)),
        )
        for person in people
    ]


def counts(session: Session, *, scope: Scope, today: date) -> Counts:
    """Count the people within the scope; ``today`` is the date in the association's zone."""

    def number(*conditions: ColumnElement[bool]) -> int:
        return session.scalars(select(func.count(Subscriber.id)).where(_alive(scope), *conditions)).one()

    people, reached = number(), number(_usable())
    said_no = exists().where(
        Subscription.subscriber_id == Subscriber.id,
        Subscription.list_id == MailingList.id,
        MailingList.purpose == ListPurpose.REGIONAL_LETTERS,
        Subscription.active.is_(False),
    )
    return Counts(people, number(is_member(today)), reached, people - reached, number(said_no))


def _alive(scope: Scope) -> ColumnElement[bool]:
    return and_(people_within(scope), Subscriber.deceased_on.is_(None))


def _usable() -> ColumnElement[bool]:
    """Hold for those who have an address that may be written to."""
    suppressed = exists().where(Suppression.canonical == Address.canonical)
    return exists().where(Address.subscriber_id == Subscriber.id, ~suppressed)
