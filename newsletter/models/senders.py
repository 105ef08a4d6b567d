"""The table of senders that share a PostgreSQL, on as many machines: who may hold letters, and until when."""

import enum
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models import Base, enum_column


class SenderState(enum.Enum):
    """States of a sender."""

    WORKING = "working"
    LEFT = "left"  # it ended in good order, and holds nothing
    LAPSED = "lapsed"  # its lease ran out, and what it held became unknown


class SenderLease(Base):
    """A sender process and its lease. ``lease_until`` is a moment of the database's clock, nobody else's.

    ``host`` is for people. ``keys`` is a digest of the keys that it makes links with. Whether it works, left
    or lapsed is decided by one UPDATE each, of this row: what it holds in the ledger follows from that.
    """

    __tablename__ = "senders"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    host: Mapped[str] = mapped_column(String(120))
    keys: Mapped[str] = mapped_column(String(16), server_default="")
    started_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    state: Mapped[SenderState] = mapped_column(enum_column(SenderState))
