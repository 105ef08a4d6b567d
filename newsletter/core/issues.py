"""What an issue may be called, when it may go, and what may happen to it in each state.

Wall time is what the officer writes; the instant is what the scheduler compares with; both are kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from zoneinfo import ZoneInfo

from newsletter.errors import IssueError

#: What may happen to an issue, and the states (values of ``IssueStatus``) in which it may.
#: Everything else is refused. "schedule" of a scheduled issue changes its time only.
ALLOWED: Mapping[str, frozenset[str]] = {
    "edit": frozenset({"draft"}),
    "schedule": frozenset({"draft", "scheduled", "missed"}),
    "unschedule": frozenset({"scheduled", "missed", "cancelled"}),
    "miss": frozenset({"scheduled"}),
    "release": frozenset({"scheduled"}),
    "cancel": frozenset({"draft", "scheduled", "missed"}),
}

#: The state that each of them leads to.
LEADS_TO: Mapping[str, str] = {
    "edit": "draft",
    "schedule": "scheduled",
    "unschedule": "draft",
    "miss": "missed",
    "release": "released",
    "cancel": "cancelled",
}

#: Columns are this wide, and no mail program shows more of a subject.
LONGEST_LINE = 300
LONGEST_SECTION = 120


class ClockNote(Enum):
    """What the turning of the clocks does to a wall time."""

    MOVED_FORWARD = "moved-forward"  # the hour is skipped in spring; the same time after the gap is meant
    FIRST_OF_TWO = "first-of-two"  # the hour comes twice in autumn; the first one is meant


@dataclass(frozen=True, slots=True)
class Resolved:
    """A moment to send at.

    ``instant`` is in UTC. ``wall`` is the time as the officer wrote it, ``YYYY-MM-DD HH:MM`` with ``:SS``
    where seconds matter, in ``zone`` (an IANA name). ``note`` says what the officer may not have expected.
    """

    instant: datetime
    wall: str
    zone: str
    note: ClockNote | None = None


_WALL = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(?:kl\.? *)?)(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?"
    r"(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_AHEAD = re.compile(r"\+\s*(\d{1,6})\s*(s|m|min|h|tim|d)", re.ASCII | re.IGNORECASE)
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "tim": timedelta(hours=1),
    "d": timedelta(days=1),
}


def resolve_wall_time(given: str | datetime, zone: str, *, now: datetime) -> Resolved:
    """Turn what an officer wrote into a moment.

    ``given`` is a wall time in ``zone`` ("2026-12-01 09:00", also with seconds, "T", "kl." or a full stop
    in the time), a time with an offset ("2026-12-01T09:00+01:00", "...Z"), "nu", or a wait from ``now``
    ("+5s", "+10 min", "+2h", "+1d"); or a datetime, naive for a wall time. A wall time in the gap in
    spring is moved forward by the gap's length; of two in autumn the first is meant (RFC 5545 3.3.5).

    Raises ``IssueError`` for anything else, and for a date or a time that does not exist.
    """
    try:
        return _resolve(given, zone, now)
    except OverflowError:
        raise IssueError("Tiden {given} ligger för långt bort. Kontrollera årtalet.", given=given) from None


def _resolve(given: str | datetime, zone: str, now: datetime) -> Resolved:
    if isinstance(given, str):
        text = given.strip()
        if text.lower() in ("nu", "now"):
            return _at_instant(now, zone)
        if ahead := _AHEAD.fullmatch(text):
            return _at_instant(now + int(ahead[1]) * _UNITS[ahead[2].lower()], zone)
        given = _parse(text)
    if given.utcoffset() is not None:
        return _at_instant(given, zone)
    return _at_wall(given, ZoneInfo(zone))


def _parse(text: str) -> datetime:
    found = _WALL.fullmatch(text)
    if found is None:
        raise IssueError(
            "Tiden ”{given}” går inte att förstå. Skriv datum och klockslag som 2026-12-01 09:00, "
            "eller nu, eller +10m för om tio minuter.",
            given=text,
        )
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=_offset(found[7]))
    except ValueError:
        raise IssueError(
            "Tiden ”{given}” finns inte i kalendern. Kontrollera datum och klockslag.", given=text
        ) from None


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None  # a wall time
    if text in "Zz":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def _at_instant(moment: datetime, zone: str) -> Resolved:
    return Resolved(moment.astimezone(UTC), written(moment.astimezone(ZoneInfo(zone))), zone)


def _at_wall(wall: datetime, zone: ZoneInfo) -> Resolved:
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    instant = first.astimezone(UTC)
    note = None
    if instant.astimezone(zone).replace(tzinfo=None) != wall:
        note = ClockNote.MOVED_FORWARD  # with fold 0 the offset before the gap counts, which lands after it
    elif first.utcoffset() != second.utcoffset():
        note = ClockNote.FIRST_OF_TWO
    return Resolved(instant, written(wall), zone.key, note)


def written(moment: datetime) -> str:
    """Write a moment as a wall time: ``2026-12-01 09:00``, with seconds where there are any."""
    return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")


def check_words(*, title: str, subject: str, preheader: str = "") -> None:
    """Raise ``IssueError`` unless title and subject say something and all three fit on one line.

    A line break in a subject would end the header in every mail (RFC 5322 2.2).
    """
    if not title.strip():
        raise IssueError(
            "Numret saknar titel. Ange vad numret heter, till exempel ”Nyhetsbrevet i december”."
        )
    if not subject.strip():
        raise IssueError("Numret saknar ämnesrad. Ange vad som ska stå som ämne i brevet.")
    for text in (title, subject, preheader):
        check_line(text, LONGEST_LINE)


def check_line(text: str, longest: int) -> None:
    """Raise ``IssueError`` unless the text is one line of at most ``longest`` characters."""
    if any(ord(character) < 32 or character in "\x7f\x85\u2028\u2029" for character in text):
        raise IssueError(
            "”{text}” innehåller en radbrytning eller ett styrtecken. Skriv texten på en enda rad.",
            text=" ".join(text.split())[:60],
        )
    if len(text) > longest:
        raise IssueError(
            "”{text}…” är {length} tecken lång. Korta den till högst {longest} tecken.",
            text=text[:40],
            length=len(text),
            longest=longest,
        )


def check_allowed(action: str, status: str, *, name: str) -> None:
    """Raise ``IssueError`` unless the action may happen to an issue in this state. ``name`` is for people."""
    if status in ALLOWED[action]:
        return
    match status:
        case "released":
            raise IssueError("{issue} är redan på väg ut och kan inte ändras.", issue=name)
        case "scheduled" | "missed":
            raise IssueError(
                "{issue} är schemalagt och kan inte ändras. Ta tillbaka det till utkast först.",
                issue=name,
            )
        case "cancelled":
            raise IssueError("{issue} är inställt. Ta tillbaka det till utkast först.", issue=name)
        case _:
            raise IssueError("{issue} är ett utkast och har ingen sändningstid att ta tillbaka.", issue=name)
