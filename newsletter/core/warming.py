"""A slow start: a sender that nobody knows yet sends few letters the first day, and twice as many each day.

Receivers know senders by their addresses and domains, and mistrust whoever begins with a crowd. A day on
which less than half of what was allowed has gone warms nothing: the next one allows as much, and not more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.core.pacing import Per, Rate

#: Who sends so many a day has started.
ENOUGH = 100_000
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Warming:
    """A day of a slow start: when it began, how often the first day's number was doubled, what has gone."""

    since: datetime
    doublings: int = 0
    letters: int = 0


def allowed(first: int, warming: Warming, *, most: int = ENOUGH) -> Rate | None:
    """Return the rate of this day; None where the slow start is over.

    ``first`` is the number of letters of the first day, and ``most`` what the relay's own rate allows a day.
    """
    letters = first * 2**warming.doublings
    return None if letters >= min(most, ENOUGH) else Rate(letters, Per.DAY)


def today(first: int, warming: Warming | None, now: datetime) -> Warming:
    """Return the day that it is now; None is a relay that has never sent."""
    if warming is None:
        return Warming(now)
    if abs(now - warming.since) < _DAY:
        return warming
    enough = now > warming.since and 2 * warming.letters >= first * 2**warming.doublings
    return Warming(now, warming.doublings + enough)
