"""A region's own letter on its way: asked for, said yes or no to, scheduled, and taken back.

    send -> scheduled                               where no yes is needed
         -> waits for a yes -> approve -> scheduled
                            -> give_back -> a draft, with a comment
    take_back -> a draft

The rules (``letter_rules``) are kept by ``scheduling.schedule``, and here before anybody is asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from newsletter.core import issues as times
from newsletter.core import letter_rules as rules
from newsletter.core.pace import Pace
from newsletter.errors import IssueError
from newsletter.models import PassedWarnings, RegionalLetter
from newsletter.services import letter_rules, passing, scheduling, sendings
from newsletter.services.passing import Asked
from newsletter.services.regional_letters import Stage, locked_letter, stage_of
from subscribers.core.authority import Everything, Scope
from subscribers.errors import NotFound

if TYPE_CHECKING:
    from newsletter.rendering.values import Frame

LONGEST_COMMENT = 2_000


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a wish to send. ``at`` is when it goes (UTC); ``is_quiet``: later than wished for.

    ``waits``: it goes at the earliest then, when somebody has said yes. ``is_new`` is False when the letter
    was on its way already, and nothing has changed. ``passed`` is what somebody let pass now, if anything.
    """

    letter: RegionalLetter
    at: datetime
    waits: bool
    is_quiet: bool
    is_new: bool
    passed: PassedWarnings | None = None


def send(
    session: Session,
    *,
    scope: Scope,
    key: str,
    at: str | datetime,
    zone: str,
    frame: "Frame",
    pace: Pace,
    actor: str,
    asked: Asked | None = None,
    now: datetime,
) -> Sent:
    """Send a draft at a time, or ask for the yes that it needs; twice is as good as once.

    ``at`` and ``zone`` as in ``scheduling.schedule``. Whoever may see everyone says yes by sending.
    ``asked`` answers for the warnings of the checks. Raises ``NotFound``, ``IssueError`` for a time that has
    passed and for a letter beyond the month's number, ``NotPassed``, and what freezing finds wrong.
    """
    letter = locked_letter(session, scope, key)
    if stage_of(letter) not in (Stage.DRAFT, Stage.RETURNED, Stage.MISSED):
        when = letter.issue.send_at or letter.asked_for or now
        return Sent(letter, when, letter.asked_at is not None, is_quiet=False, is_new=False)
    own = letter_rules.of(session, letter.region_slug)
    if isinstance(scope, Everything):
        _say_yes(letter, actor, now)
    if not own.approval or letter_rules.is_approved(letter):
        return _schedule(session, letter, at, zone, frame, pace, asked, now)
    wanted = times.resolve_wall_time(at, zone, now=now)
    if wanted.instant < now:
        raise IssueError("Tiden {wall} har redan passerat. Ange en tid framåt, eller nu.", wall=wanted.wall)
    goes = rules.goes_at(wanted.instant, own, zone, spread=pace.grace + pace.head_start)
    letter_rules.claim(session, letter, at=goes, zone=zone)
    passed = _look_through(session, letter, frame, zone, asked, now)
    letter.asked_at, letter.asked_for = now, None if wanted.instant == now else wanted.instant
    letter.asked_digest = letter_rules.digest_of(letter)
    letter.returned_at, letter.comment = None, ""
    session.flush()
    return Sent(letter, goes, waits=True, is_quiet=goes != wanted.instant, is_new=True, passed=passed)


def approve(
    session: Session,
    *,
    scope: Scope,
    key: str,
    seen: str,
    zone: str,
    frame: "Frame",
    pace: Pace,
    actor: str,
    asked: Asked | None = None,
    now: datetime,
) -> Sent:
    """Say yes to what a letter holds, which sends it: at the time asked for, or now where that has passed.

    ``seen`` is the digest of what was looked at. ``asked`` answers for warnings that whoever wrote it has not
    let pass. Raises ``NotFound`` for all but those who may see everyone, ``NotPassed``, and ``IssueError``
    when the letter has changed since, or the month is full.
    """
    letter = _judged(session, scope, key)
    if letter.asked_digest != seen or letter_rules.digest_of(letter) != seen:
        raise IssueError("Brevet har ändrats sedan du såg det. Läs det igen innan du godkänner.")
    _say_yes(letter, actor, now)
    at = max(letter.asked_for or now, now)
    return _schedule(session, letter, at, zone, frame, pace, asked, now)


