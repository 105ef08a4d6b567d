"""Senders that share a ledger: each has a lease, and one that lost it loses exactly the letters it holds.

    enter -> renew, renew, ... -> leave          a sender, in the transactions of its claims
    lapsed -> lapse                              whoever looks: what a lost sender holds becomes unknown
    take_back                                    the lost sender, or who reads its journal: it knows more

On PostgreSQL the database's clock says when a lease is over, so no machine's clock need be right; on SQLite
there is no such clock, and ``now`` says it. A claim and the lapse of its sender's lease both begin with an
UPDATE of the sender's row, so one waits for the other: no claim is made under a lease that is lost, and no
letter is lost with it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, DateTime, Interval, Update, delete, func, literal, select, text, update
from sqlalchemy.orm import Session

from newsletter.errors import SettingsError
from newsletter.models import Delivery, DeliveryState, SenderLease, SenderState
from newsletter.services import summaries
from newsletter.services.deliveries import SENDING

#: How long a sender may be silent before others take it for lost.
LEASE = timedelta(seconds=30)

#: The ledger's word for letters whose sender was lost; it may yet come back and tell.
LEASE_LOST = "lease-lost"
_SAID = "the sender was cut off while it held this message"

#: A sender of an older version has no lease. One that holds a letter for so long is taken for lost.
_WITHOUT_LEASE = timedelta(minutes=10)
#: How long one can see who has worked.
_REMEMBERED = timedelta(days=1)

# Written out, since a partial index is used only where the query has the same constants in it.
_UNKNOWN = text("deliveries.state = 'unknown'")


def enter(session: Session, *, name: str, host: str, keys: str, now: datetime) -> None:
    """Give a new sender a lease. ``name`` is one that no other has or has had; ``host`` is for people.

    ``keys`` is a digest of what it makes links with. Raises ``SettingsError`` where one at work has others:
    what either sent could not be left by the other's pages.
    """
    _check_keys(session, keys)
    forgotten = SenderLease.state != SenderState.WORKING, SenderLease.lease_until < now - _REMEMBERED
    session.execute(delete(SenderLease).where(*forgotten))
    lease = {"host": host, "keys": keys, "started_at": now, "lease_until": now}
    session.add(SenderLease(name=name, state=SenderState.WORKING, **lease))
    session.flush()
    renew(session, name=name, now=now)


def renew(session: Session, *, name: str, now: datetime) -> bool:
    """Prolong a sender's lease from the moment of this statement; False where it is lost.

    It is, once another has found it over. Until the caller commits, nobody can.
    """
    renewed = update(SenderLease).where(SenderLease.name == name, SenderLease.state == SenderState.WORKING)
    return _moved(session, renewed.values(lease_until=_until(session, now)))


def leave(session: Session, *, name: str, now: datetime) -> None:
    """Say that a sender has ended, and holds nothing any more."""
    left = update(SenderLease).where(SenderLease.name == name, SenderLease.state == SenderState.WORKING)
    session.execute(left.values(state=SenderState.LEFT, lease_until=_clock(session, now)))


def lapsed(session: Session, *, now: datetime) -> Sequence[str]:
    """Return the senders whose lease is over, and what else holds letters under none; readers may ask."""
    working = SenderLease.state == SenderState.WORKING
    over = select(SenderLease.name).where(working, SenderLease.lease_until < _clock(session, now))
    holding = select(Delivery.claimed_by).where(SENDING).group_by(Delivery.claimed_by)
    listed = session.scalars(select(SenderLease.name).where(working)).all()
    strangers = holding.having(func.max(Delivery.claimed_at) < now - _WITHOUT_LEASE)
    found = set(session.scalars(over)) | {name for name in session.scalars(strangers) if name not in listed}
    return sorted(name for name in found if name is not None)


def lapse(session: Session, *, name: str, now: datetime) -> int:
    """Take a lease away that is over, and return how many letters became unknown; 0 where it is not over."""
    working = SenderLease.state == SenderState.WORKING
    over = update(SenderLease).where(SenderLease.name == name, working)
    over = over.where(SenderLease.lease_until < _clock(session, now)).values(state=SenderState.LAPSED)
    if not _moved(session, over) and name not in lapsed(session, now=now):
        return 0
    lost = (
        update(Delivery)
        .where(SENDING, Delivery.claimed_by == name)
        .values(
            state=DeliveryState.UNKNOWN,
            why=LEASE_LOST,
            reply=_SAID,
            attempts=Delivery.attempts + 1,
            first_try_at=func.coalesce(Delivery.first_try_at, now),
            settled_at=now,
        )
        .returning(Delivery.id)
    )
    return len(session.execute(lost, execution_options={"synchronize_session": False}).all())


def may_tell(session: Session, *, name: str) -> bool:
    """Tell whether letters that a lost sender held are still undecided."""
    waits = select(Delivery.id).where(_UNKNOWN, Delivery.claimed_by == name, Delivery.why == LEASE_LOST)
    return session.scalar(waits.limit(1)) is not None


def take_back(session: Session, *, name: str) -> int:
    """Put into a lost sender's hands again what it held and nobody has decided since; return how many.

    For the sender itself, or who holds its journal, and in the transaction that settles it all: they know
    what became of each letter, and nobody else could have touched one. What they do not know becomes
    unknown again.
    """
    held = (
        update(Delivery)
        .where(_UNKNOWN, Delivery.claimed_by == name, Delivery.why == LEASE_LOST)
        .values(state=DeliveryState.SENDING, why="", attempts=Delivery.attempts - 1, settled_at=None)
        .returning(Delivery.issue_id)
    )
    issues = session.scalars(held, execution_options={"synchronize_session": False}).all()
    summaries.forget(session, issue_ids=set(issues))
    return len(issues)


def _check_keys(session: Session, keys: str) -> None:
    if session.get_bind().dialect.name == "postgresql":
        # Of two that begin at the same moment the second sees the first.
        session.execute(text("LOCK TABLE senders IN SHARE ROW EXCLUSIVE MODE"))
    working = SenderLease.state == SenderState.WORKING
    others = select(SenderLease.host).where(working, SenderLease.keys != keys, SenderLease.keys != "")
    host = session.scalar(others.limit(1))
    if host is not None:
        raise SettingsError(
            "Den här maskinen har en annan nyckel (keys/tokens.key) än {host}: länkarna i breven skulle bara "
            "fungera på den ena. Kopiera mappen keys från {host}, och starta igen.",
            host=host,
        )


def _moved(session: Session, change: Update) -> bool:
    """Tell whether an UPDATE matched, as one that names the state it moves from does once."""
    matched = change.returning(SenderLease.name)
    return session.scalar(matched, execution_options={"synchronize_session": False}) is not None


def _clock(session: Session, now: datetime) -> ColumnElement[datetime]:
    """Tell the moment of the statement by the database's clock: its transaction may have waited for a row."""
    if session.get_bind().dialect.name == "postgresql":
        return func.clock_timestamp(type_=DateTime(timezone=True))
    return literal(now, SenderLease.lease_until.type)


def _until(session: Session, now: datetime) -> ColumnElement[datetime]:
    if session.get_bind().dialect.name == "postgresql":
        return _clock(session, now) + literal(LEASE, Interval())
    return literal(now + LEASE, SenderLease.lease_until.type)
