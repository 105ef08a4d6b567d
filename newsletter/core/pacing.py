"""How many letters may go now: arithmetic on what has gone, with the moment as an argument.

    per second, per minute   evenly spaced: each letter has its turn (the generic cell rate algorithm, ITU-T
                             I.371); what a caller missed while it was away is made up for, for two seconds
    per hour, per day        never more in any such span: what has gone is counted in coarse buckets, and a
                             bucket that has left the span only in part still counts

Nothing here waits. Moments inside are whole nanoseconds since 1970, so that sums are exact.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

_SECOND = 10**9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: So long a caller may stay away and lose nothing; it is also what can go in one burst.
_CREDIT = 2 * _SECOND
#: Clocks of several machines differ by less, and a turn further ahead is from before a clock was set back.
_SKEW = 60 * _SECOND
#: A bucket further ahead was filled while a clock was wrong.
_FAR_AHEAD = 3600 * _SECOND

MOST_LETTERS = 10_000_000

_FORM = re.compile(r"([0-9]{1,8})\s*/\s*([a-z]+)")


class Per(Enum):
    """What a rate is counted in."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


_LENGTHS = {
    Per.SECOND: _SECOND,
    Per.MINUTE: 60 * _SECOND,
    Per.HOUR: 3600 * _SECOND,
    Per.DAY: 86400 * _SECOND,
}

_UNITS = frozenset(per.value for per in Per)

#: How long a bucket is, where letters are counted in buckets.
_BUCKETS = {Per.HOUR: 60 * _SECOND, Per.DAY: 900 * _SECOND}


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many letters (1 to ten million) per second, minute, hour or day."""

    letters: int
    per: Per

    @property
    def interval(self) -> timedelta:
        """How long a letter takes at this rate, on the whole."""
        return timedelta(microseconds=_LENGTHS[self.per] / self.letters / 1000)

    def __str__(self) -> str:
        return f"{self.letters}/{self.per.value}"


Rates = tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class Spent:
    """What has gone at some pace.

    ``turns``: when the next letter's turn is, by ``Per`` value. ``buckets``: letters by ``Per`` value and
    number of the bucket.
    """

    turns: Mapping[str, int] = field(default_factory=dict)
    buckets: Mapping[str, Mapping[int, int]] = field(default_factory=dict)

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> "Spent":
        """Read what ``dump`` has written; an empty mapping is nothing spent."""
        counted = stored.get("buckets", {})
        buckets = {
            per: {int(number): count for number, count in each.items()} for per, each in counted.items()
        }
        return cls(dict(stored.get("turns", {})), buckets)

    def dump(self) -> dict[str, Any]:
        """Write it as plain values, for a JSON column."""
        buckets = {
            per: {str(number): count for number, count in each.items()} for per, each in self.buckets.items()
        }
        return {"turns": dict(self.turns), "buckets": buckets}


@dataclass(frozen=True, slots=True)
class Room:
    """So many letters may go now. ``again_at``: when one more may; None where all that was wanted may go."""

    letters: int
    again_at: datetime | None


def parse(text: str) -> Rates:
    """Read ``30/minute`` or ``14/second, 2000/day``; an empty text is no rate.

    Raises ``ValueError`` for anything else, for no letters at all, and for two rates of one unit.
    """
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    rates = tuple(_rate(part) for part in parts)
    if len({rate.per for rate in rates}) < len(rates):
        raise ValueError(f"one rate of each kind: {text!r}")
    return rates


def written(rates: Iterable[Rate]) -> str:
    """Write rates as ``parse`` reads them."""
    return ", ".join(map(str, rates))


def room(rates: Rates, spent: Spent, *, wanted: int, now: datetime) -> Room:
    """Return how many of the letters that are ``wanted`` may go now."""
    moment = _stamp(now)
    letters = min((_free(rate, spent, moment) for rate in rates), default=wanted)
    if letters >= wanted:
        return Room(wanted, None)
    return Room(letters, _moment(_when(rates, spent, letters + 1, moment)))


def take(rates: Rates, spent: Spent, *, letters: int, now: datetime) -> Spent:
    """Write down that so many letters go now; a negative number was not sent after all."""
    moment = _stamp(now)
    turns, buckets = dict(spent.turns), {per: dict(each) for per, each in spent.buckets.items()}
    for rate in rates:
        if length := _BUCKETS.get(rate.per):
            counted = _counted(rate.per, spent, moment)
            counted[moment // length] = max(0, counted.get(moment // length, 0) + letters)
            buckets[rate.per.value] = counted
        else:
            turns[rate.per.value] = _turn(rate, spent, moment) + letters * _interval(rate)
    return Spent(turns, buckets)


def done_at(rates: Rates, spent: Spent, *, letters: int, now: datetime) -> datetime:
    """Return when the last of so many letters can go, if each goes as soon as it may."""
    if letters < 1:
        return now
    return max(now, _moment(_when(rates, spent, letters, _stamp(now))))


def strictest(*rates: Rates) -> Rates:
    """Put rates together: of each unit the one with the fewest letters."""
    found: dict[Per, Rate] = {}
    for rate in (rate for each in rates for rate in each):
        known = found.get(rate.per)
        found[rate.per] = rate if known is None or rate.letters < known.letters else known
    return tuple(found.values())


def shared(letters: int, free: Mapping[str, int]) -> dict[str, int]:
    """Deal letters out to those who have room for so many, in proportion; together they have room for all."""
    total = sum(free.values())
    dealt = {name: letters * room // total if total else 0 for name, room in free.items()}
    for name in sorted(free, key=lambda name: dealt[name] - free[name]):  # who has most left, first
        dealt[name] += min(letters - sum(dealt.values()), free[name] - dealt[name])
    return dealt


def book(
    booked: datetime | None, *, count: int, first: datetime, every: timedelta, span: timedelta
) -> list[datetime]:
    """Give times to so many letters that must wait, one ``every`` so often from ``first`` on, in ``span``.

    ``booked`` is the last time that was given. Where the span is full it begins again, so that times lie
    closer: none waits longer than the span for a pace that may have changed by then.
    """
    at = first if booked is None else max(first, booked + every)
    times = []
    for _ in range(count):
        if at > first + span:
            at = first
        times.append(at)
        at += every
    return times


def slowest(rates: Sequence[Rate]) -> Rate:
    """Return the rate at which the fewest letters go in the long run. Raises ``ValueError`` for none."""
    return max(rates, key=lambda rate: rate.interval)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the association has set: rates for everything, for each relay, and for receiving domains.

    ``of_relay`` are relays that have rates of their own. ``slow_start`` is the number of letters that a
    relay which has never sent may take on its first day; 0 for no slow start.
    """

    overall: Rates = ()
    each_relay: Rates = ()
    of_relay: Mapping[str, Rates] = field(default_factory=dict)
    domains: Mapping[str, Rates] = field(default_factory=dict)
    slow_start: int = 0

    def relay(self, name: str) -> Rates:
        """Return the rates of a relay."""
        return self.of_relay.get(name, self.each_relay)

    def with_relays(self, rates: Mapping[str, Rates]) -> "Limits":
        """Return the same with the rates that some relays have of their own; an empty one is none."""
        return replace(self, of_relay={name: each for name, each in rates.items() if each})


