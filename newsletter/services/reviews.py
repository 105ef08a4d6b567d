"""Reviewing: the officer asks somebody to read an issue before it goes, and they answer by a link.

    ask        an issue as it is now -> a round: its pieces, its variants frozen -> a note to each reviewer
    seat       a link -> the reviewer, the latest round, what was said of it
    comment, send_back, answered, done

The link proves that somebody got the mail, and that is all a reviewer needs: it opens this issue and nothing
else, and only while it can still be changed. What a reviewer says counts for the round that they saw.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from newsletter.core.approvals import Standing
from newsletter.errors import IssueError
from newsletter.models import (
    Issue,
    IssueStatus,
    ReviewComment,
    ReviewCopy,
    Reviewer,
    ReviewRound,
    VariantRegion,
)
from newsletter.services import approvals, notes, pieces
from newsletter.services.issue_states import locked, name_of
from newsletter.services.piece_words import piece_name
from newsletter.services.pieces import Pieces
from subscribers.core import tokens
from subscribers.core.authority import Everything, Scope
from subscribers.core.tokens import Keyring, Purpose
from subscribers.errors import NotFound
from subscribers.models import RoleName, Subscriber
from subscribers.services import acts, roles
from subscribers.services.scopes import no_such_person, people_within

if TYPE_CHECKING:
    from newsletter.rendering.values import Frame

MOST_REVIEWERS = 10
LONGEST_WORDS = 4_000


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a reviewer sits: the issue, and its latest round. ``is_open``: what they say still counts."""

    reviewer: Reviewer
    issue: Issue
    round: ReviewRound
    is_open: bool

    @property
    def subscriber_id(self) -> int:
        """The reviewer as a person."""
        return self.reviewer.subscriber_id


class ReviewState(enum.Enum):
    """How the review of an issue stands."""

    ASKED = "asked"  # somebody has it to read
    OBJECTED = "objected"  # a comment on what they read waits to be seen to
    APPROVED = "approved"  # every piece as it is now
    OVER = "over"  # the issue has left its draft


def state_of(session: Session, issue: Issue, *, frame: "Callable[[], Frame]") -> ReviewState | None:
    """Say how the review of an issue stands; None where it has none, or goes without the reviewers' yes.

    ``frame`` is ``App.frame``, asked only where there is a review.
    """
    shown = latest(session, issue.id)
    asked = exists().where(Reviewer.issue_id == issue.id, Reviewer.removed_at.is_(None))
    if shown is None or issue.unapproved_because or not session.scalar(select(asked)):
        return None
    if issue.status is not IssueStatus.DRAFT:
        return ReviewState.OVER
    waits = exists().where(ReviewComment.round_id == shown.id, ReviewComment.done_at.is_(None))
    if session.scalar(select(waits)):
        return ReviewState.OBJECTED
    return ReviewState.APPROVED if _standing(session, issue, frame()).is_approved else ReviewState.ASKED


def ask(
    session: Session,
    *,
    scope: Scope,
    issue_id: int,
    people: Sequence[int],
    message: str,
    frame: "Frame",
    ring: Keyring,
    asked_by: int | None,
    actor: str,
    now: datetime,
) -> ReviewRound:
    """Freeze an issue for review, and write to these people, who are its reviewers from now on.

    A draft is frozen as it is now; of a released issue, the variants with their articles as they are now,
    for a correction. Raises ``IssueError`` for an issue with nothing in it, in another state, without a
    reviewer or with whoever asks as one; ``NotFound`` for people outside the scope, ``TemplateError``.
    """
    issue = locked(session, issue_id)
    _check_asked(scope, issue, people, asked_by)
    whom = [_person(session, scope, each) for each in dict.fromkeys(people)]
    shown = _freeze(session, issue, frame, now)
    shown.message, shown.asked_by_id = _words(message), asked_by
    session.flush()
    standing = _standing(session, issue, frame)
    for person in whom:
        reviewer = _seated(session, issue, person, now)
        _write_to(session, reviewer, shown, standing, link_of(ring, reviewer, frame.base_url), now)
    for reviewer in reviewers_of(session, scope=scope, issue_id=issue_id):
        if reviewer.subscriber_id not in people:
            reviewer.removed_at = now
    details = {"round": shown.number, "reviewers": len(whom), "waiting": len(standing.missing)}
    acts.log(session, actor=actor, act="ask for review", subject=_subject(issue), details=details, now=now)
    session.flush()
    return shown


def link_of(ring: Keyring, reviewer: Reviewer, base_url: str) -> str:
    """Return the address that a reviewer's mail leads to."""
    return f"{base_url}/granska/{tokens.make(ring, Purpose.REVIEW, reviewer.id)}"


