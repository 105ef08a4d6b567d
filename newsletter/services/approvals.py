"""Approving an issue before it goes: how it stands, a reviewer's yes, and going on without one.

    standing    pieces as they are now x what was said yes to -> what waits, and which variants are whole
    approve     the pieces of a round, as the reviewer was shown them
    check       refuses an issue that waits for a yes; with a reason it goes on, and the reviewers are told

One reviewer's yes is enough. An issue needs one as soon as somebody was asked to review it, or while
somebody holds the role of reviewer; otherwise scheduling is the approval. A regional letter needs none here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from newsletter.core import approvals, differences
from newsletter.core.approvals import Judged, PieceState, Standing
from newsletter.errors import NotApproved
from newsletter.language import _, ngettext
from newsletter.models import Approval, Issue, Reviewer, ReviewRound, Variant
from newsletter.services import notes, pieces
from newsletter.services.issue_states import name_of
from newsletter.services.piece_words import piece_name
from newsletter.services.pieces import Pieces
from subscribers.models import ListPurpose, Role, RoleName, Subscriber
from subscribers.services.dialects import insert_into

if TYPE_CHECKING:
    from newsletter.rendering.values import Frame

LONGEST_REASON = 300
_MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class Said:
    """A text that was said yes to."""

    fingerprint: str
    text: str


def is_needed(session: Session, issue: Issue, *, today: date) -> bool:
    """Tell whether the issue waits for a reviewer's yes before it may go."""
    if issue.mailing_list.purpose is ListPurpose.REGIONAL_LETTERS:
        return False
    asked = exists().where(Reviewer.issue_id == issue.id, Reviewer.removed_at.is_(None))
    holds = exists().where(
        Role.role == RoleName.REVIEWER,
        Role.subscriber_id == Subscriber.id,
        or_(Role.ends_on.is_(None), Role.ends_on >= today),
        Subscriber.deceased_on.is_(None),
    )
    return bool(session.scalar(select(or_(asked, holds))))


def standing(session: Session, issue: Issue, *, frame: "Frame") -> Standing:
    """Say how a draft stands as it is now; ``frame`` is ``App.frame()``, which its look is made of."""
    return _judged(session, issue, pieces.of_draft(session, issue, frame=frame))


def standing_of(session: Session, issue: Issue, variants: Sequence[Variant], *, frame: "Frame") -> Standing:
    """Say how the corrected articles of these variants of a released issue stand."""
    return _judged(session, issue, pieces.of_released(session, issue, variants, frame=frame))


def check(session: Session, issue: Issue, standing: Standing, *, reason: str, now: datetime) -> str:
    """Refuse an issue that is not approved, or let it go on with a reason, which the reviewers are told.

    Returns the reason; "" when none was needed. Raises ``NotApproved``.
    """
    if standing.is_approved:
        return ""
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not reason:
        waits = len(standing.missing)
        raise NotApproved(
            "{issue} är inte godkänt: {count} delar väntar på granskning ({which}). Skicka det på "
            "granskning, eller skriv varför det ska gå ändå.",
            issue=name_of(issue),
            count=waits,
            which=waiting_said(standing),
        )
    _tell_reviewers(session, issue, standing.missing, reason, now)
    return reason


def waiting_said(standing: Standing) -> str:
    """Name what waits for a yes, what was changed since one first; many are counted."""
    changed_first = sorted(standing.missing, key=lambda each: each.state is not PieceState.CHANGED)
    names = [_named(each) for each in changed_first]
    more = len(names) - _MOST_NAMES
    told = ", ".join(names[:_MOST_NAMES])
    return (
        told
        if more <= 0
        else ngettext("{told} och en till", "{told} och {count} till", more).format(told=told, count=more)
    )


def _named(each: Judged) -> str:
    name = piece_name(each.piece)
    if each.state is PieceState.CHANGED:
        return _("{piece} har ändrats sedan det godkändes").format(piece=name)
    return name


