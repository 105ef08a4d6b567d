"""Why a person got an issue, or did not: the answer as a value, before it is put in words."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum


class Answer(Enum):
    """What became of an issue for a person."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENDING = "sending"
    WAITING = "waiting"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    LEFT_OUT = "left-out"
    SHARED = "shared"  # somebody else's copy greets them too
    NOT_IN_REACH = "not-in-reach"
    NOT_RELEASED = "not-released"


class OutOfReach(Enum):
    """Why a person was no concern of an issue."""

    OTHER_REGION = "other-region"
    NOT_A_MEMBER = "not-a-member"
    REGISTERED_LATER = "registered-later"
    NOT_SELECTED = "not-selected"


@dataclass(frozen=True, slots=True)
class Said:
    """A "no" to a list. ``how`` as in the ledger of consents; ``letter`` the issue it was said in, by name.

    ``again_at`` is when they said yes again; None while the no stands.
    """

    list_name: str
    at: datetime
    how: str
    letter: str = ""
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Paused:
    """A pause of a list: said when, how (as in the ledger of consents), and until which day."""

    list_name: str
    at: datetime
    how: str
    until: date


@dataclass(frozen=True, slots=True)
class Blocked:
    """A suppressed address: which one, why (a ``SuppressionReason`` value), and since when."""

    address: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of an issue and a person; times carry a zone.

    ``reason`` is the ledger's word, an ``OutOfReach`` value, or the issue's status while it has not gone.
    ``at`` is when it was settled, or when the issue goes; ``due_at`` the next try. ``shared_with`` is whose
    copy greets the person (empty where the asker may not see them), ``shared_at`` when it was taken.
    """

    answer: Answer
    issue_id: int
    issue: str
    subject: str
    subscriber_id: int
    person: str
    reason: str = ""
    delivery_id: int | None = None
    address: str = ""
    at: datetime | None = None
    due_at: datetime | None = None
    attempts: int = 0
    reply: str = ""
    shared_with: str = ""
    shared_at: datetime | None = None
    said: Said | None = None
    blocked: Blocked | None = None
    paused: Paused | None = None

    @property
    def queue_id(self) -> str:
        """The server's own number for the mail, from its reply."""
        return queue_id(self.reply) if self.answer is Answer.ACCEPTED else ""


_QUEUE_IDS = (
    re.compile(r"\b(?:queued|kept) as (?:<)?([A-Za-z0-9._-]{4,64})"),  # Postfix, our own sink
    re.compile(r"\bInternalId=([0-9]{4,40})"),  # Exchange
    re.compile(r"\bid=([A-Za-z0-9-]{4,64})"),  # Exim
    re.compile(r"^250 (?:2\.\d\.\d )?OK +(?:\d+ +)?([A-Za-z0-9.-]{8,80}) - gsmtp", re.IGNORECASE),  # Gmail
    re.compile(r"^250 2\.0\.0 ([A-Za-z0-9]{10,24}) Message accepted"),  # Sendmail
)


def queue_id(reply: str) -> str:
    """Return the number that a server gave a mail that it took, from its reply; empty when it told none."""
    for pattern in _QUEUE_IDS:
        if found := pattern.search(reply):
            return found[1]
    return ""


_SOURCE = re.compile(r"(?P<how>.*?)(?:, )?(?:letter (?P<letter>\d{1,18}))?", re.DOTALL)


def source_parts(how: str, place: str) -> tuple[str, int | None]:
    """Return how a yes or no was said, and the delivery it was said in, from what the ledger holds.

    What was said before there was a ledger has all of it in its place ("one-click, letter 12").
    """
    told = place if how == "before the ledger" else ", ".join(filter(None, (how, place)))
    found = _SOURCE.fullmatch(told)
    if found is None:
        return told, None
    return found["how"], int(found["letter"]) if found["letter"] else None
