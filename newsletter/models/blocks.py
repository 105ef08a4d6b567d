"""Tables of blocks: each region's own part of an issue, who was asked for it, and what may stand in."""

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.models.articles import Article
from newsletter.models.issues import Issue
from newsletter.models.sign_ins import SECRET
from subscribers.models import Base, Region, enum_column


class BlockState(enum.Enum):
    """How far a region has come with its block."""

    REQUESTED = "requested"
    BEGUN = "begun"
    HANDED_IN = "handed-in"
    TAKEN_BACK = "taken-back"


class BlockFallback(enum.Enum):
    """What happens when nothing has come by the last day."""

    STANDING = "standing"  # the region's standing text, where it has one
    NOTHING = "nothing"


class BlockRound(Base):
    """That regions are asked for their blocks of an issue. While ``closed_at`` is set, nobody is asked.

    ``settled_for`` is the last day for which it was settled what happens to blocks that did not come.
    """

    __tablename__ = "block_rounds"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    settled_for: Mapped[date | None]

    issue: Mapped[Issue] = relationship()


class Block(Base):
    """One region's part of one issue. Its text is an article for that region; None while nothing is written.

    Only a block that is handed in has an item in the issue. ``opened_at`` is when somebody first pressed the
    button behind the link. ``section`` and ``position`` are where its item stood when it was taken back.
    """

    __tablename__ = "blocks"
    __table_args__ = (UniqueConstraint("issue_id", "region"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"))
    region: Mapped[str] = mapped_column(ForeignKey("regions.slug"))
    state: Mapped[BlockState] = mapped_column(enum_column(BlockState), default=BlockState.REQUESTED)
    fallback: Mapped[BlockFallback] = mapped_column(
        enum_column(BlockFallback), default=BlockFallback.STANDING
    )
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"), index=True)
    opened_at: Mapped[datetime | None]
    handed_in_at: Mapped[datetime | None]
    handed_in_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscribers.id", ondelete="SET NULL"), index=True
    )
    section: Mapped[str | None] = mapped_column(String(120))
    position: Mapped[int | None]

    issue: Mapped[Issue] = relationship()
    article: Mapped[Article | None] = relationship()
    named: Mapped[Region] = relationship()


class BlockLink(Base):
    """A link in a mail that opens one block for one person, while they lead the region, until the last day.

    Of its secret only the SHA-256 is kept (hexadecimal). ``note_id`` is the mail that it stands in.
    """

    __tablename__ = "block_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=SECRET)
    block_id: Mapped[int] = mapped_column(ForeignKey("blocks.id", ondelete="CASCADE"), index=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id", ondelete="SET NULL"), index=True)

    block: Mapped[Block] = relationship()


class BlockNotice(Base):
    """That somebody was told of a block, so that nobody is told twice.

    ``step`` is what they were told (``core.blocks.Step``), ``told_on`` the day, ``deadline`` the last day as
    it was then.
    """

    __tablename__ = "block_notices"
    __table_args__ = (UniqueConstraint("block_id", "subscriber_id", "step", "deadline"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("blocks.id", ondelete="CASCADE"))
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(20))
    deadline: Mapped[date]
    told_on: Mapped[date]


class StandingBlock(Base):
    """A region's standing text: the article that goes into an issue when the region has handed in nothing."""

    __tablename__ = "standing_blocks"

    region: Mapped[str] = mapped_column(ForeignKey("regions.slug"), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)

    article: Mapped[Article] = relationship()
