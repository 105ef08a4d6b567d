"""Whose copy a person reads, and whom else it greets: the question a preview asks before and after release.

    a draft, or scheduled -> the audience selection and the variants: same address, same content
    released              -> the ledger: whose copy carries the person's

Before release this foretells, for one person, what ``services.releases`` writes for all.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session

from newsletter.language import LANGUAGES
from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus, LeftOutReason, VariantRegion
from newsletter.services import variants
from newsletter.services.releases import select_reach, shares_copies
from subscribers.core.authority import Scope
from subscribers.models import Address, Subscriber
from subscribers.services.audience import AudienceSelect
from subscribers.services.scopes import check_within, people_within

#: Which content people of a region get in a language: equal for equal letters, None for no letter.
_Content = Callable[[str, str], Hashable | None]

#: A row of ``select_audience``.
_Person = Row[int, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class SharedCopy:
    """One copy: its addressee's id first, then those whom it greets too, and the address it goes to.

    ``variant_id`` is what the ledger says of a released issue; None before.
    """

    people: tuple[int, ...]
    address: str
    variant_id: int | None = None


def copy_of(
    session: Session, issue: Issue, *, scope: Scope, subscriber_id: int, now: datetime
) -> SharedCopy | None:
    """Return the copy that this person reads; None when none is, or would be, meant for them.

    Only people of the scope are named in it. Raises ``NotFound`` for a person outside the scope.
    """
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    if issue.status is IssueStatus.RELEASED:
        return _in_ledger(session, issue.id, scope, subscriber_id)
    return _foretold(session, issue, scope, subscriber_id, now)


def _in_ledger(session: Session, issue_id: int, scope: Scope, subscriber_id: int) -> SharedCopy | None:
    carried = and_(
        Delivery.state == DeliveryState.LEFT_OUT, Delivery.why == LeftOutReason.SHARED_ADDRESS.value
    )
    own = session.execute(
        select(Delivery.carried_by, Delivery.address, Delivery.variant_id, Delivery.state).where(
            Delivery.issue_id == issue_id, Delivery.subscriber_id == subscriber_id
        )
    ).one_or_none()
    if own is None or (own.state is DeliveryState.LEFT_OUT and own.carried_by is None):
        return None
    # Whoever was taken out of another's copy keeps its number, but is greeted in it no more.
    shares = own.state is DeliveryState.LEFT_OUT and own.carried_by is not None
    carrier = own.carried_by if shares else subscriber_id
    theirs = or_(Delivery.subscriber_id == carrier, and_(Delivery.carried_by == carrier, carried))
    found = session.scalars(
        select(Delivery.subscriber_id)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.issue_id == issue_id, theirs, people_within(scope))
        .order_by(Delivery.subscriber_id != carrier, Delivery.subscriber_id)
    )
    return SharedCopy(tuple(found), own.address, own.variant_id)


def _foretold(
    session: Session, issue: Issue, scope: Scope, subscriber_id: int, now: datetime
) -> SharedCopy | None:
    content = _frozen_content(session, issue) if issue.frozen_at else _planned_content(session, issue)
    released_at = max(issue.send_at or now, now)  # as far as it is known
    reach = select_reach(issue, scope=scope, now=released_at)
    people = _neighbours(session, reach, subscriber_id)
    me = next((person for person in people if person.subscriber_id == subscriber_id), None)
    if me is None or me.reason or content(me.region, me.language) is None:
        return None
    mine = (me.canonical, content(me.region, me.language))
    same = [
        person
        for person in people
        if not person.reason and (person.canonical, content(person.region, person.language)) == mine
    ]
    if not shares_copies(issue.mailing_list):
        same = [me]
    return SharedCopy(tuple(person.subscriber_id for person in same), same[0].address)


def _neighbours(session: Session, reach: AudienceSelect, subscriber_id: int) -> Sequence[_Person]:
    """Select the person, and all who have an address in common with them, as the audience has them."""
    own = select(Address.canonical).where(Address.subscriber_id == subscriber_id)
    # The ids first: the database then ranks the addresses of these few and not of everybody.
    ids = session.scalars(select(Address.subscriber_id).where(Address.canonical.in_(own))).all()
    people = reach.subquery()
    few = people.c.subscriber_id.in_({subscriber_id, *ids})
    return session.execute(select(people).where(few).order_by(people.c.subscriber_id)).all()


def _frozen_content(session: Session, issue: Issue) -> _Content:
    kept = select(VariantRegion).where(VariantRegion.issue_id == issue.id)
    by_place = {(one.region, one.language): one.variant_id for one in session.scalars(kept)}
    return lambda region, language: by_place.get((region, language), by_place.get((region, "sv")))


def _planned_content(session: Session, issue: Issue) -> _Content:
    """Tell the contents apart as freezing would: each language that somebody reads has its own."""
    by_region = {slug: one.item_ids for one in variants.planned(session, issue) for slug in one.regions}
    return lambda region, language: (
        (by_region[region], language if language in LANGUAGES else "sv") if region in by_region else None
    )
