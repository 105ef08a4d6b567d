"""A send while it is under way: regret it, pause it, stop it; and what an urgent one holds back.

    undo         released -> draft, if nothing has been claimed: as if it had never been released
    pause        no sender takes any more of it; what is on the wire ends
    resume       senders take it again
    stop         what is open is withdrawn, for good
    hold_others  scheduled issues wait for an urgent one
    let_go       a person lets a held issue go

Each locks the issue's row. A claim holds it shared while it takes letters, so that a letter is either taken
before or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session

from newsletter.core.pace import Waves, waves
from newsletter.errors import IssueError
from newsletter.models import Delivery, DeliveryState, Hold, Issue, IssueStatus
from newsletter.services import deliveries, issues, passing, scheduling
from newsletter.services.deliveries import OPEN, SENDING
from subscribers.errors import NotFound


@dataclass(frozen=True, slots=True)
class Undone:
    """An issue that was called back before anything left. ``letters`` had waited in the queue."""

    issue: Issue
    letters: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """An issue that was stopped for good: how many letters were withdrawn, and how many are on the wire."""

    issue: Issue
    withdrawn: int
    on_the_wire: int


def undo(session: Session, *, issue_id: int, now: datetime) -> Undone:
    """Make an issue in its grace a draft again, with nothing left of its release; or one that is just due.

    Raises ``IssueError`` when a letter has been taken by a sender, and for an issue that is not on its way.
    """
    issue = _locked(session, issue_id)
    if issue.status is IssueStatus.SCHEDULED:  # the clock has not come by yet
        return Undone(scheduling.unschedule(session, issue_id=issue_id, now=now), 0)
    issue = _on_its_way(session, issue_id)
    if session.scalar(select(exists().where(Delivery.issue_id == issue_id, ~_never_taken()))):
        raise IssueError(
            "{issue} har redan börjat gå ut och kan inte ångras. Pausa det, eller avbryt det som är kvar.",
            issue=issues.name_of(issue),
        )
    queued = session.scalar(select(func.count()).where(Delivery.issue_id == issue_id, OPEN))
    session.execute(delete(Delivery).where(Delivery.issue_id == issue_id))
    issue.status = IssueStatus.DRAFT
    issue.released_at = issue.paused_at = issue.summarised_at = None
    issue.paused_by, issue.urgent, issue.unapproved_because = "", False, ""
    issue.send_wall_time = issue.send_zone = issue.send_at = issue.frozen_at = None
    passing.take_back(session, issue_id=issue.id, now=now)
    issue.variants.clear()
    issue.updated_at = now
    session.flush()
    return Undone(issue, queued or 0)


def pause(session: Session, *, issue_id: int, actor: str, now: datetime) -> bool:
    """Let no sender take any more of an issue; return whether that was news. Raises ``IssueError``."""
    issue = _on_its_way(session, issue_id)
    if issue.paused_at is not None:
        return False
    issue.paused_at, issue.paused_by = now, actor[:120]
    session.flush()
    return True


def resume(session: Session, *, issue_id: int) -> bool:
    """Let senders take a paused issue again; return whether it was paused. Raises ``IssueError``."""
    issue = _on_its_way(session, issue_id)
    was_paused, issue.paused_at, issue.paused_by = issue.paused_at is not None, None, ""
    session.flush()
    return was_paused


def stop(session: Session, *, issue_id: int, now: datetime) -> Stopped:
    """Withdraw what is open of an issue, for good; who has it keeps it. Raises ``IssueError``.

    What a sender has on the wire ends as it ends; what it holds and has not begun is withdrawn then.
    """
    issue = _on_its_way(session, issue_id)
    issue.stopped_at, issue.paused_at, issue.paused_by = now, None, ""
    session.flush()
    withdrawn = deliveries.stop_copies(session, issue_id=issue_id, now=now)
    held = session.scalar(select(func.count()).where(Delivery.issue_id == issue_id, SENDING))
    return Stopped(issue, withdrawn, held or 0)


def hold_others(session: Session, *, issue_id: int, until: Hold) -> Sequence[Issue]:
    """Let every other scheduled issue wait for an urgent one, and return them.

    With ``Hold.AFTER`` they go by themselves when it has gone out, with ``Hold.PERSON`` when a person lets
    them go. Issues that are on their way already are not held: the urgent one passes them by. Who is held
    until a person decides stays so.
    """
    others = session.scalars(
        select(Issue)
        .where(
            Issue.status == IssueStatus.SCHEDULED,
            Issue.id != issue_id,
            Issue.urgent.is_(False),
            Issue.hold.is_distinct_from(Hold.PERSON),
        )
        .order_by(Issue.send_at, Issue.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for each in others:
        each.hold, each.held_by_id = until, issue_id
    session.flush()
    return others


def let_go(session: Session, *, issue_id: int, now: datetime) -> Issue:
    """Let a held issue go at its time, or at once where that has passed. Raises ``IssueError``."""
    issue = _locked(session, issue_id)
    if issue.hold is None:
        raise IssueError("{issue} väntar inte på något annat nummer.", issue=issues.name_of(issue))
    issue.hold = issue.held_by_id = None
    issue.let_go_at = now
    session.flush()
    return issue


def held_back(session: Session) -> Sequence[Issue]:
    """Return the issues that wait for an urgent one or for a person, the earliest first."""
    held = select(Issue).where(Issue.hold.is_not(None), Issue.status == IssueStatus.SCHEDULED)
    return session.scalars(held.order_by(Issue.send_at, Issue.id)).all()


def others_scheduled(session: Session, *, issue_id: int) -> Sequence[Issue]:
    """Return the other scheduled issues: those that "send now" would hold back."""
    found = select(Issue).where(Issue.status == IssueStatus.SCHEDULED, Issue.id != issue_id)
    return session.scalars(found.order_by(Issue.send_at, Issue.id)).all()


def waves_of(issue: Issue) -> Waves | None:
    """Return when the waves of a released issue begin; None before the release."""
    if issue.released_at is None:
        return None
    return waves(issue.released_at, issue.grace_minutes, issue.head_start_minutes)


def may_undo(session: Session, issue: Issue) -> bool:
    """Tell whether nothing of an issue has been taken yet, so that it can be regretted."""
    if issue.status is not IssueStatus.RELEASED or issue.stopped_at is not None:
        return False
    taken = exists().where(Delivery.issue_id == issue.id, ~_never_taken())
    waits = exists(select(Delivery.id).where(Delivery.issue_id == issue.id, OPEN))
    return bool(session.scalar(select(waits & ~taken)))


def _never_taken() -> ColumnElement[bool]:
    """Hold for rows of the ledger that no sender has had: in the queue untried, left out, or taken back."""
    at_rest = (DeliveryState.QUEUED, DeliveryState.LEFT_OUT, DeliveryState.WITHDRAWN)
    return Delivery.state.in_(at_rest) & Delivery.claimed_at.is_(None)


def _on_its_way(session: Session, issue_id: int) -> Issue:
    issue = _locked(session, issue_id)
    if issue.status is not IssueStatus.RELEASED:
        raise IssueError("{issue} är inte på väg ut.", issue=issues.name_of(issue))
    if issue.stopped_at is not None:
        raise IssueError("{issue} är redan avbrutet.", issue=issues.name_of(issue))
    moving = select(exists(select(Delivery.id).where(Delivery.issue_id == issue_id, OPEN)))
    held = select(exists(select(Delivery.id).where(Delivery.issue_id == issue_id, SENDING)))
    if not (session.scalar(moving) or session.scalar(held)):
        raise IssueError("{issue} har gått ut. Det finns inget kvar att stoppa.", issue=issues.name_of(issue))
    return issue


def _locked(session: Session, issue_id: int) -> Issue:
    issue = session.scalar(
        select(Issue).where(Issue.id == issue_id).with_for_update().execution_options(populate_existing=True)
    )
    if issue is None:
        raise NotFound("Det finns inget sådant nummer.")
    return issue
