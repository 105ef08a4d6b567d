"""Signing in: by a link in a mail, or a password. Whoever reads the mailbox is the person.

    ask            an address -> a note with a link to each who has a role and reads it
    peek           a link -> whether it can be used; changes nothing, since scanners follow links
    use            the button -> the link is used up -> a session
    with_password  address and password -> a session

Only people who hold a role today can sign in. Secrets are 256 random bits, made by the caller's edge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from newsletter.models import KnownDevice, Password, SignInLink
from newsletter.services import notes, rates, sessions
from newsletter.services.sessions import Device, digest
from subscribers.core import addresses
from subscribers.core.authority import OnePerson
from subscribers.errors import BadAddress, NotFound, SubscribersError
from subscribers.models import Address, Subscriber
from subscribers.services import roles
from subscribers.services.dialects import insert_into

#: How long the link in the mail can be used.
LINK_VALID = timedelta(hours=1)

#: Mails to one address, tries from one network, and passwords for one address.
_MOST_MAILS, _MAILS_PERIOD = 5, timedelta(hours=1)
_MOST_ASKED, _ASKED_PERIOD = 30, timedelta(hours=1)
_MOST_PASSWORDS, _PASSWORDS_PERIOD = 10, timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who has proved who they are. ``path`` is where they wanted to go, or empty."""

    subscriber_id: int
    path: str
    new_device: bool


def ask(
    session: Session,
    *,
    address: str,
    network: str,
    path: str,
    links: Sequence[str],
    base_url: str,
    today: date,
    now: datetime,
) -> int:
    """Send a link to everyone with a role who reads this address; return how many notes were queued.

    ``links`` are fresh secrets, more than enough; ``network`` is where the asking comes from, ``path`` where
    the person wants to go. The caller answers the same whatever comes back. Raises ``SubscribersError`` when
    the network has asked too often, which says nothing about the address.
    """
    _check_pace(session, "sign-in asked", network, _MOST_ASKED, _ASKED_PERIOD, now)
    try:
        canonical = addresses.parse(address).canonical
    except BadAddress:
        return 0
    pace = {"what": "sign-in mails", "whose": canonical, "most": _MOST_MAILS, "period": _MAILS_PERIOD}
    if not rates.allow(session, **pace, now=now):  # type: ignore[arg-type]
        return 0
    people = _people_at(session, canonical, today)[: len(links)]
    for person, link in zip(people, links, strict=False):
        make_link(session, subscriber_id=person.id, secret=link, path=path, now=now)
        notes.queue(
            session,
            kind="sign-in",
            to=address.strip(),
            language=person.language,
            values={"name": person.name, "link": f"{base_url}/logga-in/{link}"},
            subscriber_id=person.id,
            now=now,
        )
    return len(people)


def make_link(session: Session, *, subscriber_id: int, secret: str, path: str = "", now: datetime) -> None:
    """Make a link that signs this person in once, within an hour. Raises ``NotFound``."""
    _check_exists(session, subscriber_id)
    session.add(
        SignInLink(
            token_hash=digest(secret), subscriber_id=subscriber_id, path=path, expires_at=now + LINK_VALID
        )
    )
    session.flush()


def peek(session: Session, *, secret: str, now: datetime) -> bool:
    """Tell whether a link can still be used. Changes nothing."""
    return session.scalar(_usable(secret, now)) is not None


def use(
    session: Session,
    *,
    secret: str,
    session_secret: str,
    device: Device,
    today: date,
    now: datetime,
) -> Arrival:
    """Use a link up, and open a session under ``session_secret``.

    Raises ``NotFound`` for a link that is used, too old or not ours, and for somebody without a role today.
    """
    used = (
        update(SignInLink)
        .where(
            SignInLink.token_hash == digest(secret), SignInLink.used_at.is_(None), SignInLink.expires_at > now
        )
        .values(used_at=now)
        .returning(SignInLink.subscriber_id, SignInLink.path)
    )
    found = session.execute(used).first()
    if found is None:
        raise NotFound("Länken gäller inte längre. Be om en ny.")
    return _arrive(session, found.subscriber_id, found.path, session_secret, device, today, now)


