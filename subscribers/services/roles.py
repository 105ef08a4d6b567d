"""Roles: what people do for the association in Rundbrev."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, contains_eager

from subscribers.core.authority import Everything, Scope
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Region, Role, RoleName, Subscriber
from subscribers.services.dialects import insert_into
from subscribers.services.scopes import check_within, people_within


def give(
    session: Session, *, scope: Scope, subscriber_id: int, role: RoleName, region: str | None = None
) -> bool:
    """Give a person a role; return whether they had it not before.

    A regional lead has the role for one region (a slug), an officer for none. Only who may see everyone may
    give roles. Raises ``SubscribersError`` for others, ``NotFound`` for an unknown person or region.
    """
    _check_may_appoint(session, scope, subscriber_id)
    if (role is RoleName.REGIONAL_LEAD) is (region is None):
        raise ValueError("a regional lead leads a region, and an officer none")
    if region is not None and session.get(Region, region) is None:
        raise NotFound("Det finns ingen region som heter {region}.", region=region)
    new = insert_into(session, Role).values(subscriber_id=subscriber_id, role=role, region_slug=region)
    given = session.execute(new.on_conflict_do_nothing().returning(Role.id))
    return given.first() is not None


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


def holders(
    session: Session, *, scope: Scope, role: RoleName, region: str | None = None
) -> Sequence[Subscriber]:
    """Return the people within the scope who hold a role (for a region), in Swedish order of names."""
    held = (
        select(Subscriber)
        .join(Role, Role.subscriber_id == Subscriber.id)
        .where(Role.role == role, Role.region_slug.is_not_distinct_from(region), people_within(scope))
        .order_by(Subscriber.sort_key, Subscriber.id)
    )
    return session.scalars(held).all()


def roles_of(session: Session, *, scope: Scope, subscriber_id: int) -> Sequence[Role]:
    """Return a person's roles, with the person. Raises ``NotFound``."""
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    theirs = select(Role).join(Role.subscriber).where(Role.subscriber_id == subscriber_id)
    return session.scalars(theirs.options(contains_eager(Role.subscriber)).order_by(Role.id)).all()


def _check_may_appoint(session: Session, scope: Scope, subscriber_id: int) -> None:
    if not isinstance(scope, Everything):
        raise SubscribersError("Roller delas ut av den som ansvarar för hela föreningen.")
    check_within(session, scope=scope, subscriber_id=subscriber_id)
