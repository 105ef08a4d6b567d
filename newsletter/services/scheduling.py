"""Scheduling: when an issue goes, which freezes what goes, and how that is taken back.

schedule (freezes the variants) -> released by a job
unschedule (back to draft)
cancel
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core import issues as rules
from newsletter.core import notices
from newsletter.core.issues import Resolved
from newsletter.core.pace import STANDARD, Pace
from newsletter.errors import IssueError
from newsletter.models import Article, Issue, IssueStatus, Item, PassedWarnings
from newsletter.services import approvals, letter_rules, passing
from newsletter.services.issue_states import check, locked, move, name_of
from newsletter.services.passing import Asked

if TYPE_CHECKING:
    from newsletter.rendering.values import Frame


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An issue that will go by itself, and what the turning of the clocks does to its time.

    ``passed`` is what somebody let pass now, if anything.
    """

    issue: Issue
    at: Resolved
    passed: PassedWarnings | None = None


def schedule(
    session: Session,
    *,
    issue_id: int,
    at: str | datetime,
    zone: str,
    frame: "Frame",
    pace: Pace = STANDARD,
    urgent: bool = False,
    without_approval: str = "",
    asked: Asked | None = None,
    now: datetime,
) -> Scheduled:
    """Set the time an issue goes at, and freeze its variants if it was a draft.

    ``at`` is what ``core.issues.resolve_wall_time`` reads, in ``zone``; ``frame`` is ``App.frame()``,
    ``pace`` ``App.pace()`` or what was skipped of it. An ``urgent`` issue is sent before all others that are
    on their way (what it holds back is up to ``sendings.hold_others``). An issue that is
    scheduled already, or missed its time, keeps what was frozen and changes its time and pace only.
    A region's own letter goes when its quiet hours have ended, where they are asked for (``letter_rules``).
    ``without_approval`` is why an issue goes that its reviewer has not said yes to; it is told to them.
    ``asked`` is who answers for the warnings of the checks; without anybody, only what must not go out stops
    it. Raises ``IssueError`` for a time that has passed or is after a notice's last date, an issue with
    nothing in it or in the wrong state, ``NotApproved``, ``NotSound`` for what must not go out,
    ``NotPassed`` (``passing``) for warnings that ``asked`` has not let pass, and whatever freezing finds
    wrong (``TemplateError``).
    """
    resolved = rules.resolve_wall_time(at, zone, now=now)
    if resolved.instant < now:
        raise IssueError("Tiden {wall} har redan passerat. Ange en tid framåt, eller nu.", wall=resolved.wall)
    issue = locked(session, issue_id)
    check(issue, "schedule")
    resolved = letter_rules.keep(session, issue, resolved, pace=pace)
    notices.check_in_time(_day_there(resolved), issue.last_date, name=name_of(issue))
    if not issue.items:
        raise IssueError(
            "{issue} har inget innehåll. Lägg till en artikel innan det schemaläggs.", issue=name_of(issue)
        )
    issue.send_wall_time, issue.send_zone, issue.send_at = resolved.wall, resolved.zone, resolved.instant
    issue.grace_minutes, issue.head_start_minutes = pace.grace_minutes, pace.head_start_minutes
    issue.urgent = urgent
    if issue.status is IssueStatus.DRAFT:
        issue.unapproved_because = _approved(session, issue, frame, without_approval, _today(zone, now), now)
        passed = _freeze(session, issue, frame, zone, asked, now)
    else:
        passed = _passed(session, issue, frame, zone, asked, now)
    issue.status = IssueStatus.SCHEDULED
    issue.updated_at = now
    session.flush()
    return Scheduled(issue, resolved, passed)


def schedule_details(done: Scheduled, pace: Pace, held: Sequence[Issue]) -> dict[str, Any]:
    """Return what the log keeps of a scheduling: when, what was skipped and why, and what it holds."""
    return {
        "at": done.at.instant.isoformat(),
        "grace": pace.grace_minutes,
        "head start": pace.head_start_minutes,
        **({"skipped because": pace.reason} if pace.reason else {}),
        **({"unapproved because": done.issue.unapproved_because} if done.issue.unapproved_because else {}),
        **passing.details(done.passed),
        **({"holds": [issue.id for issue in held]} if held else {}),
    }


def _today(zone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def _approved(session: Session, issue: Issue, frame: "Frame", reason: str, today: date, now: datetime) -> str:
    if not approvals.is_needed(session, issue, today=today):
        return ""
    standing = approvals.standing(session, issue, frame=frame)
    return approvals.check(session, issue, standing, reason=reason, now=now)


def _day_there(resolved: Resolved) -> date:
    return resolved.instant.astimezone(ZoneInfo(resolved.zone)).date()


def _freeze(
    session: Session, issue: Issue, frame: "Frame", zone: str, asked: Asked | None, now: datetime
) -> PassedWarnings | None:
    # Here, so that whoever only looks an issue up never loads rendering.
    from newsletter.services import preflight, variants, web_checks

    variants.freeze(session, issue, frame=frame, now=now)
    if asked is None:
        preflight.require_sound(session, issue, frame=frame, zone=zone, now=now)
    passed = _passed(session, issue, frame, zone, asked, now)
    web_checks.require_sound(session, issue)
    return passed


def _passed(
    session: Session, issue: Issue, frame: "Frame", zone: str, asked: Asked | None, now: datetime
) -> PassedWarnings | None:
    """Look at what was frozen, as it goes on its day; who moves the day may meet what was no fault before."""
    if asked is None:
        return None
    from newsletter.services import preflight

    found = preflight.look(session, issue, frame=frame, zone=zone, now=now)
    preflight.stop(issue, found.findings)
    return passing.require(session, issue, found, asked, now=now)


def unschedule(session: Session, *, issue_id: int, now: datetime) -> Issue:
    """Make a scheduled, missed or cancelled issue a draft again; what was frozen is thrown away."""
    issue = move(session, issue_id, "unschedule", now)
    issue.send_wall_time = issue.send_zone = issue.send_at = issue.frozen_at = None
    issue.held_by_id = issue.hold = issue.let_go_at = None
    issue.unapproved_because = ""
    passing.take_back(session, issue_id=issue.id, now=now)
    issue.variants.clear()
    session.flush()
    return issue


def cancel(session: Session, *, issue_id: int, now: datetime) -> Issue:
    """Decide that an issue does not go out. It can be made a draft again. Raises ``IssueError``."""
    issue = move(session, issue_id, "cancel", now)
    session.flush()
    return issue


def changed_since_frozen(session: Session, issue: Issue) -> Sequence[Article]:
    """Return the articles that were changed after the issue was frozen: the change will not go out."""
    if issue.frozen_at is None:
        return []
    changed = (
        select(Article)
        .join(Item)
        .where(Item.issue_id == issue.id, Article.updated_at > issue.frozen_at)
        .order_by(Item.position)
    )
    return session.scalars(changed).all()