def approve(
    session: Session,
    *,
    round_id: int,
    subscriber_id: int,
    keys: Collection[str] | None,
    now: datetime,
) -> int:
    """Write down a reviewer's yes to pieces of a round, all of them without ``keys``; return how many.

    It counts for what the round showed, whatever has been changed since. Twice is once.
    """
    shown = session.get_one(ReviewRound, round_id)
    said = [piece for piece in pieces_of(shown) if keys is None or piece.key in keys]
    for piece in said:
        row = insert_into(session, Approval).values(
            issue_id=shown.issue_id,
            round_id=round_id,
            subscriber_id=subscriber_id,
            piece=piece.key,
            fingerprint=piece.fingerprint,
            at=now,
        )
        session.execute(row.on_conflict_do_nothing())
    session.flush()
    return len(said)


def take_back(session: Session, *, round_id: int, subscriber_id: int, keys: Collection[str] | None) -> None:
    """Take back a reviewer's own yes to pieces as the round showed them, to all of them without ``keys``."""
    shown = session.get_one(ReviewRound, round_id)
    now_said = {(piece.key, piece.fingerprint) for piece in pieces_of(shown)}
    theirs = select(Approval).where(
        Approval.issue_id == shown.issue_id, Approval.subscriber_id == subscriber_id
    )
    for approval in session.scalars(theirs).all():
        is_meant = keys is None or approval.piece in keys
        if is_meant and (approval.piece, approval.fingerprint) in now_said:
            session.delete(approval)
    session.flush()


def pieces_of(shown: ReviewRound) -> Sequence[approvals.Piece]:
    """Return the pieces of a round as they were shown."""
    return [approvals.Piece(**each) for each in shown.pieces]


def said_before(session: Session, issue_id: int) -> Mapping[str, Said]:
    """Return by key the text that was said yes to last: what a change is compared with."""
    rounds = {
        shown.id: {piece.key: piece for piece in pieces_of(shown)}
        for shown in session.scalars(select(ReviewRound).where(ReviewRound.issue_id == issue_id))
    }
    found = select(Approval).where(Approval.issue_id == issue_id).order_by(Approval.at, Approval.id)
    return {
        each.piece: Said(each.fingerprint, rounds[each.round_id][each.piece].text)
        for each in session.scalars(found)
    }


def fingerprints(
    session: Session, issue_id: int, *, subscriber_id: int | None = None
) -> Mapping[str, Collection[str]]:
    """Return what was said yes to, by key: by anybody, or by this person."""
    said: dict[str, set[str]] = {}
    found = select(Approval.piece, Approval.fingerprint).where(Approval.issue_id == issue_id)
    if subscriber_id is not None:
        found = found.where(Approval.subscriber_id == subscriber_id)
    for key, fingerprint in session.execute(found):
        said.setdefault(key, set()).add(fingerprint)
    return said


def told(session: Session, issue_id: int, waiting: Sequence[Judged]) -> list[dict[str, str]]:
    """Return for a note what waits: each piece's title, and what was taken out and put in since the yes."""
    before = said_before(session, issue_id)
    rows = []
    for each in waiting:
        said = before.get(each.piece.key)
        taken, added = differences.summary(said.text, each.piece.text) if said else ("", "")
        title = each.piece.title or piece_name(each.piece)
        rows.append({"key": each.piece.key, "title": title, "taken": taken, "added": added})
    return rows


def _judged(session: Session, issue: Issue, now: Pieces) -> Standing:
    return approvals.judge(now.pieces, now.variants, fingerprints(session, issue.id))


def _tell_reviewers(
    session: Session, issue: Issue, waiting: Sequence[Judged], reason: str, now: datetime
) -> None:
    asked = (
        select(Subscriber)
        .join(Reviewer, Reviewer.subscriber_id == Subscriber.id)
        .where(Reviewer.issue_id == issue.id, Reviewer.removed_at.is_(None))
    )
    rows = told(session, issue.id, waiting)
    for person in session.scalars(asked).all():
        values = {
            "name": person.given_name or person.name,
            "issue_name": name_of(issue),
            "reason": reason,
            "waiting": rows,
        }
        notes.tell(session, kind="review-passed-over", person=person, values=values, now=now)
