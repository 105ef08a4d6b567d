"""How slowly a send begins: a while in which it can be regretted, and a few of our own before everybody else.

release -> grace: nothing leaves -> officers and leads in reach -> head start -> everybody else
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsletter.errors import IssueError

LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Pace:
    """The two waits of a send, in whole minutes. ``reason`` says why one that is usual was skipped."""

    grace: timedelta
    head_start: timedelta
    reason: str = ""

    @property
    def grace_minutes(self) -> int:
        """The grace as a number for the database."""
        return self.grace // timedelta(minutes=1)

    @property
    def head_start_minutes(self) -> int:
        """The head start as a number for the database."""
        return self.head_start // timedelta(minutes=1)


#: What an association has that has set nothing else.
STANDARD = Pace(timedelta(minutes=10), timedelta(minutes=15))

AT_ONCE = Pace(timedelta(), timedelta())


def skipping(usual: Pace, *, grace: bool, head_start: bool, reason: str) -> Pace:
    """Return the pace with one wait or both skipped; with neither, the usual one.

    Raises ``IssueError`` when something is skipped and no reason is given: it is kept in the log.
    """
    if not (grace or head_start):
        return usual
    told = " ".join(reason.split())[:200]
    if not told:
        raise IssueError(
            "Skriv varför väntan hoppas över, till exempel ”dödsannons, ska ut i dag”. "
            "Skälet står kvar i loggen."
        )
    return replace(
        usual,
        grace=timedelta() if grace else usual.grace,
        head_start=timedelta() if head_start else usual.head_start,
        reason=told,
    )


@dataclass(frozen=True, slots=True)
class Waves:
    """When letters of a released issue may leave: to officers and leads, and to everybody else."""

    first: datetime
    rest: datetime


def waves(released_at: datetime, grace_minutes: int, head_start_minutes: int) -> Waves:
    """Return when the waves of an issue begin. Where it reaches no officer or lead, all go with the first."""
    first = released_at + timedelta(minutes=grace_minutes)
    return Waves(first, first + timedelta(minutes=head_start_minutes))
