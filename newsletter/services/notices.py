"""Member notices: how each member stands, whom paper must reach, and what to warn of in time.

called     the notices there are
account    the ledger and the register as of the record date -> one standing per member
warnings   notices near their last date with members who are not reached
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date
from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, true
from sqlalchemy.orm import Session

from newsletter.core import notices
from newsletter.core.notices import Account, Content, Member, Standing
from newsletter.errors import IssueError
from newsletter.language import _, current, ngettext
from newsletter.models import Delivery, DeliveryState, Issue, IssueKind, IssueStatus, LeftOutReason, Variant
from newsletter.services import issues, summaries
from subscribers.core.authority import Scope
from subscribers.models import ListPurpose, MailingList, Subscriber, Suppression, SuppressionReason
from subscribers.services.audience import is_member
from subscribers.services.scopes import people_within

_STANDINGS = {
    DeliveryState.ACCEPTED: Standing.ACCEPTED,
    DeliveryState.QUEUED: Standing.ON_ITS_WAY,
    DeliveryState.SENDING: Standing.ON_ITS_WAY,
    DeliveryState.WAITING: Standing.ON_ITS_WAY,
    DeliveryState.REFUSED: Standing.REFUSED,
    DeliveryState.UNKNOWN: Standing.UNKNOWN,
}

#: Why nothing was sent, for deliveries left out or withdrawn; any other reason is "not sent".
_UNSENT = {
    LeftOutReason.NO_ADDRESS.value: Standing.NO_ADDRESS,
    LeftOutReason.SUPPRESSED.value: Standing.SUPPRESSED,
    LeftOutReason.DECEASED.value: Standing.DECEASED,
}


@dataclass(frozen=True, slots=True)
class NoticeWarning:
    """A notice near its last date, and how many of its members are not reached.

    ``on_the_way`` are those whose mail may still be accepted; ``days_left`` is negative after the last date.
    """

    issue_id: int
    name: str
    last_date: date
    days_left: int
    is_released: bool
    unreached: int
    on_the_way: int

    @property
    def sentence(self) -> str:
        """What a person is told, in their language: how many, and what to do."""
        if not self.is_released:
            return _("{issue} har inte gått, och sista dagen är {day}. Skicka det i tid.").format(
                issue=self.name, day=self._day
            )
        told = ngettext(
            "{issue}: {count} medlem är inte nådd, och sista dagen är {day}. Ta fram brev på papper i tid.",
            "{issue}: {count} medlemmar är inte nådda, och sista dagen är {day}. "
            "Ta fram brev på papper i tid.",
            self.unreached,
        )
        return told.format(issue=self.name, count=self.unreached, day=self._day)

    @property
    def _day(self) -> str:
        return format_date(self.last_date, "d MMMM y", locale=current())


def called(session: Session) -> Sequence[Issue]:
    """Return all member notices but those that were called off, the latest first."""
    found = (
        select(Issue)
        .join(MailingList, MailingList.id == Issue.list_id)
        .where(
            MailingList.purpose == ListPurpose.MEMBER_NOTICES,
            Issue.kind == IssueKind.ORDINARY,
            Issue.status != IssueStatus.CANCELLED,
        )
        .order_by(Issue.year.desc(), Issue.number.desc(), Issue.id.desc())
    )
    return session.scalars(found).all()


def is_notice(issue: Issue) -> bool:
    """Tell whether a letter is a member notice."""
    return issue.mailing_list.purpose is ListPurpose.MEMBER_NOTICES


def account(session: Session, *, scope: Scope, issue_id: int, today: date) -> Account:
    """Return how every member of the scope stands to a notice, in Swedish order of names.

    Members are those whom the ledger holds, and those who were members on the record date (or on ``today``,
    the date in the association's zone, where the notice has none) but are not in it: registered too late, or
    the notice has not gone. Raises ``IssueError`` for a letter that is no notice, ``NotFound``.
    """
    issue = issues.get(session, issue_id)
    if not is_notice(issue):
        raise IssueError(
            "{issue} är inget medlemsmeddelande, så där finns ingen kallelse att följa upp. "
            "Se hur det går med rundbrev issues status {id}.",
            issue=issues.name_of(issue),
            id=issue.id,
        )
    return _account(session, scope, issue, today)


def warnings(session: Session, *, scope: Scope, today: date) -> Sequence[NoticeWarning]:
    """Return what to warn of: notices from three days before their last date to three days after it."""
    near = (
        select(Issue)
        .join(MailingList, MailingList.id == Issue.list_id)
        .where(
            MailingList.purpose == ListPurpose.MEMBER_NOTICES,
            Issue.status != IssueStatus.CANCELLED,
            Issue.last_date.between(today - notices.WARNING, today + notices.WARNING),
        )
        .order_by(Issue.last_date, Issue.id)
    )
    found = (warning_of(session, scope=scope, issue=issue, today=today) for issue in session.scalars(near))
    return [warning for warning in found if warning is not None]


def warning_of(session: Session, *, scope: Scope, issue: Issue, today: date) -> NoticeWarning | None:
    """Return what to warn of about one issue; None when its last date is not near, or all are reached."""
    if issue.last_date is None or not notices.is_urgent(today, issue.last_date):
        return None
    counts = _account(session, scope, issue, today).counts
    unreached = sum(count for standing, count in counts.items() if standing not in notices.REACHED)
    if not unreached:
        return None
    return NoticeWarning(
        issue_id=issue.id,
        name=issues.name_of(issue),
        last_date=issue.last_date,
        days_left=(issue.last_date - today).days,
        is_released=issue.status is IssueStatus.RELEASED,
        unreached=unreached,
        on_the_way=counts[Standing.ON_ITS_WAY],
    )


def _account(session: Session, scope: Scope, issue: Issue, today: date) -> Account:
    rows = session.execute(_members(scope, issue, issue.record_date or today))
    return Account(
        issue_id=issue.id,
        name=issues.name_of(issue),
        title=issue.title,
        subject=issue.subject,
        record_date=issue.record_date,
        last_date=issue.last_date,
        released_at=issue.released_at,
        contents=_contents(session, issue),
        members=tuple(_member(row) for row in rows),
    )


def _members(scope: Scope, issue: Issue, day: date) -> Select[*tuple[object, ...]]:
    """Select the members of a notice with their delivery, if there is one."""
    regions = issue.audience.regions
    meant = true() if regions is None else Subscriber.region_slug.in_(sorted(regions))
    return (
        select(Subscriber, Delivery, Variant.sha256, Suppression.canonical.label("bounced"))
        .outerjoin(Delivery, and_(Delivery.subscriber_id == Subscriber.id, Delivery.issue_id == issue.id))
        .outerjoin(Variant, Variant.id == Delivery.variant_id)
        .outerjoin(Suppression, _bounced_since())
        .where(people_within(scope), or_(Delivery.id.is_not(None), and_(is_member(day), meant)))
        .order_by(Subscriber.sort_key, Subscriber.id)
    )


def _bounced_since() -> ColumnElement[bool]:
    """Match the suppression of an address that bounced after the server had taken the notice."""
    return and_(
        Suppression.canonical == Delivery.canonical,
        Suppression.reason == SuppressionReason.BOUNCED,
        Delivery.state == DeliveryState.ACCEPTED,
        Suppression.created_at >= Delivery.settled_at,
    )


def _member(row: Row[*tuple[object, ...]]) -> Member:
    person: Subscriber = row.Subscriber
    delivery: Delivery | None = row.Delivery
    standing = _standing(person, delivery, bounced=row.bounced is not None)
    return Member(
        subscriber_id=person.id,
        name=person.name,
        member_number=person.member_number or "",
        standing=standing,
        address=delivery.address if delivery else "",
        at=_settled(delivery) if delivery else None,
        reply=delivery.reply if delivery else "",
        content=row.sha256 or "",
        street=person.street,
        postal_code=person.postal_code,
        city=person.city,
    )


def _settled(delivery: Delivery) -> datetime | None:
    return delivery.settled_at or delivery.claimed_at


def _standing(person: Subscriber, delivery: Delivery | None, *, bounced: bool) -> Standing:
    if bounced:
        return Standing.BOUNCED
    if delivery and delivery.state is DeliveryState.REFUSED and delivery.why == summaries.BOUNCED:
        return Standing.BOUNCED
    known = _STANDINGS.get(delivery.state) if delivery else None
    if known is not None:
        return known
    if person.deceased_on is not None:
        return Standing.DECEASED
    return _UNSENT.get(delivery.why if delivery else "", Standing.NOT_SENT)


def _contents(session: Session, issue: Issue) -> tuple[Content, ...]:
    found = session.execute(
        select(Variant.name, Variant.language, Variant.sha256, Variant.text)
        .where(Variant.issue_id == issue.id)
        .order_by(Variant.language.desc(), Variant.name)  # Swedish first
    )
    return tuple(
        Content(name, language, sha256, hashlib.sha256(text.encode()).hexdigest())
        for name, language, sha256, text in found
    )
