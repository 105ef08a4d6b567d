"""Whether letters may leave by the settings as they are, and what all letters have in common."""

from dataclasses import replace

from sqlalchemy.orm import Session

from newsletter import settings as all_settings
from newsletter import signatures
from newsletter.app import App
from newsletter.core import letters
from newsletter.core.letters import House
from newsletter.core.verp import EnvelopeMode
from newsletter.errors import HeaderRefused, SendingRefused
from newsletter.mail import smtp
from newsletter.relaying import relays_of
from newsletter.settings import Settings
from subscribers.core.authority import Everything
from subscribers.services import departures, role_addresses


def check_sending(app: App) -> None:
    """Raise ``SendingRefused`` when letters may not leave (``check_permitted``), or none could be written."""
    all_settings.check_sending(app.current())
    for relay in relays_of(app.settings):
        smtp.check(relay)
    try:
        letters.check(sending_house(app), app.keyring)
    except (HeaderRefused, ValueError) as error:
        raise SendingRefused(
            "Med de här inställningarna går inga brev att skriva ({reason}). Kontrollera BASE_URL, "
            "FROM_ADDRESS, CONTACT_ADDRESS, BOUNCE_ADDRESS och INBOUND_ADDRESS.",
            reason=error,
        ) from error
    with app.readers() as session:
        check_permitted(session, app.current())


def check_permitted(session: Session, settings: Settings) -> None:
    """Raise ``SendingRefused`` unless mail stays on this machine, or real sending is set up as it must be.

    Besides ``settings.check_sending``: nobody who has left another service's letters is written to because
    their list was forgotten. It was read in, or somebody has stated that there is none. And letters come from
    role addresses: people leave, and their mailboxes with them.
    """
    all_settings.check_sending(settings)
    if settings.stays_here:
        return
    everyone = Everything("whether an address of the association's is somebody's own")
    if own := role_addresses.own_among(session, scope=everyone, found=settings.role_addresses):
        raise SendingRefused(
            "Inga brev skickas från, eller besvaras till, {address}: det är en persons egen adress i "
            "registret. Sätt funktionsadresser i FROM_ADDRESS och CONTACT_ADDRESS, eller intyga att adressen "
            "är föreningens med rundbrev roles allow-address {address} --reason SKÄL.",
            address=own[0],
        )
    if departures.known(session):
        return
    raise SendingRefused(
        "Inga brev skickas till {host} förrän de som har avregistrerat sig från tidigare brev är kända. "
        "Läs in listan över dem med rundbrev members import FIL --unsubscribed, eller intyga att ingen finns "
        "med rundbrev members no-unsubscribed --by NAMN.",
        host=settings.elsewhere,
    )


def house_of(settings: Settings) -> House:
    """Return what all letters have in common, by the settings."""
    return House(
        name=settings.association_name,
        from_address=settings.from_address,
        contact_address=settings.contact_address,
        base_url=settings.base_url,
        envelope=EnvelopeMode(settings.envelope),
        bounce_address=settings.envelope_address,
        inbound_address=settings.inbound_address,
        answers_here=settings.answers_to == "inbound",
    )


def sending_house(app: App) -> House:
    """Return the same for mail that goes now: it is signed, where we sign. Raises ``SendingRefused``."""
    return replace(house_of(app.current()), seal=signatures.seal(app))