def password_hash(
    session: Session, *, address: str, network: str, today: date, now: datetime
) -> Sequence[tuple[int, str]]:
    """Return the people who may sign in with a password at this address, and their Argon2 hashes.

    Verifying takes long and much memory: the caller does it outside of any transaction, and once even if the
    list is empty, so that time tells nothing. Raises ``SubscribersError`` when it was tried too often.
    """
    _check_pace(session, "sign-in asked", network, _MOST_ASKED, _ASKED_PERIOD, now)
    try:
        canonical = addresses.parse(address).canonical
    except BadAddress:
        return []
    _check_pace(session, "passwords", canonical, _MOST_PASSWORDS, _PASSWORDS_PERIOD, now)
    people = [person.id for person in _people_at(session, canonical, today)]
    found = session.scalars(select(Password).where(Password.subscriber_id.in_(people)))
    return [(each.subscriber_id, each.argon2) for each in found]


def with_password(
    session: Session,
    *,
    subscriber_id: int,
    session_secret: str,
    device: Device,
    today: date,
    now: datetime,
) -> Arrival:
    """Open a session for somebody whose password was right. Raises ``NotFound`` without a role today."""
    return _arrive(session, subscriber_id, "", session_secret, device, today, now)


def set_password(session: Session, *, subscriber_id: int, argon2: str | None, now: datetime) -> None:
    """Keep a person's new password (its hash), or take it away. Raises ``NotFound``."""
    _check_exists(session, subscriber_id)
    had = session.get(Password, subscriber_id)
    if argon2 is None:
        if had is not None:
            session.delete(had)
    elif had is None:
        session.add(Password(subscriber_id=subscriber_id, argon2=argon2, changed_at=now))
    else:
        had.argon2, had.changed_at = argon2, now
    session.flush()


def has_password(session: Session, *, subscriber_id: int) -> bool:
    """Tell whether a person has a password."""
    return session.get(Password, subscriber_id) is not None


def _usable(secret: str, now: datetime) -> Select[int]:
    return select(SignInLink.subscriber_id).where(
        SignInLink.token_hash == digest(secret), SignInLink.used_at.is_(None), SignInLink.expires_at > now
    )


def _check_exists(session: Session, subscriber_id: int) -> None:
    if session.get(Subscriber, subscriber_id) is None:
        raise NotFound("Den personen finns inte.")


def _people_at(session: Session, canonical: str, today: date) -> list[Subscriber]:
    query = (
        select(Subscriber)
        .join(Address, Address.subscriber_id == Subscriber.id)
        .where(Address.canonical == canonical)
        .order_by(Subscriber.id)
    )
    return [
        person
        for person in session.scalars(query)
        if roles.held(session, scope=OnePerson(person.id), subscriber_id=person.id, today=today)
    ]


def _arrive(
    session: Session,
    subscriber_id: int,
    path: str,
    session_secret: str,
    device: Device,
    today: date,
    now: datetime,
) -> Arrival:
    if not roles.held(session, scope=OnePerson(subscriber_id), subscriber_id=subscriber_id, today=today):
        raise NotFound("Länken gäller inte längre. Be om en ny.")
    sessions.open_session(session, subscriber_id=subscriber_id, secret=session_secret, device=device, now=now)
    new = insert_into(session, KnownDevice).values(
        subscriber_id=subscriber_id, device_hash=digest(device.secret), first_seen_at=now
    )
    is_new = session.execute(new.on_conflict_do_nothing().returning(KnownDevice.id)).first() is not None
    person = session.get_one(Subscriber, subscriber_id)
    if is_new:
        _tell_of_new_device(session, person, device, now)
    return Arrival(subscriber_id, path, is_new)


def _tell_of_new_device(session: Session, person: Subscriber, device: Device, now: datetime) -> None:
    address = next((each.address for each in person.addresses if each.preferred), None) or (
        person.addresses[0].address if person.addresses else None
    )
    if address is not None:
        notes.queue(
            session,
            kind="new-device",
            to=address,
            language=person.language,
            values={"name": person.name, "device": device.name, "at": now.isoformat()},
            subscriber_id=person.id,
            now=now,
        )


def _check_pace(session: Session, what: str, whose: str, most: int, period: timedelta, now: datetime) -> None:
    if not rates.allow(session, what=what, whose=whose, most=most, period=period, now=now):
        raise SubscribersError("Det har försökts för många gånger. Vänta en stund och försök igen.")
