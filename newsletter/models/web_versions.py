"""Tables of what can be read on the web after an issue has gone, and of what was changed there since."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models import Base, enum_column


class WebVersion(Base):
    """A variant as it is read on the web: every article whole, and nothing that is one reader's own.

    Made when the variant is frozen. ``articles`` is what it was made of and ``sections`` the clean HTML that
    is shown (``rendering.web_articles``), both as JSON; ``changed_at`` is when the latter last changed.
    ``title`` and ``preheader`` are the issue's.
    """

    __tablename__ = "web_versions"

    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id", ondelete="CASCADE"), primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    preheader: Mapped[str] = mapped_column(String(300), default="")
    articles: Mapped[str] = mapped_column(Text)
    sections: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class AmendmentKind(enum.Enum):
    """What was done to an article on the web after it had gone out."""

    CORRECTED = "corrected"
    NAME_REPLACED = "name-replaced"
    PICTURE_REMOVED = "picture-removed"
    WITHDRAWN = "withdrawn"


class Amendment(Base):
    """A change of an issue's web versions after it has gone; what was sent stays as it was.

    ``article_id`` is None for the issue's own title and preheader. ``text`` is the article as it reads from
    then on, as JSON (``core.stored_articles``). ``note`` is what readers are told, with the day.
    """

    __tablename__ = "amendments"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), index=True)
    article_id: Mapped[int | None]
    kind: Mapped[AmendmentKind] = mapped_column(enum_column(AmendmentKind))
    note: Mapped[str] = mapped_column(String(600), default="")
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(120))


class NamedOnWeb(Base):
    """An article on the web that names somebody who has been erased, until a person has decided about it.

    Who it is stands in the article alone: ``spots`` says where (``core.naming.Spot``). ``article_id`` is None
    for the issue's own title and preheader.
    """

    __tablename__ = "named_on_web"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), index=True)
    article_id: Mapped[int | None]
    spots: Mapped[list[list[int]]] = mapped_column(JSON)
    found_at: Mapped[datetime]