def seat(session: Session, *, reviewer_id: int) -> Seat:
    """Return where the holder of a link sits. Raises ``NotFound`` for one who is a reviewer no more."""
    reviewer = session.get(Reviewer, reviewer_id)
    shown = latest(session, reviewer.issue_id) if reviewer else None
    if reviewer is None or reviewer.removed_at is not None or shown is None:
        raise NotFound("Länken gäller inte längre.")
    issue = reviewer.issue
    is_open = issue.status is IssueStatus.DRAFT or (
        issue.status is IssueStatus.RELEASED
        and issue.released_at is not None
        and shown.asked_at > issue.released_at
    )
    return Seat(reviewer, issue, shown, is_open)


def latest(session: Session, issue_id: int) -> ReviewRound | None:
    """Return the last round of an issue; None before the first."""
    rounds = select(ReviewRound).where(ReviewRound.issue_id == issue_id)
    return session.scalar(rounds.order_by(ReviewRound.number.desc()).limit(1))


def reviewers_of(session: Session, *, scope: Scope, issue_id: int) -> Sequence[Reviewer]:
    """Return who reviews an issue, in Swedish order of names."""
    found = (
        select(Reviewer)
        .join(Reviewer.subscriber)
        .where(Reviewer.issue_id == issue_id, Reviewer.removed_at.is_(None), people_within(scope))
        .order_by(Subscriber.sort_key, Subscriber.id)
    )
    return session.scalars(found).all()


def usual(session: Session, *, scope: Scope, today: date) -> Sequence[Subscriber]:
    """Return who reviews whatever is sent: those who hold the role today."""
    return roles.holders(session, scope=scope, role=RoleName.REVIEWER, today=today)


def comment(session: Session, *, at: Seat, key: str, text: str, now: datetime) -> None:
    """Keep what a reviewer writes about a piece. Raises ``IssueError``, ``NotFound``."""
    check_open(at)
    if not text.strip():
        raise IssueError("Skriv något i kommentaren, eller godkänn inslaget.")
    if key not in {piece.key for piece in approvals.pieces_of(at.round)}:
        raise NotFound("Inslaget finns inte i det som granskas.")
    session.add(
        ReviewComment(
            issue_id=at.issue.id,
            round_id=at.round.id,
            subscriber_id=at.subscriber_id,
            piece=key,
            text=_words(text),
            at=now,
        )
    )
    session.flush()


def comments(session: Session, issue_id: int) -> Sequence[ReviewComment]:
    """Return what reviewers have written about an issue, in the order in which they did."""
    found = select(ReviewComment).where(ReviewComment.issue_id == issue_id).order_by(ReviewComment.id)
    return session.scalars(found).all()


def see_to(session: Session, *, issue_id: int, comment_id: int, done: bool, now: datetime) -> None:
    """Note that a comment has been seen to, or that it has not. Raises ``NotFound``."""
    found = session.get(ReviewComment, comment_id)
    if found is None or found.issue_id != issue_id:
        raise NotFound("Kommentaren finns inte.")
    found.done_at = now if done else None
    session.flush()


def answer(session: Session, *, at: Seat, approved: bool, base_url: str, now: datetime) -> None:
    """Tell whoever asked that a reviewer is through: all of it approved, or sent back with comments."""
    check_open(at)
    said = [each for each in comments(session, at.issue.id) if each.round_id == at.round.id]
    theirs = [each for each in said if each.subscriber_id == at.subscriber_id]
    if not approved and not theirs:
        raise IssueError("Skriv vad som behöver ändras vid ett inslag först, eller godkänn numret.")
    titles = {piece.key: piece.title or piece_name(piece) for piece in approvals.pieces_of(at.round)}
    officer = session.get(Subscriber, at.round.asked_by_id) if at.round.asked_by_id else None
    if officer is not None:
        values = {
            "name": officer.given_name or officer.name,
            "who": at.reviewer.subscriber.name,
            "issue_name": name_of(at.issue),
            "approved": approved,
            "comments": [[titles.get(each.piece, ""), each.text] for each in theirs],
            "link": f"{base_url}/nummer/{at.issue.id}/granskning",
        }
        notes.tell(session, kind="review-answered", person=officer, values=values, now=now)
    act = "review approved" if approved else "review sent back"
    acts.log(
        session,
        actor=f"person {at.reviewer.subscriber.pseudonym}",
        act=act,
        subject=_subject(at.issue),
        details={"round": at.round.number, "by": "link"},
        now=now,
    )


def check_open(at: Seat) -> None:
    """Raise ``IssueError`` when the issue can no longer be changed."""
    if not at.is_open:
        raise IssueError("{issue} är inte längre öppet för granskning.", issue=name_of(at.issue))


