"""Tables of issues: what stands in them, when they go, and their frozen variants. Sizes are bytes."""

import enum
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.models.articles import Article, AudienceType
from subscribers.models import Base, MailingList, Segment, enum_column


class IssueStatus(enum.Enum):
    """Where an issue stands. Whether it is *finished* is a query on the ledger, never a status."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    MISSED = "missed"  # its time passed while nothing ran; a person decides
    RELEASED = "released"
    CANCELLED = "cancelled"


class IssueKind(enum.Enum):
    """What an issue is to its list."""

    ORDINARY = "ordinary"
    CORRECTION = "correction"  # to exactly those who got another issue's faulty variants; has its number


class Hold(enum.Enum):
    """Until when an urgent issue holds a scheduled one back."""

    AFTER = "after"  # until the urgent one has gone out
    PERSON = "person"  # until a person lets it go


class Issue(Base):
    """One number of a list's letter. ``number`` counts within the year and list.

    The send time is kept three ways: the wall time that the officer wrote, its zone, and the UTC instant.
    ``audience`` limits who gets the issue at all (a regional letter), and so does ``segment_id`` where it is
    set; items limit who sees what in it. A member notice goes to those who are members on ``record_date``,
    and must have gone by ``last_date``. A correction corrects ``corrects_id``, and goes to those who got one
    of its variants ``corrects_variant_ids``.

    How it goes: ``urgent`` before all others. ``grace_minutes`` after its release the first letters leave,
    and ``head_start_minutes`` later those to everybody but officers and leads. While ``hold`` is set, the
    issue ``held_by_id`` goes first; ``let_go_at`` is when that ended. Nothing of an issue that is paused
    (``paused_at``) or stopped for good (``stopped_at``) is sent. ``summarised_at``: its summary rows say how
    it ended; None while they do not.

    ``revision`` counts what was changed in it: whoever saves says which one they had before them.
    ``sections`` are the names of its sections in order, also of those that hold nothing yet. ``deadline`` is
    the last day for texts and ``planned_for`` the day it should go; both are days in the association's zone.
    ``unapproved_because`` is why it was scheduled although a reviewer had not said yes to all of it.
    ``in_archive`` keeps a single issue out of the public archive (False); None goes by its list.
    """

    __tablename__ = "issues"
    __table_args__ = (
        Index(
            "uq_issues_number",
            "list_id",
            "year",
            "number",
            unique=True,
            sqlite_where=text("kind = 'ordinary'"),
            postgresql_where=text("kind = 'ordinary'"),
        ),
        Index("ix_issues_due", "status", "send_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("lists.id"))
    year: Mapped[int]
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(300))
    preheader: Mapped[str] = mapped_column(String(300), default="")
    audience: Mapped[Audience] = mapped_column(AudienceType(), default=EVERYONE)
    status: Mapped[IssueStatus] = mapped_column(enum_column(IssueStatus), default=IssueStatus.DRAFT)
    record_date: Mapped[date | None]
    last_date: Mapped[date | None]
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segments.id"))
    kind: Mapped[IssueKind] = mapped_column(enum_column(IssueKind), default=IssueKind.ORDINARY)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("issues.id"), index=True)
    corrects_variant_ids: Mapped[list[int] | None] = mapped_column(JSON)
    urgent: Mapped[bool] = mapped_column(default=False)
    grace_minutes: Mapped[int] = mapped_column(default=0)
    head_start_minutes: Mapped[int] = mapped_column(default=0)
    hold: Mapped[Hold | None] = mapped_column(enum_column(Hold))
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("issues.id"))
    let_go_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[str] = mapped_column(String(120), default="")
    stopped_at: Mapped[datetime | None]
    summarised_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    sections: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    deadline: Mapped[date | None]
    planned_for: Mapped[date | None]
    unapproved_because: Mapped[str] = mapped_column(String(300), default="", server_default="")
    in_archive: Mapped[bool | None]
    send_wall_time: Mapped[str | None] = mapped_column(String(40))
    send_zone: Mapped[str | None] = mapped_column(String(60))
    send_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    mailing_list: Mapped[MailingList] = relationship()
    segment: Mapped[Segment | None] = relationship()
    corrects: Mapped["Issue | None"] = relationship(foreign_keys=[corrects_id], remote_side="Issue.id")
    held_by: Mapped["Issue | None"] = relationship(foreign_keys=[held_by_id], remote_side="Issue.id")
    items: Mapped[list["Item"]] = relationship(
        back_populates="issue", cascade="all, delete-orphan", order_by="Item.position"
    )
    variants: Mapped[list["Variant"]] = relationship(
        back_populates="issue", cascade="all, delete-orphan", order_by="Variant.id"
    )


class ItemForm(enum.Enum):
    """How much of the article stands in the issue."""

    FULL = "full"
    TEASER = "teaser"


class Item(Base):
    """An article's place in an issue. Who sees it: the item's audience within the article's own.

    A ``standing`` item comes along when the next issue is made from this one.
    """

    __tablename__ = "items"
    __table_args__ = (UniqueConstraint("issue_id", "article_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    position: Mapped[int]
    section: Mapped[str] = mapped_column(String(120), default="")
    form: Mapped[ItemForm] = mapped_column(enum_column(ItemForm), default=ItemForm.FULL)
    audience: Mapped[Audience] = mapped_column(AudienceType(), default=EVERYONE)
    standing: Mapped[bool] = mapped_column(default=False, server_default=false())

    issue: Mapped[Issue] = relationship(back_populates="items")
    article: Mapped[Article] = relationship(lazy="selectin")  # nobody reads an item without it


class Variant(Base):
    """An issue as one set of readers gets it, frozen: rendered once, a recipient never.

    ``name`` is for people ("Skåne", "Gemensam"). ``item_ids`` are the visible items in order.
    ``template`` is a dumped ``core.messages.MessageTemplate``; ``sha256`` is its digest, hexadecimal.
    A faulty variant that was corrected while some had not gone yet is ``replaced_by_id``, which has the next
    ``version``; those who got the faulty one keep it in the ledger.
    """

    __tablename__ = "variants"
    __table_args__ = (UniqueConstraint("issue_id", "language", "name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(5))
    name: Mapped[str] = mapped_column(String(400))
    version: Mapped[int] = mapped_column(default=1)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id", ondelete="SET NULL"))
    item_ids: Mapped[list[int]] = mapped_column(JSON)
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    template: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]

    issue: Mapped[Issue] = relationship(back_populates="variants")


class VariantRegion(Base):
    """Which variant a region's people get, per language of the frame; "" is for people with none."""

    __tablename__ = "variant_regions"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True)
    region: Mapped[str] = mapped_column(String(40), primary_key=True)
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id", ondelete="CASCADE"))
