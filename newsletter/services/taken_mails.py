"""What is known of a mail that has just been taken in, when it is decided what follows from it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from newsletter.core.inbound.classifying import Inbound
from newsletter.core.inbound.failing import USUAL, Rules
from newsletter.core.letters import House
from newsletter.models import Delivery, InboundMail, Issue
from subscribers.core.authority import Scope
from subscribers.core.tokens import Keyring


def new_secret() -> str:
    """Return 256 bits of chance, for a link."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else decides: whose association it is, its keys, its zone, the moment (UTC), and its rules.

    ``media`` is the folder of articles' pictures and attachments; without one they do not come along.
    ``fresh`` gives a secret for a link.
    """

    scope: Scope
    house: House
    ring: Keyring
    zone: str
    now: datetime
    rules: Rules = USUAL
    media: Path | None = None
    fresh: Callable[[], str] = new_secret

    @property
    def today(self) -> date:
        """The date in the association's zone."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail in the table, and what it is.

    ``writers`` are the people in the register who have the address in From: that proves nothing, for anybody
    can write it there. ``delivery`` is the letter that it answers or that came back, proved by our token,
    and ``issue`` that letter's issue.
    """

    row: InboundMail
    read: Inbound
    writers: tuple[int, ...]
    delivery: Delivery | None
    issue: Issue | None


#: Does what follows from a mail, in the caller's transaction, and says in one word what that was.
Handler = Callable[[Session, Taken, Circumstances], str]
