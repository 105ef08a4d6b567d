"""When regions are asked for their blocks, reminded, and no longer heard: rules about days, and nothing else.

    last day - 14   the request           last day - 5, last day - 1   reminders to whoever has not handed in
    last day        the link still works  the day after                the standing text, or nothing

What was missed (nothing ran, the association rested) is made up for once, with the latest that is due.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.errors import BlockError

#: So many days before the last one, whoever has not handed in is reminded.
REMINDERS = (5, 1)
#: Mails about blocks go between these hours, where the association lives: nobody's night is disturbed.
FIRST_HOUR, LAST_HOUR = 8, 18

#: What somebody is told of a block, as it is kept: the request, or so many days before the last one.
REQUEST = "request"
VACANT = "vacant"
MOVED = "moved"

#: A region's part of an issue is short; nobody reads a book in a letter.
LONGEST_BODY = 20_000
MOST_PICTURES = 6


def is_open(deadline: date | None, today: date) -> bool:
    """Tell whether blocks are still taken: through the whole last day, where the association lives."""
    return deadline is not None and today <= deadline


def is_awake(now: datetime, zone: str) -> bool:
    """Tell whether mails about blocks may go at this hour."""
    return FIRST_HOUR <= now.astimezone(ZoneInfo(zone)).hour < LAST_HOUR


def asks_from(deadline: date, days: int) -> date:
    """Return the day from which regions are asked by themselves."""
    return deadline - timedelta(days=days)


def step_due(deadline: date, today: date, told_on: Collection[date]) -> str | None:
    """Return what somebody is to be told today, who has been told on these days; None for nothing.

    A reminder is due when its day has come and they have heard nothing since: whoever was asked late is
    not reminded within the hour.
    """
    if not is_open(deadline, today):
        return None
    if not told_on:
        return REQUEST
    come = [days for days in REMINDERS if today >= deadline - timedelta(days=days)]
    if come and max(told_on) < deadline - timedelta(days=min(come)):
        return reminder(min(come))
    return None


def reminder(days: int) -> str:
    """Return how a reminder so many days before the last one is kept."""
    return f"reminder-{days}"


def by_hand(today: date) -> str:
    """Return how a reminder that a person sends is kept: one a day is enough for anybody."""
    return f"by-hand-{today:%Y%m%d}"


def check_text(body: str) -> None:
    """Raise ``BlockError`` for a text that is too long for a region's part of a letter."""
    if len(body) > LONGEST_BODY:
        raise BlockError(
            "Texten är {length} tecken lång. Ett inslag får ha högst {longest}: korta den, eller länka "
            "till resten.",
            length=len(body),
            longest=LONGEST_BODY,
        )


def check_ready(*, body: str, alts: Collection[str]) -> None:
    """Raise ``BlockError`` unless a block can be handed in: it says something, and so does each picture.

    ``alts`` are the pictures' words for those who do not see them.
    """
    if not body.strip() and not alts:
        raise BlockError("Inslaget är tomt. Skriv något, eller lägg till en bild, innan du lämnar in.")
    if any(not alt.strip() for alt in alts):
        raise BlockError("Skriv vad bilden visar, för den som inte ser den. Sedan går inslaget att lämna in.")
