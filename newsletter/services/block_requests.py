"""Asking the regions for their blocks, and reminding them. Each is told each thing once.

    open_round   the officer asks, or the last day is near: a block for each region that the issue reaches
    tell_due     by the clock: who is to be asked or reminded today -> notes | the same transaction keeps that
    remind       by the officer's hand: whoever has not handed in, once a day
    close_round  nobody is asked any more

A region without a lead who can be reached falls to the officers, who are told once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core import blocks as rules
from newsletter.errors import BlockError
from newsletter.language import using
from newsletter.models import Block, BlockNotice, BlockRound, BlockState, Issue, IssueKind, IssueStatus
from newsletter.services import block_links, block_words, issue_states, notes, plans
from newsletter.services.issue_states import name_of
from newsletter.services.notes import address_of
from subscribers.core.authority import Everything, Scope
from subscribers.errors import NotFound
from subscribers.models import ListPurpose, MailingList, RoleName, Subscriber
from subscribers.services import regions, roles
from subscribers.services.dialects import insert_into


@dataclass(frozen=True, slots=True)
class Mailing:
    """How links are made: what gives a secret, and the address that pages are under, without a slash."""

    fresh: Callable[[], str]
    base_url: str


def open_round(session: Session, *, issue_id: int, today: date, now: datetime) -> Sequence[Block]:
    """Ask for blocks of an issue, and return them; again: the regions that have come to it since.

    Raises ``NotFound`` for what is no newsletter, and ``BlockError`` without a last day that is to come.
    """
    issue = _newsletter(session, issue_id)
    if issue.status is not IssueStatus.DRAFT:
        raise BlockError("Numret är färdigt, och tar inte emot fler inslag.")
    if not rules.is_open(issue.deadline, today):
        raise BlockError("Bestäm först en sista dag för texter, i dag eller senare.")
    new = insert_into(session, BlockRound).values(issue_id=issue.id, opened_at=now)
    session.execute(new.on_conflict_do_nothing())
    session.get_one(BlockRound, issue.id, populate_existing=True).closed_at = None
    for region in regions.all_regions(session):
        if issue.audience.sees(region.slug):
            block = insert_into(session, Block).values(issue_id=issue.id, region=region.slug)
            session.execute(block.on_conflict_do_nothing())
    session.flush()
    return of_issue(session, issue_id=issue.id)


def close_round(session: Session, *, issue_id: int, now: datetime) -> None:
    """Ask for blocks of this issue no more. What is handed in stays. Raises ``NotFound``."""
    asked = session.get(BlockRound, _newsletter(session, issue_id).id)
    if asked is None:
        session.add(BlockRound(issue_id=issue_id, opened_at=now, closed_at=now))
    else:
        asked.closed_at = asked.closed_at or now
    session.flush()


def of_issue(session: Session, *, issue_id: int) -> Sequence[Block]:
    """Return the blocks of an issue, in the regions' order."""
    found = {each.region: each for each in session.scalars(select(Block).where(Block.issue_id == issue_id))}
    return [found[region.slug] for region in regions.all_regions(session) if region.slug in found]


def is_due(session: Session, *, scope: Scope, today: date, ask_days: int) -> bool:
    """Tell whether anybody is to be asked or reminded today; a session that can only read is enough."""
    if not isinstance(scope, Everything) or plans.is_break(session, today):
        return False
    if _to_open(session, today, ask_days):
        return True
    return any(
        next(_due(session, scope, issue, today), None) is not None for issue in _asked_for(session, today)
    )


def tell_due(
    session: Session, *, scope: Scope, mailing: Mailing, today: date, ask_days: int, now: datetime
) -> int:
    """Ask and remind whoever is due, and return how many notes that is; none while the association rests.

    ``ask_days``: so many days before its last one an issue is asked for by itself; 0: never. Only a scope
    over everything finds anybody.
    """
    if not isinstance(scope, Everything) or plans.is_break(session, today):
        return 0
    for issue in _to_open(session, today, ask_days):
        open_round(session, issue_id=issue.id, today=today, now=now)
    return sum(
        tell(session, scope=scope, mailing=mailing, issue_id=issue.id, today=today, now=now)
        for issue in _asked_for(session, today)
    )


