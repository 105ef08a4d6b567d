"""The regions' own letters: written by a lead for the members of one region and no others.

    create -> change, set_pictures, choose_segment -> services.letter_sending        discard -> gone

Each takes the scope of whoever acts: a letter of another region does not exist for them. Whom a letter
reaches is fixed when it is made; a segment only ever limits it. What changes a letter locks its issue.
"""

import enum
import re
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, false, select, true
from sqlalchemy.orm import Session, joinedload

from newsletter.core.articles import ArticleText, Picture
from newsletter.core.audiences import Audience
from newsletter.errors import IssueError
from newsletter.language import mark
from newsletter.models import ArticleStatus, Issue, IssueStatus, RegionalLetter
from newsletter.services import (
    articles,
    issues,
    items,
    segment_conditions,
)
from newsletter.services.issue_states import locked
from subscribers.core.authority import Everything, Scope, SomeRegions
from subscribers.errors import NotFound
from subscribers.models import ListPurpose, Segment
from subscribers.services import lists, regions, segments

LONGEST_TEXT = 20_000
#: A letter carries so many pictures at most.
MOST_PICTURES = 6
_KEY = re.compile(r"[0-9a-f]{32}")
_TITLE = mark("Brev från {region}")


class Stage(enum.Enum):
    """Where a letter stands, for whoever writes it."""

    DRAFT = "draft"
    RETURNED = "returned"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    MISSED = "missed"
    RELEASED = "released"
    CANCELLED = "cancelled"


def stage_of(letter: RegionalLetter) -> Stage:
    """Return where a letter stands."""
    match letter.issue.status:
        case IssueStatus.DRAFT if letter.asked_at is not None:
            return Stage.WAITING
        case IssueStatus.DRAFT:
            return Stage.RETURNED if letter.returned_at is not None else Stage.DRAFT
    return Stage(letter.issue.status.value)


def create(
    session: Session,
    *,
    scope: Scope,
    region: str,
    key: str,
    heading: str,
    text: str,
    writer_id: int,
    actor: str,
    now: datetime,
) -> RegionalLetter:
    """Make a letter to the members of a region (a slug); with a ``key`` that is known, return that one.

    So a button that is pressed twice makes one letter. Raises ``NotFound`` for a region outside the scope,
    and ``IssueError`` or ``ArticleError`` for words that will not do.
    """
    _check_region(session, scope, region)
    if not _KEY.fullmatch(key):
        raise IssueError("Formuläret är för gammalt. Läs in sidan igen.")
    # Of two presses at once the second waits here, and then finds the letter of the first.
    mailing_list = lists.by_purpose(session, purpose=ListPurpose.REGIONAL_LETTERS)
    issue_list = issues.locked_list(session, mailing_list.slug)
    known = session.scalar(select(RegionalLetter).where(RegionalLetter.key == key))
    if known is not None:
        return get(session, scope=scope, key=key)
    _check_text(text)
    audience = Audience.of([region])
    issue = issues.create(
        session,
        title=_TITLE.format(region=regions.find_region(session, text=region).name),
        subject=heading,
        list_slug=issue_list.slug,
        audience=audience,
        now=now,
    )
    written = ArticleText(title=_one_line(heading), body=text.strip())
    article = articles.create(session, text=written, audience=audience, now=now, by=actor)
    article.status = ArticleStatus.READY
    items.add(session, issue_id=issue.id, article_id=article.id, now=now)
    letter = RegionalLetter(
        issue_id=issue.id, key=key, region_slug=region, article_id=article.id, writer_id=writer_id
    )
    session.add(letter)
    session.flush()
    return letter


def get(session: Session, *, scope: Scope, key: str) -> RegionalLetter:
    """Return a letter by its key. Raises ``NotFound``, the same for one that others have."""
    found = None
    if _KEY.fullmatch(key):
        found = session.scalar(_letters(scope).where(RegionalLetter.key == key))
    if found is None:
        raise NotFound("Det finns inget sådant brev.")
    return found


def find_all(session: Session, *, scope: Scope, limit: int = 60) -> Sequence[RegionalLetter]:
    """Return the letters of the scope's regions, the latest first."""
    ordered = _letters(scope).order_by(Issue.created_at.desc(), Issue.id.desc())
    return session.scalars(ordered.limit(limit)).all()


def find_waiting(session: Session, *, scope: Scope) -> Sequence[RegionalLetter]:
    """Return the letters of the scope's regions that wait for a yes, the first one first."""
    waits = _letters(scope).where(RegionalLetter.asked_at.is_not(None), Issue.status == IssueStatus.DRAFT)
    return session.scalars(waits.order_by(RegionalLetter.asked_at)).all()


def of_issue(session: Session, *, scope: Scope, issue_id: int) -> RegionalLetter | None:
    """Return the letter that an issue is, or that it corrects; None where it is none, or another region's."""
    issue = session.get(Issue, issue_id)
    root = (issue.corrects_id or issue.id) if issue is not None else issue_id
    return session.scalar(_letters(scope).where(RegionalLetter.issue_id == root))


