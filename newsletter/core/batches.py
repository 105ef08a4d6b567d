"""How many copies a sender takes at a time: about what it can send in a second.

A larger batch costs fewer commits. But what is claimed cannot be withdrawn any more, waits for the slowest
of its batch, and becomes a question when the machine stops: so no more than a second's worth.
"""

from datetime import timedelta

SMALLEST = 8
LARGEST = 500
_QUICK = timedelta(seconds=0.4)
_SLOW = timedelta(seconds=1.5)


def next_size(size: int, took: timedelta) -> int:
    """Return the size of the next batch after a full one of ``size`` that took this long."""
    if took < _QUICK:
        return min(size * 2, LARGEST)
    if took > _SLOW:
        return max(size // 2, SMALLEST)
    return size
