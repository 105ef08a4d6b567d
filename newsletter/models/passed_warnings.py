"""The table of warnings that somebody let pass: an issue went on with them, and why."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.models.issues import Issue
from subscribers.models import Base, Subscriber


class PassedWarnings(Base):
    """One time that an issue was let through although the checks had warnings.

    ``findings`` are the warnings as they were then: ``{"key", "rule", "sentence", "article_id",
    "variants"}``, the sentence in Swedish. ``passed_by`` is who acted, as the log names them, and
    ``passed_by_id`` the same person where they are in the register. ``taken_back_at`` is when the issue
    became a draft again: it says nothing of how the issue goes after that.
    """

    __tablename__ = "passed_warnings"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    passed_by: Mapped[str] = mapped_column(String(120))
    passed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscribers.id", ondelete="SET NULL"), index=True
    )
    at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]

    issue: Mapped[Issue] = relationship()
    subscriber: Mapped[Subscriber | None] = relationship()