def _rate(part: str) -> Rate:
    found = _FORM.fullmatch(part)
    letters = int(found[1]) if found else 0
    if found is None or found[2] not in _UNITS or not 1 <= letters <= MOST_LETTERS:
        raise ValueError(f"not a rate: {part!r}")
    return Rate(letters, Per(found[2]))


def _interval(rate: Rate) -> int:
    return _LENGTHS[rate.per] // rate.letters


def _turn(rate: Rate, spent: Spent, moment: int) -> int:
    """Return when the next letter's turn is: now, if nobody has asked for a while."""
    turn = spent.turns.get(rate.per.value, moment)
    ahead = moment + _interval(rate) + _SKEW
    return turn if moment - _CREDIT <= turn <= ahead else moment


def _counted(per: Per, spent: Spent, moment: int) -> dict[int, int]:
    """Return the buckets that count in the span that ends now."""
    length = _BUCKETS[per]
    oldest, newest = (moment - _LENGTHS[per]) // length, (moment + _FAR_AHEAD) // length
    found = spent.buckets.get(per.value, {})
    return {number: count for number, count in found.items() if oldest <= number <= newest and count}


def _free(rate: Rate, spent: Spent, moment: int) -> int:
    if rate.per in _BUCKETS:
        return max(0, rate.letters - sum(_counted(rate.per, spent, moment).values()))
    return max(0, (moment - _turn(rate, spent, moment)) // _interval(rate) + 1)


def _when(rates: Rates, spent: Spent, letters: int, moment: int) -> int:
    """Return when the last of so many letters, counted from now, may go by all the rates."""
    return max((_when_by(rate, spent, letters, moment) for rate in rates), default=moment)


def _when_by(rate: Rate, spent: Spent, letters: int, moment: int) -> int:
    if rate.per not in _BUCKETS:
        return _turn(rate, spent, moment) + (letters - 1) * _interval(rate)
    # What goes as soon as it may makes room again one span (and the rest of its bucket) later, and so on.
    length = _BUCKETS[rate.per]
    again, rest = divmod(letters - 1, rate.letters)
    period = _LENGTHS[rate.per] + length
    counted = _counted(rate.per, spent, moment)
    left = rest + 1 - max(0, rate.letters - sum(counted.values()))
    first = moment
    for number in sorted(counted):
        if left <= 0:
            break
        left -= counted[number]
        first = (number * length) + period
    return first // length * length + again * period if again else first


def _stamp(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000


def _moment(stamp: int) -> datetime:
    # Upwards: at the moment that is told, it must be so.
    return _EPOCH + timedelta(microseconds=-(-stamp // 1000))
