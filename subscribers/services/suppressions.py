"""Suppressions: addresses that must not be written to, whoever they belong to."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from subscribers.core import addresses
from subscribers.core.authority import Everything, Scope
from subscribers.errors import NotFound
from subscribers.models import Address, Subscriber, Suppression, SuppressionReason
from subscribers.services.dialects import insert_into
from subscribers.services.scopes import people_within


def suppress(
    session: Session,
    *,
    scope: Scope,
    address: str,
    reason: SuppressionReason,
    note: str = "",
    now: datetime,
) -> bool:
    """Never write to an address again, until it is released; return whether it was written to until now.

    Doing it twice changes nothing: the first reason stays. With a scope over everything the address need not
    be known; otherwise someone within the scope must have it, or it is ``NotFound``. Raises ``BadAddress``.
    """
    canonical = _canonical_within(session, scope=scope, address=address)
    insert = insert_into(session, Suppression).values(
        canonical=canonical, reason=reason, note=note, created_at=now
    )
    added = session.execute(insert.on_conflict_do_nothing().returning(Suppression.canonical))
    return added.first() is not None


def release(session: Session, *, scope: Scope, address: str) -> bool:
    """Let an address be written to again; return whether it was suppressed.

    Raises ``BadAddress``, and ``NotFound`` when nobody within the scope has the address.
    """
    canonical = _canonical_within(session, scope=scope, address=address)
    suppression = session.get(Suppression, canonical)
    if suppression is None:
        return False
    session.delete(suppression)
    session.flush()
    return True


def is_suppressed(session: Session, *, scope: Scope, address: str) -> bool:
    """Tell whether an address must not be written to. Raises as ``release`` does."""
    canonical = _canonical_within(session, scope=scope, address=address)
    return session.get(Suppression, canonical) is not None


def _canonical_within(session: Session, *, scope: Scope, address: str) -> str:
    canonical = addresses.canonical(address)
    if isinstance(scope, Everything):
        return canonical
    held = (
        select(Address.id)
        .join(Subscriber, Subscriber.id == Address.subscriber_id)
        .where(Address.canonical == canonical, people_within(scope))
        .limit(1)
    )
    if session.scalar(held) is None:
        raise NotFound(
            "Ingen i registret har adressen {address}. Se efter hur den är stavad.", address=address
        )
    return canonical
