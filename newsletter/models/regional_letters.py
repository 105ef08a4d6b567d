"""Tables of the regions' own letters: which issue is one, who waits for whose yes, and the rules."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.models.articles import Article
from newsletter.models.issues import Issue
from subscribers.models import Base, Region


class RegionalLetter(Base):
    """A letter that somebody writes to the members of one region: an issue with one article.

    ``key`` (128 bits of chance, hexadecimal) is its name in addresses: nobody can count or guess it. While
    ``asked_at`` is set it waits for a yes, to go at ``asked_for`` (None: as soon as there is one).
    ``approved_digest`` is what was said yes to (``services.letter_rules.digest_of``); another content has no
    yes. ``returned_at`` and ``comment`` are the latest no, and go when it is asked for anew.
    """

    __tablename__ = "regional_letters"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    region_slug: Mapped[str] = mapped_column(ForeignKey("regions.slug"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    writer_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscribers.id", ondelete="SET NULL"), index=True
    )
    asked_at: Mapped[datetime | None]
    asked_for: Mapped[datetime | None]
    asked_digest: Mapped[str] = mapped_column(String(64), default="")
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str] = mapped_column(String(120), default="")
    approved_digest: Mapped[str] = mapped_column(String(64), default="")
    returned_at: Mapped[datetime | None]
    comment: Mapped[str] = mapped_column(Text, default="")

    issue: Mapped[Issue] = relationship()
    article: Mapped[Article] = relationship()
    region: Mapped[Region] = relationship()


class LetterRule(Base):
    """What the officer has set for regional letters: one row for all ("" as region), and some for one region.

    None is what nobody has set there: then the row for all counts, and else ``core.letter_rules.STANDARD``.
    Quiet hours are wall time ("21:00"), and the same for all regions.
    """

    __tablename__ = "letter_rules"

    region: Mapped[str] = mapped_column(String(40), primary_key=True)
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_to: Mapped[str | None] = mapped_column(String(5))
    monthly: Mapped[int | None]
    approval: Mapped[bool | None]
    updated_at: Mapped[datetime]
