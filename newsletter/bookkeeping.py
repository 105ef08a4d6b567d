"""A sender's rounds with the ledger: what has become of letters is written down, and new ones are claimed.

    keep   settle | claim | commit, in one transaction | and what to know of the letters that are held

One round at a time, in a thread of its own: the ledger waits for its disk, and the wire must not.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import MappingProxyType

from sqlalchemy.orm import Session

from newsletter import permitting, recovering
from newsletter.app import App
from newsletter.core import quiet
from newsletter.core.letters import Claim, Copy, House
from newsletter.core.messages import MessageTemplate
from newsletter.core.outcomes import NotBegun, Outcome, Postponed
from newsletter.core.replies import Reply
from newsletter.desk import News, Result
from newsletter.leases import Lease
from newsletter.relaying import limits_of
from newsletter.services import claims, deliveries, pacing
from newsletter.services.pacing import Allowed, Heard, Standing

#: How long an answer about the letters that are held counts, in seconds: a pause is felt well within one.
_LOOK_EVERY_SECONDS = 0.25
_HOUSE_EVERY_SECONDS = 1.0

_NEVER_SEEN = NotBegun("the claim was made, and its sender never learnt of it")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a sender brings: outcomes to be written down, and how many letters it wants.

    ``holds`` are the deliveries that it holds, ``issues`` theirs. ``relays`` are those that can be talked to,
    and ``unused`` is room to send by them that was reserved and is not needed. ``known`` is given after a
    round that failed, when nobody can say whether its claim was made: all that the sender knows of.
    """

    results: Sequence[Result] = ()
    wanted: int = 0
    holds: Sequence[int] = ()
    issues: Collection[int] = ()
    relays: Sequence[str] = ()
    unused: Mapping[str, int] = field(default_factory=dict)
    known: Collection[int] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What a round came to.

    ``templates`` are those that were not known; ``house`` is None where it was not looked for. ``again_at``
    is when to ask for letters again, where a pace is to be kept (UTC). ``has_more``: letters were put off for
    their receivers, and there may be others behind them. ``claiming`` and ``settling`` are seconds.
    """

    news: News = field(default_factory=News)
    templates: Mapping[int, MessageTemplate] = field(default_factory=dict)
    house: House | None = None
    again_at: datetime | None = None
    has_more: bool = False
    settled: int = 0
    claiming: float = 0.0
    settling: float = 0.0


class Books:
    """A sender's way to the ledger; ``sender`` is its name there, ``lease`` its right to hold letters.

    ``known_variants`` are those whose templates it has brought.
    """

    def __init__(self, app: App, sender: str, lease: Lease) -> None:
        self._app = app
        self._sender = sender
        self._lease = lease
        self.known_variants: set[int] = set()
        self._limits = limits_of(app.settings)
        self._standing = Standing(app.now())
        self._halted: frozenset[int] = frozenset()
        self._look_at = 0.0
        self._house_at = 0.0

    def keep(self, entry: Entry) -> Page:
        """Do a round. Raises ``SQLAlchemyError`` where the ledger cannot be written to: nothing was written.

        Then again, the very last word may have been lost on its way: see ``Entry.known``. Raises
        ``SendingRefused`` where the settings do not allow sending any more, and ``LeaseLost``, once: after
        that nothing is claimed, and outcomes are still written down.
        """
        now = self._app.now()
        house = self._house()
        left, due = self._look(entry, now)
        if not (entry.results or due or entry.known is not None):
            self._lease.keep()
            return Page(self._news(left=left), house=house)
        begun = time.monotonic()
        with self._lease.ledger() as session:
            strays = self._strays(session, entry)
            wanted = entry.wanted if due and not self._lease.lost else 0
            # In this order everywhere, so that senders never wait for each other: paces before letters.
            granted = self._allow(session, entry, wanted, now)
            copies, waiting = self._claim(session, granted, now)
            allowed = self._keep_to(session, granted, len(copies), now)
            pacing.heard(session, map(_heard, entry.results), standing=self._standing, now=now)
            claimed = time.monotonic()
            settled = self._settle(session, [*map(_outcome, entry.results), *waiting, *strays])
            templates = self._templates(session, copies)
        ended = time.monotonic()
        if settled and any(not _is_yes(each.outcome) for each in entry.results):
            self._look_at = 0.0  # somebody may want fewer letters from now on
        self.known_variants |= templates.keys()
        news = self._news(copies=copies, left=left, room=self._room(allowed))
        return Page(
            news,
            templates,
            house,
            again_at=granted.again_at if len(copies) == granted.letters else None,
            has_more=bool(waiting) and len(copies) + len(waiting) == granted.letters,
            settled=settled,
            claiming=claimed - begun,
            settling=ended - claimed,
        )

    def _house(self) -> House | None:
        if time.monotonic() < self._house_at:
            return None
        self._house_at = time.monotonic() + _HOUSE_EVERY_SECONDS
        return permitting.sending_house(self._app)

    def _news(
        self,
        *,
        left: Mapping[int, str],
        copies: Sequence[Copy] = (),
        room: Mapping[str, int] = MappingProxyType({}),
    ) -> News:
        return News(copies, self._halted, left, room, self._standing.careful)

    def _look(self, entry: Entry, now: datetime) -> tuple[Mapping[int, str], bool]:
        """Ask after what is held, now and then; return who has left, and whether more letters are due."""
        looks = time.monotonic() >= self._look_at
        # Whoever has just sent a letter need not ask first: there are more, or the claim finds none.
        asks = entry.wanted > 0 and not entry.results
        if not (looks or asks):
            return {}, entry.wanted > 0
        with self._app.readers() as session:
            left = self._ask_after(session, entry, now) if looks else {}
            due = claims.is_due(session, now=now, quiet=self._is_quiet(now)) if asks else entry.wanted > 0
        return left, due

    def _ask_after(self, session: Session, entry: Entry, now: datetime) -> Mapping[int, str]:
        self._look_at = time.monotonic() + _LOOK_EVERY_SECONDS
        self._standing = pacing.standing(session, now=now)
        if not entry.holds:
            self._halted = frozenset()
            return {}
        self._halted = claims.halted(session, issue_ids=entry.issues)
        return claims.left(session, delivery_ids=entry.holds)

    def _is_quiet(self, now: datetime) -> bool:
        settings = self._app.settings
        return quiet.is_quiet(now, settings.time_zone, settings.silence)

    def _allow(self, session: Session, entry: Entry, wanted: int, now: datetime) -> Allowed:
        allow = partial(pacing.allow, session, limits=self._limits, standing=self._standing, now=now)
        give_back = partial(pacing.give_back, session, limits=self._limits, standing=self._standing, now=now)
        allowed = allow(relays=entry.relays, wanted=wanted) if wanted else Allowed(0, {})
        if entry.unused:
            give_back(unused_by_relay=entry.unused)
        return allowed

    def _claim(
        self, session: Session, allowed: Allowed, now: datetime
    ) -> tuple[Sequence[Copy], Sequence[tuple[Claim, Postponed]]]:
        if not allowed.letters:
            return (), ()
        copies = claims.claim(
            session, sender=self._sender, now=now, limit=allowed.letters, quiet=self._is_quiet(now)
        )
        return pacing.sort_out(session, copies, limits=self._limits, standing=self._standing, now=now)

    def _keep_to(self, session: Session, granted: Allowed, letters: int, now: datetime) -> Allowed:
        """Give back what nobody needed: an hour's room would soon be spent by looking for letters."""
        keep_to = partial(pacing.keep_to, session, granted, limits=self._limits, standing=self._standing)
        return keep_to(letters=letters, now=now)

    def _room(self, allowed: Allowed) -> Mapping[str, int]:
        """Return what each relay that keeps a pace may send more; of the others nothing is said."""
        return {
            relay: count
            for relay, count in allowed.by_relay.items()
            if pacing.is_held(self._limits, relay, self._standing)
        }

    def _strays(self, session: Session, entry: Entry) -> Sequence[tuple[Claim, Outcome]]:
        """Find what this sender holds by the ledger and knows nothing of."""
        if entry.known is None:
            return ()
        held = claims.claims_of(session, sender=self._sender)
        return [(each, _NEVER_SEEN) for each in held if each.delivery_id not in entry.known]

    def _settle(self, session: Session, results: Sequence[tuple[Claim, Outcome]]) -> int:
        return recovering.settle(self._app, session, results, self._sender) if results else 0

    def _templates(self, session: Session, copies: Sequence[Copy]) -> Mapping[int, MessageTemplate]:
        missing = {copy.variant_id for copy in copies} - self.known_variants
        return claims.templates(session, variant_ids=missing) if missing else {}


def _outcome(result: Result) -> tuple[Claim, Outcome]:
    return result.held, result.outcome


def _is_yes(outcome: Outcome) -> bool:
    return isinstance(outcome, Reply) and outcome.code < 300


def _heard(result: Result) -> Heard:
    return Heard(result.address, result.relay, result.outcome)


def is_done(app: App) -> bool:
    """Tell whether no issue is due and no delivery is open."""
    with app.readers() as session:
        return deliveries.is_done(session, now=app.now())
