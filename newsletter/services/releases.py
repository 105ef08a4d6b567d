"""Letting an issue go: one row of the ledger for every person in its reach, in one statement.

    due -> release   scheduled becomes released, once | INSERT ... SELECT: audience x variants -> deliveries
        -> miss      its time passed too long ago: scheduled becomes missed, and a person decides
    let_go  what waited for an urgent issue goes when that has gone out

The rows say when each letter may leave: after the grace those to officers and leads, after their head start
all others.

Everyone in reach gets a row: queued, or left out with the reason. Two people with one address get one copy
of the same content: the one with the lowest id carries it, and it greets the others too. Not so a member
notice: each member gets their own, by name, since each must be shown to have been called. Who is a member
is asked of its record date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased

from newsletter.core.pace import Waves, waves
from newsletter.models import (
    Delivery,
    DeliveryState,
    Hold,
    Issue,
    IssueKind,
    IssueStatus,
    LeftOutReason,
    VariantRegion,
)
from newsletter.services import issues, segment_conditions, zones
from subscribers.core.authority import Scope
from subscribers.models import ListPurpose, MailingList, Role, RoleName, Subscriber, UtcDateTime
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
    found = session.scalars(
        select(Issue)
        .where(Issue.status == IssueStatus.SCHEDULED, Issue.send_at <= now, Issue.hold.is_(None))
        .order_by(Issue.urgent.desc(), Issue.send_at, Issue.id)
    )
    return [
        DueIssue(
            issue.id,
            issues.name_of(issue),
            # What an urgent issue held back is not late for that.
            now - max(filter(None, (issue.send_at, issue.let_go_at))),
            expired=issue.last_date is not None and day_of(issue, now) > issue.last_date,
        )
        for issue in found.all()
    ]


def let_go(session: Session, *, now: datetime) -> Sequence[int]:
    """Let those issues go that waited for an urgent one which has gone out; return their ids.

    The urgent one has gone out when it is released and none of its letters is open, or when it will not go:
    it was stopped, cancelled, or made a draft again.
    """
    urgent = aliased(Issue)
    still_open = exists().where(
        Delivery.issue_id == urgent.id,
        Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.WAITING)),
        Delivery.attempts == 0,  # who was tried and must wait for hours holds nobody up
    )
    ahead = exists().where(
        urgent.id == Issue.held_by_id,
        or_(
            urgent.status.in_((IssueStatus.SCHEDULED, IssueStatus.MISSED)),
            and_(urgent.status == IssueStatus.RELEASED, urgent.stopped_at.is_(None), still_open),
        ),
    )
    gone = session.scalars(
        update(Issue)
        .where(Issue.hold == Hold.AFTER, not_(ahead))
        .values(hold=None, held_by_id=None, let_go_at=now)
        .returning(Issue.id),
        execution_options={"synchronize_session": False},
    )
    return gone.all()


def waits_for_urgent(session: Session) -> bool:
    """Tell whether any issue waits for an urgent one; a session that can only read is enough."""
    return session.scalar(select(Issue.id).where(Issue.hold == Hold.AFTER).limit(1)) is not None


def release(session: Session, *, scope: Scope, issue_id: int, now: datetime) -> Released | None:
    """Release a scheduled issue: write its deliveries, each due when its wave begins (``core.pace``).

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
    times = _waves(session, issue, scope=scope, now=now)
    ours = of_our_own(day_of(issue, now))
    rows = []
    for alone in (True, False):
        where = placed(issue_id, select_reach(issue, scope=scope, now=now, alone=alone))
        person = _by_themselves(where) if alone else carried(where, shared=shares_copies(mailing_list))
        rows.append(_row(issue_id, person, _due_at(person, times, ours, alone=alone)))
    # In one statement, which sees everybody at the same moment.
    columns = [column.name for column in rows[0].selected_columns]
    session.execute(insert(Delivery).from_select(columns, union_all(*rows), include_defaults=False))
    return _counted(session, issue_id)


def _waves(session: Session, issue: Issue, *, scope: Scope, now: datetime) -> Waves:
    """Say when copies go; all at once where none would go before the others."""
    times = waves(now, issue.grace_minutes, issue.head_start_minutes)
    if times.first == times.rest:
        return times
    ours = Subscriber.id.in_(of_our_own(day_of(issue, now)))
    person = _by_themselves(placed(issue.id, select_reach(issue, scope=scope, now=now, among=ours)))
    anybody = session.scalar(select(person.c.subscriber_id).where(person.c.reached).limit(1)) is not None
    return times if anybody else replace(times, rest=times.first)


