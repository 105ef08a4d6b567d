"""Mails that we sent ourselves have come home: compared with what went, and their signatures checked.

    compare  boomerangs.to_compare | core.health.comparing, mail.verifying (the DNS) | compared | commit

No transaction is open while the DNS is asked.
"""

import logging
from dataclasses import replace

from newsletter.app import App
from newsletter.core.headers import wire_address
from newsletter.core.health import arrival, dmarc
from newsletter.core.health.checks import Check, Group, Level, mark
from newsletter.core.health.names import Names, Unanswered, domain_of
from newsletter.services import boomerangs
from newsletter.services.boomerangs import Pair

_log = logging.getLogger(__name__)


def compare(app: App) -> int:
    """Compare what has come home, and return how many mails did."""
    with app.readers() as session:
        waiting = boomerangs.to_compare(session)
    for pair in waiting:
        checks = _judged(app, pair)
        with app.sessions.begin() as session:
            boomerangs.compared(session, boomerang_id=pair.boomerang_id, checks=checks)
    return len(waiting)


def _judged(app: App, pair: Pair) -> list[Check]:
    try:
        return judge(pair, sender=app.current().from_address, names=_names(app))
    except Exception as error:  # what a relay made of a mail must not keep other mail from being taken in
        _log.exception("a mail to ourselves cannot be compared")
        says = mark("Brevet kom fram, men gick inte att jämföra med det som gick.")
        do = mark("Felet ligger i programmet: säg till den som sköter det.")
        name = type(error).__name__
        return [Check(Group.BOOMERANG, "came", Level.AMBER, says, do, said=name, about=pair.relay)]


def judge(pair: Pair, *, sender: str, names: Names) -> list[Check]:
    """Return everything that a mail shows; ``sender`` is the address in its From."""
    from newsletter.core.health import comparing  # reads HTML, by a library that a sender has no room for

    changed = comparing.compare(pair.went, pair.came)
    found = [
        *(changed or [arrival.whole()]),
        *_signatures(pair.came, domain_of(wire_address(sender)), names),
        *arrival.received(pair.came),
    ]
    return [replace(each, about=pair.relay) for each in found]


def _signatures(came: bytes, sender: str, names: Names) -> list[Check]:
    from newsletter.mail import verifying  # its libraries take their time, and only this needs them

    try:
        signatures = verifying.signatures(came, names.texts)
        found = dmarc.find(sender, names).records if signatures else ()
        strict = len(found) == 1 and found[0].strict_dkim
        aligned = {
            each.domain for each in signatures if dmarc.are_aligned(sender, each.domain, names, strict=strict)
        }
    except Unanswered as error:
        says = mark("DNS svarade inte i tid, så brevets signatur gick inte att kontrollera.")
        do = mark("Kontrollera igen om en stund.")
        return [Check(Group.BOOMERANG, "came-dkim", Level.AMBER, says, do, said=str(error))]
    return list(arrival.signed(signatures, sender=sender, aligned=aligned))


def _names(app: App) -> Names:
    from newsletter.resolving import Resolver

    return Resolver(app.settings.dns_server)
