"""Tables of the last check-up: what was found, and the mails that were sent to ourselves for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models import Base

#: SQLite gives the id of a row that is gone to the next: a mail that comes late would be taken for another.
_NEVER_AGAIN = {"sqlite_autoincrement": True}


class CheckUp(Base):
    """A check-up of everything that real sending needs; only the last one is kept.

    ``planned`` is how many things are looked at, ``done`` how many have been. ``checks`` are what was found
    (``core.health.checks.Check.plain``). ``ended_at`` is None while it goes on, or where it died.
    """

    __tablename__ = "check_ups"
    __table_args__ = _NEVER_AGAIN

    id: Mapped[int] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    actor: Mapped[str] = mapped_column(String(120))
    planned: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    checks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Boomerang(Base):
    """A mail that we sent ourselves through ``relay`` ("host:port").

    ``went`` is what followed DATA. ``accepted`` says whether the relay took it, with its answer in ``said``.
    ``mail_id`` is the mail that came home at ``came_at``; ``checks`` what the comparison found, None while
    nobody has compared.
    """

    __tablename__ = "boomerangs"
    __table_args__ = _NEVER_AGAIN

    id: Mapped[int] = mapped_column(primary_key=True)
    check_up_id: Mapped[int] = mapped_column(ForeignKey("check_ups.id", ondelete="CASCADE"), index=True)
    relay: Mapped[str] = mapped_column(String(320))
    sent_at: Mapped[datetime]
    accepted: Mapped[bool] = mapped_column(default=False)
    said: Mapped[str] = mapped_column(Text, default="")
    went: Mapped[bytes] = mapped_column(LargeBinary)
    came_at: Mapped[datetime | None]
    mail_id: Mapped[int | None] = mapped_column(
        ForeignKey("inbound_mails.id", ondelete="SET NULL"), index=True
    )
    checks: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
