"""The right to be forgotten: a person's values go, and a keyed hash of each address stays.

    forget   a person -> an empty row that ledgers can point to | hashes of address and pseudonym
    refuse   addresses that somebody wants to write to again -> an error when one of them was erased
    lift     somebody signs up by themselves -> they may be written to again

The key lies outside the database (``DIR/keys``) and comes with the session: an application puts it into
``Session.info`` under ``KEY``. Without it nothing can be looked up, and whoever tries is stopped.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnDefault, delete, select, update
from sqlalchemy.orm import Session

from subscribers.core.authority import Everything, Scope
from subscribers.errors import SubscribersError
from subscribers.models import (
    Address,
    Erasure,
    FieldChange,
    FollowedRegion,
    Role,
    SignUp,
    Subscriber,
    Subscription,
    Suppression,
    SuppressionRelease,
    Tag,
)
from subscribers.services import role_addresses
from subscribers.services.dialects import insert_into, table_of
from subscribers.services.scopes import no_such_person

#: Where a session carries the secret that hashes are made with.
KEY = "erasure_key"

_OWNED = (FieldChange, Address, Subscription, Role, FollowedRegion, Tag)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is known of an erased person for the rest of the transaction: addresses to be erased elsewhere.

    ``hashes`` are what must be kept outside the database, too; none when nobody needs to remember.
    """

    pseudonym: str
    addresses: tuple[str, ...]
    hashes: tuple[str, ...]


def forget(
    session: Session, *, scope: Scope, subscriber_id: int, remember: bool = True, now: datetime
) -> Forgotten:
    """Take away everything that the register holds of a person, and return what remains to be done.

    An empty row stays, with region and pseudonym, for the ledgers. With ``remember`` the addresses must not
    come in again by anybody else's hand. Raises ``NotFound``, and ``SubscribersError`` for a scope over less
    than everything.
    """
    if not isinstance(scope, Everything):
        raise SubscribersError("Personer raderas av den som ansvarar för hela föreningen.")
    person = session.get(Subscriber, subscriber_id, populate_existing=True)
    if person is None or person.erased_at is not None:
        raise no_such_person()
    addresses = tuple(address.canonical for address in person.addresses)
    pseudonym = person.pseudonym
    hashes = tuple(_hashes(session, [*addresses, _name_of(pseudonym)])) if remember else ()
    if hashes:
        remember_hashes(session, hashes=hashes, now=now)
    _take_away(session, subscriber_id, addresses, now, suppressions_too=remember)
    return Forgotten(pseudonym, addresses, hashes)


def keyed(session: Session, text: str) -> str:
    """Return the keyed digest of a text (HMAC-SHA-256, hexadecimal), which proves nothing without the key."""
    secret = session.info.get(KEY)
    if not isinstance(secret, bytes):
        raise RuntimeError("the session carries no key for digests of people")
    return hmac.digest(secret, text.encode(), hashlib.sha256).hex()


def erased_among(session: Session, *, canonicals: Collection[str]) -> frozenset[str]:
    """Return those of the addresses (canonical) whose people were erased."""
    if not canonicals or session.scalar(select(Erasure.at).limit(1)) is None:
        return frozenset()
    known = frozenset(session.scalars(select(Erasure.address_hash)))
    hashed = zip(canonicals, _hashes(session, canonicals), strict=True)
    return frozenset(address for address, found in hashed if found in known)


def refuse(session: Session, *, canonicals: Collection[str]) -> None:
    """Raise ``SubscribersError`` when one of the addresses belongs to somebody who was erased."""
    if erased_among(session, canonicals=canonicals):
        raise SubscribersError(
            "Någon har bett att bli raderad och hade en av adresserna. Bara personen själv kan anmäla sig "
            "igen, på sidan för anmälan."
        )


def lift(session: Session, *, canonical: str) -> tuple[str, ...]:
    """Let an address be written to again, since its owner has asked for it; return the hashes lifted."""
    if not erased_among(session, canonicals=[canonical]):
        return ()
    [found] = _hashes(session, [canonical])
    session.execute(delete(Erasure).where(Erasure.address_hash == found))
    return (found,)


def remember_hashes(session: Session, *, hashes: Iterable[str], now: datetime) -> None:
    """Keep hashes of erased people; those that are known already stay as they are."""
    for found in hashes:
        new = insert_into(session, Erasure).values(address_hash=found, at=now)
        session.execute(new.on_conflict_do_nothing())


def missing_hashes(session: Session, *, hashes: Collection[str]) -> frozenset[str]:
    """Return those of the hashes that the database does not know: it was restored from an older copy."""
    return frozenset(hashes) - frozenset(session.scalars(select(Erasure.address_hash)))


def people_with(session: Session, *, scope: Scope, hashes: Collection[str]) -> Sequence[int]:
    """Return who in the register was erased once, by the hash of their pseudonym or of an unshared address.

    Only a scope over everything finds anybody.
    """
    if not hashes or not isinstance(scope, Everything):
        return []
    rows = session.execute(select(Subscriber.id, Subscriber.pseudonym).where(Subscriber.erased_at.is_(None)))
    named = {subscriber_id: _name_of(pseudonym) for subscriber_id, pseudonym in rows}
    owners: dict[str, set[int]] = {}
    for subscriber_id, canonical in session.execute(select(Address.subscriber_id, Address.canonical)):
        owners.setdefault(canonical, set()).add(subscriber_id)
    by_name = dict(zip(named, _hashes(session, named.values()), strict=True))
    by_address = dict(zip(owners, _hashes(session, owners), strict=True))
    found = {subscriber_id for subscriber_id, each in by_name.items() if each in hashes}
    for canonical, each in by_address.items():
        if each in hashes and len(owners[canonical]) == 1:
            found |= owners[canonical]
    return sorted(found)


def _take_away(
    session: Session, subscriber_id: int, addresses: Sequence[str], now: datetime, *, suppressions_too: bool
) -> None:
    for model in _OWNED:
        session.execute(delete(table_of(model)).where(table_of(model).c.subscriber_id == subscriber_id))
    session.execute(
        update(table_of(Subscriber)).where(table_of(Subscriber).c.id == subscriber_id).values(**_empty(now))
    )
    role_addresses.forget(session, canonicals=addresses)
    for by_address in map(table_of, (SignUp, SuppressionRelease)):
        session.execute(delete(by_address).where(by_address.c.canonical.in_(addresses)))
    if suppressions_too:
        still_held = select(Address.canonical)
        session.execute(
            delete(Suppression).where(
                Suppression.canonical.in_(addresses), Suppression.canonical.not_in(still_held)
            ),
            execution_options={"synchronize_session": False},
        )
    session.expire_all()


def _empty(now: datetime) -> Mapping[str, object]:
    """Return the values of an empty row: the model's own defaults, but for what ledgers count by."""
    kept = {"id", "region_slug", "pseudonym", "created_at", "updated_at", "erased_at"}
    return {
        "updated_at": now,
        "erased_at": now,
        **{c.name: _nothing(c) for c in table_of(Subscriber).c if c.name not in kept},
    }


def _nothing(column: Column[Any]) -> object:
    default = column.default
    return default.arg if isinstance(default, ColumnDefault) and not column.nullable else None


def _name_of(pseudonym: str) -> str:
    return f"person {pseudonym}"


def _hashes(session: Session, texts: Iterable[str]) -> list[str]:
    return [keyed(session, text) for text in texts]