def select_reach(
    issue: Issue,
    *,
    scope: Scope,
    now: datetime,
    among: ColumnElement[bool] | None = None,
    alone: bool | None = None,
) -> AudienceSelect:
    """Select everyone in reach of an issue released ``now``, within the scope (``select_audience``)."""
    today = issue.record_date or day_of(issue, now)
    corrected = issue.kind is IssueKind.CORRECTION
    return select_audience(
        scope=scope,
        mailing_list=issue.mailing_list,
        regions=issue.audience.regions,
        today=today,
        segment=segment_conditions.condition(issue.segment, today=today) if issue.segment else None,
        exactly=_got(issue.corrects_id, issue.corrects_variant_ids or []) if corrected else None,
        among=among,
        alone=alone,
    )


def _got(issue_id: int | None, variant_ids: Sequence[int]) -> ColumnElement[bool]:
    """Hold for those who got one of these variants, or may have: by their own copy or by one they share."""
    own, copy = aliased(Delivery), aliased(Delivery)
    arrived = (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)
    in_the_copy = exists().where(
        copy.issue_id == own.issue_id,
        copy.subscriber_id == own.carried_by,
        copy.variant_id.in_(variant_ids),
        copy.state.in_(arrived),
    )
    shares = and_(own.state == DeliveryState.LEFT_OUT, own.carried_by.is_not(None), in_the_copy)
    theirs = and_(own.variant_id.in_(variant_ids), own.state.in_(arrived))
    return exists().where(own.issue_id == issue_id, own.subscriber_id == Subscriber.id, or_(theirs, shares))


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


def day_of(issue: Issue, now: datetime) -> date:
    """Return the date where the officer is, for a membership that ends today counts today."""
    return now.astimezone(zones.of_issue(issue)).date()


def _due_at(person: Subquery, times: Waves, ours: Select[int], *, alone: bool) -> ColumnElement[datetime]:
    """Say when a person's copy goes: before the others, when an officer or a lead reads it."""
    first, rest = (literal(moment, UtcDateTime()) for moment in (times.first, times.rest))
    if times.first == times.rest:
        return first
    reads = person.c.subscriber_id.in_(ours)
    if alone:
        return case((reads, first), else_=rest)
    theirs = case((and_(person.c.reached, reads), 1), else_=0)
    return case((func.max(theirs).over(partition_by=person.c.carrier) == 1, first), else_=rest)


def _row(issue_id: int, person: Subquery, due_at: ColumnElement[datetime]) -> Select[*tuple[Any, ...]]:
    """Select the ledger's rows: the database decides whom each copy goes to, for any number of people."""
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
        "due_at": case((person.c.carries, due_at), else_=null()),
        "reply": literal(""),
    }
    return select(*(value.label(name) for name, value in columns.items()))


def _by_themselves(placed: Subquery) -> Subquery:
    """Say what ``carried`` says of people of whom each carries their own copy."""
    reached = and_(placed.c.reason == "", placed.c.variant_id.is_not(None))
    own = placed.c.subscriber_id.label("carrier")
    return select(placed, reached.label("reached"), own, reached.label("carries")).subquery("person")


def carried(placed: Subquery, *, shared: bool) -> Subquery:
    """Say of each person whether the issue reaches them (``reached``), and whose copy does.

    Where copies are ``shared``, the same canonical address and the same content make one; the first of these
    people carries it (``carrier``, ``carries``). Otherwise each person carries their own.
    """
    reached = and_(placed.c.reason == "", placed.c.variant_id.is_not(None))
    copy = (placed.c.variant_id, placed.c.canonical) if shared else (placed.c.subscriber_id,)
    carrier = func.min(case((reached, placed.c.subscriber_id))).over(partition_by=copy)
    person = select(placed, reached.label("reached"), carrier.label("carrier")).subquery("carried")
    carries = and_(person.c.reached, person.c.carrier == person.c.subscriber_id)
    return select(person, carries.label("carries")).subquery("person")


def of_our_own(today: date) -> Select[int]:
    """Select the officers and leads of today: they see a letter before everybody else does."""
    return select(Role.subscriber_id).where(
        Role.role.in_((RoleName.OFFICER, RoleName.REGIONAL_LEAD)),
        or_(Role.ends_on.is_(None), Role.ends_on >= today),
    )


def placed(issue_id: int, people: AudienceSelect) -> Subquery:
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
