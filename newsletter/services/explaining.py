"""One question, one answer: why this person got this issue, or why not.

ledger row | consents | suppressions | where the person belongs -> Explanation
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core.explanations import (
    Answer,
    Blocked,
    Explanation,
    OutOfReach,
    Paused,
    Said,
    source_parts,
)
from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus, LeftOutReason
from newsletter.services import issues
from subscribers.core.authority import Scope
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Address, ListPurpose, MailingList, Subscriber, Suppression
from subscribers.services import ledger, members
from subscribers.services.audience import is_member
from subscribers.services.scopes import people_within

_ANSWERS = {
    DeliveryState.ACCEPTED: Answer.ACCEPTED,
    DeliveryState.QUEUED: Answer.QUEUED,
    DeliveryState.SENDING: Answer.SENDING,
    DeliveryState.WAITING: Answer.WAITING,
    DeliveryState.REFUSED: Answer.REFUSED,
    DeliveryState.UNKNOWN: Answer.UNKNOWN,
    DeliveryState.WITHDRAWN: Answer.WITHDRAWN,
    DeliveryState.LEFT_OUT: Answer.LEFT_OUT,
}

_MOST_NAMED = 10


def find_person(session: Session, *, scope: Scope, text: str) -> Subscriber:
    """Return the one person of the scope with this id, member number, whole address or name.

    A whole name goes before one that only begins like it. Raises ``NotFound``, and ``SubscribersError``
    with the ids of all where there are several.
    """
    wanted = text.strip()
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        return members.get(session, scope=scope, subscriber_id=int(wanted))
    found = members.find(session, scope=scope, text=wanted, limit=_MOST_NAMED + 1)
    found = [person for person in found if person.name.casefold() == wanted.casefold()] or found
    if not found:
        raise NotFound(
            "Det finns ingen ”{text}” i registret. Ange namn, e-postadress eller det id som rundbrev "
            "members list visar.",
            text=wanted,
        )
    if len(found) > 1:
        raise SubscribersError(
            "Flera personer passar in på ”{text}”. Ange id i stället: {people}.",
            text=wanted,
            people=", ".join(f"{person.id} ({person.name})" for person in found[:_MOST_NAMED]),
        )
    return found[0]


def explain(session: Session, *, scope: Scope, issue_id: int, subscriber_id: int) -> Explanation:
    """Return what became of an issue for a person. Raises ``NotFound``, also for one outside the scope."""
    person = members.get(session, scope=scope, subscriber_id=subscriber_id)
    issue = issues.get(session, issue_id)
    delivery = session.scalar(
        select(Delivery).where(Delivery.issue_id == issue.id, Delivery.subscriber_id == person.id)
    )
    if delivery is not None:
        return _from_ledger(session, scope, issue, person, delivery)
    if issue.status is not IssueStatus.RELEASED:
        return _answer(Answer.NOT_RELEASED, issue, person, issue.status.value, at=issue.send_at)
    reason = _out_of_reach(session, issue, person)
    return _answer(Answer.NOT_IN_REACH, issue, person, reason.value, at=_joined(reason, person, issue))


def history(session: Session, *, scope: Scope, subscriber_id: int, limit: int = 20) -> Sequence[Explanation]:
    """Return what became of the latest issues for a person, the newest first. Raises ``NotFound``."""
    members.get(session, scope=scope, subscriber_id=subscriber_id)
    found = session.scalars(
        select(Delivery.issue_id)
        .where(Delivery.subscriber_id == subscriber_id)
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    return [
        explain(session, scope=scope, issue_id=issue_id, subscriber_id=subscriber_id)
        for issue_id in found.all()
    ]


def _answer(
    answer: Answer, issue: Issue, person: Subscriber, reason: str, *, at: datetime | None
) -> Explanation:
    return Explanation(
        answer, issue.id, issues.name_of(issue), issue.subject, person.id, person.name, reason, at=at
    )


def _from_ledger(
    session: Session, scope: Scope, issue: Issue, person: Subscriber, delivery: Delivery
) -> Explanation:
    answer = _ANSWERS[delivery.state]
    if delivery.why == LeftOutReason.SHARED_ADDRESS.value and answer is Answer.LEFT_OUT:
        answer = Answer.SHARED
    at = delivery.settled_at or delivery.claimed_at or issue.released_at
    return Explanation(
        answer=answer,
        issue_id=issue.id,
        issue=issues.name_of(issue),
        subject=issue.subject,
        subscriber_id=person.id,
        person=person.name,
        reason=delivery.why,
        delivery_id=delivery.id,
        address=delivery.address,
        at=at,
        due_at=delivery.due_at,
        attempts=delivery.attempts,
        reply=delivery.reply,
        shared_with=_name_within(session, scope, delivery.carried_by),
        shared_at=_taken(session, scope, issue, delivery.carried_by),
        said=_no(session, scope, issue, person, at) if delivery.why == "unsubscribed" else None,
        blocked=_blocked(session, person) if delivery.why == "suppressed" else None,
        paused=_paused(session, scope, issue, person, at) if delivery.why == "paused" else None,
    )


def _name_within(session: Session, scope: Scope, subscriber_id: int | None) -> str:
    """Return a person's name, or nothing for somebody whom the asker may not see."""
    person = session.scalar(select(Subscriber).where(Subscriber.id == subscriber_id, people_within(scope)))
    return person.name if person else ""


