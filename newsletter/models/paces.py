"""The table of paces: what has gone lately, and who wants fewer letters; shared by all senders."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models import Base


class SendingPace(Base):
    """What letters have gone by one pace: ``overall``, ``relay:NAME`` or ``domain:NAME``.

    ``spent`` is ``core.pacing.Spent`` as plain values. ``booked_until`` is up to when letters that must wait
    have got their times. ``warming`` is the present day of a relay's slow start: the number of doublings
    and of letters. ``slow_*`` are ``core.slowing.Slow``; ``slow_until`` is None where nobody ever wanted
    fewer letters.
    """

    __tablename__ = "sending_paces"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    spent: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    booked_until: Mapped[datetime | None]
    warming_since: Mapped[datetime | None]
    warming_doublings: Mapped[int] = mapped_column(default=0)
    warming_letters: Mapped[int] = mapped_column(default=0)
    slow_since: Mapped[datetime | None]
    slow_until: Mapped[datetime | None]
    slow_times: Mapped[int] = mapped_column(default=0)
    slow_accepted: Mapped[int] = mapped_column(default=0)
    slow_said: Mapped[str] = mapped_column(String(20), default="")
