"""Why an address failed: by the enhanced status (RFC 3463) and by what servers say in words."""

import re
from dataclasses import dataclass

from newsletter.core.inbound import machine_words
from newsletter.core.inbound.kinds import Kind

Status = tuple[int, int, int]

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_BY_STATUS = {
    **dict.fromkeys([(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1), (4, 4)], Kind.ADDRESS),
    (2, 2): Kind.FULL,
    (2, 3): Kind.SIZE,
    (3, 4): Kind.SIZE,
}
_WORDS = [
    (Kind(kind), re.compile("|".join(words), re.IGNORECASE)) for kind, words in machine_words.REASONS.items()
]


@dataclass(frozen=True, slots=True)
class Failure:
    """What a report says of one recipient.

    ``recipient`` is the address as the report gives it, in lower case; "" where it gives none. ``status`` is
    the enhanced status (RFC 3463), None where none is told. ``diagnostic`` is what the remote server said, on
    one line of at most 500 characters, and ``remote`` its name. ``permanent`` is true for a failure with a
    status of class 5 alone: a delay, and what nobody can classify, is not.
    """

    recipient: str
    kind: Kind
    permanent: bool
    status: Status | None = None
    diagnostic: str = ""
    remote: str = ""


def status_in(text: str) -> Status | None:
    """Return the first enhanced status that a text tells; None where it tells none."""
    found = _STATUS.search(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def kind_of(status: Status | None, said: str) -> Kind:
    """Tell why an address failed, by its enhanced status (RFC 3463), and by the words where that is vague.

    Words of policy weigh more than a status of addresses: many servers refuse a whole sender with 5.1.1.
    """
    by_words = next((kind for kind, words in _WORDS if words.search(said)), Kind.UNKNOWN)
    if status is None:
        return by_words
    if status[1] == 7:
        return Kind.ADDRESS if by_words is Kind.ADDRESS and "rejected" not in said.lower() else Kind.POLICY
    known = _BY_STATUS.get(status[1:])
    if known is Kind.ADDRESS and by_words is Kind.POLICY:
        return Kind.POLICY
    if known is None:
        return by_words if by_words is not Kind.UNKNOWN or status[0] == 5 else Kind.TEMPORARY
    return Kind.TEMPORARY if status[0] == 4 and known is Kind.ADDRESS else known
