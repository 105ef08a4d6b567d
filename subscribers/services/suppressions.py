"""Suppressions: addresses that must not be written to, whoever they belong to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from subscribers.core import addresses
from subscribers.core.authority import Everything, Scope
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Address, Subscriber, Suppression, SuppressionReason, SuppressionRelease
from subscribers.services import acts
from subscribers.services.dialects import insert_into
from subscribers.services.scopes import people_within


def suppress(
    session: Session,
    *,
    scope: Scope,
    address: str,
    reason: SuppressionReason,
    note: str = "",
    source: str = "",
    now: datetime,
) -> bool:
    """Never write to an address again, until it is released; return whether it was written to until now.

    ``note`` says why, ``source`` where it is known from (a file's name, "command"), at most 120 characters.
    Doing it twice changes nothing: the first reason stays. With a scope over everything the address need not
    be known; otherwise someone within the scope must have it, or it is ``NotFound``. Raises ``BadAddress``.
    """
    canonical = _canonical_within(session, scope=scope, address=address)
    insert = insert_into(session, Suppression).values(
        canonical=canonical, reason=reason, note=note, source=source[:120], created_at=now
    )
    added = session.execute(insert.on_conflict_do_nothing().returning(Suppression.canonical))
    return added.first() is not None


def release(session: Session, *, scope: Scope, address: str, reason: str, actor: str, now: datetime) -> bool:
    """Let an address be written to again; return whether it was suppressed.

    The log of acts tells that ``actor`` did it and had a reason, with the address masked; the reason itself
    is kept apart (``releases``). Raises ``SubscribersError`` without a reason, ``BadAddress``, and
    ``NotFound`` when nobody within the scope has the address.
    """
    if not reason.strip():
        raise SubscribersError("Skriv varför spärren hävs, för den som undrar om ett år.")
    canonical = _canonical_within(session, scope=scope, address=address)
    suppression = session.get(Suppression, canonical)
    if suppression is None:
        return False
    details = {
        "reason_given": True,
        "suppressed": suppression.reason.value,
        "since": str(suppression.created_at),
    }
    session.delete(suppression)
    session.add(SuppressionRelease(canonical=canonical, reason=reason.strip(), actor=actor[:120], at=now))
    acts.log(
        session,
        actor=actor,
        act="release address",
        subject=addresses.mask(canonical),
        details=details,
        now=now,
    )
    return True


def all_suppressions(session: Session, *, scope: Scope) -> Sequence[Suppression]:
    """Return the suppressed addresses that somebody within the scope has, or all; the newest first."""
    found = select(Suppression).order_by(Suppression.created_at.desc(), Suppression.canonical)
    return session.scalars(found.where(_held_within(scope, Suppression.canonical))).all()


def releases(session: Session, *, scope: Scope) -> Sequence[SuppressionRelease]:
    """Return why addresses were released that somebody within the scope has, or all; the newest first."""
    found = select(SuppressionRelease).order_by(SuppressionRelease.at.desc(), SuppressionRelease.id.desc())
    return session.scalars(found.where(_held_within(scope, SuppressionRelease.canonical))).all()


def is_suppressed(session: Session, *, scope: Scope, address: str) -> bool:
    """Tell whether an address must not be written to. Raises as ``release`` does."""
    canonical = _canonical_within(session, scope=scope, address=address)
    return session.get(Suppression, canonical) is not None


def find(session: Session, *, scope: Scope, address: str) -> Suppression | None:
    """Return why an address must not be written to; None where it may be. Raises as ``release`` does."""
    return session.get(Suppression, _canonical_within(session, scope=scope, address=address))


def _held_within(scope: Scope, canonical: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    if isinstance(scope, Everything):
        return true()
    return canonical.in_(select(Address.canonical).join(Address.subscriber).where(people_within(scope)))


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
