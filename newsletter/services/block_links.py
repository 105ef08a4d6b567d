"""The link in a mail that opens one block, for one person, while they lead the region and until the last day.

    make        a secret -> its hash in the database
    find        a secret -> the block, and whether the link works; changes nothing: scanners follow links
    press       the button was pressed
    send_fresh  a secret, good or not -> a new link to whoever leads the region now

Nothing is stored that could go stale: who leads the region and which day is the last are asked at each use.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter.core import blocks as rules
from newsletter.language import using
from newsletter.models import Block, BlockLink, BlockRound, Issue, IssueStatus
from newsletter.services import block_words, notes, rates
from newsletter.services.issue_states import name_of
from newsletter.services.notes import address_of
from newsletter.services.sessions import digest
from subscribers.core.authority import Everything, Held, OnePerson, Scope
from subscribers.errors import SubscribersError
from subscribers.models import RoleName, Subscriber
from subscribers.services import roles

#: New links for one block in a day, and presses from one network in an hour.
_MOST_LINKS, _LINKS_PERIOD = 3, timedelta(days=1)
_MOST_ASKED, _ASKED_PERIOD = 30, timedelta(hours=1)
#: So long after the last day it can still be said of a link that its day is over.
KEPT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Found:
    """A link that we made. ``pressed``: its button was pressed. ``in_time``: its last day is not over."""

    block: Block
    person: Subscriber
    pressed: bool
    in_time: bool


def make(
    session: Session,
    *,
    block_id: int,
    subscriber_id: int,
    secret: str,
    now: datetime,
    note_id: int | None = None,
) -> None:
    """Make a link that opens this block for this person. ``note_id`` is the mail that it stands in."""
    session.add(
        BlockLink(
            token_hash=digest(secret),
            block_id=block_id,
            subscriber_id=subscriber_id,
            created_at=now,
            note_id=note_id,
        )
    )
    session.flush()


def of_note(session: Session, *, note_id: int, today: date) -> Found | None:
    """Return what the link in a mail of ours is for; None as ``find`` does, and for a mail without one."""
    link = session.scalar(select(BlockLink).where(BlockLink.note_id == note_id))
    return _found(session, link, today)


def find(session: Session, *, secret: str, today: date) -> Found | None:
    """Return what a link is for; None for one that is not ours, or whose person leads the region no more."""
    return _found(session, _link(session, secret), today)


def _found(session: Session, link: BlockLink | None, today: date) -> Found | None:
    if link is None:
        return None
    person = session.get_one(Subscriber, link.subscriber_id)
    held = roles.held(session, scope=OnePerson(person.id), subscriber_id=person.id, today=today)
    if Held(RoleName.REGIONAL_LEAD, link.block.region) not in held or person.erased_at is not None:
        return None
    in_time = rules.is_open(link.block.issue.deadline, today)
    return Found(link.block, person, link.opened_at is not None, in_time)


def press(session: Session, *, secret: str, now: datetime) -> None:
    """Write down that the button behind a link was pressed. The caller has found the link."""
    link = _link(session, secret)
    if link is not None:
        link.opened_at = link.opened_at or now
        link.block.opened_at = link.block.opened_at or now
        session.flush()


def send_fresh(
    session: Session,
    *,
    scope: Scope,
    secret: str,
    network: str,
    fresh: Callable[[], str],
    base_url: str,
    today: date,
    now: datetime,
) -> int:
    """Mail a new link to whoever leads the region of this link's block now; return how many notes that is.

    After the last day they are told that it is over instead. Nothing is sent for a link that we have not
    made, nor within less than everything; the caller answers the same. Raises ``SubscribersError`` when the
    network asks too often.
    """
    if not isinstance(scope, Everything):
        return 0
    paces = {"what": "block links asked", "whose": network, "most": _MOST_ASKED, "period": _ASKED_PERIOD}
    if not rates.allow(session, now=now, **paces):  # type: ignore[arg-type]
        raise SubscribersError("Det har försökts för många gånger. Vänta en stund och försök igen.")
    link = _link(session, secret)
    if link is None:
        return 0
    block = link.block
    paces = {"what": "block links", "whose": str(block.id), "most": _MOST_LINKS, "period": _LINKS_PERIOD}
    if not rates.allow(session, now=now, **paces):  # type: ignore[arg-type]
        return 0
    leads = roles.holders(session, scope=scope, role=RoleName.REGIONAL_LEAD, region=block.region, today=today)
    kind = "block-link" if _is_open(session, block, today) else "block-over"
    return sum(write(session, kind, block, who, fresh=fresh, base_url=base_url, now=now) for who in leads)


def write(
    session: Session,
    kind: str,
    block: Block,
    who: Subscriber,
    *,
    fresh: Callable[[], str],
    base_url: str,
    now: datetime,
    **more: object,
) -> int:
    """Queue a note about a block to somebody, with a new link; return how many: none without an address.

    ``kind`` is the folder of its templates, which ``more`` fills, too. The caller knows that they lead the
    region.
    """
    address = address_of(session, who)
    if not address or block.issue.deadline is None:
        return 0
    secret = fresh()
    with using(who.language):
        values = {
            "name": who.given_name or who.name,
            "region": block.named.name,
            "called": block_words.issue_called(block.issue),
            "number": name_of(block.issue),
            "last": block_words.day_called(block.issue.deadline),
            "link": f"{base_url}/inslag/{secret}" if kind != "block-over" else "",
            **more,
        }
    note_id = notes.queue(
        session, kind=kind, to=address, language=who.language, subscriber_id=who.id, values=values, now=now
    )
    if kind != "block-over":
        make(session, block_id=block.id, subscriber_id=who.id, secret=secret, now=now, note_id=note_id)
    return 1


def forget(session: Session, *, today: date) -> int:
    """Take away the links of blocks whose last day is long over, and return how many."""
    old = (
        select(Block.id)
        .join(Issue)
        .where((Issue.deadline < today - KEPT) | (Issue.status == IssueStatus.CANCELLED))
    )
    gone = delete(BlockLink).where(BlockLink.block_id.in_(old)).returning(BlockLink.token_hash)
    return len(session.execute(gone, execution_options={"synchronize_session": False}).all())


def _is_open(session: Session, block: Block, today: date) -> bool:
    asked = session.get(BlockRound, block.issue_id)
    is_asked = asked is not None and asked.closed_at is None
    return is_asked and block.issue.status is IssueStatus.DRAFT and rules.is_open(block.issue.deadline, today)


def _link(session: Session, secret: str) -> BlockLink | None:
    return session.get(BlockLink, digest(secret))
