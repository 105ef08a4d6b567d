"""The inbox: mail that came in, for those who may see its people, and who sees to what.

    listed    scope, a view, a kind -> a page of mails, the newest first
    answer    somebody has seen to it
    hand_over it is for another, who may see it, too; a copy goes to them

A mail shows in the region that it is from or about; what names nobody is for those who see everything.
"""

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, false, func, select, true
from sqlalchemy.orm import Session

from newsletter.core.inbound.kinds import What
from newsletter.models import InboundMail
from newsletter.services import forwarding
from newsletter.services.taken_mails import Circumstances
from subscribers.core.authority import Act, Allowed, Everything, OnePerson, Scope, SomeRegions, may
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Role, RoleName, Subscriber
from subscribers.services import roles
from subscribers.services.scopes import check_within, people_within

PER_PAGE = 50

#: What people wrote to be read; where such a mail has no owner, somebody should look at it.
_FROM_PEOPLE = (What.REPLY, What.LEAVING, What.ARTICLE, What.NEW_ADDRESS, What.UNSUBSCRIBE, What.UNKNOWN)


class View(enum.Enum):
    """Which mails are shown."""

    WAITING = "waiting"  # they have an owner, who has not answered
    MINE = "mine"  # the visitor is the owner, and has not answered
    UNOWNED = "unowned"  # people wrote them, nothing was done, and nobody sees to them
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the mails; ``before_id`` goes on with the older ones, None where these are the last."""

    mails: Sequence[InboundMail]
    before_id: int | None


def listed(
    session: Session,
    *,
    scope: Scope,
    view: View = View.ALL,
    kind: What | None = None,
    person_id: int | None = None,
    before_id: int | None = None,
    limit: int = PER_PAGE,
) -> Page:
    """Return a page of the mails within the scope. ``person_id`` is the visitor, for ``View.MINE``."""
    found = select(InboundMail).where(_within(scope), _in(view, person_id))
    if kind is not None:
        found = found.where(InboundMail.kind == kind)
    if before_id is not None:
        found = found.where(InboundMail.id < before_id)
    mails = session.scalars(found.order_by(InboundMail.id.desc()).limit(limit + 1)).all()
    return Page(mails[:limit], mails[limit - 1].id if len(mails) > limit else None)


def count_waiting(session: Session, *, scope: Scope) -> int:
    """Count the mails that wait for an answer: in some regions only those that are for their leads."""
    waiting = _in(View.WAITING, None)
    if isinstance(scope, SomeRegions):
        led = Role.role == RoleName.REGIONAL_LEAD, Role.region_slug.in_(scope.regions)
        waiting = and_(waiting, InboundMail.owner_id.in_(select(Role.subscriber_id).where(*led)))
    return session.scalars(select(func.count(InboundMail.id)).where(_within(scope), waiting)).one()


def get(session: Session, *, scope: Scope, mail_id: int) -> InboundMail:
    """Return a mail. Raises ``NotFound``, also for one outside the scope."""
    found = session.scalar(select(InboundMail).where(InboundMail.id == mail_id, _within(scope)))
    if found is None:
        raise NotFound("Brevet finns inte i inkorgen.")
    return found


def answer(
    session: Session, *, scope: Scope, mail_id: int, person_id: int | None = None, now: datetime
) -> bool:
    """State that a mail is seen to; False where somebody has said so before. Raises ``NotFound``."""
    row = get(session, scope=scope, mail_id=mail_id)
    if row.answered_at is not None:
        return False
    row.answered_at, row.answered_by_id = now, person_id
    session.flush()
    return True


def reopen(session: Session, *, scope: Scope, mail_id: int) -> bool:
    """Take ``answer`` back; False where it was not said. Raises ``NotFound``."""
    row = get(session, scope=scope, mail_id=mail_id)
    changed = row.answered_at is not None
    row.answered_at = row.answered_by_id = None
    session.flush()
    return changed


def takers(session: Session, *, scope: Scope, mail_id: int, today: date) -> Sequence[Subscriber]:
    """Return who within the scope a mail can be handed to, in Swedish order of names. Raises ``NotFound``."""
    region = get(session, scope=scope, mail_id=mail_id).region
    found: dict[int, Subscriber] = {}
    for role, where in (
        (RoleName.OFFICER, None),
        (RoleName.ADMINISTRATOR, None),
        (RoleName.TREASURER, None),
        *(((RoleName.REGIONAL_LEAD, region),) if region else ()),
    ):
        for who in roles.holders(session, scope=scope, role=role, region=where, today=today):
            found.setdefault(who.id, who)
    return sorted(found.values(), key=lambda who: (who.sort_key, who.id))


def hand_over(
    session: Session, *, scope: Scope, mail_id: int, subscriber_id: int, circumstances: Circumstances
) -> bool:
    """Make somebody within the scope a mail's owner and forward it to them; False where it is theirs already.

    Raises ``NotFound`` for a mail or person outside the scope, and ``SubscribersError`` for somebody who may
    not see the mail.
    """
    row = get(session, scope=scope, mail_id=mail_id)
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    if row.owner_id == subscriber_id:
        return False
    if not may_see(session, row, subscriber_id, circumstances.today):
        raise SubscribersError("Den personen får inte se brevet. Välj någon som har ett uppdrag för det.")
    _pass(session, row, session.get_one(Subscriber, subscriber_id), circumstances)
    return True


def hand_to_officers(session: Session, *, scope: Scope, mail_id: int, circumstances: Circumstances) -> bool:
    """Hand a mail to the association's officer, whoever that is; False where there is none, or it is theirs.

    For a lead, who sees no others. Raises ``NotFound`` for a mail outside the scope.
    """
    row = get(session, scope=scope, mail_id=mail_id)
    everyone, today = circumstances.scope, circumstances.today
    officers = roles.holders(session, scope=everyone, role=RoleName.OFFICER, today=today)
    if not officers or row.owner_id in {each.id for each in officers}:
        return False
    _pass(session, row, officers[0], circumstances)
    return True


def names(session: Session, *, scope: Scope, subscriber_ids: Collection[int]) -> Mapping[int, str]:
    """Return the names of those of these people who are within the scope, by their ids."""
    found = select(Subscriber).where(Subscriber.id.in_(subscriber_ids), people_within(scope))
    return {who.id: who.name for who in session.scalars(found)}


def may_see(session: Session, row: InboundMail, person_id: int, today: date) -> bool:
    """Tell whether somebody's roles of today let them see a mail."""
    held = roles.held(session, scope=OnePerson(person_id), subscriber_id=person_id, today=today)
    return isinstance(may(held, Act.SEE_PEOPLE, row.region), Allowed)


def _pass(session: Session, row: InboundMail, person: Subscriber, circumstances: Circumstances) -> None:
    row.answered_at = row.answered_by_id = None
    forwarding.forward_again(session, row, circumstances, person=person)
    session.flush()


def _in(view: View, person_id: int | None) -> ColumnElement[bool]:
    unanswered = InboundMail.answered_at.is_(None)
    match view:
        case View.WAITING:
            return and_(InboundMail.owner_id.is_not(None), unanswered)
        case View.MINE:
            return and_(InboundMail.owner_id == person_id, unanswered)
        case View.UNOWNED:
            ours = InboundMail.kind.in_(_FROM_PEOPLE), InboundMail.outcome == ""
            return and_(InboundMail.owner_id.is_(None), unanswered, *ours)
        case View.ALL:
            return true()


def _within(scope: Scope) -> ColumnElement[bool]:
    match scope:
        case Everything():
            return true()
        case SomeRegions(own):
            return InboundMail.region.in_(own)
    return false()
