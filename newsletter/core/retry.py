"""When to try a refused delivery again. Arithmetic only: nothing here waits or sends.

The waits double: 15 and 30 minutes, 1, 2 and 4 hours, then 6 each time. RFC 5321 4.5.4.1 asks for at least
30 minutes in general, sooner at first, and for giving up after some days; a newsletter is old after two.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from newsletter.core.provider_codes import Slows, slows
from newsletter.core.replies import Meaning, NoReply, Reply

FIRST_WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=6)
PATIENCE = timedelta(hours=48)

_MOST_DOUBLINGS = 10  # far beyond the longest wait, and far below what a timedelta can hold


class Why(Enum):
    """Why a delivery is given up; the value stands in the ledger."""

    REFUSED = "refused-for-good"
    TOO_LONG = "refused-too-long"


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Leave the message in the queue until ``at``."""

    at: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Stop trying."""

    why: Why


def after_refusal(
    reply: Reply | NoReply, attempt: int, first_try_at: datetime, now: datetime
) -> TryAgain | GiveUp:
    """Decide what follows when a mail server does not accept a message.

    ``reply`` is the refusal, or ``NoReply`` when the connection failed. ``attempt`` is the number of the
    attempt just made, counting from 1; ``first_try_at`` is when the first one was made. Both moments carry a
    time zone, and the answer keeps that of ``now``.

    A permanent refusal is final, unless it says that our own account at the relay has sent what it may.
    After a temporary one the wait doubles from 15 minutes to 6 hours; it is given up when the next try would
    fall more than 48 hours after the first. Where somebody wants fewer letters, which is no fault of this
    one, it waits for 15 minutes each time: ``core.slowing`` says how long the others are kept back.

    Raises ``ValueError`` for a reply that refuses nothing, for attempt 0 and for a naive moment: each means
    that the caller is wrong, not the mail.
    """
    if reply.meaning is Meaning.ACCEPTED:
        raise ValueError(f"not a refusal: {reply}")
    if attempt < 1:
        raise ValueError(f"attempts count from 1, got {attempt}")
    if now.utcoffset() is None or first_try_at.utcoffset() is None:
        raise ValueError("a moment has no time zone")

    slow = slows(reply)
    if reply.meaning is Meaning.PERMANENT and slow is not Slows.RELAY:
        return GiveUp(Why.REFUSED)
    doublings = 0 if slow is not Slows.NOBODY else min(attempt - 1, _MOST_DOUBLINGS)
    wait = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    at = now.astimezone(UTC) + wait  # In UTC, since sums within a zone forget that its clocks change.
    if at > first_try_at.astimezone(UTC) + PATIENCE:
        return GiveUp(Why.TOO_LONG)
    return TryAgain(at.astimezone(now.tzinfo))
