"""What people read about somebody to ring or write to: what happened, and what to do."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from newsletter.core.inbound.kinds import Kind
from newsletter.language import _, current, mark
from newsletter.models import Call, CallReason
from newsletter.services.calls import Closing

#: Message ids: why letters to an address fail, within a sentence.
KINDS = {
    Kind.ADDRESS: mark("adressen finns inte längre"),
    Kind.FULL: mark("brevlådan är full"),
    Kind.POLICY: mark("mottagarens mejlserver vill inte ha brevet"),
    Kind.SIZE: mark("brevet är för stort för mottagarens mejlserver"),
    Kind.TEMPORARY: mark("mottagarens mejlserver kan inte ta emot just nu"),
    Kind.UNKNOWN: mark("mottagarens mejlserver säger inte varför"),
}

#: How it can end, in the order in which it is asked.
CLOSINGS = {
    Closing.NEW_ADDRESS: mark("Registret har en ny adress"),
    Closing.WORKS: mark("Adressen fungerar, släpp den fri"),
    Closing.REACHED: mark("Personen vet om det och ordnar det själv"),
    Closing.NOT_ANY_MORE: mark("Personen vill inte ha brev längre"),
    Closing.UNREACHABLE: mark("Det gick inte att få tag i personen"),
}

_HAPPENED = {
    CallReason.BOUNCED: mark("Brevet till {address} kom tillbaka den {day}: {why}."),
    CallReason.FAILING: mark(
        "Brev till {address} har kommit tillbaka {times} gånger, senast den {day}: {why}."
    ),
    CallReason.HAS_LEFT: mark(
        "Ett automatiskt svar från {address} den {day} säger att den som hade adressen inte är kvar där."
    ),
    CallReason.NEW_ADDRESS: mark("Den {day} kom ett mejl från {address} om att adressen är bytt till {new}."),
    CallReason.COMPLAINED: mark(
        "Den {day} anmäldes ett brev till {address} som skräppost. Listan är avslutad och adressen spärrad."
    ),
}

_TO_DO = {
    CallReason.BOUNCED: mark("Ring, eller fråga någon som känner {name}, efter en adress som fungerar."),
    CallReason.FAILING: mark("Ring och fråga om {name} läser den brevlådan, eller har en annan."),
    CallReason.HAS_LEFT: mark("Ring, eller fråga någon som känner {name}, efter en privat adress."),
    CallReason.NEW_ADDRESS: mark(
        "Vem som helst kan skriva ett sådant mejl. Fråga därför den nya adressen: bytet görs när någon där "
        "har sagt ja."
    ),
    CallReason.COMPLAINED: mark(
        "Det kan ha varit ett misstag. Ring och fråga om {name} vill ha brev; skriv inte till adressen."
    ),
}


def happened(call: Call, *, zone: str) -> str:
    """Say what happened, in one or two sentences."""
    return _(_HAPPENED[call.reason]).format(
        address=call.canonical,
        day=format_date(_day(call, zone), "d MMMM", locale=current()),
        why=_(KINDS[_kind(call)]),
        times=call.facts.get("times", 2),
        new=call.proposal or "?",
    )


#: What to do where it is not the address that fails, but the letter that is not wanted.
_UNWELCOME = mark(
    "Adressen finns. Be {name} säga till sin IT-avdelning att brev från oss är väntade; brev går fortfarande "
    "dit."
)


def to_do(call: Call, *, name: str) -> str:
    """Say what to do about it; ``name`` is the person's, or "" where the register has none."""
    unwelcome = call.reason is CallReason.FAILING and _kind(call) in (Kind.POLICY, Kind.SIZE)
    return _(_UNWELCOME if unwelcome else _TO_DO[call.reason]).format(name=name or _("personen"))


def _kind(call: Call) -> Kind:
    try:
        return Kind(call.facts.get("kind", Kind.UNKNOWN.value))
    except ValueError:
        return Kind.UNKNOWN


def _day(call: Call, zone: str) -> date:
    at: datetime = call.opened_at
    return at.astimezone(ZoneInfo(zone)).date()
