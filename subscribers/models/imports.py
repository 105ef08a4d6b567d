"""Tables of files that were applied to the register, and of who set which field when."""

import enum
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models.base import Base, BigId, enum_column


class SetBy(enum.Enum):
    """Who set a value: a later word of a person goes before a file."""

    FILE = "file"
    MEMBER = "member"  # the person themselves, by link or mail
    PERSON = "person"  # somebody with a role
    SYSTEM = "system"  # it follows from something else, such as a region from a municipality


class ImportRun(Base):
    """A file that was applied to the register, as one transaction. ``counts`` by kind of row."""

    __tablename__ = "import_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    applied_by: Mapped[str] = mapped_column(String(120), default="")
    applied_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    counts: Mapped[dict[str, int]] = mapped_column(JSON)


class FieldChange(Base):
    """That a field of a person got a value: who set it, when, and what it was before. Append-only.

    ``field`` is a column of ``Subscriber``, "address:<kind>", "list:<slug>", "tag:<key>" or "person" (made or
    taken away). The newest row of a field says who set what it holds now; a field without one was set when
    the person was made.
    """

    __tablename__ = "field_changes"
    __table_args__ = (Index("ix_field_changes_person", "subscriber_id", "field", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"))
    field: Mapped[str] = mapped_column(String(80))
    old: Mapped[str | None] = mapped_column(Text)
    new: Mapped[str | None] = mapped_column(Text)
    set_by: Mapped[SetBy] = mapped_column(enum_column(SetBy))
    actor: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[datetime] = mapped_column(index=True)
    import_run_id: Mapped[int | None] = mapped_column(
        ForeignKey("import_runs.id", ondelete="SET NULL"), index=True
    )
