"""Words of a check-up: what its groups and levels are called, and where a mail to ourselves is."""

from newsletter.core.boomerangs import Where
from newsletter.core.health.checks import Group, Level
from subscribers.errors import mark

GROUPS = {
    Group.SENDING: mark("Inställningar"),
    Group.MACHINE: mark("Datorn"),
    Group.RELAY: mark("Mejlservern"),
    Group.DOMAIN: mark("Domänen i DNS"),
    Group.WEB: mark("Webbadressen"),
    Group.BOOMERANG: mark("Ett brev till er själva"),
}

LEVELS = {
    Level.RED: mark("Fel"),
    Level.AMBER: mark("Osäkert"),
    Level.GREEN: mark("Bra"),
}

#: How bad it is where a mail to ourselves is, what that means, and what to do.
WHEREABOUTS = {
    Where.REFUSED: (
        Level.RED,
        mark("Mejlservern tog inte brevet till er själva."),
        mark("Säg till mejlserverns leverantör vad servern svarade. Det gäller nog alla brev."),
    ),
    Where.UNDERWAY: (
        Level.AMBER,
        mark("Brevet till er själva är på väg. Det brukar ta några sekunder, ibland några minuter."),
        "",
    ),
    Where.LOST: (
        Level.RED,
        mark("Mejlservern tog brevet till er själva, men det har inte kommit fram."),
        mark(
            "Titta i skräpposten hos adressen i INBOUND_ADDRESS, och se att rundbrev serve är igång. Säg "
            "annars till mejlserverns leverantör att brev från vårt konto inte kommer fram."
        ),
    ),
    Where.HOME: (Level.AMBER, mark("Brevet till er själva har kommit, och jämförs nu med det som gick."), ""),
}
