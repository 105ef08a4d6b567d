"""The table of what the association has set about itself on the page."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models import Base


class Organisation(Base):
    """The one row (``id`` 1). What is None there is as the settings in files have it; waits are minutes.

    ``logo_file`` is a name under ``DIR/media``; its size is the one it is shown at, in CSS pixels. Without a
    logo all three are None.
    """

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    association_name: Mapped[str | None] = mapped_column(String(120))
    accent_color: Mapped[str | None] = mapped_column(String(7))
    typeface: Mapped[str | None] = mapped_column(String(20))
    footer_text: Mapped[str | None] = mapped_column(String(500))
    pictures: Mapped[str | None] = mapped_column(String(12))
    postal_address: Mapped[str | None] = mapped_column(String(300))
    contact_address: Mapped[str | None] = mapped_column(String(320))
    send_grace_minutes: Mapped[int | None]
    send_head_start_minutes: Mapped[int | None]
    logo_file: Mapped[str | None] = mapped_column(String(60))
    logo_width: Mapped[int | None]
    logo_height: Mapped[int | None]
    changed_at: Mapped[datetime]
