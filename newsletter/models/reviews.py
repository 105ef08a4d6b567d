"""Tables of reviewing: who reads an issue before it goes, what they were shown, and what they said."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.models.issues import Issue
from subscribers.models import Base, Subscriber


class Reviewer(Base):
    """Somebody who was asked to review an issue; their link opens it while ``removed_at`` is None.

    ``asked_at`` is when they were last written to.
    """

    __tablename__ = "reviewers"
    __table_args__ = (UniqueConstraint("issue_id", "subscriber_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"))
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    issue: Mapped[Issue] = relationship()
    subscriber: Mapped[Subscriber] = relationship()


class ReviewRound(Base):
    """One time that an issue was sent for review, as it was then.

    ``pieces`` are its pieces as ``{"key", "title", "text"}``, in order (``core.approvals``). ``message`` is
    what the officer wrote to the reviewers.
    """

    __tablename__ = "review_rounds"
    __table_args__ = (UniqueConstraint("issue_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"))
    number: Mapped[int]
    message: Mapped[str] = mapped_column(Text, default="")
    pieces: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    asked_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscribers.id", ondelete="SET NULL"), index=True
    )
    asked_at: Mapped[datetime]

    copies: Mapped[list["ReviewCopy"]] = relationship(
        back_populates="round", cascade="all, delete-orphan", order_by="ReviewCopy.id"
    )


class ReviewCopy(Base):
    """A variant as it was frozen for a review. ``region`` is one whose people get it (a slug, "" for none).

    ``keys`` are those of its pieces, ``template`` a dumped ``core.messages.MessageTemplate``.
    """

    __tablename__ = "review_copies"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("review_rounds.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(5))
    name: Mapped[str] = mapped_column(String(400))
    region: Mapped[str] = mapped_column(String(40))
    keys: Mapped[list[str]] = mapped_column(JSON)
    template: Mapped[bytes] = mapped_column(LargeBinary)

    round: Mapped[ReviewRound] = relationship(back_populates="copies")


class Approval(Base):
    """A reviewer's yes to one piece, with the text that it had (its fingerprint)."""

    __tablename__ = "approvals"
    __table_args__ = (UniqueConstraint("issue_id", "piece", "fingerprint", "subscriber_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"))
    round_id: Mapped[int] = mapped_column(ForeignKey("review_rounds.id", ondelete="CASCADE"), index=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    piece: Mapped[str] = mapped_column(String(420))
    fingerprint: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class ReviewComment(Base):
    """What a reviewer wrote about a piece; ``done_at`` is when the officer had seen to it."""

    __tablename__ = "review_comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("review_rounds.id", ondelete="CASCADE"), index=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    piece: Mapped[str] = mapped_column(String(420))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    subscriber: Mapped[Subscriber] = relationship()
