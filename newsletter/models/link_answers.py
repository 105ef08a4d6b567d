"""The table of what strangers' web pages answered when we asked whether they are there."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models import Base


class LinkAnswer(Base):
    """The last answer of an address. ``digest`` is the SHA-256 of it in hexadecimal, since it may be long.

    ``outcome`` is a word of ``core.preflight.answers.Outcome``; ``leads_to`` where it has moved for good.
    """

    __tablename__ = "link_answers"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(20))
    status: Mapped[int | None]
    leads_to: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(index=True)
