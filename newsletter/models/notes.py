"""The table of notes: short mails to one person that no list sent, waiting for their turn."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.sign_ins import SECRET
from subscribers.models import Base, BigId


class Note(Base):
    """A note to one address. ``kind`` names the folder of its templates, ``content`` fills them.

    ``due_at`` is when it is tried (again); None when there is nothing left to try. ``content`` holds links
    that are keys, so it is emptied as soon as the note has gone, or has been given up. A ``message`` that is
    there goes as it is (what follows DATA, lines that end with CRLF), and goes the same way. ``answers`` are
    the message ids of the mail that a note answers and of those before it ("" where it has none); None for a
    note that answers nothing. ``about`` are the ids that somebody's answer to the note is about, and stays.
    """

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(320))
    reply_to: Mapped[str] = mapped_column(String(320), default="")
    language: Mapped[str] = mapped_column(String(5), default="sv")
    subscriber_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscribers.id", ondelete="CASCADE"), index=True
    )
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON, info=SECRET)
    answers: Mapped[str | None] = mapped_column(Text)
    about: Mapped[dict[str, int] | None] = mapped_column(JSON)
    message: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET)
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    accepted_at: Mapped[datetime | None]