def tell(
    session: Session, *, scope: Scope, mailing: Mailing, issue_id: int, today: date, now: datetime
) -> int:
    """Ask and remind whoever is due for one issue, at any hour; return how many notes were queued."""
    issue = _newsletter(session, issue_id)
    due = list(_due(session, scope, issue, today))
    queued = 0
    vacant: dict[int, list[Block]] = {}
    for block, who, step in due:
        if not _keep(session, block, who, step, today):
            continue
        if step == rules.VACANT:
            vacant.setdefault(who.id, []).append(block)
        else:
            queued += _write(session, mailing, block, who, step, now)
    return queued + sum(
        _write_vacant(session, mailing, issue, who_id, blocks, now) for who_id, blocks in vacant.items()
    )


def remind(
    session: Session, *, scope: Scope, mailing: Mailing, issue_id: int, today: date, now: datetime
) -> int:
    """Remind every lead who has not handed in, now; once a day. Return how many notes were queued.

    Raises ``BlockError`` when the last day is over or nobody is asked.
    """
    issue = _newsletter(session, issue_id)
    asked = session.get(BlockRound, issue.id)
    if asked is None or asked.closed_at is not None or not rules.is_open(issue.deadline, today):
        raise BlockError(
            "Det går bara att påminna medan inslag tas emot. Flytta sista dagen, eller be om inslag."
        )
    queued = 0
    for block in _waiting(session, issue):
        for who in reachable(session, scope=scope, region=block.region, today=today):
            step = rules.by_hand(today) if _told_on(session, block, who) else rules.REQUEST
            if _keep(session, block, who, step, today):
                queued += _write(session, mailing, block, who, step, now)
    return queued


def move_deadline(
    session: Session,
    *,
    scope: Scope,
    mailing: Mailing,
    issue_id: int,
    deadline: date | None,
    today: date,
    now: datetime,
) -> int:
    """Move the last day for texts, and tell the leads who were asked and have not handed in; return how many.

    Raises ``IssueError`` as ``plans.set_dates`` does, and ``BlockError`` without a day that is to come.
    """
    issue = _newsletter(session, issue_id)
    if deadline is None or not rules.is_open(deadline, today):
        raise BlockError("Välj en sista dag, i dag eller senare.")
    if deadline == issue.deadline:
        return 0
    plans.set_dates(session, issue_id=issue_id, deadline=deadline, planned_for=issue.planned_for, now=now)
    asked = session.get(BlockRound, issue_id)
    if asked is None or asked.closed_at is not None:
        return 0
    queued = 0
    for block in _waiting(session, issue):
        for who in reachable(session, scope=scope, region=block.region, today=today):
            if _told_on(session, block, who) and _keep(session, block, who, rules.MOVED, today):
                queued += block_links.write(
                    session,
                    "block-moved",
                    block,
                    who,
                    fresh=mailing.fresh,
                    base_url=mailing.base_url,
                    now=now,
                )
    return queued


class Phase(Enum):
    """Where the asking for an issue's blocks stands."""

    NO_DAY = "no-day"  # there is no last day yet
    UNASKED = "unasked"
    ASKED = "asked"
    CLOSED = "closed"
    OVER = "over"  # the last day has passed
    GONE = "gone"  # the issue is scheduled, or has gone


def phase(session: Session, issue: Issue, *, today: date) -> Phase:
    """Return where the asking stands. Raises ``NotFound`` for an issue whose regions are not asked at all."""
    _newsletter(session, issue.id)
    if issue.status is not IssueStatus.DRAFT:
        return Phase.GONE
    if issue.deadline is None:
        return Phase.NO_DAY
    if not rules.is_open(issue.deadline, today):
        return Phase.OVER
    asked = session.get(BlockRound, issue.id)
    if asked is None:
        return Phase.UNASKED
    return Phase.ASKED if asked.closed_at is None else Phase.CLOSED


def reachable(session: Session, *, scope: Scope, region: str, today: date) -> Sequence[Subscriber]:
    """Return the leads of a region (a slug) within the scope whom a mail can reach."""
    leads = roles.holders(session, scope=scope, role=RoleName.REGIONAL_LEAD, region=region, today=today)
    return [who for who in leads if address_of(session, who)]


