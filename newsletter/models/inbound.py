"""Tables of incoming mail: what came and what was done, failing addresses, and whom to ring or write to."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.core.inbound.kinds import Kind, What
from subscribers.models import Base, BigId, enum_column


class Way(enum.Enum):
    """How a mail came in."""

    SMTP = "smtp"
    LMTP = "lmtp"
    MAILBOX = "mailbox"
    PIPE = "pipe"


class InboundMail(Base):
    """A mail that came to us, once however often it comes, and what was done about it.

    ``fingerprint`` is the SHA-256 (hexadecimal) of what stays the same on every way. ``sender`` is the
    envelope's: "" the null sender, None where none is known. ``raw`` is the mail as it came. ``words`` are
    its writer's own. ``facts`` is what was read from it, as JSON. ``subscriber_id`` is the person it is
    from or about, where we know, ``region`` the region that may see it (a slug; None: those who see
    everything). ``outcome`` says in one word what was done ("unsubscribed"; "" for nothing). ``owner_id`` is
    who should answer, and ``owned_at`` since when; ``answered_at`` is when somebody said that it was,
    ``reminded_at`` when this owner was told that it was not.
    """

    __tablename__ = "inbound_mails"
    __table_args__ = (
        # How much one address has sent of late is asked for each mail that would be forwarded.
        Index("ix_inbound_mails_from_address", "from_address", "received_at"),
        # Hardly any, and each visit to the start page asks whether there are.
        Index(
            "ix_inbound_mails_unanswered",
            "received_at",
            sqlite_where=text("owner_id IS NOT NULL AND answered_at IS NULL"),
            postgresql_where=text("owner_id IS NOT NULL AND answered_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    way: Mapped[Way] = mapped_column(enum_column(Way))
    received_at: Mapped[datetime] = mapped_column(index=True)
    sender: Mapped[str | None] = mapped_column(String(320))
    recipients: Mapped[list[str]] = mapped_column(JSON)
    raw: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    kind: Mapped[What] = mapped_column(enum_column(What))
    from_address: Mapped[str] = mapped_column(String(320))
    from_name: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(500))
    words: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    subscriber_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscribers.id", ondelete="CASCADE"), index=True
    )
    delivery_id: Mapped[int | None] = mapped_column(
        ForeignKey("deliveries.id", ondelete="SET NULL"), index=True
    )
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issues.id", ondelete="SET NULL"), index=True)
    region: Mapped[str | None] = mapped_column(ForeignKey("regions.slug"))
    outcome: Mapped[str] = mapped_column(String(40), default="")
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscribers.id", ondelete="SET NULL"), index=True
    )
    owned_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("subscribers.id", ondelete="SET NULL"))
    reminded_at: Mapped[datetime | None]


class AddressFailure(Base):
    """That an address could not be written to, once: told by a report, or by a server while we sent.

    ``status`` is enhanced ("5.1.1"), "" where none was told; ``diagnostic`` what the server said, ``remote``
    its name. A report names its mail (``inbound_id``) and goes with it, a refusal has none.
    """

    __tablename__ = "address_failures"
    __table_args__ = (
        UniqueConstraint("inbound_id", "canonical"),
        Index(
            "uq_address_failures_refusal",
            "delivery_id",
            unique=True,
            sqlite_where=text("inbound_id IS NULL"),
            postgresql_where=text("inbound_id IS NULL"),
        ),
        Index("ix_address_failures_domain", "issue_id", "domain"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    canonical: Mapped[str] = mapped_column(String(320), index=True)
    domain: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime]
    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    permanent: Mapped[bool]
    status: Mapped[str] = mapped_column(String(12))
    diagnostic: Mapped[str] = mapped_column(String(500))
    remote: Mapped[str] = mapped_column(String(255))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id", ondelete="SET NULL"))
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issues.id", ondelete="SET NULL"))
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_mails.id", ondelete="CASCADE"))


class DomainHold(Base):
    """Several addresses of one domain failed for good in one issue: they wait for a person's decision.

    ``decision`` is "gone" (the addresses are) or "wait" (they may be written to again); None until then.
    """

    __tablename__ = "domain_holds"
    __table_args__ = (UniqueConstraint("issue_id", "domain"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"))
    domain: Mapped[str] = mapped_column(String(255))
    held_at: Mapped[datetime]
    decision: Mapped[str | None] = mapped_column(String(20))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(120), default="")


class CallReason(enum.Enum):
    """Why somebody should be rung or written to."""

    BOUNCED = "bounced"  # the address is gone
    FAILING = "failing"  # full, or refused, again and again
    HAS_LEFT = "has-left"  # an automatic reply says that they are not there any more
    NEW_ADDRESS = "new-address"  # they wrote that they have another
    COMPLAINED = "complained"  # their provider was told that our letter is spam


class Call(Base):
    """Somebody to ring or write to, for their letters do not arrive any more, or soon will not.

    ``canonical`` is the address it is about. ``proposal`` is a new address that a mail names, or "". It is
    closed when somebody says so (``closed_by``, ``closed_how``); one person, address and reason is open once.
    """

    __tablename__ = "calls"
    __table_args__ = (
        Index(
            "uq_calls_open",
            "subscriber_id",
            "canonical",
            "reason",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"))
    canonical: Mapped[str] = mapped_column(String(320))
    reason: Mapped[CallReason] = mapped_column(enum_column(CallReason))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    proposal: Mapped[str] = mapped_column(String(320), default="")
    inbound_id: Mapped[int | None] = mapped_column(
        ForeignKey("inbound_mails.id", ondelete="SET NULL"), index=True
    )
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(String(120), default="")
    closed_how: Mapped[str] = mapped_column(String(40), default="")


class Acknowledgement(Base):
    """That a machine of ours answered an address on a day, so that it does so once at most (RFC 3834 2)."""

    __tablename__ = "acknowledgements"

    canonical: Mapped[str] = mapped_column(String(320), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
