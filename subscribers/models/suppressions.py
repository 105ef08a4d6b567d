"""Tables of addresses that must not be written to, and of what remains of the erased."""

import enum
from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models.base import Base, enum_column


class SuppressionReason(enum.Enum):
    """Why an address must not be written to."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BY_HAND = "by-hand"
    IMPORTED = "imported"
    HELD = "held"  # several of its domain failed at once: a person decides about them


class Suppression(Base):
    """An address that must not be written to, whoever it belongs to.

    ``note`` says why, for people; ``source`` where that is known from (a file's name, "command").
    """

    __tablename__ = "suppressions"

    canonical: Mapped[str] = mapped_column(String(320), primary_key=True)
    reason: Mapped[SuppressionReason] = mapped_column(enum_column(SuppressionReason))
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]


class SuppressionRelease(Base):
    """Why an address that was suppressed may be written to again.

    ``reason`` is free text in which people write names, so it does not stand in the log, which keeps all:
    it goes with the person, or when it is old (``core.retention``).
    """

    __tablename__ = "suppression_releases"

    id: Mapped[int] = mapped_column(primary_key=True)
    canonical: Mapped[str] = mapped_column(String(320), index=True)
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(index=True)


class Erasure(Base):
    """What remains of an erased person: a keyed hash of each address, so that nobody writes again."""

    __tablename__ = "erasures"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
