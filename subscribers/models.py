"""Tables of people, regions and lists. No behaviour beyond a property.

All times are stored as UTC and come back with a zone (``UtcDateTime``).
"""

import enum
from datetime import UTC, date, datetime

from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy import (
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: stored as UTC, always with a zone in Python. Refuses a naive datetime."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn into UTC; SQLite keeps no zone, so it gets the naive UTC value."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_column(values: type[enum.Enum]) -> SqlEnum:
    """Build a column type that stores an enum by its value, as plain text on both databases."""
    return SqlEnum(values, native_enum=False, length=32, values_callable=lambda e: [m.value for m in e])


class Base(DeclarativeBase):
    """The one declarative base of both packages (newsletter imports subscribers)."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy reads it off the class


class Region(Base):
    """One of the association's regions."""

    __tablename__ = "regions"

    slug: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int] = mapped_column(default=0)


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


class Subscriber(Base):
    """A person we may write to. A person is not an address.

    A member is a subscriber with a membership: ``member_since`` set and ``member_until`` not passed.
    ``region_slug`` follows from the municipality, and is stored so that sending can select by it.
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


class ListPurpose(enum.Enum):
    """What a list is for. Member notices reach every member and cannot be unsubscribed from."""

    NEWSLETTER = "newsletter"
    REGIONAL_LETTERS = "regional-letters"
    INVITATIONS = "invitations"
    MEMBER_NOTICES = "member-notices"


class MailingList(Base):
    """A purpose that people subscribe to. ``slug`` stands in List-Id (RFC 2919) and never changes."""

    __tablename__ = "lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    purpose: Mapped[ListPurpose] = mapped_column(enum_column(ListPurpose))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))


class Subscription(Base):
    """A person's yes or no to a list, as it stands now."""

    __tablename__ = "subscriptions"

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
    )
    list_id: Mapped[int] = mapped_column(ForeignKey("lists.id"), primary_key=True, index=True)
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(80))

    subscriber: Mapped[Subscriber] = relationship(back_populates="subscriptions")


class SuppressionReason(enum.Enum):
    """Why an address must not be written to."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BY_HAND = "by-hand"
    IMPORTED = "imported"


class Suppression(Base):
    """An address that must not be written to, whoever it belongs to."""

    __tablename__ = "suppressions"

    canonical: Mapped[str] = mapped_column(String(320), primary_key=True)
    reason: Mapped[SuppressionReason] = mapped_column(enum_column(SuppressionReason))
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]


class RoleName(enum.Enum):
    """What a person does for the association in Rundbrev."""

    OFFICER = "officer"
    REGIONAL_LEAD = "regional-lead"


class Role(Base):
    """A role held by a person; a regional lead has the role once per region."""

    __tablename__ = "roles"
    __table_args__ = (
        # NULL regions would not collide in a plain unique constraint, on either database.
        Index("uq_roles_holder", "subscriber_id", "role", text("coalesce(region_slug, '')"), unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    role: Mapped[RoleName] = mapped_column(enum_column(RoleName))
    region_slug: Mapped[str | None] = mapped_column(ForeignKey("regions.slug"))

    subscriber: Mapped[Subscriber] = relationship()
