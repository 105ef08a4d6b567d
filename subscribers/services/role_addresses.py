"""Role addresses: where letters come from and answers go is a role's mailbox, and nobody's own.

    give       a region -> its address; somebody's own is refused, unless there is a reason for it
    allow      an address of the association's that stands in the register, with the reason
    own_among  which of these addresses are somebody's own
    of_regions the addresses that regions have been given
    answering  a region, today -> its address; "" where the association itself answers

People leave, and their mailboxes with them; letters go on being answered.
"""

import hashlib
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from subscribers.core import addresses
from subscribers.core.authority import Everything, Scope
from subscribers.core.hints import is_shared
from subscribers.errors import BadAddress, NotFound, SubscribersError
from subscribers.models import Address, Fact, Region
from subscribers.services import roles
from subscribers.services.dialects import insert_into

#: Octets before the @ of an address (RFC 5321 4.5.3.1.1).
_LONGEST_LOCAL_PART = 64


def give(
    session: Session, *, scope: Scope, region: str, address: str, reason: str, actor: str, now: datetime
) -> bool:
    """Give a region (a slug) its role address, or with "" none; return whether that changed anything.

    With a ``reason`` it may be an address that is somebody's own, and the reason is kept. Raises
    ``NotFound``, ``BadAddress`` for what every mail server cannot take, and ``SubscribersError`` for
    somebody's own without a reason and for a scope over less than everything.
    """
    _check_everything(scope)
    found = session.get(Region, region)
    if found is None:
        raise NotFound("Det finns ingen region som heter {region}.", region=region)
    written = _fit(address) if address else ""
    if written and reason.strip():
        allow(session, scope=scope, address=written, reason=reason, actor=actor, now=now)
    elif written and own_among(session, scope=scope, found=[written]):
        raise SubscribersError(
            "{address} är en persons egen adress i registret. Ange en funktionsadress, som flera kan läsa "
            "och som blir kvar när någon slutar. Är den det ändå, så skriv varför med --reason.",
            address=written,
        )
    changed, found.address = found.address != written, written
    session.flush()
    return changed


def allow(session: Session, *, scope: Scope, address: str, reason: str, actor: str, now: datetime) -> None:
    """State that an address is the association's, although somebody in the register has it.

    Raises ``BadAddress``, and ``SubscribersError`` without a reason or a scope over everything.
    """
    _check_everything(scope)
    if not reason.strip():
        raise SubscribersError("Skriv varför adressen är föreningens, för den som undrar om ett år.")
    key = _key(addresses.canonical(address))
    said = {"value": reason.strip(), "stated_by": actor[:120], "stated_at": now}
    statement = insert_into(session, Fact).values(key=key, **said)
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=said))
    session.expire_all()


def own_among(session: Session, *, scope: Scope, found: Collection[str]) -> list[str]:
    """Return those of the addresses that are somebody's own: they stand in the register.

    Not so the ones that are called as roles are ("info@...") and those that somebody has stated to be the
    association's. Only a scope over everything finds any.
    """
    return [each for each in found if _is_own(session, each)] if isinstance(scope, Everything) else []


def answering(session: Session, *, region: str, today: date) -> str:
    """Return the address that answers for a region (a slug) today, as written.

    "" where the association does: the region has no lead or no address, or it has become somebody's own.
    """
    found = session.get(Region, region)
    if found is None or not found.address or _is_own(session, found.address):
        return ""
    return found.address if roles.is_led(session, region=region, today=today) else ""


def forget(session: Session, *, canonicals: Collection[str]) -> None:
    """Take away what was stated about addresses (canonical) of somebody who is erased, wherever it stands."""
    session.execute(delete(Fact).where(Fact.key.in_([_key(each) for each in canonicals])))
    for region in session.scalars(select(Region).where(Region.address != "")):
        if addresses.canonical(region.address) in canonicals:
            region.address = ""
    session.flush()


def of_regions(session: Session) -> tuple[str, ...]:
    """Return the addresses that regions have been given, as written, whoever leads them today."""
    return tuple(session.scalars(select(Region.address).where(Region.address != "").order_by(Region.slug)))


def _is_own(session: Session, address: str) -> bool:
    canonical = addresses.canonical(address)
    if is_shared(canonical.rpartition("@")[0]):
        return False
    held = session.scalar(select(Address.id).where(Address.canonical == canonical).limit(1))
    return held is not None and session.get(Fact, _key(canonical)) is None


def _fit(address: str) -> str:
    parsed = addresses.parse(address)
    local = parsed.written.rpartition("@")[0]
    if not local.isascii() or len(local) > _LONGEST_LOCAL_PART:
        raise BadAddress(
            "Före @ i {address} går bara a–z, siffror och några tecken till, högst {most}: alla ska kunna "
            "svara, och många brevprogram klarar inte å, ä och ö där.",
            address=address,
            most=_LONGEST_LOCAL_PART,
        )
    return parsed.written


def _key(canonical: str) -> str:
    # Addresses are longer than keys may be, and a fact need not show whose it is about.
    return f"role-address:{hashlib.sha256(canonical.encode()).hexdigest()}"


def _check_everything(scope: Scope) -> None:
    if not isinstance(scope, Everything):
        raise SubscribersError("Funktionsadresser bestäms av den som ansvarar för hela föreningen.")
