"""Mail of members that a person must act on: who leaves the association, and who has a new address.

Neither is done by the mail itself, which anybody can have written, and neither is a mere unsubscribe.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import CallReason
from newsletter.services import answers, calls, forwarding
from newsletter.services.taken_mails import Circumstances, Taken
from subscribers.core import addresses
from subscribers.errors import BadAddress, mark
from subscribers.models import Address, RoleName
from subscribers.services import roles

#: What is written down of a mail that names a new address.
PROPOSED = "proposed"

#: What stands above the words of whoever leaves. The date is what a membership ends by.
LEAVES = mark("{name} skrev den {date} och vill gå ur föreningen:")


def leave(session: Session, taken: Taken, circumstances: Circumstances) -> str:
    """Forward the mail of somebody who leaves the association (``What.LEAVING``), with its date.

    It goes to a treasurer; without one that can be reached to an officer. Nothing else changes.
    """
    scope, today = circumstances.scope, circumstances.today
    people = [
        person
        for role in (RoleName.TREASURER, RoleName.OFFICER)
        for person in roles.holders(session, scope=scope, role=role, today=today)
    ]
    return forwarding.forward_to(session, taken, circumstances, people=people, told=LEAVES)


def move(session: Session, taken: Taken, circumstances: Circumstances) -> str:
    """Propose the new address that a member's mail names (``What.NEW_ADDRESS``), and forward it as a reply.

    It is a proposal where the mail comes from one address of one person whom we know, and names another.
    """
    outcome = answers.reply(session, taken, circumstances)
    person_id, proposed = taken.row.subscriber_id, taken.read.new_address
    if person_id not in taken.writers or _is_theirs(session, person_id, proposed):
        return outcome
    calls.open_call(
        session,
        subscriber_id=person_id,
        canonical=addresses.canonical(taken.read.mail.sender),
        reason=CallReason.NEW_ADDRESS,
        facts={},
        proposal=proposed,
        inbound_id=taken.row.id,
        now=circumstances.now,
    )
    return PROPOSED


def _is_theirs(session: Session, person_id: int, proposed: str) -> bool:
    """Tell whether a proposal is no news: an address of theirs, or none at all."""
    try:
        canonical = addresses.canonical(proposed)
    except BadAddress:
        return True
    held = select(Address.id).where(Address.subscriber_id == person_id, Address.canonical == canonical)
    return session.scalar(held.limit(1)) is not None