def change(
    session: Session, *, scope: Scope, key: str, heading: str, text: str, actor: str, now: datetime
) -> RegionalLetter:
    """Change a letter's heading and text, while it is a draft; one that waits for a yes waits no more.

    Raises ``NotFound``, ``IssueError`` and ``ArticleError``.
    """
    letter = _draft(session, scope, key)
    _check_text(text)
    issues.change(session, issue_id=letter.issue_id, subject=heading, now=now)
    articles.change(
        session,
        article_id=letter.article_id,
        values={"title": _one_line(heading), "body": text.strip()},
        now=now,
        by=actor,
    )
    _void(letter)
    session.flush()
    return letter


def set_pictures(
    session: Session, *, scope: Scope, key: str, pictures: Sequence[Picture], actor: str, now: datetime
) -> RegionalLetter:
    """Give a draft these pictures in place of those that it has. Raises as ``change`` does."""
    letter = _draft(session, scope, key)
    if len(pictures) > MOST_PICTURES:
        raise IssueError("Ett brev har högst {most} bilder. Ta bort någon först.", most=MOST_PICTURES)
    articles.set_images(session, article_id=letter.article_id, pictures=pictures, now=now, by=actor)
    _void(letter)
    session.flush()
    return letter


def choose_segment(
    session: Session, *, scope: Scope, key: str, segment: str, now: datetime
) -> RegionalLetter:
    """Let a draft reach only those of its region whom a segment selects; "" is all of them.

    Raises ``NotFound`` for a segment that selects nobody there, as for one that does not exist.
    """
    letter = _draft(session, scope, key)
    usable = {each.name: each for each, _ in usable_segments(session, scope=scope, key=key, now=now)}
    if segment and segment not in usable:
        raise NotFound("Det finns inget sådant urval i regionen.")
    letter.issue.segment = usable[segment] if segment else None
    letter.issue.updated_at = now
    _void(letter)
    session.flush()
    return letter


def usable_segments(
    session: Session, *, scope: Scope, key: str, now: datetime
) -> Sequence[tuple[Segment, int]]:
    """Return the segments that select somebody of a letter's region, each with how many there."""
    letter = get(session, scope=scope, key=key)
    own = SomeRegions(frozenset({letter.region_slug}))
    found = []
    for each in segments.all_segments(session, scope=own):
        count = segments.count(
            session,
            scope=own,
            rule=segments.rule_of(each),
            today=now.date(),
            builders=segment_conditions.BUILDERS,
        )
        if count:
            found.append((each, count))
    return found


def discard(session: Session, *, scope: Scope, key: str) -> None:
    """Throw a draft away, with its text. Raises ``NotFound``, and ``IssueError`` for what is no draft."""
    letter = _draft(session, scope, key)
    issue, article = letter.issue, letter.article
    session.delete(letter)
    session.flush()
    session.delete(issue)
    article.status = ArticleStatus.ARCHIVED
    session.flush()


# --- Steps --------------------------------------------------------------------------------------------------


def _letters(scope: Scope) -> Select[RegionalLetter]:
    return (
        select(RegionalLetter)
        .join(RegionalLetter.issue)
        .where(_within(scope))
        .options(joinedload(RegionalLetter.issue).joinedload(Issue.mailing_list))
    )


def _within(scope: Scope) -> ColumnElement[bool]:
    match scope:
        case Everything():
            return true()
        case SomeRegions(slugs):
            return RegionalLetter.region_slug.in_(sorted(slugs)) if slugs else false()
    return false()


def _check_region(session: Session, scope: Scope, region: str) -> None:
    known: Collection[str] = {each.slug for each in regions.all_regions(session)}
    if isinstance(scope, SomeRegions):
        known = scope.regions
    elif not isinstance(scope, Everything):
        known = ()
    if region not in known:
        raise NotFound("Det finns ingen sådan region.")


def locked_letter(session: Session, scope: Scope, key: str) -> RegionalLetter:
    """Return a letter as it is now, with its issue locked until the transaction ends. Raises ``NotFound``."""
    letter = get(session, scope=scope, key=key)
    locked(session, letter.issue_id)
    session.refresh(letter)
    return letter


def _draft(session: Session, scope: Scope, key: str) -> RegionalLetter:
    letter = locked_letter(session, scope, key)
    if letter.issue.status is not IssueStatus.DRAFT:
        raise IssueError("Brevet är på väg och kan inte ändras. Ta tillbaka det först.")
    return letter


def _void(letter: RegionalLetter) -> None:
    """Let what somebody said yes to, or was asked about, count no more."""
    letter.asked_at = letter.asked_for = None
    letter.asked_digest = letter.approved_digest = ""


def _check_text(text: str) -> None:
    if not text.strip():
        raise IssueError("Brevet är tomt. Skriv några rader först.")
    if len(text) > LONGEST_TEXT:
        raise IssueError(
            "Brevet är {length} tecken långt. Korta det till högst {most}.",
            length=len(text),
            most=LONGEST_TEXT,
        )


def _one_line(text: str) -> str:
    return " ".join(text.split())
