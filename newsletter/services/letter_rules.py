"""The rules of regional letters: set by the officer, kept by everything that gives a letter its time.

    of         a region -> its rules
    set_all, set_region
    used       how many letters of a region go in a month
    keep       asked by ``scheduling.schedule``: the time a letter goes, or why it may not
    postpone   asked before a release: what has come into the quiet hours waits until they end

A letter counts in the month in which it goes, from when it is scheduled or waits for a yes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from newsletter.core import issues as times
from newsletter.core import letter_rules as rules
from newsletter.core.issues import Resolved
from newsletter.core.letter_rules import STANDARD, Rules
from newsletter.core.pace import Pace
from newsletter.errors import IssueError
from newsletter.models import Issue, IssueKind, IssueStatus, LetterRule, RegionalLetter
from newsletter.services.article_records import to_text
from newsletter.services.issue_states import locked, name_of
from subscribers.core.authority import Everything, Scope
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Region
from subscribers.services import regions

_ALL = ""
#: The clock comes round every minute or so.
_IN_TIME = timedelta(minutes=5)
_COUNTS = (IssueStatus.SCHEDULED, IssueStatus.MISSED, IssueStatus.RELEASED)


@dataclass(frozen=True, slots=True)
class RegionRules:
    """What is set for one region; None is as for all."""

    slug: str
    name: str
    monthly: int | None
    approval: bool | None


def of_all(session: Session) -> Rules:
    """Return the rules of regions that have none of their own."""
    return _over(STANDARD, session.get(LetterRule, _ALL))


def of(session: Session, region: str) -> Rules:
    """Return the rules of a region (a slug)."""
    return _over(of_all(session), session.get(LetterRule, region))


def of_regions(session: Session) -> Sequence[RegionRules]:
    """Return what is set for each region."""
    own = {row.region: row for row in session.scalars(select(LetterRule))}
    return [
        RegionRules(
            region.slug,
            region.name,
            own[region.slug].monthly if region.slug in own else None,
            own[region.slug].approval if region.slug in own else None,
        )
        for region in regions.all_regions(session)
    ]


def set_all(session: Session, *, scope: Scope, wanted: Rules, now: datetime) -> None:
    """Set the rules for all regions.

    Raises ``IssueError``, and ``SubscribersError`` for a scope over less than everything.
    """
    _check_everything(scope)
    rules.check(wanted)
    row = _row(session, _ALL, now)
    row.quiet_from, row.quiet_to = (f"{clock:%H:%M}" for clock in (wanted.quiet_from, wanted.quiet_to))
    row.monthly, row.approval = wanted.monthly, wanted.approval
    session.flush()


def set_region(
    session: Session,
    *,
    scope: Scope,
    region: str,
    monthly: int | None,
    approval: bool | None,
    now: datetime,
) -> None:
    """Set what is different for one region (a slug); None is as for all. Raises as ``set_all`` does."""
    _check_everything(scope)
    if session.get(Region, region) is None:
        raise NotFound("Det finns ingen region som heter {region}.", region=region)
    if monthly is not None:
        rules.check_monthly(monthly)
    row = _row(session, region, now)
    row.monthly, row.approval = monthly, approval
    session.flush()


def used(session: Session, *, region: str, month: date, zone: str, but: int | None = None) -> int:
    """Count a region's letters that go in a month (its first day): scheduled, waiting for a yes, or gone.

    ``but`` is an issue that is not counted.
    """
    begins, ends = rules.bounds(month, zone)
    goes = and_(Issue.status.in_(_COUNTS), Issue.send_at >= begins, Issue.send_at < ends)
    wanted = func.coalesce(RegionalLetter.asked_for, RegionalLetter.asked_at)
    waits = and_(Issue.status == IssueStatus.DRAFT, wanted >= begins, wanted < ends)
    counted = (
        select(func.count())
        .select_from(RegionalLetter)
        .join(Issue, Issue.id == RegionalLetter.issue_id)
        .where(RegionalLetter.region_slug == region, or_(goes, waits & RegionalLetter.asked_at.is_not(None)))
    )
    return session.scalars(counted if but is None else counted.where(Issue.id != but)).one()


def left(session: Session, *, region: str, month: date, zone: str) -> int:
    """Return how many letters more a region may send in a month (its first day)."""
    return max(of(session, region).monthly - used(session, region=region, month=month, zone=zone), 0)


def claim(session: Session, letter: RegionalLetter, *, at: datetime, zone: str) -> None:
    """Raise ``IssueError`` unless there is room for the letter in the month of ``at``.

    Of two who ask at once, one waits for the other: the region's row is locked until the transaction ends.
    """
    session.execute(select(Region.slug).where(Region.slug == letter.region_slug).with_for_update())
    taken = used(
        session,
        region=letter.region_slug,
        month=rules.month_of(at, zone),
        zone=zone,
        but=letter.issue_id,
    )
    rules.check_room(taken, of(session, letter.region_slug))


def keep(session: Session, issue: Issue, wanted: Resolved, *, pace: Pace) -> Resolved:
    """Return when an issue goes that is wanted at a time: a region's letter never in its quiet hours.

    Raises ``IssueError`` for a region's letter beyond the month's number, and for one without the yes that it
    needs. A correction of one needs none: only whoever may say yes can begin it or send it, and it takes no
    room in the month. All other issues go when they are wanted.
    """
    letter = session.get(RegionalLetter, issue.corrects_id or issue.id)
    if letter is None:
        return wanted
    own = of(session, letter.region_slug)
    at = rules.goes_at(wanted.instant, own, wanted.zone, spread=pace.grace + pace.head_start)
    if issue.kind is IssueKind.ORDINARY:
        if own.approval and issue.status is IssueStatus.DRAFT and not is_approved(letter):
            raise IssueError(
                "{issue} behöver redaktörens godkännande innan det skickas. Be om det i steg 3 av brevet.",
                issue=name_of(issue),
            )
        claim(session, letter, at=at, zone=wanted.zone)
    return wanted if at == wanted.instant else times.resolve_wall_time(at, wanted.zone, now=at)


def postpone(session: Session, *, zone: str, window: timedelta, now: datetime) -> Sequence[int]:
    """Let regions' letters that are due in their quiet hours go when those end; return the issues' ids.

    That is what a send meets that waited for another one, or for a server that was down. What is later than
    the ``window`` is left to those who ask a person about it.
    """
    waiting = _waiting(session, zone, window, now)
    for issue_id, at in waiting.items():
        issue = locked(session, issue_id)
        if issue.status is IssueStatus.SCHEDULED:
            resolved = times.resolve_wall_time(at, issue.send_zone or zone, now=now)
            issue.send_wall_time, issue.send_at = resolved.wall, resolved.instant
    session.flush()
    return list(waiting)


def any_waits(session: Session, *, zone: str, window: timedelta, now: datetime) -> bool:
    """Tell whether ``postpone`` has anything to do; a session that can only read is enough."""
    return bool(_waiting(session, zone, window, now))


def is_approved(letter: RegionalLetter) -> bool:
    """Tell whether somebody has said yes to what the letter holds now."""
    return bool(letter.approved_digest) and letter.approved_digest == digest_of(letter)


def digest_of(letter: RegionalLetter) -> str:
    """Return the SHA-256, hexadecimal, of all that the readers of a letter see, and of who they are."""
    text, issue = to_text(letter.article), letter.issue
    told = [
        issue.title,
        issue.subject,
        issue.preheader,
        issue.audience.dump(),
        issue.segment_id,
        issue.segment.rule if issue.segment else None,
        [(item.article_id, item.form.value, item.audience.dump(), item.section) for item in issue.items],
        [text.title, text.kicker, text.lead, text.body, text.byline_name, text.byline_role, text.language],
        [text.kind.value, text.years, repr(text.meeting)],
        [(each.file, each.alt, each.caption, each.credit, each.film) for each in text.pictures],
        [(each.file, each.label) for each in text.attachments],
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _waiting(session: Session, zone: str, window: timedelta, now: datetime) -> dict[int, datetime]:
    """Return the letters that are due and must wait, by their issue's id: with when their quiet hours end."""
    of_letter = or_(Issue.id == RegionalLetter.issue_id, Issue.corrects_id == RegionalLetter.issue_id)
    due = (
        select(Issue, RegionalLetter.region_slug)
        .join(RegionalLetter, of_letter)
        .where(Issue.status == IssueStatus.SCHEDULED, Issue.send_at <= now, Issue.hold.is_(None))
    )
    found = {}
    for issue, region in session.execute(due):
        late = now - max(filter(None, (issue.send_at, issue.let_go_at)))
        own, there = of(session, region), issue.send_zone or zone
        # What begins when it was meant to has been fitted between the quiet hours already.
        waves = timedelta(minutes=issue.grace_minutes + issue.head_start_minutes)
        at = rules.goes_at(now, own, there, spread=waves if late > _IN_TIME else timedelta())
        if now < at and late <= window:
            found[issue.id] = at
    return found


def _over(usual: Rules, row: LetterRule | None) -> Rules:
    if row is None:
        return usual
    return replace(
        usual,
        quiet_from=time.fromisoformat(row.quiet_from) if row.quiet_from else usual.quiet_from,
        quiet_to=time.fromisoformat(row.quiet_to) if row.quiet_to else usual.quiet_to,
        monthly=usual.monthly if row.monthly is None else row.monthly,
        approval=usual.approval if row.approval is None else row.approval,
    )


def _row(session: Session, region: str, now: datetime) -> LetterRule:
    row = session.get(LetterRule, region)
    if row is None:
        row = LetterRule(region=region, updated_at=now)
        session.add(row)
    row.updated_at = now
    return row


def _check_everything(scope: Scope) -> None:
    if not isinstance(scope, Everything):
        raise SubscribersError(
            "Reglerna för regionernas brev bestäms av den som ansvarar för hela föreningen."
        )
