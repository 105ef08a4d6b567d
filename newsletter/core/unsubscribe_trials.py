"""A trial of leaving a list, as mail programs do it, by a token that is nobody's: values and what they mean.

A trial asks at the one-click address and writes to the mailto address, and sees whether both come home.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from subscribers.core import tokens
from subscribers.core.tokens import Keyring, Purpose

#: Whose the token is: the ids of people and lists begin at 1.
NOBODY = 0
#: A field of the answer to a trial at the one-click address: no other page has it.
FIELD = "Rundbrev-Trial"
#: How long the mail may take. Mail servers that are new to us may let it wait.
PATIENCE = timedelta(minutes=10)


class Click(Enum):
    """What the one-click address answered."""

    WORKS = "works"
    REDIRECTED = "redirected"
    """RFC 8058 3.1 forbids it: mail programs do not follow."""
    REFUSED = "refused"
    """A status of 400 or more, by whatever stands in front of us."""
    ANOTHER_PAGE = "another page"
    """200, but it is not we who answered."""
    NO_ANSWER = "no answer"


class Mailed(Enum):
    """Where the mail to the mailto address is."""

    NOT_SET_UP = "not set up"
    WAITING = "waiting"
    """The mail server has not taken it yet."""
    NOT_TAKEN = "not taken"
    """The mail server refused it, or was not reached in good time."""
    UNDERWAY = "underway"
    LOST = "lost"
    """It was taken, and has not come home."""
    WORKS = "works"


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial: when it was begun, and what came of each half.

    ``said`` is what the one-click address answered ("403 Forbidden"). ``took`` is how long the mail was on
    its way, None while it is not home.
    """

    number: int
    begun_at: datetime
    click: Click
    said: str
    mailed: Mailed
    took: timedelta | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is waited for."""
        return self.mailed not in (Mailed.WAITING, Mailed.UNDERWAY)

    @property
    def works(self) -> bool:
        """Whether leaving works by all that letters offer: where no mail is read, that is the click."""
        return self.click is Click.WORKS and self.mailed in (Mailed.WORKS, Mailed.NOT_SET_UP)


def token(ring: Keyring, number: int) -> str:
    """Return the token of a trial, which stops nobody's letters."""
    return tokens.make(ring, Purpose.LETTERS, NOBODY, NOBODY, number)


def click_of(status: int, field: str, number: int) -> Click:
    """Judge an answer by its status and its ``FIELD`` ("" where it has none)."""
    if 300 <= status < 400:
        return Click.REDIRECTED
    if status != 200:
        return Click.REFUSED
    return Click.WORKS if field == str(number) else Click.ANOTHER_PAGE


def mailed_of(
    *,
    begun_at: datetime,
    open_still: bool,
    taken_at: datetime | None,
    back_at: datetime | None,
    now: datetime,
) -> Mailed:
    """Tell where a trial's mail is.

    ``open_still``: it is tried (again). ``taken_at`` is when the next server took it, ``back_at`` when it
    came home.
    """
    if back_at is not None:
        return Mailed.WORKS
    late = now - begun_at >= PATIENCE
    if taken_at is not None:
        return Mailed.LOST if late else Mailed.UNDERWAY
    return Mailed.WAITING if open_still and not late else Mailed.NOT_TAKEN
