"""Tables of what people did, and of what the association has stated about itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models.base import Base, BigId


class Act(Base):
    """What a person did (import, change, export, erase, rights, sends). Append-only, read by the board.

    ``subject`` names what it was done to without personal data; ``details`` likewise.
    """

    __tablename__ = "acts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(120))
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


class Fact(Base):
    """Something the association has stated about itself, by key ("no earlier unsubscribes", ...)."""

    __tablename__ = "stated_facts"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    stated_by: Mapped[str] = mapped_column(String(120))
    stated_at: Mapped[datetime]
