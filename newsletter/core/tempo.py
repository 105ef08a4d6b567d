"""How fast a send goes: letters a second just now, when it will be over, and its course in slices of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: "Just now": so long back.
LATELY = timedelta(seconds=10)

#: A send is drawn in at most so many slices, each as long as one of these, in seconds.
MOST_SLICES = 48
_LENGTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


@dataclass(frozen=True, slots=True)
class Slice:
    """Letters accepted from ``begins`` on, for the length of the course's slices."""

    begins: datetime
    letters: int


@dataclass(frozen=True, slots=True)
class Course:
    """A send's letters over time: slices of ``seconds`` each, without a gap, from the first letter on."""

    seconds: int
    slices: tuple[Slice, ...]

    @property
    def fastest(self) -> float:
        """The most letters a second that a slice had."""
        return max((each.letters for each in self.slices), default=0) / self.seconds


def rate(*, lately: int, before: int, first_lately: datetime | None, now: datetime) -> float:
    """Return letters a second: ``lately`` of them within ``LATELY``, ``before`` earlier.

    ``first_lately`` is when the first of the late ones was accepted: where there was none before it, the send
    has just begun, and is not made slower by the time before. At least a second is counted with.
    """
    if not lately or first_lately is None:
        return 0.0
    since = LATELY if before else now - first_lately
    return lately / max(since.total_seconds(), 1.0)


def finishes_at(left: int, letters_a_second: float, now: datetime) -> datetime | None:
    """Return when ``left`` letters have gone at this rate; None where nothing goes, or it takes days."""
    if not left or letters_a_second <= 0 or left / letters_a_second > timedelta(days=2).total_seconds():
        return None
    return now + timedelta(seconds=left / letters_a_second)


def slice_seconds(first: datetime, last: datetime) -> int:
    """Return how long a slice is of a send that took from ``first`` to ``last``."""
    whole = (last - first).total_seconds() + 1
    return next((length for length in _LENGTHS if whole <= length * MOST_SLICES), _LENGTHS[-1])


def course(begins: datetime, seconds: int, counts: Iterable[tuple[int, int]]) -> Course | None:
    """Put counts (number of the slice, letters) in order, with nothing where nothing went; None for none."""
    found: dict[int, int] = {}
    for number, letters in counts:
        found[number] = found.get(number, 0) + letters
    if not found:
        return None
    last = min(max(found), MOST_SLICES)
    at: Sequence[int] = range(last + 1)
    slices = (Slice(begins + timedelta(seconds=seconds * number), found.get(number, 0)) for number in at)
    return Course(seconds, tuple(slices))
