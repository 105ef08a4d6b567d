"""Who gets a letter, who does not, and why: one SELECT that release turns into the ledger.

    people in reach and scope | each with their best address | why not, if not

Nothing here depends on what the letter contains: which people share one copy, and who would find nothing
in it, is decided where the copies are made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from subscribers.core.audience import NotReached
from subscribers.core.authority import Scope
from subscribers.models import (
    Address,
    FollowedRegion,
    ListPurpose,
    MailingList,
    Subscriber,
    Subscription,
    Suppression,
)
from subscribers.services.scopes import people_within

#: The columns of the selection: subscriber_id, region, language, address, canonical, reason.
AudienceSelect = Select[int, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class AudienceSummary:
    """How many people a letter would reach, by region slug ("" for none), and how many not, by reason."""

    reached_by_region: Mapping[str, int]
    not_reached: Mapping[NotReached, int]

    @property
    def reached(self) -> int:
        """People with an address to write to (some may share one)."""
        return sum(self.reached_by_region.values())

    @property
    def in_reach(self) -> int:
        """Everyone in reach: those who get a letter and those who do not."""
        return self.reached + sum(self.not_reached.values())


def select_audience(
    *,
    scope: Scope,
    mailing_list: MailingList,
    regions: frozenset[str] | None,
    today: date,
    segment: ColumnElement[bool] | None = None,
    exactly: ColumnElement[bool] | None = None,
    among: ColumnElement[bool] | None = None,
    alone: bool | None = None,
) -> AudienceSelect:
    """Select everyone in reach of a letter to a list: one row per person, in no particular order.

    ``regions`` (slugs) limits the letter to people of these regions; None is everyone, also those without a
    region. ``today`` is the date in the association's zone; a membership counts up to and with its last day.
    ``segment`` (``segment_queries.condition``) limits it further, and never widens it. ``exactly``, a
    condition on ``Subscriber``, takes the place of all these: in reach is for whom it holds, such as those
    who got a letter that must be corrected, whether or not they have left since.

    In reach are current members, and everyone who has said yes or no to the list. Member notices reach all
    current members and no one else, whatever they have said no to. Regional letters also reach those who
    follow one of their regions, or all, from elsewhere: ``region`` is then the one they follow, since its
    people's copy is the one they read. A newsletter stays that of one's own region.

    Of these, those for whom ``among`` holds, a condition on ``Subscriber``; and with ``alone`` True those who
    have at most one address, which nobody shares, with False the others. Nearly everybody is alone, and then
    there is nothing to rank or to compare: in a million people that is most of the time.

    Columns: ``subscriber_id``; ``region`` (a slug, or "" for none); ``language``; ``address`` as written and
    ``canonical`` ("" for those who get no letter); ``reason`` ("" for those who get one, else a value of
    ``NotReached``). Nobody writes to the dead; then a "no" to the list goes before a pause, that before
    a missing address, and that before a suppressed one. A pause ends with the day before the one it names.
    The address is the preferred one, or the oldest, of those that are not suppressed.
    """
    is_notice = mailing_list.purpose is ListPurpose.MEMBER_NOTICES
    member = is_member(today)
    meant = and_(
        _belongs(mailing_list, regions),
        true() if segment is None else segment,
        member if is_notice else or_(member, Subscription.subscriber_id.is_not(None)),
    )
    wanted = and_(
        people_within(scope), meant if exactly is None else exactly, true() if among is None else among
    )
    person = _people_with_addresses(mailing_list.id, wanted, _read_region(mailing_list, regions), alone)
    reason = _reason(person, today, is_notice=is_notice)
    reached = reason == ""
    return select(
        person.c.subscriber_id,
        person.c.region,
        person.c.language,
        case((reached, person.c.address), else_="").label("address"),
        case((reached, person.c.canonical), else_="").label("canonical"),
        reason.label("reason"),
    ).where(person.c.rank == 1)


def summary(
    session: Session,
    *,
    scope: Scope,
    mailing_list: MailingList,
    regions: frozenset[str] | None,
    today: date,
    segment: ColumnElement[bool] | None = None,
) -> AudienceSummary:
    """Count the people of ``select_audience`` with the same arguments."""
    people = select_audience(
        scope=scope, mailing_list=mailing_list, regions=regions, today=today, segment=segment
    ).subquery()
    counted = select(people.c.reason, people.c.region, func.count()).group_by(
        people.c.reason, people.c.region
    )
    reached: dict[str, int] = {}
    not_reached = dict.fromkeys(NotReached, 0)
    for reason, region, count in session.execute(counted):
        if reason:
            not_reached[NotReached(reason)] += count
        else:
            reached[region] = count
    return AudienceSummary(reached, not_reached)


def is_member(today: date) -> ColumnElement[bool]:
    """Return the condition on ``Subscriber`` that holds for members; the last day counts."""
    return and_(
        Subscriber.member_since <= today,
        or_(Subscriber.member_until.is_(None), Subscriber.member_until >= today),
    )


def _belongs(mailing_list: MailingList, regions: frozenset[str] | None) -> ColumnElement[bool]:
    """Hold for the people of the regions, and where people may follow a region, for its followers."""
    if regions is None:
        return true()
    own = Subscriber.region_slug.in_(sorted(regions))
    if mailing_list.purpose is not ListPurpose.REGIONAL_LETTERS:
        return own
    follows = select(FollowedRegion.subscriber_id).where(FollowedRegion.region_slug.in_(sorted(regions)))
    return or_(own, Subscriber.follows_all_regions, Subscriber.id.in_(follows))


def _read_region(mailing_list: MailingList, regions: frozenset[str] | None) -> ColumnElement[str]:
    """Return the region whose copy a person reads: their own, or else the first that they follow."""
    own = func.coalesce(Subscriber.region_slug, "")
    if regions is None or mailing_list.purpose is not ListPurpose.REGIONAL_LETTERS:
        return own
    first_followed = (
        select(func.min(FollowedRegion.region_slug))
        .where(FollowedRegion.subscriber_id == Subscriber.id, FollowedRegion.region_slug.in_(sorted(regions)))
        .scalar_subquery()
    )
    return case(
        (Subscriber.region_slug.in_(sorted(regions)), own),
        else_=func.coalesce(first_followed, literal(min(regions, default=""))),
    )


def _people_with_addresses(
    list_id: int, wanted: ColumnElement[bool], region: ColumnElement[str], alone: bool | None
) -> Subquery:
    """Rank each person's addresses; rank 1 is the one to use, or a row without one."""
    suppressed = case((Suppression.canonical.is_(None), 0), else_=1)
    best_first = (suppressed, case((Address.preferred, 0), else_=1), Address.id)
    ranked = func.row_number().over(partition_by=Subscriber.id, order_by=best_first)
    people = (
        select(
            Subscriber.id.label("subscriber_id"),
            region.label("region"),
            Subscriber.deceased_on.label("deceased_on"),
            Subscriber.language.label("language"),
            Subscription.active.label("active"),
            Subscription.paused_until.label("paused_until"),
            Address.address.label("address"),
            Address.canonical.label("canonical"),
            suppressed.label("suppressed"),
            (literal(1) if alone else ranked).label("rank"),
        )
        .select_from(Subscriber)
        .outerjoin(
            Subscription, and_(Subscription.subscriber_id == Subscriber.id, Subscription.list_id == list_id)
        )
        .outerjoin(Address, Address.subscriber_id == Subscriber.id)
        .outerjoin(Suppression, Suppression.canonical == Address.canonical)
        .where(wanted)
    )
    if alone is None:
        return people.subquery("person")
    tangled = _tangled()
    theirs = tangled.c.subscriber_id == Subscriber.id
    if alone:
        return people.outerjoin(tangled, theirs).where(tangled.c.subscriber_id.is_(None)).subquery("person")
    return people.join(tangled, theirs).subquery("person")


def _tangled() -> Subquery:
    """Select the people who have several addresses, or one that somebody else has, too."""
    several = select(Address.subscriber_id).group_by(Address.subscriber_id).having(func.count() > 1)
    shared = select(Address.canonical).group_by(Address.canonical).having(func.count() > 1)
    theirs = select(Address.subscriber_id).where(Address.canonical.in_(shared))
    return several.union(theirs).subquery("tangled")


def _reason(person: Subquery, today: date, *, is_notice: bool) -> ColumnElement[str]:
    said_no = (
        ()
        if is_notice
        else (
            (person.c.active.is_(None), NotReached.NOT_SUBSCRIBED.value),
            (person.c.active.is_not(true()), NotReached.UNSUBSCRIBED.value),
            (person.c.paused_until > today, NotReached.PAUSED.value),
        )
    )
    return case(
        (person.c.deceased_on.is_not(None), NotReached.DECEASED.value),
        *said_no,
        (person.c.canonical.is_(None), NotReached.NO_ADDRESS.value),
        (person.c.suppressed == 1, NotReached.SUPPRESSED.value),
        else_=literal(""),
    )
