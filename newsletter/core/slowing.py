"""A receiving domain, or a relay, that wants fewer letters: it rests, and is then asked one letter at a time.

    "4.7.28" -> rests 10 minutes, 20, 40 ... 2 hours -> careful: one letter a second, one at a time
             -> 20 accepted: as before; another "no" within a day of that: the next, longer rest

Google asks for such a pause of at least 10 minutes and for one connection after it (rule P13).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsletter.core.pacing import Per, Rate

FIRST_REST = timedelta(minutes=10)
LONGEST_REST = timedelta(hours=2)

#: So many accepted letters, and all is as before.
ENOUGH = 20

#: The pace of a domain or relay that is asked carefully, over all senders.
CAREFUL = Rate(1, Per.SECOND)

#: So long after its last rest it is not remembered any more that somebody wanted fewer letters.
_MEMORY = timedelta(hours=24)
_MOST_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Slow:
    """Since when and until when it rests, for which time, and what it has accepted since.

    ``said`` is the code that it said so with ("421 4.7.28"): the words after it may name an address.
    """

    since: datetime
    until: datetime
    times: int
    said: str
    accepted: int = 0

    def rests(self, now: datetime) -> bool:
        """Tell whether nothing may go to it now."""
        return self.since - LONGEST_REST <= now < self.until

    def is_careful(self, now: datetime) -> bool:
        """Tell whether it is to be asked one letter at a time, now or when it has rested."""
        return self.accepted < ENOUGH and now < self.until + _MEMORY


def slowed(before: Slow | None, said: str, now: datetime) -> Slow:
    """Return what holds when somebody has said that they want fewer letters.

    Letters that were under way together are refused together: that is one "no", and one rest.
    """
    if before is not None and before.rests(now):
        return before
    times = before.times + 1 if before is not None and now < before.until + _MEMORY else 1
    rest = min(FIRST_REST * 2 ** min(times - 1, _MOST_DOUBLINGS), LONGEST_REST)
    return Slow(since=now, until=now + rest, times=times, said=said)


def accepted(before: Slow, letters: int, now: datetime) -> Slow:
    """Return what holds when so many letters were accepted; during the rest that proves nothing."""
    return before if before.rests(now) else replace(before, accepted=min(ENOUGH, before.accepted + letters))
