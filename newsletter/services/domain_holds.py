"""A whole domain fails at once: its addresses are held, and a person says what has happened to them.

    stand     what holds for a domain in an issue; with the third address that fails hard it is held
    decide    gone -> each is stopped, and somebody should ring | wait -> each may be written to again

Who decides sees everything, since a workplace has people of several regions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from newsletter.core.inbound import failing
from newsletter.core.inbound.failing import Failed, Weight
from newsletter.core.inbound.kinds import Kind
from newsletter.language import _
from newsletter.models import AddressFailure, Call, CallReason, DomainHold, Issue
from newsletter.services import calls, issues
from subscribers.core.authority import Everything, Scope
from subscribers.errors import NotFound
from subscribers.models import Address, Subscriber, Suppression, SuppressionReason
from subscribers.services import acts, suppressions
from subscribers.services.dialects import domain_of, insert_into
from subscribers.services.scopes import people_within

#: Where suppressions are known from that were made of failures.
FROM_REPORT, FROM_REPLY = "bounce", "refusal"

#: The word for calls that were opened before it was seen that a whole domain fails.
_HELD = "held"


class Stand(Enum):
    """What holds for an address that has failed hard."""

    ALONE = "alone"  # nothing is known of its domain
    HELD = "held"  # somebody must decide
    SPARED = "spared"  # somebody has decided: it may be written to


class Decision(Enum):
    """What somebody says of a domain."""

    GONE = "gone"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Held:
    """A domain that waits for a decision: in which issue it was seen, and its addresses that are held."""

    hold: DomainHold
    issue: str
    addresses: tuple[str, ...]


def stand(session: Session, *, domain: str, issue_id: int, now: datetime) -> Stand:
    """Return what holds for an address of a domain that has just failed hard, and is written down."""
    if not failing.may_move(domain):
        return Stand.ALONE
    counts = or_(DomainHold.decision.is_(None), DomainHold.issue_id == issue_id)
    said = session.scalars(select(DomainHold.decision).where(DomainHold.domain == domain, counts)).all()
    if None in said:
        return Stand.HELD
    if said:
        return Stand.SPARED if Decision.WAIT.value in said else Stand.ALONE
    failed = _failed_hard(session, domain, issue_id)
    if len(failed) < failing.LEAST_OF_A_DOMAIN:
        return Stand.ALONE
    insert = insert_into(session, DomainHold).values(
        issue_id=issue_id, domain=domain, held_at=now, decided_by=""
    )
    session.execute(insert.on_conflict_do_nothing())
    _hold(session, failed, now)
    return Stand.HELD


def waiting(session: Session, *, scope: Scope) -> Sequence[Held]:
    """Return the domains that wait for a decision, the oldest first; none to who sees only some."""
    if not isinstance(scope, Everything):
        return []
    found = session.execute(
        select(DomainHold, Issue)
        .join(Issue, Issue.id == DomainHold.issue_id)
        .where(DomainHold.decision.is_(None))
        .order_by(DomainHold.held_at, DomainHold.id)
    ).all()
    return [Held(hold, issues.name_of(issue), _held(session, hold.domain)) for hold, issue in found]


def decide(
    session: Session, *, scope: Scope, hold_id: int, decision: Decision, actor: str, now: datetime
) -> int:
    """Say what has become of a domain's addresses; return how many were held.

    Raises ``NotFound`` for what is decided already, and for a scope over less than everything.
    """
    hold = session.get(DomainHold, hold_id) if isinstance(scope, Everything) else None
    if hold is None or hold.decision is not None:
        raise NotFound("Domänen väntar inte på något beslut. Läs in sidan på nytt.")
    held = _held(session, hold.domain)
    session.execute(
        update(DomainHold)
        .where(DomainHold.domain == hold.domain, DomainHold.decision.is_(None))
        .values(decision=decision.value, decided_at=now, decided_by=actor[:120])
    )
    if decision is Decision.GONE:
        _stop(session, scope, held, now)
    else:
        for address in held:
            reason = _("{domain} fungerar igen.").format(domain=hold.domain)
            suppressions.release(session, scope=scope, address=address, reason=reason, actor=actor, now=now)
    details = {"decision": decision.value, "addresses": len(held)}
    acts.log(session, actor=actor, act="domain decided", subject=hold.domain, details=details, now=now)
    return len(held)


def holders_of(session: Session, *, scope: Scope, canonical: str) -> Sequence[int]:
    """Return who of the living within the scope has an address."""
    held = (
        select(Subscriber.id)
        .join(Address, Address.subscriber_id == Subscriber.id)
        .where(Address.canonical == canonical, Subscriber.deceased_on.is_(None), people_within(scope))
    )
    return session.scalars(held.order_by(Subscriber.id)).all()


def _failed_hard(session: Session, domain: str, issue_id: int) -> Sequence[str]:
    rows = session.scalars(
        select(AddressFailure).where(
            AddressFailure.issue_id == issue_id,
            AddressFailure.domain == domain,
            AddressFailure.permanent,
            AddressFailure.kind == Kind.ADDRESS,
        )
    )
    return sorted({row.canonical for row in rows if failing.weight_of(failed(row)) is Weight.HARD})


def failed(row: AddressFailure) -> Failed:
    """Return a failure as the rules know it."""
    return Failed(row.at, row.delivery_id, row.kind, row.permanent, row.status, row.diagnostic)


def _hold(session: Session, canonicals: Sequence[str], now: datetime) -> None:
    """Hold also those that were stopped one by one before the third came."""
    session.execute(
        update(Suppression)
        .where(
            Suppression.canonical.in_(canonicals),
            Suppression.reason == SuppressionReason.BOUNCED,
            Suppression.source.in_((FROM_REPORT, FROM_REPLY)),
        )
        .values(reason=SuppressionReason.HELD)
    )
    session.execute(
        update(Call)
        .where(Call.canonical.in_(canonicals), Call.reason == CallReason.BOUNCED, Call.closed_at.is_(None))
        .values(closed_at=now, closed_how=_HELD)
    )


def _held(session: Session, domain: str) -> tuple[str, ...]:
    which = Suppression.reason == SuppressionReason.HELD, domain_of(Suppression.canonical) == domain
    return tuple(session.scalars(select(Suppression.canonical).where(*which).order_by(Suppression.canonical)))


def _stop(session: Session, scope: Scope, held: Sequence[str], now: datetime) -> None:
    session.execute(
        update(Suppression)
        .where(Suppression.canonical.in_(held), Suppression.reason == SuppressionReason.HELD)
        .values(reason=SuppressionReason.BOUNCED)
    )
    for canonical in held:
        for subscriber_id in holders_of(session, scope=scope, canonical=canonical):
            calls.open_call(
                session,
                subscriber_id=subscriber_id,
                canonical=canonical,
                reason=CallReason.BOUNCED,
                facts={"kind": Kind.ADDRESS.value},
                now=now,
            )
