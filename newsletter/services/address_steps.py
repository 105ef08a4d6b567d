"""What changes of address and claims have in common: written down, moved on once, told by mail, carried out.

Each is a step of functions that have checked who asks.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from newsletter.models import AddressChange, ChangeState
from newsletter.services import calls, notes, rates
from newsletter.services.sessions import digest
from subscribers.core import addresses
from subscribers.core.addresses import MailAddress
from subscribers.core.authority import OnePerson
from subscribers.errors import NotFound
from subscribers.models import Subscriber, Suppression
from subscribers.services import acts, erasures, members
from subscribers.services.changes import Author

#: How long the link to the new address can be used, and that to the old one.
CONFIRM_WITHIN = timedelta(days=1)
UNDO_WITHIN = timedelta(days=14)

#: Mails to one new address.
_MOST_MAILS, _DAY = 3, timedelta(days=1)


def write(
    session: Session, parsed: MailAddress, old: str, secret: str, language: str, now: datetime
) -> AddressChange:
    """Write down a wish that waits for the new mailbox; ``secret`` is of the link that goes there."""
    change = AddressChange(
        state=ChangeState.ASKED,
        address=parsed.written,
        canonical=parsed.canonical,
        old_address=old,
        old_canonical=addresses.canonical(old) if old else "",
        language=language,
        confirm_hash=digest(secret),
        asked_at=now,
        confirm_until=now + CONFIRM_WITHIN,
    )
    session.add(change)
    session.flush()
    return change


def mail_the_new(session: Session, change: AddressChange, secret: str, base_url: str, now: datetime) -> None:
    """Send the link, unless nothing may be sent there; the one who asked is told the same."""
    pace = {"what": "new address mails", "whose": change.canonical, "most": _MOST_MAILS, "period": _DAY}
    if (
        not rates.allow(session, **pace, now=now)  # type: ignore[arg-type]
        or is_suppressed(session, change.canonical)
        or erasures.erased_among(session, canonicals=[change.canonical])
    ):
        return
    values = {"link": f"{base_url}/mina-uppgifter/adress/{secret}", "old": addresses.mask(change.old_address)}
    note(session, change, "new-address", change.address, values, now)


def carry_out(
    session: Session,
    change: AddressChange,
    undo_secret: str,
    base_url: str,
    *,
    author: Author,
    now: datetime,
) -> None:
    """Make the new address the person's, and tell the old mailbox, with ``undo_secret`` in its link.

    Raises ``NotFound`` where there is nobody, or the new address belongs to somebody who was erased.
    """
    person_id = change.subscriber_id
    if person_id is None:
        raise no_such_link()
    if erasures.erased_among(session, canonicals=[change.canonical]):
        raise no_such_link()  # erased since the link was sent: they come back by signing up
    members.add_address(
        session,
        scope=OnePerson(person_id),
        subscriber_id=person_id,
        address=change.address,
        prefer=True,
        author=author,
        now=now,
    )
    change.undo_hash, change.undo_until = digest(undo_secret), now + UNDO_WITHIN
    session.flush()
    calls.settled(session, subscriber_id=person_id, canonical=change.old_canonical, now=now)
    if change.old_address and not is_suppressed(session, change.old_canonical):
        values = {
            "link": f"{base_url}/mina-uppgifter/angra/{undo_secret}",
            "last": change.undo_until.date().isoformat(),
            "by_claim": change.by_claim,
        }
        note(session, change, "address-changed", change.old_address, values, now)


def move(
    session: Session, change: AddressChange, before: ChangeState, after: ChangeState, **values: object
) -> bool:
    """Move a change on, once: of two that come at the same time one is told that it was too late."""
    moved = session.execute(
        update(AddressChange)
        .where(AddressChange.id == change.id, AddressChange.state == before)
        .values(state=after, **values)
        .returning(AddressChange.id),
        execution_options={"synchronize_session": False},
    ).first()
    session.refresh(change)
    return moved is not None


def is_suppressed(session: Session, canonical: str) -> bool:
    """Tell whether nothing may be written to an address."""
    return session.get(Suppression, canonical) is not None


def note(
    session: Session, change: AddressChange, kind: str, to: str, values: Mapping[str, object], now: datetime
) -> None:
    """Queue a note about a change."""
    notes.queue(
        session,
        kind=kind,
        to=to,
        language=change.language,
        values=values,
        subscriber_id=change.subscriber_id,
        now=now,
    )


def log(session: Session, change: AddressChange, actor: str, act: str, now: datetime) -> None:
    """Write down what was done with a change, under the person's pseudonym."""
    person = session.get(Subscriber, change.subscriber_id) if change.subscriber_id else None
    subject = f"person {person.pseudonym}" if person else ""
    acts.log(session, actor=actor, act=act, subject=subject, details={"by_claim": change.by_claim}, now=now)


def no_such_link() -> NotFound:
    """Return the one answer for links that are used, too old or not ours."""
    return NotFound("Länken gäller inte längre. Be om en ny.")
