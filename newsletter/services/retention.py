"""What has been kept long enough, counted and taken away (``subscribers.core.retention`` says how long)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Delete,
    Update,
    case,
    delete,
    exists,
    false,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from newsletter.models import (
    Acknowledgement,
    AddressChange,
    AddressFailure,
    ArticleDraft,
    Call,
    Delivery,
    Handover,
    InboundMail,
    Issue,
    IssueStatus,
    LinkAnswer,
    Note,
    PassedWarnings,
    ReviewComment,
    ReviewCopy,
    ReviewRound,
    SendingPace,
)
from newsletter.services import erasure
from subscribers.core.authority import Everything, Scope
from subscribers.core.retention import RETENTION, of
from subscribers.errors import SubscribersError
from subscribers.models import FieldChange, Role, SignUp, Subscriber, Subscription, SuppressionRelease
from subscribers.services.scopes import people_within


def overdue(session: Session, *, scope: Scope, now: datetime) -> Mapping[str, int]:
    """Count what has been kept long enough, by kind. Changes nothing. Raises as ``carry_out`` does."""
    _check(scope)
    return {
        "sign-ups": _count(session, SignUp.id, _old_sign_ups(now)),
        "address-changes": _count(session, AddressChange.id, _old_address_changes(now)),
        "release-reasons": _count(session, SuppressionRelease.id, _old_releases(now)),
        "field-changes": _count(session, FieldChange.id, *_old_changes(now)),
        "article-drafts": _count(session, ArticleDraft.id, _old_drafts(now)),
        "review-copies": _count(session, ReviewCopy.id, _old_copies(now)),
        "review-comments": _count(session, ReviewComment.id, *_old_comments(now)),
        "passed-warnings": _count(session, PassedWarnings.id, *_old_warnings(now)),
        "handovers": _count(session, Handover.id, _old_handovers(now)),
        "link-answers": _count(session, LinkAnswer.digest, _old_answers(now)),
        "inbound-mails": _count(session, InboundMail.id, _old_mails(now)),
        "acknowledgements": _count(session, Acknowledgement.day, _old_acknowledgements(now)),
        "notes": _count(session, Note.id, *_old_notes(now)),
        "address-failures": _count(session, AddressFailure.id, _old_failures(now)),
        "resting-domains": _count(session, SendingPace.key, *_old_rests(now)),
        "calls": _count(session, Call.id, _old_calls(now)),
        "delivery-addresses": _count(session, Delivery.id, *_old_deliveries(now)),
        "former-members": len(former_members(session, scope=scope, now=now)),
    }


def carry_out(session: Session, *, scope: Scope, by_hand: bool, now: datetime) -> Mapping[str, int]:
    """Take away what has been kept long enough, and return how much of each kind.

    With ``by_hand`` also what the daily job leaves to people. Raises ``SubscribersError`` for a scope over
    less than everything.
    """
    _check(scope)
    done = {row.kind: _CARRY_OUT[row.kind](session, now) for row in RETENTION if row.kind in _CARRY_OUT}
    if by_hand:
        gone = former_members(session, scope=scope, now=now)
        for subscriber_id in gone:
            # They did not ask to be forgotten: they may join again.
            erasure.erase(
                session, scope=scope, subscriber_id=subscriber_id, actor="retention", remember=False, now=now
            )
        done["former-members"] = len(gone)
    return done


def former_members(session: Session, *, scope: Scope, now: datetime) -> Sequence[int]:
    """Return who was a member long ago, gets no letters by a yes of their own, and has no role."""
    before = of("former-members").before(now)
    if before is None:
        return []
    wants = exists().where(Subscription.subscriber_id == Subscriber.id, Subscription.active)
    holds = exists().where(Role.subscriber_id == Subscriber.id)
    people = select(Subscriber.id).where(
        people_within(scope), Subscriber.member_until < before.date(), ~wants, ~holds
    )
    return session.scalars(people.order_by(Subscriber.id)).all()


def _take_sign_ups(session: Session, now: datetime) -> int:
    return _changed(session, delete(SignUp).where(_old_sign_ups(now)))


def _take_address_changes(session: Session, now: datetime) -> int:
    return _changed(session, delete(AddressChange).where(_old_address_changes(now)))


def _take_releases(session: Session, now: datetime) -> int:
    return _changed(session, delete(SuppressionRelease).where(_old_releases(now)))


def _take_changes(session: Session, now: datetime) -> int:
    return _changed(session, delete(FieldChange).where(*_old_changes(now)))


def _take_drafts(session: Session, now: datetime) -> int:
    return _changed(session, delete(ArticleDraft).where(_old_drafts(now)))


def _take_copies(session: Session, now: datetime) -> int:
    return _changed(session, delete(ReviewCopy).where(_old_copies(now)))


def _take_comments(session: Session, now: datetime) -> int:
    return _changed(session, delete(ReviewComment).where(*_old_comments(now)))


def _take_warnings(session: Session, now: datetime) -> int:
    return _changed(session, delete(PassedWarnings).where(*_old_warnings(now)))


def _take_handovers(session: Session, now: datetime) -> int:
    return _changed(session, delete(Handover).where(_old_handovers(now)))


def _take_answers(session: Session, now: datetime) -> int:
    return _changed(session, delete(LinkAnswer).where(_old_answers(now)))


def _take_rests(session: Session, now: datetime) -> int:
    return _changed(session, delete(SendingPace).where(*_old_rests(now)))


def _take_acknowledgements(session: Session, now: datetime) -> int:
    return _changed(session, delete(Acknowledgement).where(_old_acknowledgements(now)))


def _take_notes(session: Session, now: datetime) -> int:
    return _changed(session, delete(Note).where(*_old_notes(now)))


def _take_mails(session: Session, now: datetime) -> int:
    return _changed(session, delete(InboundMail).where(_old_mails(now)))


def _take_failures(session: Session, now: datetime) -> int:
    return _changed(session, delete(AddressFailure).where(_old_failures(now)))


def _take_calls(session: Session, now: datetime) -> int:
    return _changed(session, delete(Call).where(_old_calls(now)))


def _strip_deliveries(session: Session, now: datetime) -> int:
    # A server's code is three digits at the beginning (RFC 5321 4.2); its words may quote an address.
    is_code = func.substr(Delivery.reply, 1, 1).in_(("2", "3", "4", "5"))
    code = case((is_code, func.substr(Delivery.reply, 1, 3)), else_="")
    stripped = update(Delivery).where(*_old_deliveries(now)).values(address="", canonical="", reply=code)
    return _changed(session, stripped)


_DRAFTS = select(Issue.id).where(Issue.status == IssueStatus.DRAFT)

_CARRY_OUT: Mapping[str, Callable[[Session, datetime], int]] = {
    "sign-ups": _take_sign_ups,
    "address-changes": _take_address_changes,
    "release-reasons": _take_releases,
    "field-changes": _take_changes,
    "article-drafts": _take_drafts,
    "review-copies": _take_copies,
    "review-comments": _take_comments,
    "passed-warnings": _take_warnings,
    "handovers": _take_handovers,
    "link-answers": _take_answers,
    "inbound-mails": _take_mails,
    "acknowledgements": _take_acknowledgements,
    "notes": _take_notes,
    "address-failures": _take_failures,
    "resting-domains": _take_rests,
    "calls": _take_calls,
    "delivery-addresses": _strip_deliveries,
}


def _old_sign_ups(now: datetime) -> ColumnElement[bool]:
    return SignUp.asked_at < of("sign-ups").before(now)


def _old_address_changes(now: datetime) -> ColumnElement[bool]:
    return AddressChange.asked_at < of("address-changes").before(now)


def _old_releases(now: datetime) -> ColumnElement[bool]:
    return SuppressionRelease.at < of("release-reasons").before(now)


def _old_changes(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Hold for old changes that a later one of the same field has followed."""
    newest = select(func.max(FieldChange.id)).group_by(FieldChange.subscriber_id, FieldChange.field)
    return FieldChange.at < of("field-changes").before(now), FieldChange.id.not_in(newest)


