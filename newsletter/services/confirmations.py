"""What somebody has just said to a list, told to their mailbox with a way to undo it.

Letters get forwarded, so whoever pressed the button may be somebody else: the one whom it concerns is told.
One note for each change, and few in a day, so that nobody's mailbox is flooded through a forwarded letter.
"""

import enum
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import Delivery
from newsletter.services import notes, rates
from subscribers.core.authority import Scope
from subscribers.models import Address, Suppression
from subscribers.services import lists, members
from subscribers.services.scopes import check_within

#: Notes of this kind to one mailbox in a day.
MOST_IN_A_DAY = 5


class Choice(enum.Enum):
    """What was said."""

    STOPPED = "stopped"
    PAUSED = "paused"
    STARTED = "started"


def tell(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    list_id: int,
    delivery_id: int,
    choice: Choice,
    link: str,
    until: date | None = None,
    now: datetime,
) -> bool:
    """Queue a note about a choice that has just been made, and return whether there is one.

    It goes to the address of the letter (``delivery_id``) in which it was said, as long as that is the
    person's, else to where letters go now; never to a suppressed one, so whoever has complained hears
    nothing. ``link`` shows and changes the list, with the address masked: the note gets forwarded, too.
    ``until`` is the day to which a list is paused. Raises ``NotFound`` for a person outside the scope or an
    unknown list.
    """
    person = members.get(session, scope=scope, subscriber_id=subscriber_id)
    mailing_list = lists.get(session, list_id=list_id)
    to = mailbox(session, scope=scope, subscriber_id=subscriber_id, delivery_id=delivery_id)
    if to is None or not rates.allow(
        session,
        what="choice told",
        whose=to.canonical,
        most=MOST_IN_A_DAY,
        period=timedelta(days=1),
        now=now,
    ):
        return False
    notes.queue(
        session,
        kind="choice",
        to=to.address,
        language=person.language,
        values={
            "choice": choice.value,
            "list": mailing_list.name_en if person.language == "en" else mailing_list.name,
            "until": until.isoformat() if until else "",
            "link": link,
        },
        subscriber_id=subscriber_id,
        about={"list": list_id, "delivery": delivery_id},
        now=now,
    )
    return True


def mailbox(session: Session, *, scope: Scope, subscriber_id: int, delivery_id: int) -> Address | None:
    """Return the address at which somebody hears of what was said to a letter; None for a suppressed one.

    It is the letter's (``delivery_id``; 0 for none) as long as that is theirs, else where letters go now.
    Raises ``NotFound`` for a person outside the scope.
    """
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    letters = (
        select(Address, Suppression.canonical)
        .join(Delivery, Delivery.canonical == Address.canonical)
        .outerjoin(Suppression, Suppression.canonical == Address.canonical)
        .where(
            Delivery.id == delivery_id,
            Delivery.subscriber_id == subscriber_id,
            Address.subscriber_id == subscriber_id,
        )
    )
    found = session.execute(letters).first()
    if found is None:
        return members.best_address(session, scope=scope, subscriber_id=subscriber_id)
    address, suppressed = found
    return None if suppressed else address
