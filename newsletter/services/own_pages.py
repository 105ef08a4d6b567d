"""A member's own page: opened by a fresh link, for half an hour, in one browser.

    ask       an address -> a note with a link to each who reads it | the same answer for all others
    send_to   one person, known by a letter's link -> the same note to the registered address
    peek      a link -> whether it can be used; changes nothing, since scanners follow links
    open_     the button -> the link is used up -> a session
    owner     a session's secret -> whose page is open

A link in a letter proves little. A link that was asked for just now, and sent to the registered address,
proves that whoever holds it reads that mailbox today. Secrets are 256 random bits, made by the caller's edge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from newsletter.models import OwnPageLink, OwnPageSession
from newsletter.services import notes, rates
from newsletter.services.sessions import digest
from subscribers.core import addresses
from subscribers.core.authority import OnePerson, Scope
from subscribers.errors import BadAddress, NotFound, SubscribersError
from subscribers.models import Address, Subscriber, Suppression
from subscribers.services import members

#: How long the link in the mail can be used, and the page is open after that.
LINK_VALID = timedelta(days=1)
OPEN_FOR = timedelta(minutes=30)

#: As many people may share an address.
MOST_LINKS = 5
#: Mails to one address, and tries from one network.
_MOST_MAILS, _MAILS_PERIOD = 5, timedelta(hours=6)
_MOST_ASKED, _ASKED_PERIOD = 30, timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose own page is open; ``language`` is what they read (``sv``, ``en``)."""

    subscriber_id: int
    language: str

    @property
    def scope(self) -> OnePerson:
        """What the page proves: one person."""
        return OnePerson(self.subscriber_id)


def ask(
    session: Session, *, address: str, network: str, links: Sequence[str], base_url: str, now: datetime
) -> int:
    """Send a link to everyone who reads this address, and return how many notes were queued.

    ``links`` are ``MOST_LINKS`` fresh secrets, ``network`` is where the asking comes from. The caller answers
    the same whatever comes back. A suppressed address gets nothing. Raises ``SubscribersError`` when the
    network has asked too often, which says nothing about the address.
    """
    check_pace(session, network=network, now=now)
    try:
        canonical = addresses.parse(address).canonical
    except BadAddress:
        return 0
    found = session.scalars(_reading(canonical)).all()[: len(links)]
    if not found or not _may_mail(session, canonical, now):
        return 0
    for each, link in zip(found, links, strict=False):
        _send(session, each, link, base_url, now)
    return len(found)


def send_to(
    session: Session, *, scope: Scope, subscriber_id: int, secret: str, base_url: str, now: datetime
) -> bool:
    """Send a link to the registered address of a person, and return whether a note was queued.

    None is where there is no address that may be written to, or too many were asked for. Raises ``NotFound``
    for a person outside the scope.
    """
    to = members.best_address(session, scope=scope, subscriber_id=subscriber_id)
    if to is None or not _may_mail(session, to.canonical, now):
        return False
    _send(session, to, secret, base_url, now)
    return True


def check_pace(session: Session, *, network: str, now: datetime) -> None:
    """Count a try from a network. Raises ``SubscribersError`` for one too many."""
    if not rates.allow(
        session, what="own page asked", whose=network, most=_MOST_ASKED, period=_ASKED_PERIOD, now=now
    ):
        raise SubscribersError("Det har försökts för många gånger. Vänta en stund och försök igen.")


def peek(session: Session, *, secret: str, now: datetime) -> bool:
    """Tell whether a link can still be used. Changes nothing."""
    usable = select(OwnPageLink.subscriber_id).where(
        OwnPageLink.token_hash == digest(secret),
        OwnPageLink.used_at.is_(None),
        OwnPageLink.expires_at > now,
    )
    return session.scalar(usable) is not None


def open_(session: Session, *, secret: str, session_secret: str, now: datetime) -> Owner:
    """Use a link up, and open its person's page under ``session_secret``.

    Raises ``NotFound`` for a link that is used, too old or not ours: the same answer for all of them.
    """
    used = session.execute(
        update(OwnPageLink)
        .where(
            OwnPageLink.token_hash == digest(secret),
            OwnPageLink.used_at.is_(None),
            OwnPageLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(OwnPageLink.subscriber_id),
        execution_options={"synchronize_session": False},
    ).first()
    if used is None:
        raise NotFound("Länken gäller inte längre. Be om en ny.")
    session.add(
        OwnPageSession(
            token_hash=digest(session_secret),
            subscriber_id=used.subscriber_id,
            opened_at=now,
            expires_at=now + OPEN_FOR,
        )
    )
    session.flush()
    return Owner(used.subscriber_id, session.get_one(Subscriber, used.subscriber_id).language)


def owner(session: Session, *, secret: str, now: datetime) -> Owner | None:
    """Return whose page is open with this secret; None where none is. Changes nothing."""
    found = session.execute(
        select(Subscriber.id, Subscriber.language)
        .join(OwnPageSession, OwnPageSession.subscriber_id == Subscriber.id)
        .where(
            OwnPageSession.token_hash == digest(secret),
            OwnPageSession.expires_at > now,
            Subscriber.erased_at.is_(None),
        )
    ).first()
    return Owner(found.id, found.language) if found else None


def close(session: Session, *, secret: str) -> None:
    """Close a page that is open."""
    session.execute(delete(OwnPageSession).where(OwnPageSession.token_hash == digest(secret)))


def close_all(session: Session, *, subscriber_id: int) -> None:
    """Close a person's page wherever it is open, and make worthless what links to it are on their way."""
    for model in (OwnPageSession, OwnPageLink):
        session.execute(delete(model).where(model.subscriber_id == subscriber_id))


def forget(session: Session, *, now: datetime) -> int:
    """Take away links and sessions that are over, and return how many."""
    links = delete(OwnPageLink).where(OwnPageLink.expires_at <= now).returning(OwnPageLink.token_hash)
    over = delete(OwnPageSession).where(OwnPageSession.expires_at <= now).returning(OwnPageSession.token_hash)
    return len(session.execute(links).all()) + len(session.execute(over).all())


def _reading(canonical: str) -> Select[Address]:
    return (
        select(Address)
        .join(Subscriber, Subscriber.id == Address.subscriber_id)
        .outerjoin(Suppression, Suppression.canonical == Address.canonical)
        .where(
            Address.canonical == canonical, Suppression.canonical.is_(None), Subscriber.deceased_on.is_(None)
        )
        .order_by(Subscriber.id)
    )


def _may_mail(session: Session, canonical: str, now: datetime) -> bool:
    return rates.allow(
        session, what="own page mails", whose=canonical, most=_MOST_MAILS, period=_MAILS_PERIOD, now=now
    )


def _send(session: Session, to: Address, secret: str, base_url: str, now: datetime) -> None:
    session.add(
        OwnPageLink(token_hash=digest(secret), subscriber_id=to.subscriber_id, expires_at=now + LINK_VALID)
    )
    person = session.get_one(Subscriber, to.subscriber_id)
    notes.queue(
        session,
        kind="own-page",
        to=to.address,
        language=person.language,
        values={"name": person.name, "link": f"{base_url}/mina-uppgifter/lank/{secret}"},
        subscriber_id=person.id,
        now=now,
    )