def _old_drafts(now: datetime) -> ColumnElement[bool]:
    return ArticleDraft.saved_at < of("article-drafts").before(now)


def _old_copies(now: datetime) -> ColumnElement[bool]:
    """Hold for copies of old reviews; those of a draft are still read by whoever has its link."""
    old = select(ReviewRound.id).where(
        ReviewRound.asked_at < of("review-copies").before(now), ReviewRound.issue_id.not_in(_DRAFTS)
    )
    return ReviewCopy.round_id.in_(old)


def _old_comments(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ReviewComment.at < of("review-comments").before(now), ReviewComment.issue_id.not_in(_DRAFTS)


def _old_warnings(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Hold for old ones; what waits for its time still needs them, and a draft may begin with its reason."""
    waits = select(Issue.id).where(
        Issue.status.in_((IssueStatus.DRAFT, IssueStatus.SCHEDULED, IssueStatus.MISSED))
    )
    return PassedWarnings.at < of("passed-warnings").before(now), PassedWarnings.issue_id.not_in(waits)


def _old_handovers(now: datetime) -> ColumnElement[bool]:
    return Handover.made_at < of("handovers").before(now)


def _old_answers(now: datetime) -> ColumnElement[bool]:
    return LinkAnswer.asked_at < of("link-answers").before(now)


def _old_rests(now: datetime) -> tuple[ColumnElement[bool], ...]:
    of_a_domain = SendingPace.key.startswith("domain:")
    return of_a_domain, SendingPace.slow_until < of("resting-domains").before(now)


def _old_mails(now: datetime) -> ColumnElement[bool]:
    return InboundMail.received_at < of("inbound-mails").before(now)


def _old_acknowledgements(now: datetime) -> ColumnElement[bool]:
    kept_from = of("acknowledgements").before(now)
    return false() if kept_from is None else Acknowledgement.day < kept_from.date()


def _old_notes(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Hold for notes that nobody will try again."""
    return Note.created_at < of("notes").before(now), Note.due_at.is_(None)


def _old_failures(now: datetime) -> ColumnElement[bool]:
    return AddressFailure.at < of("address-failures").before(now)


def _old_calls(now: datetime) -> ColumnElement[bool]:
    """Hold for those that are closed; who is still to be rung stays in the list."""
    return Call.closed_at < of("calls").before(now)


def _old_deliveries(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Delivery.settled_at < of("delivery-addresses").before(now), Delivery.address != ""


def _count(session: Session, counted: Any, *which: ColumnElement[bool]) -> int:
    return session.scalars(select(func.count(counted)).where(*which)).one()


def _changed(session: Session, statement: Delete | Update) -> int:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount


def _check(scope: Scope) -> None:
    if not isinstance(scope, Everything):
        raise SubscribersError("Gallring sköts av den som ansvarar för hela föreningen.")
