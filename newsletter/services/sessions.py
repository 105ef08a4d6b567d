"""Sessions: who is signed in, where, and until when. They stand in the database, so each can be ended."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from newsletter.models import SignInLink, WebSession
from subscribers.core.authority import Held, OnePerson, Scope, scope_of
from subscribers.models import Subscriber
from subscribers.services import roles

#: How long one is signed in without doing anything.
VALID = timedelta(days=30)
#: Something done within this time is not written down again.
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Device:
    """What somebody signs in with: a secret that its browser keeps, and what the browser calls itself."""

    secret: str
    name: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever a session belongs to, as they are today. ``scope`` follows from the roles they hold."""

    session_id: int
    seen_at: datetime
    person_id: int
    name: str
    pseudonym: str
    language: str
    roles: tuple[Held, ...]
    scope: Scope


def open_session(session: Session, *, subscriber_id: int, secret: str, device: Device, now: datetime) -> None:
    """Open a session that ``secret`` is the key of. Does not check who asks."""
    session.add(
        WebSession(
            token_hash=digest(secret),
            subscriber_id=subscriber_id,
            device=device.name[:80],
            created_at=now,
            seen_at=now,
            expires_at=now + VALID,
        )
    )
    session.flush()


def visitor(session: Session, *, secret: str, today: date, now: datetime) -> Visitor | None:
    """Return whose session this is; None for one that is over, or whose person holds no role today."""
    query = (
        select(WebSession, Subscriber)
        .join(Subscriber, Subscriber.id == WebSession.subscriber_id)
        .where(
            WebSession.token_hash == digest(secret),
            WebSession.expires_at > now,
            Subscriber.erased_at.is_(None),
        )
    )
    found = session.execute(query).first()
    if found is None:
        return None
    held_session, person = found
    themselves = OnePerson(person.id)
    held = tuple(roles.held(session, scope=themselves, subscriber_id=person.id, today=today))
    if not held:
        return None
    return Visitor(
        held_session.id,
        held_session.seen_at,
        person.id,
        person.name,
        person.pseudonym,
        person.language,
        held,
        scope_of(held),
    )


def seen(session: Session, *, session_id: int, now: datetime) -> None:
    """Write down that something was done in a session, and let it last from now on."""
    session.execute(
        update(WebSession)
        .where(WebSession.id == session_id, WebSession.seen_at < now - SEEN_EVERY)
        .values(seen_at=now, expires_at=now + VALID)
    )


def open_sessions(session: Session, *, subscriber_id: int, now: datetime) -> Sequence[WebSession]:
    """Return a person's sessions that are not over, the latest used first."""
    query = select(WebSession).where(WebSession.subscriber_id == subscriber_id, WebSession.expires_at > now)
    return session.scalars(query.order_by(WebSession.seen_at.desc(), WebSession.id.desc())).all()


def end(
    session: Session, *, subscriber_id: int, session_id: int | None = None, but: int | None = None
) -> int:
    """End one of a person's sessions, or all (``but`` one), and return how many ended.

    Ending all also makes links worthless that have been sent and not been used.
    """
    ended = delete(WebSession).where(WebSession.subscriber_id == subscriber_id)
    if session_id is not None:
        ended = ended.where(WebSession.id == session_id)
    else:
        session.execute(delete(SignInLink).where(SignInLink.subscriber_id == subscriber_id))
    if but is not None:
        ended = ended.where(WebSession.id != but)
    return len(session.execute(ended.returning(WebSession.id)).all())


def forget(session: Session, *, now: datetime) -> int:
    """Take away sessions and links that are over, and return how many."""
    over = session.execute(delete(WebSession).where(WebSession.expires_at <= now).returning(WebSession.id))
    links = session.execute(
        delete(SignInLink).where(SignInLink.expires_at <= now).returning(SignInLink.token_hash)
    )
    return len(over.all()) + len(links.all())


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
