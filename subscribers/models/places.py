"""Tables of regions, counties and municipalities."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models.base import Base


class Region(Base):
    """One of the association's regions.

    ``address`` is its role address as written ("skane@..."): where its letters come from and answers to them
    go, whoever leads it; empty while it has none.
    """

    __tablename__ = "regions"

    slug: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    address: Mapped[str] = mapped_column(String(320), default="")


class County(Base):
    """A Swedish county (län) and the region it belongs to. ``code`` has two digits, as text."""

    __tablename__ = "counties"

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    full_name: Mapped[str] = mapped_column(String(60))
    region_slug: Mapped[str] = mapped_column(ForeignKey("regions.slug"))


class Municipality(Base):
    """A Swedish municipality. ``code`` has four digits, as text; the first two are the county."""

    __tablename__ = "municipalities"

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("counties.code"))
