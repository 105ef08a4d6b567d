"""A person's new address: nothing changes before the new mailbox says yes, and the old one can say no after.

    ask       by the person, on their own page -> a link to the new address
    confirm   the link's button -> done | waiting for the association (``address_claims``)
    undo      the old mailbox's button, for fourteen days -> the old address again
    settle    those days are over -> the old address leaves the register

Nobody learns here whether an address belongs to somebody: what is asked, and what comes of it, is told by
mail only. Secrets are made by the caller's edge.
"""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from newsletter.models import AddressChange, ChangeState, Delivery, DeliveryState
from newsletter.services import address_claims, address_steps, deliveries, own_pages, rates, sessions
from newsletter.services.sessions import digest
from subscribers.core import addresses
from subscribers.core.authority import OnePerson, Scope
from subscribers.errors import SubscribersError
from subscribers.models import Address, SetBy
from subscribers.services import changes, members
from subscribers.services.changes import Author, Changed

#: Wishes of one person.
_MOST_WISHES, _DAY = 5, timedelta(days=1)

_MEMBER = Author(SetBy.MEMBER)


def ask(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    address: str,
    secret: str,
    base_url: str,
    now: datetime,
) -> None:
    """Write down that a person wants their letters at another address, and send a link there.

    Whether anybody else has it makes no difference to be seen. Raises ``BadAddress``, ``NotFound`` for a
    person outside the scope, and ``SubscribersError`` for an address that is the one in use already, and for
    too many wishes in a day.
    """
    parsed = addresses.parse(address)
    person = members.get(session, scope=scope, subscriber_id=subscriber_id)
    old = members.best_address(session, scope=scope, subscriber_id=subscriber_id)
    if old is not None and old.canonical == parsed.canonical:
        raise SubscribersError("Breven går redan till den adressen.")
    pace = {"what": "address wished", "whose": str(subscriber_id), "most": _MOST_WISHES, "period": _DAY}
    if not rates.allow(session, **pace, now=now):  # type: ignore[arg-type]
        raise SubscribersError(
            "Det har försökts för många gånger. Försök igen i morgon, eller skriv till oss."
        )
    _drop_the_earlier(session, subscriber_id)
    change = address_steps.write(session, parsed, old.address if old else "", secret, person.language, now)
    change.subscriber_id = person.id
    address_steps.mail_the_new(session, change, secret, base_url, now)


def peek(session: Session, *, secret: str, now: datetime) -> AddressChange:
    """Return the change that a link to a new address is about. Raises ``NotFound``. Changes nothing."""
    found = session.scalar(select(AddressChange).where(AddressChange.confirm_hash == digest(secret)))
    if found is None or (found.state is ChangeState.ASKED and found.confirm_until <= now):
        raise address_steps.no_such_link()
    return found


def confirm(
    session: Session, *, secret: str, undo_secret: str, base_url: str, now: datetime
) -> AddressChange:
    """Say yes for the new mailbox; a second time changes nothing. Return the change as it stands after.

    A wish from a person's own page is carried out, and the old mailbox told, with ``undo_secret`` in its
    link. A claim waits for the association. Raises ``NotFound`` for a link that is too old or not ours.
    """
    change = peek(session, secret=secret, now=now)
    next_state = ChangeState.WAITING if change.by_claim else ChangeState.DONE
    if not address_steps.move(session, change, ChangeState.ASKED, next_state, confirmed_at=now):
        return change
    if change.by_claim:
        address_claims.find_person(session, change)
    else:
        address_steps.carry_out(session, change, undo_secret, base_url, author=_MEMBER, now=now)
    return change


def peek_undo(session: Session, *, secret: str, now: datetime) -> AddressChange:
    """Return the change that a link to an old address can undo, or has undone. Raises ``NotFound``."""
    found = session.scalar(select(AddressChange).where(AddressChange.undo_hash == digest(secret)))
    if found is None or found.undo_until is None or found.undo_until <= now:
        raise address_steps.no_such_link()
    return found


def undo(session: Session, *, secret: str, now: datetime) -> AddressChange:
    """Put the old address back and take the new one away; a second time changes nothing.

    Whoever was at the person's own page by the new address is there no more. Raises ``NotFound``.
    """
    change = peek_undo(session, secret=secret, now=now)
    person_id = change.subscriber_id
    if person_id is None or not address_steps.move(
        session, change, ChangeState.DONE, ChangeState.UNDONE, undone_at=now
    ):
        return change
    themselves = OnePerson(person_id)
    members.add_address(
        session,
        scope=themselves,
        subscriber_id=person_id,
        address=change.old_address,
        prefer=True,
        author=_MEMBER,
        now=now,
    )
    if not _had_before(session, change):
        _take_away(session, person_id, change.canonical, now)
    on_its_way = and_(
        Delivery.subscriber_id == person_id,
        Delivery.canonical == change.canonical,
        Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.WAITING)),
    )
    deliveries.withdraw_copies(session, on_its_way, why="address undone", now=now)
    own_pages.close_all(session, subscriber_id=person_id)
    sessions.end(session, subscriber_id=person_id)
    address_steps.log(session, change, "the old address", "address change undone", now)
    return change


def settle(session: Session, *, now: datetime) -> int:
    """Take old addresses out of the register when nobody has undone the change; return how many."""
    over = select(AddressChange).where(
        AddressChange.state == ChangeState.DONE,
        AddressChange.undo_until <= now,
        AddressChange.settled_at.is_(None),
    )
    count = 0
    for change in session.scalars(over).all():
        change.settled_at = now
        if change.subscriber_id is not None:
            count += _take_away(session, change.subscriber_id, change.old_canonical, now)
    return count


def _drop_the_earlier(session: Session, subscriber_id: int) -> None:
    """Of a person's wishes only the last one counts."""
    earlier = (AddressChange.subscriber_id == subscriber_id, AddressChange.state == ChangeState.ASKED)
    session.execute(delete(AddressChange).where(*earlier))


def _had_before(session: Session, change: AddressChange) -> bool:
    """Tell whether the new address was one of the person's before it took the place of the old one."""
    since = change.decided_at or change.confirmed_at
    made = session.scalar(
        select(Address.created_at).where(
            Address.subscriber_id == change.subscriber_id, Address.canonical == change.canonical
        )
    )
    return made is not None and since is not None and made < since


def _take_away(session: Session, subscriber_id: int, canonical: str, now: datetime) -> int:
    """Take an address from a person, unless it is the one that they use; return how many that was."""
    gone = session.execute(
        delete(Address)
        .where(
            Address.subscriber_id == subscriber_id,
            Address.canonical == canonical,
            Address.preferred.is_(False),
        )
        .returning(Address.kind, Address.address),
        execution_options={"synchronize_session": False},
    ).first()
    session.expire_all()
    if gone is None:
        return 0
    said = Changed(subscriber_id, f"address:{gone.kind.value}", gone.address, None)
    changes.record(session, scope=OnePerson(subscriber_id), changed=[said], author=_MEMBER, now=now)
    return 1
