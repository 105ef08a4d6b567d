"""Somebody's provider was told that our letter is spam: nothing more to that address, or of that list.

Whose letter it was is told by our own token (``core.inbound.complaints``); without one nothing follows.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter.language import _
from newsletter.models import CallReason, Delivery
from newsletter.services import calls, domain_holds, preferences, settlements
from newsletter.services.taken_mails import Circumstances, Taken
from subscribers.core.authority import OnePerson
from subscribers.models import ListPurpose, MailingList, Subscriber, Suppression, SuppressionReason
from subscribers.services import suppressions

#: How the "no" is told in the ledger of consents, and where the suppression is known from.
COMPLAINT = "complaint"


def complaint(session: Session, taken: Taken, circumstances: Circumstances) -> str:
    """Do what follows from a complaint; a handler of ``services.inbound``.

    Returns "not spam" where somebody says the contrary, "no token" without one of ours, "erased" where the
    person is, and else "complained".
    """
    told = taken.read.complaint
    if told is not None and not told.is_against_us:
        return "not spam"
    delivery = taken.delivery
    if delivery is None:
        return "no token"
    person = session.get_one(Subscriber, delivery.subscriber_id)
    if person.erased_at is not None or not delivery.canonical:
        return "erased"
    settlements.settled_by_answer(session, delivery=delivery, now=circumstances.now)
    _stop_list(session, taken, delivery, circumstances)
    _stop_address(session, delivery, circumstances)
    for subscriber_id in domain_holds.holders_of(
        session, scope=circumstances.scope, canonical=delivery.canonical
    ):
        calls.open_call(
            session,
            subscriber_id=subscriber_id,
            canonical=delivery.canonical,
            reason=CallReason.COMPLAINED,
            facts={},
            inbound_id=taken.row.id,
            now=circumstances.now,
        )
    return "complained"


def _stop_list(session: Session, taken: Taken, delivery: Delivery, circumstances: Circumstances) -> None:
    mailing_list = taken.issue.list_id if taken.issue else None
    purpose = session.scalar(select(MailingList.purpose).where(MailingList.id == mailing_list))
    if mailing_list is None or purpose is ListPurpose.MEMBER_NOTICES:
        return  # nobody can leave that: the address alone is stopped, and the notice goes on paper
    preferences.stop(
        session,
        scope=OnePerson(delivery.subscriber_id),
        subscriber_id=delivery.subscriber_id,
        list_id=mailing_list,
        delivery_id=delivery.id,
        source=COMPLAINT,
        now=circumstances.now,
    )


def _stop_address(session: Session, delivery: Delivery, circumstances: Circumstances) -> None:
    reason = SuppressionReason.COMPLAINED
    note = _("Ett brev anmäldes som skräppost.")
    suppressions.suppress(
        session,
        scope=circumstances.scope,
        address=delivery.canonical,
        reason=reason,
        note=note,
        source=COMPLAINT,
        now=circumstances.now,
    )
    # What waited for a decision must not be let go by it.
    held = Suppression.canonical == delivery.canonical, Suppression.reason == SuppressionReason.HELD
    session.execute(update(Suppression).where(*held).values(reason=reason, note=note, source=COMPLAINT))
