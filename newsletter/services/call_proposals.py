"""A mail names a new address: its owner is asked there, and nothing changes before they say yes.

Who writes "I have another address" proves nothing by it. The link goes to the new mailbox, and the old one
can undo the change for fourteen days, as with every change of address (``address_changes``).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from newsletter.models import Call
from newsletter.services import address_changes, calls
from subscribers.core.authority import Scope
from subscribers.errors import SubscribersError
from subscribers.models import Subscriber
from subscribers.services import acts


def ask(
    session: Session, *, scope: Scope, call_id: int, secret: str, base_url: str, actor: str, now: datetime
) -> Call:
    """Send a link to the address that a mail proposes; the row stays open until somebody there says yes.

    Raises ``NotFound`` for a row that is closed or outside the scope, ``SubscribersError`` for one without a
    proposal, and what ``address_changes.ask`` raises.
    """
    call = calls.get(session, scope=scope, call_id=call_id)
    if not call.proposal:
        raise SubscribersError("Mejlet nämner ingen ny adress. Ring och fråga efter den.")
    address_changes.ask(
        session,
        scope=scope,
        subscriber_id=call.subscriber_id,
        address=call.proposal,
        secret=secret,
        base_url=base_url,
        now=now,
    )
    call.facts = {**call.facts, "asked": now.isoformat()}
    person = session.get_one(Subscriber, call.subscriber_id)
    acts.log(session, actor=actor, act="new address asked", subject=f"person {person.pseudonym}", now=now)
    return call
