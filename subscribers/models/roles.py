"""The table of who holds which role, where and how long."""

from datetime import date

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from subscribers.core import authority
from subscribers.models.base import Base, enum_column
from subscribers.models.people import Subscriber

#: Stands in ``core.authority``, whose table says what each may do.
RoleName = authority.RoleName


class Role(Base):
    """A role held by a person; a regional lead has the role once per region.

    ``ends_on`` is the last day it is held; None: until it is taken back. ``reminded_of`` is the last day that
    people have been reminded of.
    """

    __tablename__ = "roles"
    __table_args__ = (
        # NULL regions would not collide in a plain unique constraint, on either database.
        Index("uq_roles_holder", "subscriber_id", "role", text("coalesce(region_slug, '')"), unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    role: Mapped[RoleName] = mapped_column(enum_column(RoleName))
    region_slug: Mapped[str | None] = mapped_column(ForeignKey("regions.slug"))
    ends_on: Mapped[date | None]
    reminded_of: Mapped[date | None]

    subscriber: Mapped[Subscriber] = relationship()
