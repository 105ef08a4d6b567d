"""Tables of how members reach their own page, and of addresses that are to be exchanged for others.

Of every secret only the SHA-256 is kept (hexadecimal).
"""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.models.sign_ins import SECRET
from subscribers.models import Base, Subscriber, enum_column


class OwnPageLink(Base):
    """A link in a mail that opens its reader's own page, once, until ``expires_at``."""

    __tablename__ = "own_page_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=SECRET)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OwnPageSession(Base):
    """A browser in which somebody's own page is open, until ``expires_at``. It opens nothing else."""

    __tablename__ = "own_page_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=SECRET)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ChangeState(enum.Enum):
    """Where a change of address stands."""

    ASKED = "asked"  # a link has gone to the new address
    WAITING = "waiting"  # confirmed there; somebody of the association decides
    DONE = "done"
    UNDONE = "undone"
    REFUSED = "refused"


class AddressChange(Base):
    """Somebody wants their letters at another address.

    ``subscriber_id`` is whose it is: proved by a fresh link, or found in the register by what was said on the
    public page (``by_claim``), where it may be nobody. ``address`` is the new one and ``old_address`` the one
    that it takes the place of, both as written, with their canonical forms beside. ``name``,
    ``member_number`` and ``message`` are what was said on the public page. ``confirm_hash`` is of the link to
    the new address, ``undo_hash`` of that to the old one, which works until ``undo_until``. ``reason`` is why
    it was refused, ``decided_by`` by whom (a pseudonym, as in the log). ``settled_at`` is when the old
    address was taken out of the register.
    """

    __tablename__ = "address_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscribers.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[ChangeState] = mapped_column(enum_column(ChangeState), index=True)
    by_claim: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str] = mapped_column(String(320))
    canonical: Mapped[str] = mapped_column(String(320), index=True)
    old_address: Mapped[str] = mapped_column(String(320), default="")
    old_canonical: Mapped[str] = mapped_column(String(320), default="", index=True)
    name: Mapped[str] = mapped_column(String(240), default="")
    member_number: Mapped[str] = mapped_column(String(40), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(5), default="sv")
    confirm_hash: Mapped[str] = mapped_column(String(64), unique=True, info=SECRET)
    undo_hash: Mapped[str | None] = mapped_column(String(64), unique=True, info=SECRET)
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    asked_at: Mapped[datetime] = mapped_column(index=True)
    confirm_until: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    undo_until: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    subscriber: Mapped[Subscriber | None] = relationship()
