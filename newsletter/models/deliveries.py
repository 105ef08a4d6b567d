"""The table of deliveries: the ledger."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.models.issues import Issue
from subscribers.models import Base, BigId, Subscriber, enum_column


class DeliveryState(enum.Enum):
    """States of a delivery. "Accepted" means that the next server took it; nobody can know more."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    WAITING = "waiting"  # refused for now; due_at says when it is tried again
    REFUSED = "refused"
    UNKNOWN = "unknown"  # may have left; never sent again on its own
    WITHDRAWN = "withdrawn"
    LEFT_OUT = "left-out"  # never queued; reason says why


class LeftOutReason(enum.Enum):
    """Why a person in an issue's reach got no letter of their own."""

    DECEASED = "deceased"
    NO_ADDRESS = "no-address"
    NOT_SUBSCRIBED = "not-subscribed"
    UNSUBSCRIBED = "unsubscribed"
    PAUSED = "paused"  # until a day that the ledger of consents tells
    SUPPRESSED = "suppressed"
    SHARED_ADDRESS = "shared-address"  # one copy greets both; carried_by says whose
    NO_CONTENT = "no-content"  # no item of the issue is meant for this person's region


class Delivery(Base):
    """One issue to one person: a row of the ledger. Unique, and the truth.

    ``address`` is the address used, as written; it stays what it was at release. ``attempts`` counts
    from 0; ``first_try_at`` is when the first one was made. ``claimed_by`` names the sender that holds the
    row while ``sending``. ``reply`` is the server's last word ("250 2.0.0 Ok: queued as 4F1"). ``why`` is
    a reason: a ``LeftOutReason`` value for left out, else a word such as "unsubscribed". ``carried_by`` is
    the subscriber whose copy greets this person too.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        # With what segments ask of each row, so that a million need not be fetched to be counted.
        UniqueConstraint("issue_id", "subscriber_id", postgresql_include=["state", "carried_by"]),
        # Only open rows are looked for by due time; the closed millions stay out of the index.
        # By issue, since a paused one is passed over whole.
        Index(
            "ix_deliveries_due",
            "issue_id",
            "due_at",
            "id",
            sqlite_where=text("state IN ('queued', 'waiting')"),
            postgresql_where=text("state IN ('queued', 'waiting')"),
        ),
        Index(
            "ix_deliveries_claimed",
            "claimed_by",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        # Hardly any, and each visit to the start page asks whether there are.
        Index(
            "ix_deliveries_unknown",
            "issue_id",
            sqlite_where=text("state = 'unknown'"),
            postgresql_where=text("state = 'unknown'"),
        ),
        # Few are carried by another's copy, and each claim asks who.
        Index(
            "ix_deliveries_carried",
            "issue_id",
            "carried_by",
            sqlite_where=text("carried_by IS NOT NULL"),
            postgresql_where=text("carried_by IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id"))
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id"), index=True)
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id"))
    address: Mapped[str] = mapped_column(String(320), default="")
    canonical: Mapped[str] = mapped_column(String(320), default="")
    state: Mapped[DeliveryState] = mapped_column(enum_column(DeliveryState))
    why: Mapped[str] = mapped_column(String(200), default="")
    carried_by: Mapped[int | None] = mapped_column(BigId)
    attempts: Mapped[int] = mapped_column(default=0)
    first_try_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    claimed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(Text, default="")

    issue: Mapped[Issue] = relationship()
    subscriber: Mapped[Subscriber] = relationship()
