"""Times that the turning of the clocks makes doubtful: explained once, and then chosen among."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.core.issues import ClockNote, Resolved
from newsletter.language import _


@dataclass(frozen=True, slots=True)
class Turned:
    """A wall time that the turning of the clocks makes doubtful: what to say, and what to choose among."""

    told: str
    choices: tuple[tuple[str, str], ...]


def turned_of(resolved: Resolved) -> Turned:
    """Say what happens to a time that has a note, and between which moments one has to choose."""
    zone = ZoneInfo(resolved.zone)
    first = resolved.instant
    if resolved.note is ClockNote.MOVED_FORWARD:
        told = _(
            "Klockorna ställs fram till sommartid den natten, så {wall} finns inte. Välj en annan tid ovan, "
            "eller låt numret gå när klockan är {actual}."
        ).format(wall=_hours(resolved.wall), actual=f"{first.astimezone(zone):%H.%M}")
        return Turned(told, ((first.isoformat(), _("Ja, skicka {time}").format(time=_written(first, zone))),))
    told = _(
        "Klockorna ställs tillbaka till vintertid den natten, så {wall} kommer två gånger. "
        "Välj vilken du menar."
    ).format(wall=_hours(resolved.wall))
    second = first + timedelta(hours=1)
    return Turned(
        told,
        (
            (first.isoformat(), _("Första gången, medan det är sommartid")),
            (second.isoformat(), _("Andra gången, när vintertiden har börjat")),
        ),
    )


def _hours(wall: str) -> str:
    return wall.partition(" ")[2].replace(":", ".")


def _written(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H.%M}"
