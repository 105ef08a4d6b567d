"""How it is told where a yes or no comes from: the same words in the ledger and beside the subscription."""

#: What people had said when the ledger began; its place is the source that was known then.
BEFORE_THE_LEDGER = "before the ledger"

#: Characters of a subscription's source.
LONGEST_SOURCE = 80


def source_of(how: str, place: str) -> str:
    """Return a subscription's source: ``how`` it was said and, where it is known, the ``place``.

    At most ``LONGEST_SOURCE`` characters. ``services.ledger`` has the same rule as SQL.
    """
    if how == BEFORE_THE_LEDGER:
        return place[:LONGEST_SOURCE]
    return (f"{how}, {place}" if place else how)[:LONGEST_SOURCE]
