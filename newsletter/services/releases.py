"""Letting an issue go: one row of the ledger for every person in its reach, in one statement.

    due -> release   scheduled becomes released, once | INSERT ... SELECT: audience x variants -> deliveries
        -> miss      its time passed too long ago: scheduled becomes missed, and a person decides

Everyone in reach gets a row: queued, or left out with the reason. Two people with one address get one copy
of the same content: the one with the lowest id carries it, and it greets the others too. Not so a member
notice: each member gets their own, by name, since each must be shown to have been called. Who is a member
is asked of its record date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Insert,
    Subquery,
    and_,
    case,
    func,
    insert,
    literal,
    not_,
    null,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus, LeftOutReason, VariantRegion
from newsletter.services import segment_conditions
from subscribers.core.authority import Scope
from subscribers.models import ListPurpose, MailingList, UtcDateTime
from subscribers.services.audience import AudienceSelect, select_audience

#: Every issue has its variants in this language of the frame; others fall back to it.
_FALLBACK_LANGUAGE = "sv"


@dataclass(frozen=True, slots=True)
class Released:
    """What a release wrote: how many copies were queued, and how many people were left out, by reason."""

    issue_id: int
    queued: int
    left_out: Mapping[LeftOutReason, int]

    @property
    def people(self) -> int:
        """Everyone in the issue's reach."""
        return self.queued + sum(self.left_out.values())


@dataclass(frozen=True, slots=True)
class DueIssue:
    """A scheduled issue whose time has come.

    ``name`` is what people call it (``Nyhetsbrevet 12/2026``); ``late`` is how long ago its time was.
    ``expired``: it is a notice whose last date has passed, where its officer is.
    """

    issue_id: int
    name: str
    late: timedelta
    expired: bool = False


def due(session: Session, *, now: datetime) -> Sequence[DueIssue]:
    """Return the scheduled issues whose time has come, the earliest first."""
    found = session.execute(
        select(Issue, MailingList.name)
        .join(MailingList, MailingList.id == Issue.list_id)
        .where(Issue.status == IssueStatus.SCHEDULED, Issue.send_at <= now)
        .order_by(Issue.send_at, Issue.id)
    )
    return [
        DueIssue(
            issue.id,
            f"{list_name} {issue.number}/{issue.year}",
            now - issue.send_at,
            expired=issue.last_date is not None and _today(issue, now) > issue.last_date,
        )
        for issue, list_name in found
        if issue.send_at is not None
    ]


def release(session: Session, *, scope: Scope, issue_id: int, now: datetime) -> Released | None:
    """Release a scheduled issue: write its deliveries, due at once.

    Returns None when it is not scheduled (any more): another process was first, or a person changed it.
    The caller commits; until then nobody sees any of it. ``scope`` limits whom the issue can reach.
    """
    if not _move(session, issue_id, IssueStatus.RELEASED, now, released_at=now):
        return None
    issue, mailing_list = session.execute(
        select(Issue, MailingList)
        .join(MailingList, MailingList.id == Issue.list_id)
        .where(Issue.id == issue_id)
    ).one()
    people = select_reach(issue, scope=scope, now=now)
    session.execute(_insert(issue_id, people, now, shared=shares_copies(mailing_list)))
    return _counted(session, issue_id)


def select_reach(issue: Issue, *, scope: Scope, now: datetime) -> AudienceSelect:
    """Select everyone in reach of an issue released ``now``, within the scope (``select_audience``)."""
    today = issue.record_date or _today(issue, now)
    return select_audience(
        scope=scope,
        mailing_list=issue.mailing_list,
        regions=issue.audience.regions,
        today=today,
        segment=segment_conditions.condition(issue.segment, today=today) if issue.segment else None,
    )


def shares_copies(mailing_list: MailingList) -> bool:
    """Tell whether people with one address get one copy; each member is called to a meeting by name."""
    return mailing_list.purpose is not ListPurpose.MEMBER_NOTICES


