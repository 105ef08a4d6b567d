"""What people read of what holds letters: a sentence each, and when it can be done."""

from collections.abc import Iterable
from datetime import datetime

from newsletter.core.pacing import Per, Rate
from newsletter.language import _, mark, ngettext
from newsletter.services.holding import Holding, Kind, Obstacle
from newsletter.services.send_states import Clock


def standing(sentence: str, state: str, holding: Holding) -> str:
    """Return the sentence about a send's state; another one where nothing of it goes at this hour."""
    if holding.is_quiet and state in ("first", "going", "later"):
        return _("Breven väntar.")
    return sentence


def sentences(holding: Holding, clock: Clock, *, measured: datetime | None = None) -> list[str]:
    """Say what holds an issue, and when it is done: never sooner than was ``measured``."""
    said = told(holding.obstacles, clock)
    if holding.done_at is None:
        return said
    done_at = max(filter(None, (holding.done_at, measured)))
    word = mark("Klart tidigast {time}.") if holding.at_least else mark("Klart omkring {time}.")
    return [*said, _(word).format(time=clock(done_at))]


def told(obstacles: Iterable[Obstacle], clock: Clock) -> list[str]:
    """Say what each obstacle is."""
    return [_told(each, clock) for each in obstacles]


def _told(obstacle: Obstacle, clock: Clock) -> str:
    return _(_WORDS[obstacle.kind, bool(obstacle.name)]).format(
        name=obstacle.name,
        time=clock(obstacle.until) if obstacle.until else "",
        rate=_rate(obstacle.rate) if obstacle.rate else "",
    )


_WORDS = {
    (Kind.QUIET, False): mark("Tysta timmar till {time}."),
    (Kind.RATE, False): mark("Väntar: högst {rate}."),
    (Kind.RATE, True): mark("Väntar: högst {rate} till {name}."),
    (Kind.SLOW_START, True): mark("Långsam start: högst {rate} till {name} än så länge."),
    (Kind.RELAY_RESTS, True): mark("{name} tar inte emot fler brev just nu: väntar till {time}."),
    (Kind.RECEIVER_RESTS, True): mark("{name} vill ha färre brev: väntar till {time}."),
    (Kind.RECEIVER_CAREFUL, True): mark("{name} vill ha färre brev och får ett i taget tills vidare."),
}


def _rate(rate: Rate) -> str:
    number = rate.letters
    match rate.per:
        case Per.SECOND:
            return ngettext("{count} brev i sekunden", "{count} brev i sekunden", number).format(count=number)
        case Per.MINUTE:
            return ngettext("{count} brev i minuten", "{count} brev i minuten", number).format(count=number)
        case Per.HOUR:
            return ngettext("{count} brev i timmen", "{count} brev i timmen", number).format(count=number)
        case Per.DAY:
            return ngettext("{count} brev om dygnet", "{count} brev om dygnet", number).format(count=number)
