"""When and where people are asked to come: what an invitation says beside its words.

Times are wall times of the association's zone: "at ten o'clock in Vadstena" stays ten o'clock, whatever the
offset of the zone turns out to be.
"""

from dataclasses import dataclass
from datetime import date, datetime

from newsletter.errors import ArticleError

#: How the form and the database write a wall time: ``2027-03-13T10:00``.
WALL = "%Y-%m-%dT%H:%M"
LONGEST_PLACE, LONGEST_ADDRESS = 200, 300


@dataclass(frozen=True, slots=True)
class Meeting:
    """An occasion. ``starts`` and ``ends`` are wall times, ``answer_by`` is the last day to answer."""

    starts: datetime
    ends: datetime | None = None
    place: str = ""
    address: str = ""
    answer_by: date | None = None


def read_wall(written: str) -> datetime | None:
    """Return a wall time as a form or a database writes it; None for anything else."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found.replace(second=0, microsecond=0) if found.tzinfo is None else None


def check(meeting: Meeting) -> None:
    """Raise ``ArticleError`` for an occasion that ends before it begins, or is to be answered after it."""
    if meeting.ends is not None and meeting.ends <= meeting.starts:
        raise ArticleError("Träffen slutar innan den börjar. Rätta tiderna, eller lämna slutet tomt.")
    if meeting.answer_by is not None and meeting.answer_by > meeting.starts.date():
        raise ArticleError("Sista dag att svara ligger efter träffen. Rätta dagen, eller lämna den tom.")
    for text, most in ((meeting.place, LONGEST_PLACE), (meeting.address, LONGEST_ADDRESS)):
        if len(text) > most:
            raise ArticleError("{value} … är längre än {most} tecken. Korta det.", value=text[:40], most=most)
