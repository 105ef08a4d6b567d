"""Roles: what people do for the association in Rundbrev, and until when.

held      the roles of a person that count today -> core.authority
leads_of  who answers for a region: its leads, or else the officers
concerns  what somebody should see to before it hurts
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from subscribers.core.authority import Everything, Held, Scope
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Region, Role, RoleName, Subscriber
from subscribers.services import regions
from subscribers.services.dialects import insert_into
from subscribers.services.scopes import check_within, people_within

#: How long before the end of a role somebody is reminded of it.
REMINDED_BEFORE = timedelta(days=30)


def give(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    role: RoleName,
    region: str | None = None,
    ends_on: date | None = None,
) -> bool:
    """Give a person a role; return whether that changed anything.

    A regional lead has the role for one region (a slug), others for none. ``ends_on`` is its last day, None
    for no end; giving it again moves the end. Only who may see everyone may give roles. Raises
    ``SubscribersError`` for others, ``NotFound`` for an unknown person or region.
    """
    _check_may_appoint(session, scope, subscriber_id)
    if (role is RoleName.REGIONAL_LEAD) is (region is None):
        raise ValueError("a regional lead leads a region, and an officer none")
    if region is not None and session.get(Region, region) is None:
        raise NotFound("Det finns ingen region som heter {region}.", region=region)
    return _write(session, subscriber_id, role, region, ends_on)


def pass_on(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    successor_id: int,
    role: RoleName,
    region: str | None = None,
    ends_on: date | None = None,
) -> bool:
    """Let somebody within the scope take over a role from whoever holds it; return whether it moved.

    False, and nothing is changed, where the first does not hold the role (any more). Whether the one who
    asks may do it is the caller's question (``newsletter.services.handovers``). Raises ``NotFound`` for a
    successor outside the scope.
    """
    check_within(session, scope=scope, subscriber_id=successor_id)
    held = Role.subscriber_id == subscriber_id, Role.role == role
    gone = delete(Role).where(*held, Role.region_slug.is_not_distinct_from(region)).returning(Role.id)
    if session.execute(gone).first() is None:
        return False
    _write(session, successor_id, role, region, ends_on)
    return True


def _write(
    session: Session, subscriber_id: int, role: RoleName, region: str | None, ends_on: date | None
) -> bool:
    new = insert_into(session, Role).values(
        subscriber_id=subscriber_id, role=role, region_slug=region, ends_on=ends_on
    )
    if session.execute(new.on_conflict_do_nothing().returning(Role.id)).first() is not None:
        return True
    theirs = Role.subscriber_id == subscriber_id, Role.role == role
    had = session.scalars(
        select(Role)
        .where(*theirs, Role.region_slug.is_not_distinct_from(region))
        .execution_options(populate_existing=True)
    ).one()
    moved, had.ends_on = had.ends_on != ends_on, ends_on
    session.flush()
    return moved


def take(
    session: Session, *, scope: Scope, subscriber_id: int, role: RoleName, region: str | None = None
) -> bool:
    """Take a role away; return whether the person had it. Raises as ``give`` does."""
    _check_may_appoint(session, scope, subscriber_id)
    theirs = (
        Role.subscriber_id == subscriber_id,
        Role.role == role,
        Role.region_slug.is_not_distinct_from(region),
    )
    return session.execute(delete(Role).where(*theirs).returning(Role.id)).first() is not None


def check_somebody_stays(
    session: Session, *, scope: Scope, subscriber_id: int, role: RoleName, today: date
) -> None:
    """Raise ``SubscribersError`` where taking this role would leave the association no administrator."""
    if role is not RoleName.ADMINISTRATOR:
        return
    found = [each.id for each in holders(session, scope=scope, role=role, today=today)]
    if found == [subscriber_id]:
        raise SubscribersError(
            "Det här är den enda administratören, och utan någon kan ingen dela ut uppdrag. Utse först en "
            "till, eller lämna över uppdraget till en efterträdare."
        )


def holders(
    session: Session, *, scope: Scope, role: RoleName, region: str | None = None, today: date | None = None
) -> Sequence[Subscriber]:
    """Return the people within the scope who hold a role (for a region), in Swedish order of names.

    ``today`` is the date in the association's zone; without it, also those whose role has ended.
    """
    held = (
        select(Subscriber)
        .join(Role, Role.subscriber_id == Subscriber.id)
        .where(Role.role == role, Role.region_slug.is_not_distinct_from(region), people_within(scope))
        .order_by(Subscriber.sort_key, Subscriber.id)
    )
    return session.scalars(held if today is None else held.where(_counts(today))).all()


def held(session: Session, *, scope: Scope, subscriber_id: int, today: date) -> Sequence[Held]:
    """Return the roles of a person that count today, for ``core.authority``. Raises ``NotFound``.

    A role past its last day counts as none, and so does every role of somebody who has died.
    """
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    theirs = select(Role).join(Role.subscriber).where(Role.subscriber_id == subscriber_id, _counts(today))
    return [Held(role.role, role.region_slug) for role in session.scalars(theirs.order_by(Role.id))]


def all_roles(session: Session, *, scope: Scope) -> Sequence[Role]:
    """Return all roles of the people within the scope, with the people; also those that have ended."""
    found = select(Role).join(Role.subscriber).where(people_within(scope))
    ordered = found.options(contains_eager(Role.subscriber)).order_by(Role.role, Role.region_slug, Role.id)
    return session.scalars(ordered).all()


def leads_of(session: Session, *, scope: Scope, region: str, today: date) -> Sequence[Subscriber]:
    """Return who answers for a region (a slug) today: its leads, or where it has none the officers.

    Those outside the scope are not among them.
    """
    leads = holders(session, scope=scope, role=RoleName.REGIONAL_LEAD, region=region, today=today)
    return leads or holders(session, scope=scope, role=RoleName.OFFICER, today=today)


def is_led(session: Session, *, region: str, today: date) -> bool:
    """Tell whether a region (a slug) has a lead of its own today."""
    leads = select(Role.id).join(Role.subscriber)
    of_it = leads.where(_counts(today), Role.role == RoleName.REGIONAL_LEAD, Role.region_slug == region)
    return session.scalar(of_it.limit(1)) is not None


@dataclass(frozen=True, slots=True)
class Concerns:
    """What somebody should see to.

    ``ending`` are roles whose last day is near, the nearest first. ``administrators`` counts those who hold
    the role today: with one left, the association is one lost password from being locked out.
    ``without_lead`` are slugs of regions that fall to the officer.
    """

    ending: Sequence[Role]
    administrators: int
    without_lead: Sequence[str]


def concerns(session: Session, *, scope: Scope, today: date) -> Concerns:
    """Return what to see to among the roles. Raises ``SubscribersError`` for a scope less than everything."""
    if not isinstance(scope, Everything):
        raise SubscribersError("Roller ses över av den som ansvarar för hela föreningen.")
    counting = select(Role).join(Role.subscriber).where(_counts(today))
    ending = counting.where(Role.ends_on <= today + REMINDED_BEFORE).order_by(Role.ends_on, Role.id)
    administrators = counting.where(Role.role == RoleName.ADMINISTRATOR).subquery()
    led = set(
        session.scalars(
            select(Role.region_slug)
            .join(Role.subscriber)
            .where(_counts(today), Role.role == RoleName.REGIONAL_LEAD)
        )
    )
    return Concerns(
        ending=session.scalars(ending.options(contains_eager(Role.subscriber))).all(),
        administrators=session.scalar(select(func.count()).select_from(administrators)) or 0,
        without_lead=[each.slug for each in regions.all_regions(session) if each.slug not in led],
    )


def _counts(today: date) -> ColumnElement[bool]:
    """Hold for a role, joined with its person, that is held today."""
    return and_(or_(Role.ends_on.is_(None), Role.ends_on >= today), Subscriber.deceased_on.is_(None))


def roles_of(session: Session, *, scope: Scope, subscriber_id: int) -> Sequence[Role]:
    """Return a person's roles, with the person. Raises ``NotFound``."""
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    theirs = select(Role).join(Role.subscriber).where(Role.subscriber_id == subscriber_id)
    return session.scalars(theirs.options(contains_eager(Role.subscriber)).order_by(Role.id)).all()


def _check_may_appoint(session: Session, scope: Scope, subscriber_id: int) -> None:
    if not isinstance(scope, Everything):
        raise SubscribersError("Roller delas ut av den som ansvarar för hela föreningen.")
    check_within(session, scope=scope, subscriber_id=subscriber_id)
