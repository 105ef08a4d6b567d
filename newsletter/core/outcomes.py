"""What became of a message at the next server, as the sending client saw it.

    Reply        the server said yes or no, to this message or to its envelope
    NoReply      the line went dead before the message was complete: it cannot have been taken
    Unanswered   the message was complete, and no reply came: nobody knows whether it was taken
    NoServer     there was no connection to try it on
    NotBegun     the sender did not come to it: it was told to stop, or died before
    Postponed    the sender did not begin it, so as to keep the pace: it may go later
    Unfit        no message could be made of it: a value that may not stand in a mail
    Withdrawn    its person has left while the sender held it

The first two are one attempt each (``core.replies``).
"""

from dataclasses import dataclass
from datetime import datetime

from newsletter.core.replies import NoReply, Reply

#: The texts of replies that no server gave: what the next server cannot take is not even begun.
NO_SMTPUTF8 = "Refused by Rundbrev: the next server has no SMTPUTF8, which this address needs"
TOO_LARGE = "Refused by Rundbrev: the letter is larger than the next server takes, in octets at most "

#: What the ledger says of letters that are postponed; the two are followed by the receiving domain.
POSTPONED = "Postponed by Rundbrev: "
SLOWED = f"{POSTPONED}fewer letters are wanted by "
PACED = f"{POSTPONED}so many at a time go to "


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The end of the message has gone out; its reply never came."""

    why: str


@dataclass(frozen=True, slots=True)
class NoServer:
    """The server could not be reached, or would not talk to us: not this message's fault."""

    why: str


@dataclass(frozen=True, slots=True)
class NotBegun:
    """The sender did not come to this message: it can go out at once, by any other."""

    why: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """It may not go before ``until`` (with a zone), and nothing was tried; ``why`` says what holds it."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """The message cannot be written: trying again would not help. ``why`` is a sentence for people."""

    why: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The message must not go any more, and has not begun. ``why`` is the ledger's word."""

    why: str


Outcome = Reply | NoReply | Unanswered | NoServer | NotBegun | Postponed | Unfit | Withdrawn