def _taken(session: Session, scope: Scope, issue: Issue, carrier: int | None) -> datetime | None:
    """Return when the copy that greets a person was taken; None before, and for a carrier out of scope."""
    return session.scalar(
        select(Delivery.settled_at)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(
            Delivery.issue_id == issue.id,
            Delivery.subscriber_id == carrier,
            Delivery.state == DeliveryState.ACCEPTED,
            people_within(scope),
        )
    )


def _no(session: Session, scope: Scope, issue: Issue, person: Subscriber, at: datetime | None) -> Said | None:
    """Return the last "no" to the issue's list that was said by then, and the "yes" that followed it."""
    told = ledger.entries_of(session, scope=scope, subscriber_id=person.id)
    entries = [each.entry for each in told if each.entry.list_id == issue.list_id]
    noes = [entry for entry in entries if not entry.given]
    by_then = [entry for entry in noes if at is None or entry.at <= at] or noes
    if not by_then:
        return None
    no = by_then[-1]
    how, letter = source_parts(no.how, no.place)
    again = next((entry.at for entry in entries if entry.given and entry.id > no.id), None)
    return Said(issue.mailing_list.name, no.at, how, _letter(session, letter), again)


def _paused(
    session: Session, scope: Scope, issue: Issue, person: Subscriber, at: datetime | None
) -> Paused | None:
    """Return the last pause of the issue's list that was said by then."""
    told = ledger.entries_of(session, scope=scope, subscriber_id=person.id)
    pauses = [e.entry for e in told if e.entry.list_id == issue.list_id and e.entry.paused_until]
    by_then = [entry for entry in pauses if at is None or entry.at <= at] or pauses
    if not by_then or by_then[-1].paused_until is None:
        return None
    said = by_then[-1]
    how, _letter_id = source_parts(said.how, said.place)
    return Paused(issue.mailing_list.name, said.at, how, by_then[-1].paused_until)


def _letter(session: Session, delivery_id: int | None) -> str:
    issue = session.scalar(
        select(Issue).join(Delivery, Delivery.issue_id == Issue.id).where(Delivery.id == delivery_id)
    )
    return issues.name_of(issue) if issue else ""


def _blocked(session: Session, person: Subscriber) -> Blocked | None:
    found = session.execute(
        select(Address.address, Suppression.reason, Suppression.created_at)
        .join(Suppression, Suppression.canonical == Address.canonical)
        .where(Address.subscriber_id == person.id)
        .order_by(Address.preferred.desc(), Address.id)
    ).first()
    return Blocked(found.address, found.reason.value, found.created_at) if found else None


def _out_of_reach(session: Session, issue: Issue, person: Subscriber) -> OutOfReach:
    """Say why a released issue has no row for a person, as far as the register still tells."""
    if not issue.audience.sees(person.region_slug):
        return OutOfReach.OTHER_REGION
    if issue.released_at and person.created_at > issue.released_at:
        return OutOfReach.REGISTERED_LATER
    purpose = session.scalars(select(MailingList.purpose).where(MailingList.id == issue.list_id)).one()
    day = issue.record_date or (issue.released_at.date() if issue.released_at else None)
    if purpose is ListPurpose.MEMBER_NOTICES and day is not None:
        member = select(Subscriber.id).where(Subscriber.id == person.id, is_member(day))
        if session.scalar(member) is None:
            return OutOfReach.NOT_A_MEMBER
    return OutOfReach.NOT_SELECTED


def _joined(reason: OutOfReach, person: Subscriber, issue: Issue) -> datetime | None:
    return person.created_at if reason is OutOfReach.REGISTERED_LATER else issue.released_at
