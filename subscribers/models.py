"""Tables of people, regions and lists. No behaviour beyond a property.

All times are stored as UTC and come back with a zone (``UtcDateTime``).
"""

import enum
import uuid
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from subscribers.core import authority
from subscribers.core.segments import fold

#: A million people a month outgrow 32 bits in time; SQLite only autoincrements INTEGER.
BigId = BigInteger().with_variant(Integer(), "sqlite")


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


def new_pseudonym() -> str:
    """Make an id that says nothing of the person: 128 bits of chance, hexadecimal."""
    return uuid.uuid4().hex


def _folded_tag(context: Any) -> str:
    return fold(context.get_current_parameters()["tag"])


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
    """An address that must not be written to, whoever it belongs to.

    ``note`` says why, for people; ``source`` where that is known from (a file's name, "command").
    """

    __tablename__ = "suppressions"

    canonical: Mapped[str] = mapped_column(String(320), primary_key=True)
    reason: Mapped[SuppressionReason] = mapped_column(enum_column(SuppressionReason))
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]


#: Stands in ``core.authority``, whose table says what each may do.
RoleName = authority.RoleName


class Role(Base):
    """A role held by a person; a regional lead has the role once per region.

    ``ends_on`` is the last day it is held; None: until it is taken back.
    """

    __tablename__ = "roles"
    __table_args__ = (
        # NULL regions would not collide in a plain unique constraint, on either database.
        Index("uq_roles_holder", "subscriber_id", "role", text("coalesce(region_slug, '')"), unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    role: Mapped[RoleName] = mapped_column(enum_column(RoleName))
    region_slug: Mapped[str | None] = mapped_column(ForeignKey("regions.slug"))
    ends_on: Mapped[date | None]

    subscriber: Mapped[Subscriber] = relationship()


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


class ConsentWording(Base):
    """The very text that a person was shown with a yes or no. Never changed, only followed by another."""

    __tablename__ = "consent_wordings"
    __table_args__ = (UniqueConstraint("key", "language", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(5))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)


class ConsentEntry(Base):
    """A yes or a no, as it was said. Append-only; a subscription is what its last entry says.

    ``pseudonym`` is the person's. ``how`` is the way ("link", "one-click", "file", "by hand"), ``place``
    where it was said ("number 4/2026", a file's name).
    """

    __tablename__ = "consent_entries"
    __table_args__ = (Index("ix_consent_entries_person", "pseudonym", "list_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    pseudonym: Mapped[str] = mapped_column(String(32))
    list_id: Mapped[int] = mapped_column(ForeignKey("lists.id"))
    given: Mapped[bool]
    at: Mapped[datetime]
    how: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(200), default="")
    wording_id: Mapped[int | None] = mapped_column(ForeignKey("consent_wordings.id"))


class SignUp(Base):
    """Somebody asked for letters and has not confirmed it yet (double opt-in). Goes when that is over.

    ``mail_due_at`` is when the mail with the link is to be tried (again); None when there is none to send.
    """

    __tablename__ = "sign_ups"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320))
    canonical: Mapped[str] = mapped_column(String(320), index=True)
    given_name: Mapped[str] = mapped_column(String(120), default="")
    family_name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(5), default="sv")
    list_slugs: Mapped[list[str]] = mapped_column(JSON)
    wording_id: Mapped[int | None] = mapped_column(ForeignKey("consent_wordings.id"))
    asked_at: Mapped[datetime] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    mail_due_at: Mapped[datetime | None] = mapped_column(index=True)


class Erasure(Base):
    """What remains of an erased person: a keyed hash of each address, so that nobody writes again."""

    __tablename__ = "erasures"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]


class Segment(Base):
    """A saved rule that selects subscribers. ``rule`` is data (see ``core.segments``)."""

    __tablename__ = "segments"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Act(Base):
    """What a person did (import, change, export, erase, rights, sends). Append-only, read by the board.

    ``subject`` names what it was done to without personal data; ``details`` likewise.
    """

    __tablename__ = "acts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(120))
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


class Fact(Base):
    """Something the association has stated about itself, by key ("no earlier unsubscribes", ...)."""

    __tablename__ = "stated_facts"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    stated_by: Mapped[str] = mapped_column(String(120))
    stated_at: Mapped[datetime]
