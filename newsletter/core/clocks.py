"""When the clocks are turned, said beforehand: the nights in which a wall time is missing or comes twice."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

#: Clocks are turned twice a year where they are turned at all.
_AHEAD = timedelta(days=370)


@dataclass(frozen=True, slots=True)
class Turn:
    """The clocks go from one wall time to another (both naive, on the same night).

    ``forward``: the times between them do not exist. Otherwise they come twice.
    """

    before: datetime
    after: datetime

    @property
    def forward(self) -> bool:
        """Whether it is the night in spring."""
        return self.after > self.before


def next_turn(zone: str, now: datetime) -> Turn | None:
    """Return the next time that the clocks are turned in a zone; None where they are not within a year."""
    place = ZoneInfo(zone)
    start = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    day, end = start, start + _AHEAD
    while day < end:
        following = day + timedelta(days=1)
        if _offset(day, place) != _offset(following, place):
            return _within(day, place)
        day = following
    return None


def _within(day: datetime, place: ZoneInfo) -> Turn | None:
    for hour in range(1, 25):
        moment = day + timedelta(hours=hour)
        before, after = _offset(moment - timedelta(hours=1), place), _offset(moment, place)
        if before != after:
            plain = moment.replace(tzinfo=None)
            return Turn(plain + before, plain + after)
    return None


def _offset(moment: datetime, place: ZoneInfo) -> timedelta:
    return moment.astimezone(place).utcoffset() or timedelta()
