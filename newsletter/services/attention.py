"""What somebody should see to, of all that is going on: each as one row, with the place where it is mended.

issues that missed their time, letters of which nobody knows, notices near their last date,
articles that expire before the next issue goes, regions whose blocks did not come,
people who wait for a new address, people to ring, domains that wait for a decision,
mail that waits for an answer,
articles on the web that name somebody erased, roles that end
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus
from newsletter.services import (
    address_claims,
    block_overviews,
    calls,
    domain_holds,
    inboxes,
    issues,
    names_on_web,
    notices,
    plans,
)
from newsletter.services.issue_states import meant_for
from subscribers.core.authority import Everything, Scope, SomeRegions
from subscribers.models import Subscriber
from subscribers.services import regions, roles
from subscribers.services.scopes import people_within

#: Where people are whom somebody should ring.
CALLS = "/ringlista"


class Kind(Enum):
    """What is the matter."""

    MISSED = "missed"
    UNKNOWN = "unknown"
    NOTICE = "notice"
    EXPIRED = "expired"
    BLOCKS = "blocks"
    ROLE_ENDS = "role-ends"
    ONE_ADMINISTRATOR = "one-administrator"
    NO_LEAD = "no-lead"
    ADDRESS_CHANGES = "address-changes"
    CALLS = "calls"
    HELD = "held"
    NAMED_ON_WEB = "named-on-web"
    ANSWERS = "answers"
    SET_ASIDE = "set-aside"


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to see to. ``facts`` fill the places of its sentence; ``path`` is where it is mended."""

    kind: Kind
    path: str
    facts: dict[str, Any] = field(default_factory=dict)


def matters(session: Session, *, scope: Scope, today: date) -> Sequence[Matter]:
    """Return what to see to, the most pressing first. Roles are for whoever sees everything."""
    found = [
        *_missed(session, scope),
        *_unknown(session, scope),
        *_notices(session, scope, today),
        *_expired(session, scope, today),
        *_blocks(session, scope, today),
        *_address_changes(session, scope),
        *_held(session, scope),
        *_calls(session, scope),
        *_answers(session, scope),
    ]
    if not isinstance(scope, Everything):
        return found
    return [*found, *_named_on_web(session), *_roles(session, scope, today)]


def _missed(session: Session, scope: Scope) -> Iterator[Matter]:
    for issue in issues.find_all(session, status=IssueStatus.MISSED):
        if _reaches(meant_for(issue).regions, scope):
            yield Matter(Kind.MISSED, f"/nummer/{issue.id}/schemalagg", {"issue": issues.name_of(issue)})


def _unknown(session: Session, scope: Scope) -> Iterator[Matter]:
    for issue, count in session.execute(_unknown_letters(scope)):
        facts = {"issue": issues.name_of(issue), "count": count}
        yield Matter(Kind.UNKNOWN, f"/utskick/{issue.id}", facts)


def _unknown_letters(scope: Scope) -> Select[Issue, int]:
    # First those letters, hardly any: a region's people have a hundred thousand others.
    unknown = (
        select(Delivery.issue_id, Delivery.subscriber_id)
        .where(Delivery.state == DeliveryState.UNKNOWN)
        .cte("unknown")
        .prefix_with("MATERIALIZED")
    )
    return (
        select(Issue, func.count())
        .join(unknown, unknown.c.issue_id == Issue.id)
        .join(Subscriber, Subscriber.id == unknown.c.subscriber_id)
        .where(people_within(scope))
        .group_by(Issue.id)
        .order_by(Issue.id)
    )


def _notices(session: Session, scope: Scope, today: date) -> Iterator[Matter]:
    for warning in notices.warnings(session, scope=scope, today=today):
        yield Matter(Kind.NOTICE, f"/kallelser/{warning.issue_id}", {"sentence": warning.sentence})


def _expired(session: Session, scope: Scope, today: date) -> Iterator[Matter]:
    issue = plans.coming(session, within=scope.regions if isinstance(scope, SomeRegions) else None)
    if issue is None:
        return
    day = max(plans.day_of(issue) or today, today)
    for item in issue.items:
        expires = item.article.expires_on
        if expires is not None and expires < day and _reaches(item.audience.regions, scope):
            facts = {"title": item.article.title, "day": expires, "issue": issues.name_of(issue)}
            yield Matter(Kind.EXPIRED, f"/nummer/{issue.id}", facts)


def _blocks(session: Session, scope: Scope, today: date) -> Iterator[Matter]:
    within = scope.regions if isinstance(scope, SomeRegions) else None
    for issue in issues.find_all(session, status=IssueStatus.DRAFT):
        if missing := block_overviews.missing(session, issue=issue, within=within, today=today):
            facts = {"regions": [each.name for each in missing], "issue": issues.name_of(issue)}
            yield Matter(Kind.BLOCKS, f"/nummer/{issue.id}/inslag", facts)


def _address_changes(session: Session, scope: Scope) -> Iterator[Matter]:
    count = address_claims.count_waiting(session, scope=scope)
    if count:
        yield Matter(Kind.ADDRESS_CHANGES, "/adressbyten", {"count": count})


def _answers(session: Session, scope: Scope) -> Iterator[Matter]:
    count = inboxes.count_waiting(session, scope=scope)
    if count:
        yield Matter(Kind.ANSWERS, "/inkorg", {"count": count})


def _held(session: Session, scope: Scope) -> Iterator[Matter]:
    for held in domain_holds.waiting(session, scope=scope):
        facts = {"domain": held.hold.domain, "count": len(held.addresses)}
        yield Matter(Kind.HELD, CALLS, facts)


def _calls(session: Session, scope: Scope) -> Iterator[Matter]:
    if count := calls.count_open(session, scope=scope):
        yield Matter(Kind.CALLS, CALLS, {"count": count})


def _named_on_web(session: Session) -> Iterator[Matter]:
    count = names_on_web.count_waiting(session)
    if count:
        yield Matter(Kind.NAMED_ON_WEB, "/webbversioner/namn", {"count": count})


def _roles(session: Session, scope: Scope, today: date) -> Iterator[Matter]:
    concern = roles.concerns(session, scope=scope, today=today)
    names = {region.slug: region.name for region in regions.all_regions(session)}
    for role in concern.ending:
        facts = {"name": role.subscriber.name, "role": role.role, "day": role.ends_on}
        yield Matter(Kind.ROLE_ENDS, "/uppdrag", facts)
    if concern.administrators < 2:
        yield Matter(Kind.ONE_ADMINISTRATOR, "/uppdrag")
    if concern.without_lead:
        yield Matter(Kind.NO_LEAD, "/uppdrag", {"regions": [names[slug] for slug in concern.without_lead]})


def _reaches(wanted: frozenset[str] | None, scope: Scope) -> bool:
    match scope:
        case Everything():
            return True
        case SomeRegions(own):
            return bool(own) and (wanted is None or bool(wanted & own))
    return False
