"""Tables of lists, what people have said to them and in which words, and of those who asked to join."""

import enum
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from subscribers.models.base import Base, BigId, enum_column
from subscribers.models.people import Subscriber


class ListPurpose(enum.Enum):
    """What a list is for. Member notices reach every member and cannot be unsubscribed from."""

    NEWSLETTER = "newsletter"
    REGIONAL_LETTERS = "regional-letters"
    INVITATIONS = "invitations"
    MEMBER_NOTICES = "member-notices"


class Archive(enum.Enum):
    """Who can read a list's issues on the web."""

    CLOSED = "closed"  # nobody
    LINKED = "linked"  # whoever has the link of their letter
    UNLISTED = "unlisted"  # anybody; search engines are asked to stay away
    INDEXED = "indexed"


#: With these anybody can read a list's issues.
PUBLIC = (Archive.UNLISTED, Archive.INDEXED)


class MailingList(Base):
    """A purpose that people subscribe to. ``slug`` stands in List-Id (RFC 2919) and never changes.

    ``archive``: only with the link of a letter, until somebody decides otherwise; a notice not at all.
    """

    __tablename__ = "lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    purpose: Mapped[ListPurpose] = mapped_column(enum_column(ListPurpose))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    archive: Mapped[Archive] = mapped_column(
        enum_column(Archive), default=Archive.CLOSED, server_default="closed"
    )

    @property
    def is_public(self) -> bool:
        """Whether anybody can read its issues."""
        return self.archive in PUBLIC


class Subscription(Base):
    """A person's yes or no to a list, as it stands now.

    A yes may be paused: then letters come again from the day ``paused_until`` on, in the association's zone.
    """

    __tablename__ = "subscriptions"

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
    )
    list_id: Mapped[int] = mapped_column(ForeignKey("lists.id"), primary_key=True, index=True)
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(80))
    paused_until: Mapped[date | None]

    subscriber: Mapped[Subscriber] = relationship(back_populates="subscriptions")


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
    where it was said ("number 4/2026", a file's name). A yes with ``paused_until`` is a pause until that day.
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
    paused_until: Mapped[date | None]
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
