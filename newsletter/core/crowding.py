"""Whether somebody would get too many letters in a few days. Arithmetic on days only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

#: So many letters within so many days are too many.
TOO_MANY = 3
WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Send:
    """A letter that goes on a day to the people of some regions (slugs, "" for none)."""

    day: date
    key: int
    regions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Letters that come too close: which ones, from the first day to the last, and to which regions."""

    keys: tuple[int, ...]
    first: date
    last: date
    regions: frozenset[str]


def crowded(sends: Iterable[Send]) -> tuple[Crowd, ...]:
    """Return where a region gets ``TOO_MANY`` letters or more on the days of one ``WITHIN``, in order.

    Regions that get the very same letters too close stand together. Days within a longer spell that hold no
    other letters than the spell are not named again.
    """
    ordered = sorted(sends, key=lambda send: (send.day, send.key))
    found: dict[tuple[int, ...], set[str]] = {}
    for region in sorted({region for send in ordered for region in send.regions}):
        for keys in _spells([send for send in ordered if region in send.regions]):
            found.setdefault(keys, set()).add(region)
    day = {send.key: send.day for send in ordered}
    crowds = [Crowd(keys, day[keys[0]], day[keys[-1]], frozenset(regions)) for keys, regions in found.items()]
    return tuple(sorted(crowds, key=lambda crowd: (crowd.first, crowd.last, sorted(crowd.regions))))


def _spells(sends: list[Send]) -> list[tuple[int, ...]]:
    windows = [
        tuple(send.key for send in sends[at:] if send.day < begins.day + WITHIN)
        for at, begins in enumerate(sends)
    ]
    large = [keys for keys in windows if len(keys) >= TOO_MANY]
    return [keys for keys in large if not any(set(keys) < set(other) for other in large)]
