"""Erase a person: what waits for them is taken back, and what has gone keeps its place without them.

The ledger of deliveries stays whole: a row keeps state, time, variant and an empty person, and its address
goes, with all of the server's reply but the code (replies like to quote addresses).
"""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from newsletter.errors import NewsletterError
from newsletter.models import (
    Acknowledgement,
    AddressChange,
    AddressFailure,
    ArticleDraft,
    BlockLink,
    BlockNotice,
    Call,
    Delivery,
    DeliveryState,
    Handover,
    InboundMail,
    KnownDevice,
    Note,
    OwnPageLink,
    OwnPageSession,
    PassedWarnings,
    Password,
    ReviewComment,
    Reviewer,
    ReviewRound,
    SignInLink,
    WebSession,
)
from newsletter.services import deliveries, names_on_web
from subscribers.core.authority import Scope
from subscribers.models import Address, Subscriber
from subscribers.services import acts, erasures
from subscribers.services.erasures import Forgotten

#: Rows that are about nobody but the person.
_THEIR_OWN = (
    ArticleDraft,
    Note,
    Password,
    SignInLink,
    WebSession,
    KnownDevice,
    BlockLink,
    BlockNotice,
    Reviewer,
    ReviewComment,
    OwnPageLink,
    OwnPageSession,
    AddressChange,
    Call,
)

_CODE = re.compile(r"[2-5]\d\d(?: [245]\.\d{1,3}\.\d{1,3})?(?= |$)")


def erase(
    session: Session, *, scope: Scope, subscriber_id: int, actor: str, remember: bool = True, now: datetime
) -> Forgotten:
    """Erase a person from the register and the ledger, and write that down under their pseudonym.

    Raises ``NotFound``, ``SubscribersError`` for a scope over less than everything, and ``NewsletterError``
    while a letter to them is on the wire.
    """
    _check_nothing_is_leaving(session, subscriber_id)
    deliveries.withdraw_all(session, scope=scope, subscriber_id=subscriber_id, why="erased", now=now)
    named = session.get(Subscriber, subscriber_id)
    name = named.name if named is not None else ""
    forgotten = erasures.forget(session, scope=scope, subscriber_id=subscriber_id, remember=remember, now=now)
    _strip(session, subscriber_id)
    for model in _THEIR_OWN:
        session.execute(delete(model).where(model.subscriber_id == subscriber_id))
    handed = or_(Handover.predecessor_id == subscriber_id, Handover.successor_id == subscriber_id)
    session.execute(delete(Handover).where(handed))
    session.execute(update(ReviewRound).where(ReviewRound.asked_by_id == subscriber_id).values(message=""))
    theirs = PassedWarnings.passed_by_id == subscriber_id
    session.execute(update(PassedWarnings).where(theirs).values(reason="", passed_by_id=None))
    # Also what others have said of these addresses: a claim that found nobody, a wish to share one.
    session.execute(
        delete(AddressChange).where(
            or_(
                AddressChange.canonical.in_(forgotten.addresses),
                AddressChange.old_canonical.in_(forgotten.addresses),
            )
        )
    )
    _forget_mails(session, subscriber_id, forgotten.addresses)
    session.execute(delete(Acknowledgement).where(Acknowledgement.canonical.in_(forgotten.addresses)))
    # Who shares an address keeps what is known of it.
    session.execute(
        delete(AddressFailure).where(
            AddressFailure.canonical.in_(forgotten.addresses),
            AddressFailure.canonical.not_in(select(Address.canonical)),
        )
    )
    named_in = names_on_web.note(session, name=name, now=now) if name else 0
    details = {"addresses": len(forgotten.addresses), "remembered": remember}
    if named_in:
        details["named on web"] = named_in
    acts.log(session, actor=actor, act="erase", subject=forgotten.pseudonym, details=details, now=now)
    return forgotten


def _forget_mails(session: Session, subscriber_id: int, addresses: Sequence[str]) -> None:
    """Take away what they wrote and what came back from them, also copies on their way to an owner.

    What nobody could be found for goes by its address. Mail of others that was theirs to answer stays.
    """
    nobodys = and_(InboundMail.subscriber_id.is_(None), InboundMail.from_address.in_(addresses))
    theirs = or_(InboundMail.subscriber_id == subscriber_id, nobodys)
    copies = [
        note_id
        for facts in session.scalars(select(InboundMail.facts).where(theirs))
        for note_id in facts.get("notes", [])
    ]
    session.execute(delete(Note).where(Note.id.in_(copies)))
    session.execute(delete(InboundMail).where(theirs))
    for column in (InboundMail.owner_id, InboundMail.answered_by_id):
        session.execute(update(InboundMail).where(column == subscriber_id).values({column.key: None}))


def _strip(session: Session, subscriber_id: int) -> None:
    rows = session.execute(select(Delivery.id, Delivery.reply).where(Delivery.subscriber_id == subscriber_id))
    for delivery_id, reply in rows.all():
        session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id)
            .values(address="", canonical="", reply=code_of(reply)),
            execution_options={"synchronize_session": False},
        )


def code_of(reply: str) -> str:
    """Return the code and the enhanced status of a reply (``550 5.1.1``), without its words."""
    found = _CODE.match(reply)
    return found[0] if found else ""


def _check_nothing_is_leaving(session: Session, subscriber_id: int) -> None:
    leaving = select(Delivery.id).where(
        Delivery.subscriber_id == subscriber_id, Delivery.state == DeliveryState.SENDING
    )
    if session.scalar(leaving.limit(1)) is not None:
        raise NewsletterError("Ett brev till personen är på väg ut just nu. Försök igen om en minut.")
