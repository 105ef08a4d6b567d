"""The table of how often somebody has tried something lately."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models import Base


class RateWindow(Base):
    """How often something was tried since ``began_at``. ``key`` is a keyed digest: it names nobody."""

    __tablename__ = "rate_windows"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]
