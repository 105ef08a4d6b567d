"""Reminders that a role ends: to whoever holds it, and to those who can pass it on. Once for each last day.

    remind   roles that end within a month, not reminded of -> notes | the same transaction marks the role

A last day that is moved is reminded of anew; a restart forgets nothing, since the role itself is marked.
"""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, contains_eager

from newsletter.language import _, using
from newsletter.services import notes
from newsletter.services.role_words import ROLES
from subscribers.core.authority import Everything, Scope
from subscribers.models import Region, Role, RoleName, Subscriber
from subscribers.services import roles
from subscribers.services.roles import REMINDED_BEFORE

_PASS_IT_ON = (RoleName.ADMINISTRATOR, RoleName.OFFICER)


def remind(session: Session, *, scope: Scope, today: date, now: datetime) -> int:
    """Queue the notes about roles that end within ``REMINDED_BEFORE``; return how many notes.

    ``today`` is the date in the association's zone. Only a scope over everything finds any role.
    """
    if not isinstance(scope, Everything):
        return 0
    queued = 0
    for role in _ending(session, today):
        queued += _queue(session, role, "role-ends", role.subscriber, now)
        for who in _others(session, scope, role, today):
            queued += _queue(session, role, "role-ends-of-another", who, now)
        role.reminded_of = role.ends_on
    session.flush()
    return queued


def is_due(session: Session, *, today: date) -> bool:
    """Tell whether anybody is to be reminded of; a session that can only read is enough."""
    found = select(Role.id).join(Role.subscriber).where(*_unmentioned(today))
    return session.scalar(found.limit(1)) is not None


def _ending(session: Session, today: date) -> list[Role]:
    found = (
        select(Role)
        .join(Role.subscriber)
        .where(*_unmentioned(today))
        .options(contains_eager(Role.subscriber))
        .order_by(Role.ends_on, Role.id)
        .with_for_update(of=Role, skip_locked=True)
    )
    return list(session.scalars(found))


def _unmentioned(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Role.ends_on >= today,
        Role.ends_on <= today + REMINDED_BEFORE,
        or_(Role.reminded_of.is_(None), Role.reminded_of != Role.ends_on),
        Subscriber.deceased_on.is_(None),
    )


def _others(session: Session, scope: Scope, role: Role, today: date) -> Iterator[Subscriber]:
    """Yield everyone who can pass the role on, once each, but for its holder."""
    told = {role.subscriber_id}
    for name in _PASS_IT_ON:
        for who in roles.holders(session, scope=scope, role=name, today=today):
            if who.id not in told:
                told.add(who.id)
                yield who


def _queue(session: Session, role: Role, kind: str, who: Subscriber, now: datetime) -> int:
    if role.ends_on is None:
        return 0
    region = session.get(Region, role.region_slug) if role.region_slug else None
    with using(who.language):
        word = _(ROLES[role.role])
    values = {
        "name": who.given_name or who.name,
        "whose": role.subscriber.name,
        "role": word,
        "region": region.name if region else "",
        "last": role.ends_on.isoformat(),
    }
    return int(notes.tell(session, kind=kind, person=who, values=values, now=now))
