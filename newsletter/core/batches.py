"""How many copies a sender holds at a time: about what it can send in a second.

More at a time costs fewer commits. But what is claimed waits for its turn, must be asked after when a person
leaves meanwhile, and becomes a question when the machine stops: so no more than a second's worth.
"""

SMALLEST = 8
LARGEST = 2_000
#: The most that is claimed by one transaction, which others wait for on SQLite.
CHUNK = 500

_SECONDS_HELD = 0.5
#: The rate of now counts for so much; what came before for the rest.
_NEWEST = 0.6


def rate(before: float, settled: int, seconds: float) -> float:
    """Return letters a second, from the rate ``before`` and what was settled in the ``seconds`` since."""
    if seconds <= 0:
        return before
    return _NEWEST * settled / seconds + (1 - _NEWEST) * before


def enough(letters_a_second: float) -> int:
    """Return how many letters to hold at that rate; at least a few, for the first have no rate yet."""
    return min(max(round(letters_a_second * _SECONDS_HELD), SMALLEST), LARGEST)


def wanted(letters_a_second: float, held: int) -> int:
    """Return how many letters to claim now; 0 while enough of them are held.

    A claim has its price whatever its size, so nothing is claimed before half is gone.
    """
    most = enough(letters_a_second)
    return min(most - held, CHUNK) if held <= most // 2 else 0
