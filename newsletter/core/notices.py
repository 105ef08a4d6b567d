"""Member notices: which dates they may have, and how each member stands once a notice has gone.

A notice of an annual meeting goes to those who are members on a record date, and must go by a last date.
"Accepted" is the most that anybody can know of a mail; whoever cannot be shown to have got one gets paper.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from newsletter.errors import IssueError

#: How long before the last date somebody is told that members have not been reached: time for the post.
WARNING = timedelta(days=3)


class Standing(Enum):
    """How a member stands to a notice. The values stand in the proof and never change."""

    ACCEPTED = "accepted"  # the next server took it
    ON_ITS_WAY = "on-its-way"  # queued, being sent, or waiting for another try
    UNKNOWN = "unknown"  # may have arrived; nobody knows
    REFUSED = "refused"  # the server refused it
    BOUNCED = "bounced"  # taken at first; the address has bounced since
    SUPPRESSED = "suppressed"  # must not be written to: it bounced, or its owner complained, before
    NO_ADDRESS = "no-address"
    NOT_SENT = "not-sent"  # nothing was sent: not released yet, registered later, withdrawn, no content
    DECEASED = "deceased"  # nobody writes to them, on paper neither


#: Those who are not owed anything more.
REACHED = frozenset({Standing.ACCEPTED, Standing.DECEASED})

#: Those who get a letter on paper. Nobody knows of an unknown one, so paper makes it sure.
ON_PAPER = frozenset(Standing) - REACHED - {Standing.ON_ITS_WAY}


@dataclass(frozen=True, slots=True)
class Member:
    """How one member stands.

    ``address`` is the one used, as written; empty where nothing was sent. ``at`` is when it was settled and
    ``reply`` what the server said last. ``content`` is the SHA-256 of the message's template, hexadecimal.
    """

    subscriber_id: int
    name: str
    member_number: str
    standing: Standing
    address: str = ""
    at: datetime | None = None
    reply: str = ""
    content: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""

    @property
    def has_postal_address(self) -> bool:
        """Whether a letter can be sent to them by post."""
        # Small places have no street names: the postal code and the town are enough for the post.
        return bool(self.postal_code.strip() and self.city.strip())

    @property
    def postal_lines(self) -> tuple[str, ...]:
        """The lines of an address for the post: name, street, postal code and town."""
        town = f"{self.postal_code}  {self.city}".strip()
        return tuple(line for line in (self.name, self.street, town) if line.strip())


@dataclass(frozen=True, slots=True)
class Content:
    """What went out: a variant of the notice. Digests are SHA-256, hexadecimal.

    ``sha256`` is that of the message's template, from which each member's mail was made; ``text_sha256``
    that of its plain text in UTF-8.
    """

    name: str
    language: str
    sha256: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Account:
    """A notice and how its members (in Swedish order) stand. ``name`` is what people call it."""

    issue_id: int
    name: str
    title: str
    subject: str
    record_date: date | None
    last_date: date | None
    released_at: datetime | None
    contents: tuple[Content, ...]
    members: tuple[Member, ...]

    @property
    def counts(self) -> dict[Standing, int]:
        """How many members stand in each way; every standing is there."""
        counted = Counter(member.standing for member in self.members)
        return {standing: counted[standing] for standing in Standing}

    def on_paper(self, *, also_waiting: bool = False) -> tuple[Member, ...]:
        """Return those who are to get a letter on paper; if asked, also those whose mail is on its way."""
        wanted = ON_PAPER | {Standing.ON_ITS_WAY} if also_waiting else ON_PAPER
        return tuple(member for member in self.members if member.standing in wanted)


def check_dates(record_date: date | None, last_date: date | None, *, is_notice: bool) -> None:
    """Raise ``IssueError`` for dates of a letter that is no notice, and for dates in the wrong order."""
    if (record_date or last_date) and not is_notice:
        raise IssueError(
            "Avstämningsdag och sista dag hör till medlemsmeddelanden. Välj listan medlemsmeddelanden, "
            "eller ta bort datumen."
        )
    if record_date and last_date and record_date > last_date:
        raise IssueError(
            "Avstämningsdagen {record} ligger efter sista dagen {last}. Kontrollera datumen.",
            record=record_date.isoformat(),
            last=last_date.isoformat(),
        )


def check_in_time(day: date, last_date: date | None, *, name: str) -> None:
    """Raise ``IssueError`` when a notice would go on a ``day`` (where its officer is) after its last date."""
    if last_date is not None and day > last_date:
        raise IssueError(
            "{issue} måste gå senast {last}, men tiden är {day}. Välj en tidigare tid, eller ändra sista "
            "dagen om den är fel.",
            issue=name,
            last=last_date.isoformat(),
            day=day.isoformat(),
        )


def is_urgent(today: date, last_date: date | None) -> bool:
    """Tell whether the last date is at most three days away, or has just passed (three days at most)."""
    return last_date is not None and abs(last_date - today) <= WARNING
