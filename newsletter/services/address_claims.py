"""Somebody says that they are a person whose old address no longer works: the association decides.

    claim     by anybody, on a public page -> a link to the new address
    confirmed (``address_changes.confirm``) -> waiting
    approve   the new address is the person's, and both mailboxes are told
    refuse    both are told what they may be told

What is asked shows nothing of the register: whom it has by what was said is looked up for those who decide.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from newsletter.models import AddressChange, ChangeState
from newsletter.services import address_steps, rates
from subscribers.core import addresses, names
from subscribers.core.authority import Everything, Scope
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Address, SetBy, Subscriber
from subscribers.services.changes import Author
from subscribers.services.scopes import people_within

#: Claims from everybody in an hour.
_MOST_CLAIMS, _HOUR = 60, timedelta(hours=1)


def claim(
    session: Session,
    *,
    name: str,
    old_address: str,
    address: str,
    member_number: str,
    message: str,
    language: str,
    secret: str,
    base_url: str,
    now: datetime,
) -> None:
    """Write down that somebody says their old address no longer works; a link goes to the new one.

    Whom the register has by what was said is looked up when they have confirmed. Beyond a few mails to one
    address nothing is sent, in silence. Raises ``BadAddress``, and ``SubscribersError`` when many ask at
    once.
    """
    parsed, old = addresses.parse(address), addresses.parse(old_address)
    pace = {"what": "address claims", "whose": "", "most": _MOST_CLAIMS, "period": _HOUR}
    if not rates.allow(session, **pace, now=now):  # type: ignore[arg-type]
        raise SubscribersError("Många skriver just nu. Försök igen om en stund.")
    change = address_steps.write(session, parsed, old.written, secret, language, now)
    change.by_claim = True
    change.name, change.member_number, change.message = name[:240], member_number[:40], message[:2000]
    address_steps.mail_the_new(session, change, secret, base_url, now)


def waiting(session: Session, *, scope: Scope) -> Sequence[AddressChange]:
    """Return the claims that wait for a decision, the oldest first.

    Those that nobody in the register could be found for are shown to whoever sees everything.
    """
    found = select(AddressChange).where(AddressChange.state == ChangeState.WAITING, _within(scope))
    return session.scalars(found.order_by(AddressChange.confirmed_at, AddressChange.id)).all()


def count_waiting(session: Session, *, scope: Scope) -> int:
    """Return how many claims wait for a decision."""
    waiting_ones = AddressChange.state == ChangeState.WAITING
    counted = select(func.count(AddressChange.id)).where(waiting_ones, _within(scope))
    return session.scalars(counted).one()


def approve(
    session: Session,
    *,
    scope: Scope,
    change_id: int,
    undo_secret: str,
    base_url: str,
    actor: str,
    now: datetime,
) -> None:
    """Carry a claim out: the new address is the person's, and both mailboxes are told.

    Raises ``NotFound`` for a claim outside the scope or decided already, and ``SubscribersError`` for one
    that nobody in the register was found for.
    """
    change = _decidable(session, scope, change_id)
    if change.subscriber_id is None:
        raise SubscribersError(
            "Ingen i registret passar in. Lägg till adressen hos rätt person, och avslå sedan önskemålet."
        )
    if not address_steps.move(
        session, change, ChangeState.WAITING, ChangeState.DONE, decided_at=now, decided_by=actor[:120]
    ):
        raise _decided()
    address_steps.carry_out(
        session, change, undo_secret, base_url, author=Author(SetBy.PERSON, actor), now=now
    )
    address_steps.note(
        session, change, "address-decided", change.address, {"approved": True, "to": "new"}, now
    )
    address_steps.log(session, change, actor, "address change approved", now)


def refuse(session: Session, *, scope: Scope, change_id: int, reason: str, actor: str, now: datetime) -> None:
    """Say no to a claim. The one who asked is told that it was not done and whom to write to, and no reason.

    The old mailbox is told that somebody asked, where mail reaches it. Raises as ``approve`` does, and
    ``SubscribersError`` without a reason.
    """
    change = _decidable(session, scope, change_id)
    if not reason.strip():
        raise SubscribersError("Skriv varför, för den som undrar om en månad. Skälet syns bara här.")
    if not address_steps.move(
        session,
        change,
        ChangeState.WAITING,
        ChangeState.REFUSED,
        decided_at=now,
        decided_by=actor[:120],
        reason=reason.strip()[:2000],
    ):
        raise _decided()
    address_steps.note(
        session, change, "address-decided", change.address, {"approved": False, "to": "new"}, now
    )
    if change.subscriber_id is not None and not address_steps.is_suppressed(session, change.old_canonical):
        address_steps.note(
            session, change, "address-decided", change.old_address, {"approved": False, "to": "old"}, now
        )
    address_steps.log(session, change, actor, "address change refused", now)


def find_person(session: Session, change: AddressChange) -> None:
    """Write beside a claim whom it means: who has that old address, and of several the one with that name.

    The old address is then as the register has it, and the language is the person's.
    """
    found = session.execute(
        select(Subscriber, Address)
        .join(Address, Address.subscriber_id == Subscriber.id)
        .where(Address.canonical == change.old_canonical, Subscriber.deceased_on.is_(None))
        .order_by(Subscriber.id)
    ).all()
    if len(found) > 1:
        wanted = names.search_key(change.name)
        found = [row for row in found if names.search_key(row.Subscriber.name) == wanted]
    if len(found) == 1:
        [(person, address)] = found
        change.subscriber_id, change.old_address = person.id, address.address
        change.language = person.language
        session.flush()


def _decidable(session: Session, scope: Scope, change_id: int) -> AddressChange:
    found = session.scalar(select(AddressChange).where(AddressChange.id == change_id, _within(scope)))
    if found is None:
        raise NotFound("Önskemålet finns inte.")
    if found.state is not ChangeState.WAITING:
        raise _decided()
    return found


def _within(scope: Scope) -> ColumnElement[bool]:
    theirs = AddressChange.subscriber_id.in_(select(Subscriber.id).where(people_within(scope)))
    return or_(theirs, AddressChange.subscriber_id.is_(None)) if isinstance(scope, Everything) else theirs


def _decided() -> SubscribersError:
    return SubscribersError("Någon har redan avgjort det. Läs in sidan på nytt.")
