"""Tables of articles, issues, variants and deliveries. No behaviour beyond a property.

All times are UTC with a zone. Sizes are bytes.
"""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.core.audiences import EVERYONE, Audience
from subscribers.models import Base, BigId, MailingList, Segment, Subscriber, enum_column


class AudienceType(TypeDecorator[Audience]):
    """An ``Audience`` in its stored form."""

    impl = String(400)
    cache_ok = True

    def process_bind_param(self, value: Audience | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Store ``*`` or the slugs."""
        return None if value is None else value.dump()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Audience | None:  # noqa: ARG002
        """Read it back."""
        return None if value is None else Audience.load(value)


class ArticleStatus(enum.Enum):
    """Where an article stands."""

    DRAFT = "draft"
    READY = "ready"
    ARCHIVED = "archived"


class Article(Base):
    """A text of its own, used in many issues. ``body`` is Markdown; subheads are ``##``.

    ``fingerprint`` is the SHA-256 of the imported text in its canonical form, hexadecimal: it is what
    makes importing the same text twice change nothing. ``origin`` names the file or address it came from.
    """

    __tablename__ = "articles"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    kicker: Mapped[str] = mapped_column(String(200), default="")
    dateline: Mapped[date | None]
    lead: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    byline_name: Mapped[str] = mapped_column(String(200), default="")
    byline_role: Mapped[str] = mapped_column(String(400), default="")
    language: Mapped[str] = mapped_column(String(5), default="sv")
    origin: Mapped[str] = mapped_column(String(400), default="")
    fingerprint: Mapped[str | None] = mapped_column(String(64), unique=True)
    audience: Mapped[Audience] = mapped_column(AudienceType(), default=EVERYONE)
    status: Mapped[ArticleStatus] = mapped_column(enum_column(ArticleStatus), default=ArticleStatus.DRAFT)
    expires_on: Mapped[date | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("subscribers.id", ondelete="SET NULL"))
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    images: Mapped[list["ArticleImage"]] = relationship(
        cascade="all, delete-orphan", order_by="ArticleImage.position"
    )
    links: Mapped[list["ArticleLink"]] = relationship(
        cascade="all, delete-orphan", order_by="ArticleLink.position"
    )
    attachments: Mapped[list["ArticleAttachment"]] = relationship(
        cascade="all, delete-orphan", order_by="ArticleAttachment.position"
    )


class ArticleImage(Base):
    """A picture of an article. ``file`` is None when only the caption is known (the picture is missing)."""

    __tablename__ = "article_images"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    file: Mapped[str | None] = mapped_column(String(400))
    alt: Mapped[str] = mapped_column(Text, default="")
    caption: Mapped[str] = mapped_column(Text, default="")
    credit: Mapped[str] = mapped_column(String(200), default="")


class ArticleLink(Base):
    """A link that the article names: a web address, ``mailto:`` or ``tel:``."""

    __tablename__ = "article_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    url: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text, default="")


class ArticleAttachment(Base):
    """A file beside an article. ``file`` is None when the text only mentions it."""

    __tablename__ = "article_attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    file: Mapped[str | None] = mapped_column(String(400))
    label: Mapped[str] = mapped_column(Text, default="")


class ArticleRevision(Base):
    """What an article was before and after each change; ``content`` is the whole article value as JSON."""

    __tablename__ = "article_revisions"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120), default="")


class IssueStatus(enum.Enum):
    """Where an issue stands. Whether it is *finished* is a query on the ledger, never a status."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    MISSED = "missed"  # its time passed while nothing ran; a person decides
    RELEASED = "released"
    CANCELLED = "cancelled"


class Issue(Base):
    """One number of a list's letter. ``number`` counts within the year and list.

    The send time is kept three ways: the wall time that the officer wrote, its zone, and the UTC instant.
    ``audience`` limits who gets the issue at all (a regional letter), and so does ``segment_id`` where it is
    set; items limit who sees what in it. A member notice goes to those who are members on ``record_date``,
    and must have gone by ``last_date``.
    """

    __tablename__ = "issues"
    __table_args__ = (
        UniqueConstraint("list_id", "year", "number"),
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
    send_wall_time: Mapped[str | None] = mapped_column(String(40))
    send_zone: Mapped[str | None] = mapped_column(String(60))
    send_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    mailing_list: Mapped[MailingList] = relationship()
    segment: Mapped[Segment | None] = relationship()
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
    """An article's place in an issue. Who sees it: the item's audience within the article's own."""

    __tablename__ = "items"
    __table_args__ = (UniqueConstraint("issue_id", "article_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    position: Mapped[int]
    section: Mapped[str] = mapped_column(String(120), default="")
    form: Mapped[ItemForm] = mapped_column(enum_column(ItemForm), default=ItemForm.FULL)
    audience: Mapped[Audience] = mapped_column(AudienceType(), default=EVERYONE)

    issue: Mapped[Issue] = relationship(back_populates="items")
    article: Mapped[Article] = relationship()


class Variant(Base):
    """An issue as one set of readers gets it, frozen: rendered once, a recipient never.

    ``name`` is for people ("Skåne", "Gemensam"). ``item_ids`` are the visible items in order.
    ``template`` is a dumped ``core.messages.MessageTemplate``; ``sha256`` is its digest, hexadecimal.
    """

    __tablename__ = "variants"
    __table_args__ = (UniqueConstraint("issue_id", "language", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(5))
    name: Mapped[str] = mapped_column(String(400))
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
        UniqueConstraint("issue_id", "subscriber_id"),
        # Only open rows are looked for by due time; the closed millions stay out of the index.
        Index(
            "ix_deliveries_due",
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
