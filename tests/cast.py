"""The people of the tests, always the same ones.

Anna    member in Lund (Skåne), one address, gets the newsletter
Bo      member in Luleå (Norra), a private and a preferred work address, gets the newsletter
Cecilia member in Lund, shares her address with David
David   member in Lund, shares Cecilia's address
Elsa    member in Umeå (Norra), has no address
Farid   member in Göteborg (Väst), has unsubscribed from the newsletter
Greta   member in Göteborg, her only address is suppressed
Hilma   a subscriber who is no member and has no region, gets the newsletter, reads English
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from subscribers.core.authority import Everything
from subscribers.core.names import sort_key
from subscribers.models import (
    Address,
    AddressKind,
    ListPurpose,
    MailingList,
    Municipality,
    Subscriber,
    Subscription,
    Suppression,
    SuppressionReason,
)
from subscribers.services import ledger


@dataclass(frozen=True)
class Cast:
    """The ids of the people, and of the newsletter's list."""

    anna: int
    bo: int
    cecilia: int
    david: int
    elsa: int
    farid: int
    greta: int
    hilma: int
    newsletter: int


_PEOPLE: tuple[tuple[str, str, str | None, str | None, tuple[tuple[str, AddressKind, bool], ...]], ...] = (
    ("Anna", "Åkesson", "Lund", "skane", (("anna@lund.example", AddressKind.WORK, True),)),
    (
        "Bo",
        "Öberg",
        "Luleå",
        "norra",
        (("bo@hemma.example", AddressKind.PRIVATE, False), ("bo@lulea.example", AddressKind.WORK, True)),
    ),
    ("Cecilia", "Ärlig", "Lund", "skane", (("familjen@lund.example", AddressKind.PRIVATE, True),)),
    ("David", "Ärlig", "Lund", "skane", (("familjen@lund.example", AddressKind.PRIVATE, True),)),
    ("Elsa", "Norén", "Umeå", "norra", ()),
    ("Farid", "Haddad", "Göteborg", "vast", (("farid@goteborg.example", AddressKind.WORK, True),)),
    ("Greta", "Ek", "Göteborg", "vast", (("greta@studsar.example", AddressKind.WORK, True),)),
    ("Hilma", "Virtanen", None, None, (("hilma@borta.example", AddressKind.OTHER, True),)),
)


def settle_in(session: Session, *, now: datetime) -> Cast:
    """Write the cast into an empty register and return their ids. Does not commit."""
    newsletter = session.scalars(
        select(MailingList).where(MailingList.purpose == ListPurpose.NEWSLETTER)
    ).one()
    codes = {m.name: m.code for m in session.scalars(select(Municipality))}
    people = {}
    for number, (given, family, municipality, region, addresses) in enumerate(_PEOPLE, start=1):
        people[given.lower()] = Subscriber(
            given_name=given,
            family_name=family,
            sort_key=sort_key(given, family),
            language="en" if given == "Hilma" else "sv",
            member_number=None if given == "Hilma" else f"M{number:03}",
            member_since=None if given == "Hilma" else date(2020, 1, 1),
            municipality_code=codes[municipality] if municipality else None,
            region_slug=region,
            created_at=now,
            updated_at=now,
            addresses=[
                Address(address=a, canonical=a, kind=kind, preferred=preferred, created_at=now)
                for a, kind, preferred in addresses
            ],
            subscriptions=[
                Subscription(
                    list_id=newsletter.id, active=given != "Farid", changed_at=now, source="register"
                )
            ],
        )
    session.add_all(people.values())
    session.add(
        Suppression(canonical="greta@studsar.example", reason=SuppressionReason.BOUNCED, created_at=now)
    )
    session.flush()
    ids = {name: person.id for name, person in people.items()}
    ledger.write_down(
        session, scope=Everything("the cast"), subscriber_ids=list(ids.values()), how="register"
    )
    return Cast(**ids, newsletter=newsletter.id)
