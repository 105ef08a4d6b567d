"""A sender's rounds with the ledger: what has become of letters is written down, and new ones are claimed.

    keep   settle | claim | commit, in one transaction | and what to know of the letters that are held

One round at a time, in a thread of its own: the ledger waits for its disk, and the wire must not.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from newsletter import jobs
from newsletter.app import App
from newsletter.core.letters import Copy, House
from newsletter.core.messages import MessageTemplate
from newsletter.core.outcomes import NotBegun
from newsletter.desk import News, Result
from newsletter.services import claims

#: How long an answer about the letters that are held counts, in seconds: a pause is felt well within one.
_LOOK_EVERY_SECONDS = 0.25
_HOUSE_EVERY_SECONDS = 1.0

_NEVER_SEEN = NotBegun("the claim was made, and its sender never learnt of it")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a sender brings: outcomes to be written down, and how many letters it wants.

    ``holds`` are the deliveries that it holds, ``issues`` theirs. ``known`` is given
    after a round that failed, when nobody can say whether its claim was made: all that the sender knows of.
    """

    results: Sequence[Result] = ()
    wanted: int = 0
    holds: Sequence[int] = ()
    issues: Collection[int] = ()
    known: Collection[int] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What a round came to.

    ``templates`` are those that were not known; ``house`` is None where it was not looked for. ``claiming``
    and ``settling`` are seconds.
    """

    news: News = field(default_factory=News)
    templates: Mapping[int, MessageTemplate] = field(default_factory=dict)
    house: House | None = None
    settled: int = 0
    claiming: float = 0.0
    settling: float = 0.0


class Books:
    """A sender's way to the ledger; ``sender`` is its name there.

    ``known_variants`` are those whose templates it has brought.
    """

    def __init__(self, app: App, sender: str) -> None:
        self._app = app
        self._sender = sender
        self.known_variants: set[int] = set()
        self._halted: frozenset[int] = frozenset()
        self._left: Mapping[int, str] = {}
        self._look_at = 0.0
        self._house_at = 0.0

    def keep(self, entry: Entry) -> Page:
        """Do a round. Raises ``SQLAlchemyError`` where the ledger cannot be written to: nothing was written.

        Then again, the very last word may have been lost on its way: see ``Entry.known``. Raises
        ``SendingRefused`` where the settings do not allow sending any more.
        """
        house = self._house()
        due = self._look(entry)
        if not (entry.results or due or entry.known is not None):
            return Page(News((), self._halted, self._left), house=house)
        begun = time.monotonic()
        with self._app.sessions.begin() as session:
            settled = self._settle(session, entry)
            written = time.monotonic()
            copies = self._claim(session, entry.wanted) if due else []
            templates = self._templates(session, copies)
        ended = time.monotonic()
        self.known_variants |= templates.keys()
        news = News(copies, self._halted, self._left)
        return Page(news, templates, house, settled, claiming=ended - written, settling=written - begun)

    def _house(self) -> House | None:
        if time.monotonic() < self._house_at:
            return None
        self._house_at = time.monotonic() + _HOUSE_EVERY_SECONDS
        return jobs.sending_house(self._app)

    def _look(self, entry: Entry) -> bool:
        """Ask after the letters that are held, now and then; return whether there is anything to claim."""
        looks = bool(entry.holds) and time.monotonic() >= self._look_at
        if not looks:
            self._left = {}  # it was told once
        # Whoever has just sent a letter need not ask first: there are more, or the claim finds none.
        asks = entry.wanted > 0 and not entry.results
        if looks or asks:
            with self._app.readers() as session:
                if looks:
                    self._halted = claims.halted(session, issue_ids=entry.issues)
                    self._left = claims.left(session, delivery_ids=entry.holds)
                    self._look_at = time.monotonic() + _LOOK_EVERY_SECONDS
                return claims.is_due(session, now=self._app.now()) if asks else entry.wanted > 0
        return entry.wanted > 0

    def _settle(self, session: Session, entry: Entry) -> int:
        results = list(entry.results)
        if entry.known is not None:
            held = claims.claims_of(session, sender=self._sender)
            results += [(each, _NEVER_SEEN) for each in held if each.delivery_id not in entry.known]
        return jobs.settle(self._app, session, results, self._sender) if results else 0

    def _claim(self, session: Session, wanted: int) -> Sequence[Copy]:
        return claims.claim(session, sender=self._sender, now=self._app.now(), limit=wanted)

    def _templates(self, session: Session, copies: Sequence[Copy]) -> Mapping[int, MessageTemplate]:
        missing = {copy.variant_id for copy in copies} - self.known_variants
        return claims.templates(session, variant_ids=missing) if missing else {}