def _newsletter(session: Session, issue_id: int) -> Issue:
    issue = session.get(Issue, issue_id)
    if issue is None or not takes_blocks(issue):
        raise issue_states.unknown(str(issue_id))
    return issue


def takes_blocks(issue: Issue) -> bool:
    """Tell whether regions are asked for parts of an issue: of the newsletter, and of no correction."""
    return issue.kind is IssueKind.ORDINARY and issue.mailing_list.purpose is ListPurpose.NEWSLETTER


def _drafts(session: Session, today: date) -> Sequence[Issue]:
    found = select(Issue).join(MailingList, MailingList.id == Issue.list_id)
    return session.scalars(
        found.where(
            MailingList.purpose == ListPurpose.NEWSLETTER,
            Issue.kind == IssueKind.ORDINARY,
            Issue.status == IssueStatus.DRAFT,
            Issue.deadline >= today,
        ).order_by(Issue.deadline, Issue.id)
    ).all()


def _to_open(session: Session, today: date, ask_days: int) -> list[Issue]:
    return [
        issue
        for issue in _drafts(session, today)
        if ask_days
        and issue.deadline is not None
        and today >= rules.asks_from(issue.deadline, ask_days)
        and session.get(BlockRound, issue.id) is None
    ]


def _asked_for(session: Session, today: date) -> list[Issue]:
    asked = set(session.scalars(select(BlockRound.issue_id).where(BlockRound.closed_at.is_(None))))
    return [issue for issue in _drafts(session, today) if issue.id in asked]


def _waiting(session: Session, issue: Issue) -> list[Block]:
    blocks = of_issue(session, issue_id=issue.id)
    return [block for block in blocks if block.state is not BlockState.HANDED_IN]


def _due(
    session: Session, scope: Scope, issue: Issue, today: date
) -> Iterator[tuple[Block, Subscriber, str]]:
    """Yield who is to be told what today. Officers are told of what has no lead to be reached."""
    if issue.deadline is None:
        return
    for block in _waiting(session, issue):
        leads = reachable(session, scope=scope, region=block.region, today=today)
        for who in leads:
            step = rules.step_due(issue.deadline, today, _told_on(session, block, who))
            if step is not None:
                yield block, who, step
        if not leads:
            for who in roles.holders(session, scope=scope, role=RoleName.OFFICER, today=today):
                if not _told_on(session, block, who) and address_of(session, who):
                    yield block, who, rules.VACANT


def _told_on(session: Session, block: Block, who: Subscriber) -> Sequence[date]:
    told = select(BlockNotice.told_on).where(
        BlockNotice.block_id == block.id, BlockNotice.subscriber_id == who.id
    )
    return session.scalars(told).all()


def _keep(session: Session, block: Block, who: Subscriber, step: str, today: date) -> bool:
    """Keep that somebody is told; False when another process has told them meanwhile."""
    new = insert_into(session, BlockNotice).values(
        block_id=block.id, subscriber_id=who.id, step=step, deadline=block.issue.deadline, told_on=today
    )
    return session.execute(new.on_conflict_do_nothing().returning(BlockNotice.id)).first() is not None


def _write(
    session: Session, mailing: Mailing, block: Block, who: Subscriber, step: str, now: datetime
) -> int:
    kind = "block-request" if step == rules.REQUEST else "block-reminder"
    return block_links.write(
        session, kind, block, who, fresh=mailing.fresh, base_url=mailing.base_url, now=now
    )


def _write_vacant(
    session: Session, mailing: Mailing, issue: Issue, who_id: int, blocks: Sequence[Block], now: datetime
) -> int:
    who = session.get_one(Subscriber, who_id)
    if issue.deadline is None:
        raise NotFound("Numret har ingen sista dag.")
    with using(who.language):
        values = {
            "name": who.given_name or who.name,
            "regions": [block.named.name for block in blocks],
            "called": block_words.issue_called(issue),
            "number": name_of(issue),
            "last": block_words.day_called(issue.deadline),
            "link": f"{mailing.base_url}/nummer/{issue.id}/inslag",
        }
    notes.queue(
        session,
        kind="block-vacant",
        to=address_of(session, who),
        language=who.language,
        subscriber_id=who.id,
        values=values,
        now=now,
    )
    return 1
