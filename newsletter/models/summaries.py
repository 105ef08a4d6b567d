"""The table of summaries: how a closed issue ended, counted once, so that reports need not count again."""

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models import Base


class IssueSummary(Base):
    """How an issue ended for one region ("" for people with none). All numbers count people.

    ``states`` by ``DeliveryState`` value, ``left_out`` by ``LeftOutReason`` value. ``unsubscribed`` are those
    who left the list by a link in this very letter, ``bounced`` those whose letter was taken and came back.
    ``replies`` counts those who answered. What nobody can know, since no mail reaches us, is None.
    """

    __tablename__ = "issue_summaries"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True)
    region: Mapped[str] = mapped_column(String(40), primary_key=True)
    people: Mapped[int]
    states: Mapped[dict[str, int]] = mapped_column(JSON)
    left_out: Mapped[dict[str, int]] = mapped_column(JSON)
    unsubscribed: Mapped[int] = mapped_column(default=0)
    bounced: Mapped[int | None]
    replies: Mapped[int | None]
