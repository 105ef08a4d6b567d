"""Tables of how people prove who they are: links, passwords, sessions, and the devices they come from.

Of every secret only the SHA-256 is kept (hexadecimal), so that a stolen copy of the database opens nothing.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from subscribers.models import Base

#: Marks columns that prove who somebody is: no extract shows them.
SECRET = {"secret": True}


class SignInLink(Base):
    """A link in a mail that signs its reader in, once, until ``expires_at``. ``path`` is where it leads."""

    __tablename__ = "sign_in_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=SECRET)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    path: Mapped[str] = mapped_column(String(400), default="")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Password(Base):
    """A person's password, as its Argon2 hash (RFC 9106)."""

    __tablename__ = "passwords"

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
    )
    argon2: Mapped[str] = mapped_column(String(200), info=SECRET)
    changed_at: Mapped[datetime]


class WebSession(Base):
    """Somebody who is signed in on a device. ``device`` is what its browser says of itself, in short.

    ``seen_at`` is the last time that something was done there; looking does not count, since it never writes.
    """

    __tablename__ = "web_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=SECRET)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class KnownDevice(Base):
    """A browser that a person has signed in with before; from another one, they are told by mail."""

    __tablename__ = "known_devices"
    __table_args__ = (UniqueConstraint("subscriber_id", "device_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"))
    device_hash: Mapped[str] = mapped_column(String(64), info=SECRET)
    first_seen_at: Mapped[datetime]
