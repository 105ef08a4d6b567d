"""Tables of the year plan: the breaks, in which nobody is reminded of anything."""

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models import Base


class Break(Base):
    """Days on which the association rests, such as July; both days are within it."""

    __tablename__ = "breaks"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
