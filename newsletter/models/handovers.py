"""The table of roles that were handed over, with what went along."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from subscribers.models import Base, RoleName, Subscriber, enum_column


class Handover(Base):
    """A role that went from one person to another at a moment, and the open work as it was then.

    ``ends_on`` is the successor's last day, where there is one. ``work`` is what the page shows (see
    ``services.handover_work``): names and ways, and nobody's address but a region's own.
    """

    __tablename__ = "handovers"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    predecessor_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    role: Mapped[RoleName] = mapped_column(enum_column(RoleName))
    region_slug: Mapped[str | None] = mapped_column(ForeignKey("regions.slug"))
    ends_on: Mapped[date | None]
    work: Mapped[dict[str, Any]] = mapped_column(JSON)

    predecessor: Mapped[Subscriber] = relationship(foreign_keys=predecessor_id)
    successor: Mapped[Subscriber] = relationship(foreign_keys=successor_id)
