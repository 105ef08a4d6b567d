"""Tables of how issues are put together: what was changed, so that it can be undone, and who is at it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models import Base


class IssueChange(Base):
    """A change to an issue. ``revision`` is the issue's after it; ``before`` its whole composition before.

    ``what`` and ``facts`` say what was done (``core.compositions.What``). Once ``undone_at`` is set, the
    change is no more, and cannot be undone again.
    """

    __tablename__ = "issue_changes"
    __table_args__ = (UniqueConstraint("issue_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"))
    revision: Mapped[int]
    what: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("subscribers.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Presence(Base):
    """Somebody who has an issue open in a browser, which says so again and again."""

    __tablename__ = "presences"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    seen_at: Mapped[datetime]