def miss(session: Session, *, issue_id: int, now: datetime) -> bool:
    """Mark a scheduled issue as missed: nothing is sent until a person says so. False if it was not one."""
    return _move(session, issue_id, IssueStatus.MISSED, now)


def _move(session: Session, issue_id: int, status: IssueStatus, now: datetime, **values: datetime) -> bool:
    """Move an issue out of ``scheduled``: of all who try, one succeeds."""
    moved = session.execute(
        update(Issue)
        .where(Issue.id == issue_id, Issue.status == IssueStatus.SCHEDULED)
        .values(status=status, updated_at=now, **values)
        .returning(Issue.id)
    )
    return moved.scalar_one_or_none() is not None


def _today(issue: Issue, now: datetime) -> date:
    """Return the date where the officer is, for a membership that ends today counts today."""
    return now.astimezone(ZoneInfo(issue.send_zone or "UTC")).date()


def _insert(issue_id: int, people: AudienceSelect, now: datetime, *, shared: bool) -> Insert:
    """Build the one statement: the database decides whom each copy goes to, for any number of people."""
    person = _ranked(_placed(issue_id, people), shared=shared)
    columns: dict[str, ColumnElement[object]] = {
        "issue_id": literal(issue_id),
        "subscriber_id": person.c.subscriber_id,
        "variant_id": case((person.c.reached, person.c.variant_id)),
        "address": case((person.c.reached, person.c.address), else_=""),
        "canonical": case((person.c.reached, person.c.canonical), else_=""),
        "state": case((person.c.carries, DeliveryState.QUEUED.value), else_=DeliveryState.LEFT_OUT.value),
        "why": case(
            (person.c.carries, ""),
            (person.c.reached, LeftOutReason.SHARED_ADDRESS.value),
            (person.c.reason != "", person.c.reason),
            else_=LeftOutReason.NO_CONTENT.value,
        ),
        "carried_by": case((and_(person.c.reached, not_(person.c.carries)), person.c.carrier)),
        "attempts": literal(0),
        "due_at": case((person.c.carries, literal(now, UtcDateTime())), else_=null()),
        "reply": literal(""),
    }
    return insert(Delivery).from_select(list(columns), select(*columns.values()), include_defaults=False)


def _ranked(placed: Subquery, *, shared: bool) -> Subquery:
    """Say of each person whether the issue reaches them, and whose copy does.

    Where copies are ``shared``, the same canonical address and the same content make one; the first of these
    people carries it. Otherwise each person carries their own.
    """
    reached = and_(placed.c.reason == "", placed.c.variant_id.is_not(None))
    carrier = func.min(case((reached, placed.c.subscriber_id))).over(
        partition_by=(placed.c.variant_id, placed.c.canonical) if shared else (placed.c.subscriber_id,)
    )
    ranked = select(placed, reached.label("reached"), carrier.label("carrier")).subquery("ranked")
    carries = and_(ranked.c.reached, ranked.c.carrier == ranked.c.subscriber_id)
    return select(ranked, carries.label("carries")).subquery("person")


def _placed(issue_id: int, people: AudienceSelect) -> Subquery:
    """Give each person the variant of their region, in their language or else in Swedish."""
    person = people.subquery("people")
    own, swedish = aliased(VariantRegion), aliased(VariantRegion)
    return (
        select(person, func.coalesce(own.variant_id, swedish.variant_id).label("variant_id"))
        .outerjoin(
            own,
            and_(
                own.issue_id == issue_id,
                own.region == person.c.region,
                own.language == person.c.language,
            ),
        )
        .outerjoin(
            swedish,
            and_(
                swedish.issue_id == issue_id,
                swedish.region == person.c.region,
                swedish.language == _FALLBACK_LANGUAGE,
            ),
        )
        .subquery("placed")
    )


def _counted(session: Session, issue_id: int) -> Released:
    counts = session.execute(
        select(Delivery.why, func.count()).where(Delivery.issue_id == issue_id).group_by(Delivery.why)
    )
    by_reason = dict(counts.all())
    queued = by_reason.pop("", 0)
    return Released(issue_id, queued, {LeftOutReason(why): count for why, count in by_reason.items()})
