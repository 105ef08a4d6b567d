"""Quiet hours: when letters that can wait do wait, by the clock on the association's wall.

A newsletter that goes at night is read as carelessness, and a phone may ring for it. What is urgent goes.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_FORM = re.compile(r"([0-9]{1,2})\s*-\s*([0-9]{1,2})")

#: All clocks of today are turned at, and differ by, a multiple of this.
_STEP = timedelta(minutes=15)
_LONGEST = timedelta(days=2)
_MOST_NIGHTS = 31


@dataclass(frozen=True, slots=True)
class Hours:
    """From one whole hour of the day (0 to 23) until another, past midnight where it is the earlier one."""

    first: int
    last: int

    def hold(self, hour: int) -> bool:
        """Tell whether it is quiet while the clock shows this hour."""
        if self.first < self.last:
            return self.first <= hour < self.last
        return hour >= self.first or hour < self.last


def parse(text: str) -> Hours | None:
    """Read ``22-7``; None for an empty text. Raises ``ValueError`` for anything else."""
    if not text.strip():
        return None
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not two hours: {text!r}")
    first, last = int(found[1]) % 24, int(found[2]) % 24
    if max(int(found[1]), int(found[2])) > 24 or first == last:
        raise ValueError(f"not two hours of one day: {text!r}")
    return Hours(first, last)


def is_quiet(now: datetime, zone: str, hours: Hours | None) -> bool:
    """Tell whether it is quiet in a zone ("Europe/Stockholm"); never where there are no such hours."""
    return hours is not None and hours.hold(now.astimezone(ZoneInfo(zone)).hour)


def ends_at(now: datetime, zone: str, hours: Hours | None) -> datetime:
    """Return when it will not be quiet any more, in UTC: ``now`` itself where it is not.

    In a night when the clocks are turned the wall is looked at, and not so many hours are counted.
    """
    return _turns(now, zone, hours, to=False)


def begins_at(now: datetime, zone: str, hours: Hours) -> datetime:
    """Return when it will be quiet next, in UTC: ``now`` itself where it is."""
    return _turns(now, zone, hours, to=True)


def after(start: datetime, work: timedelta, zone: str, hours: Hours | None) -> datetime:
    """Return when so much work is done that begins at ``start`` and rests whenever it is quiet, in UTC.

    What takes more than a month of nights is told as if there were no more of them.
    """
    moment = start.astimezone(UTC)
    if hours is None:
        return moment + work
    for _night in range(_MOST_NIGHTS):
        moment = ends_at(moment, zone, hours)
        until = begins_at(moment, zone, hours)
        if until - moment >= work:
            break
        moment, work = until, work - (until - moment)
    return moment + work


def _turns(now: datetime, zone: str, hours: Hours | None, *, to: bool) -> datetime:
    moment = now.astimezone(UTC)
    if is_quiet(moment, zone, hours) is to:
        return moment
    start = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    steps = (start + _STEP * number for number in range(1, _LONGEST // _STEP))
    return next(each for each in steps if is_quiet(each, zone, hours) is to)
