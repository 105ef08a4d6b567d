"""Tables of articles, with their pictures, links and attachments, and what they have been."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Dialect, ForeignKey, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.core.articles import ArticleKind
from newsletter.core.audiences import EVERYONE, Audience
from subscribers.models import Base, enum_column


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
    ``starts`` and ``ends`` of an invitation (``kind``) are wall times of the association's zone, as
    ``2027-03-13T10:00``, "" for none; ``years`` are those of an obituary.
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
    kind: Mapped[ArticleKind] = mapped_column(
        enum_column(ArticleKind), default=ArticleKind.ORDINARY, server_default=ArticleKind.ORDINARY.value
    )
    starts: Mapped[str] = mapped_column(String(16), default="", server_default="")
    ends: Mapped[str] = mapped_column(String(16), default="", server_default="")
    place: Mapped[str] = mapped_column(String(200), default="", server_default="")
    address: Mapped[str] = mapped_column(String(300), default="", server_default="")
    answer_by: Mapped[date | None]
    years: Mapped[str] = mapped_column(String(60), default="", server_default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("subscribers.id", ondelete="SET NULL"))
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    # All articles of an issue are asked for at once: three statements, and not three for each.
    images: Mapped[list["ArticleImage"]] = relationship(
        cascade="all, delete-orphan", order_by="ArticleImage.position", lazy="selectin"
    )
    links: Mapped[list["ArticleLink"]] = relationship(
        cascade="all, delete-orphan", order_by="ArticleLink.position", lazy="selectin"
    )
    attachments: Mapped[list["ArticleAttachment"]] = relationship(
        cascade="all, delete-orphan", order_by="ArticleAttachment.position", lazy="selectin"
    )


class ArticleImage(Base):
    """A picture of an article. ``file`` is None when only the caption is known (the picture is missing).

    ``film`` is the web address of the film that the picture stands for; "" for a picture alone.
    """

    __tablename__ = "article_images"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    file: Mapped[str | None] = mapped_column(String(400))
    alt: Mapped[str] = mapped_column(Text, default="")
    film: Mapped[str] = mapped_column(Text, default="", server_default="")
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
    """A file beside an article. ``file`` is None when the text only mentions it; ``size`` is in bytes."""

    __tablename__ = "article_attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    file: Mapped[str | None] = mapped_column(String(400))
    label: Mapped[str] = mapped_column(Text, default="")
    size: Mapped[int | None]


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


class ArticleDraft(Base):
    """What somebody is writing and has not saved yet, as the form has it.

    ``key`` names the page that it is written on; ``article_id`` is None for an article that is not made yet,
    ``revision`` the article's when the page was opened. ``version`` counts how often it was kept.
    """

    __tablename__ = "article_drafts"
    __table_args__ = (UniqueConstraint("subscriber_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)
    revision: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(index=True)