def check_round(at: Seat, number: int | None) -> None:
    """Raise ``IssueError`` unless the reviewer saw the latest round."""
    if number != at.round.number:
        raise IssueError(
            "Redaktören har skickat en ny version sedan du öppnade sidan. Läs den nedan: inget är godkänt än."
        )


def _standing(session: Session, issue: Issue, frame: "Frame") -> Standing:
    from newsletter.services import variants

    if issue.status is IssueStatus.RELEASED:
        return approvals.standing_of(session, issue, variants.newest(issue), frame=frame)
    return approvals.standing(session, issue, frame=frame)


def _check_asked(scope: Scope, issue: Issue, people: Sequence[int], asked_by: int | None) -> None:
    if not isinstance(scope, Everything):
        raise IssueError("Ett nummer skickas på granskning av den som ansvarar för hela utskicket.")
    if issue.status not in (IssueStatus.DRAFT, IssueStatus.RELEASED):
        raise IssueError(
            "{issue} är schemalagt eller inställt. Ta tillbaka det till utkast innan det granskas.",
            issue=name_of(issue),
        )
    if not people:
        raise IssueError("Välj minst en person som ska granska.")
    if asked_by in people:
        raise IssueError("Du kan inte granska ditt eget nummer. Välj någon annan.")
    if len(people) > MOST_REVIEWERS:
        raise IssueError("Välj högst {count} personer som ska granska.", count=MOST_REVIEWERS)


def _person(session: Session, scope: Scope, subscriber_id: int) -> Subscriber:
    person = session.scalar(select(Subscriber).where(Subscriber.id == subscriber_id, people_within(scope)))
    if person is None:
        raise no_such_person()
    if not notes.address_of(session, person):
        raise IssueError("{name} har ingen adress att skriva till. Välj någon annan.", name=person.name)
    return person


def _freeze(session: Session, issue: Issue, frame: "Frame", now: datetime) -> ReviewRound:
    # Here, so that whoever only looks never loads rendering.
    from newsletter.services import variants

    if issue.status is IssueStatus.RELEASED:
        chosen = variants.newest(issue)
        made, copies = pieces.of_released(session, issue, chosen, frame=frame), []
        for old, new in variants.redrawn(session, issue, chosen, frame=frame, now=now):
            regions = [each.region for each in _regions(session, old.id)]
            copies.append((new, regions[0] if regions else ""))
    else:
        made = pieces.of_draft(session, issue, frame=frame)
        copies = [(new, one.regions[0]) for one, new in variants.drawn(session, issue, frame=frame, now=now)]
    keys = {bound.name: sorted(bound.keys) for bound in made.variants}
    shown = ReviewRound(issue_id=issue.id, number=_next(session, issue.id), pieces=_dump(made), asked_at=now)
    shown.copies = [
        ReviewCopy(
            language=new.language, name=new.name, region=region, keys=keys[new.name], template=new.template
        )
        for new, region in copies
    ]
    session.add(shown)
    return shown


def _regions(session: Session, variant_id: int) -> Sequence[VariantRegion]:
    found = select(VariantRegion).where(VariantRegion.variant_id == variant_id)
    return session.scalars(found.order_by(VariantRegion.region)).all()


def _next(session: Session, issue_id: int) -> int:
    last = session.scalar(select(func.max(ReviewRound.number)).where(ReviewRound.issue_id == issue_id))
    return (last or 0) + 1


def _dump(made: Pieces) -> list[dict[str, str]]:
    return [{"key": each.key, "title": each.title, "text": each.text} for each in made.pieces]


def _seated(session: Session, issue: Issue, person: Subscriber, now: datetime) -> Reviewer:
    which = select(Reviewer).where(Reviewer.issue_id == issue.id, Reviewer.subscriber_id == person.id)
    reviewer = session.scalar(which) or Reviewer(issue=issue, subscriber=person, asked_at=now)
    reviewer.asked_at, reviewer.removed_at = now, None
    session.add(reviewer)
    session.flush()
    return reviewer


def _write_to(
    session: Session, reviewer: Reviewer, shown: ReviewRound, standing: Standing, link: str, now: datetime
) -> None:
    person = reviewer.subscriber
    has_said_yes = bool(approvals.said_before(session, shown.issue_id))
    values = {
        "name": person.given_name or person.name,
        "issue_name": name_of(reviewer.issue),
        "title": reviewer.issue.title,
        "message": shown.message,
        "waiting": approvals.told(session, shown.issue_id, standing.missing) if has_said_yes else [],
        "link": link,
    }
    notes.tell(session, kind="review-asked", person=person, values=values, now=now)


def _words(text: str) -> str:
    return text.replace("\r\n", "\n").strip()[:LONGEST_WORDS]


def _subject(issue: Issue) -> str:
    return f"issue {issue.id}, {name_of(issue)}"[:200]
