"""Tables of people, their addresses, the regions they follow and the words put on them."""

import enum
import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from subscribers.core.segments import fold
from subscribers.models.base import Base, enum_column

if TYPE_CHECKING:
    from subscribers.models.lists import Subscription


def new_pseudonym() -> str:
    """Make an id that says nothing of the person: 128 bits of chance, hexadecimal."""
    return uuid.uuid4().hex


def _folded_tag(context: Any) -> str:
    return fold(context.get_current_parameters()["tag"])


class Subscriber(Base):
    """A person we may write to. A person is not an address.

    A member is a subscriber with a membership: ``member_since`` set and ``member_until`` not passed.
    ``region_slug`` follows from the municipality, unless ``placed_by_hand`` (then ``placement_reason`` says
    why); it is stored so that sending can select by it. Nobody writes to a person who is ``deceased_on`` some
    day. ``pseudonym`` stands for the person in ledgers that outlive them. Of a person who is erased
    (``erased_at``) an empty row stays, with the region, so that the ledger of deliveries still adds up.
    ``sort_key`` sorts å ä ö after z in both databases.
    """

    __tablename__ = "subscribers"

    id: Mapped[int] = mapped_column(primary_key=True)
    given_name: Mapped[str] = mapped_column(String(120), default="")
    family_name: Mapped[str] = mapped_column(String(120), default="")
    sort_key: Mapped[str] = mapped_column(String(400), default="", index=True)
    language: Mapped[str] = mapped_column(String(5), default="sv")
    member_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    member_since: Mapped[date | None]
    member_until: Mapped[date | None]
    workplace: Mapped[str] = mapped_column(String(200), default="")
    municipality_code: Mapped[str | None] = mapped_column(ForeignKey("municipalities.code"))
    region_slug: Mapped[str | None] = mapped_column(ForeignKey("regions.slug"), index=True)
    placed_by_hand: Mapped[bool] = mapped_column(default=False)
    placement_reason: Mapped[str] = mapped_column(Text, default="")
    follows_all_regions: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(120), default="")
    street: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    deceased_on: Mapped[date | None]
    erased_at: Mapped[datetime | None]
    pseudonym: Mapped[str] = mapped_column(String(32), default=new_pseudonym, unique=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    addresses: Mapped[list["Address"]] = relationship(
        back_populates="subscriber", cascade="all, delete-orphan", order_by="Address.id"
    )
    subscriptions: Mapped[list["Subscription"]] = relationship(
        back_populates="subscriber", cascade="all, delete-orphan"
    )

    @property
    def name(self) -> str:
        """The full name as it is written, given name first; may be empty."""
        return f"{self.given_name} {self.family_name}".strip()


class AddressKind(enum.Enum):
    """What an address is to its person."""

    WORK = "work"
    PRIVATE = "private"
    OTHER = "other"


class Address(Base):
    """A person's mail address.

    ``address`` is as people write it (U-labels, case kept); ``canonical`` is what addresses are
    compared by: NFC, lower case, domain as U-label. Two people may share one canonical address,
    as two rows. The preferred address of a person is the one used, unless it is suppressed.
    """

    __tablename__ = "addresses"
    __table_args__ = (UniqueConstraint("subscriber_id", "canonical"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(320))
    canonical: Mapped[str] = mapped_column(String(320), index=True)
    kind: Mapped[AddressKind] = mapped_column(enum_column(AddressKind), default=AddressKind.OTHER)
    preferred: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    subscriber: Mapped[Subscriber] = relationship(back_populates="addresses")


class FollowedRegion(Base):
    """A region that a person follows beside their own."""

    __tablename__ = "followed_regions"

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
    )
    region_slug: Mapped[str] = mapped_column(ForeignKey("regions.slug"), primary_key=True)


class Tag(Base):
    """A word that the association puts on a person ("styrelse"); stored as written, compared by ``key``.

    ``key`` is the word folded (``core.segments.fold``), which is filled in by itself.
    """

    __tablename__ = "tags"
    __table_args__ = (Index("ix_tags_key", "key", "subscriber_id"),)

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[str] = mapped_column(String(60), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), default=_folded_tag)