def give_back(session: Session, *, scope: Scope, key: str, comment: str, now: datetime) -> RegionalLetter:
    """Say no to a letter, with what should be different; it is a draft again.

    Raises as ``approve`` does, and ``IssueError`` without a comment.
    """
    letter = _judged(session, scope, key)
    told = comment.strip()[:LONGEST_COMMENT]
    if not told:
        raise IssueError("Skriv vad som ska bli annorlunda, så vet den som skrev vad som behövs.")
    letter.asked_at = letter.asked_for = None
    letter.asked_digest = letter.approved_digest = ""
    letter.returned_at, letter.comment = now, told
    passing.take_back(session, issue_id=letter.issue_id, now=now)
    session.flush()
    return letter


def take_back(session: Session, *, scope: Scope, key: str, now: datetime) -> RegionalLetter:
    """Make a letter that waits for a yes or for its time a draft again, and one that is going: undo it.

    Raises ``NotFound``, and ``IssueError`` when its first letters have gone.
    """
    letter = locked_letter(session, scope, key)
    match stage_of(letter):
        case Stage.WAITING:
            letter.asked_at = letter.asked_for = None
            letter.asked_digest = ""
            passing.take_back(session, issue_id=letter.issue_id, now=now)
        case Stage.SCHEDULED | Stage.MISSED | Stage.CANCELLED:
            scheduling.unschedule(session, issue_id=letter.issue_id, now=now)
        case Stage.RELEASED:
            sendings.undo(session, issue_id=letter.issue_id, now=now)
    session.flush()
    return letter


def _judged(session: Session, scope: Scope, key: str) -> RegionalLetter:
    if not isinstance(scope, Everything):
        raise NotFound("Det finns inget sådant brev.")
    letter = locked_letter(session, scope, key)
    if stage_of(letter) is not Stage.WAITING:
        raise IssueError("Brevet väntar inte längre på godkännande. Läs in sidan igen.")
    return letter


def _say_yes(letter: RegionalLetter, actor: str, now: datetime) -> None:
    letter.approved_at, letter.approved_by = now, actor[:120]
    letter.approved_digest = letter_rules.digest_of(letter)


def _schedule(
    session: Session,
    letter: RegionalLetter,
    at: str | datetime,
    zone: str,
    frame: "Frame",
    pace: Pace,
    asked: Asked | None,
    now: datetime,
) -> Sent:
    wanted = times.resolve_wall_time(at, zone, now=now)
    letter.asked_at = letter.asked_for = letter.returned_at = None
    letter.comment = ""
    session.flush()
    done = scheduling.schedule(
        session, issue_id=letter.issue_id, at=at, zone=zone, frame=frame, pace=pace, asked=asked, now=now
    )
    goes = done.at.instant
    is_quiet = goes - wanted.instant > timedelta(0)
    return Sent(letter, goes, waits=False, is_quiet=is_quiet, is_new=True, passed=done.passed)


def _look_through(
    session: Session, letter: RegionalLetter, frame: "Frame", zone: str, asked: Asked | None, now: datetime
) -> PassedWarnings | None:
    """Check a letter before anybody is asked to say yes to it: whoever wrote it can mend it now."""
    if asked is None:
        return None
    # Here, so that whoever only looks a letter up never loads rendering.
    from newsletter.services import preflight

    found = preflight.look(session, letter.issue, frame=frame, zone=zone, now=now)
    preflight.stop(letter.issue, found.findings)
    return passing.require(session, letter.issue, found, asked, now=now)
