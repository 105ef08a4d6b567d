"""One relay's connections: how many there may be, when to try again, and whose turn it is among several.

Nothing here waits or asks the clock: ``now`` is of a monotonic clock, in seconds.
"""

import math
from collections.abc import Sequence

from newsletter.core.replies import Reply
from newsletter.mail.freight import RelayState
from newsletter.mail.lanes import Lane
from newsletter.mail.smtp import Relay

#: How long a relay is left alone after a failure: doubled with each one, up to a minute.
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0

#: After a 421 a connection comes back when so many letters were accepted, and not sooner than this.
_GROWS_AFTER, _GROWS_AFTER_SECONDS = 100, 30.0

#: A relay that opens no connection, or answers nothing, for so long does not keep the others waiting.
_PATIENCE = 1.0


class Pool:
    """A relay's connections.

    ``passed`` counts the letters it has taken, divided by its weight: who is behind takes the next one.
    """

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.name = relay.name
        self.lanes: list[Lane] = []
        self.opening = 0
        self.most = relay.connections
        self.passed = 0.0
        self.accepted = self.refused = 0
        self._opening_since = 0.0
        self._answered_at = 0.0
        self._dry = False
        self._failures = 0
        self._failed_at = self.retry_at = -math.inf
        self._why = ""
        self._slowed_at = -math.inf
        self._accepted_since = 0

    @property
    def trouble(self) -> str:
        """Why the relay cannot be talked to; empty while it can, or has not been tried."""
        talks = not self._failures or any(lane.exchange.finished for lane in self.lanes)
        return "" if talks else self._why

    @property
    def held(self) -> int:
        """How many letters are under way."""
        return sum(lane.exchange.held for lane in self.lanes)

    def state(self, now: float) -> RelayState:
        """Return how it is doing."""
        return RelayState(
            name=self.name,
            connections=len(self.lanes),
            on_the_wire=self.held,
            most=self.most,
            trouble=self.trouble,
            retry_in=max(0.0, self.retry_at - now),
            accepted=self.accepted,
            refused=self.refused,
        )

    def room(self, now: float) -> int:
        """Return how many connections may be opened now: after a failure one at a time, when it is time."""
        if now < self.retry_at:
            return 0
        return max(0, (1 if self._failures else self.most) - len(self.lanes) - self.opening)

    def has_done_with(self, lane: Lane) -> bool:
        """Tell whether a connection is to take no more letters: it has had its number, or is one too many."""
        if 0 < self.relay.messages <= lane.offered:
            return True
        return self.most < self.relay.connections and sum(not each.leaving for each in self.lanes) > self.most

    def opens(self, now: float) -> None:
        """Note that a connection is being opened."""
        if not self.opening:
            self._opening_since = now
        self.opening += 1

    def opened(self, lane: Lane) -> None:
        """Take in a connection that was opened."""
        self.opening -= 1
        self._answered_at = lane.opened_at
        self.lanes.append(lane)

    def failed_to_open(self, why: str, *, since: float, now: float) -> None:
        """Note that a connection, tried ``since``, was not to be had."""
        self.opening -= 1
        if why.startswith("421"):
            self._slow(since, now)
        self._fail(why, since, now)

    def ended(self, lane: Lane, now: float) -> None:
        """Let a connection go; one that has served nobody counts as a failure to talk to the relay."""
        self.lanes.remove(lane)
        why = lane.exchange.trouble
        if not lane.leaving and not lane.exchange.finished and lane.offered:
            self._fail(why, lane.opened_at, now)

    def answered(self, lane: Lane, reply: Reply, now: float) -> None:
        """Note the server's own answer to a letter."""
        self._answered_at = now
        if reply.code == 421:
            self.refused += 1
            self._slow(lane.opened_at, now)
            return
        if self._failures and lane.opened_at >= self._failed_at:
            self._failures = 0
        if reply.code >= 400:
            self.refused += 1
            return
        self.accepted += 1
        if self.most < self.relay.connections:
            self._grow(now)

    def took(self, something: bool, now: float) -> None:
        """Note that it has taken a letter, or that there is none for it, though perhaps for the others."""
        self._dry = not something
        if something:
            self.passed += 1 / self.relay.weight
            if not self.held:
                self._answered_at = now

    def gave_back(self) -> None:
        """Note that a letter has not gone."""
        self.passed -= 1 / self.relay.weight

    def may_take(self, others: Sequence["Pool"], now: float) -> bool:
        """Tell whether it is this relay's turn, give or take what fills its connections.

        A relay that was away begins again beside the others, and does not make up for it.
        """
        racing = [each for each in others if each.is_in_the_race(now)]
        if not racing:
            return True
        # Nobody who was in the race is so far behind, by what the others may be ahead.
        self.passed = max(self.passed, *(each.passed - 2 * each.head_start - 1 for each in racing))
        return self.passed <= min(each.passed for each in racing) + self.head_start

    @property
    def head_start(self) -> float:
        """How far it may be ahead of the others, as ``passed``: two letters for each connection."""
        return 2 * self.relay.connections / self.relay.weight

    def is_in_the_race(self, now: float) -> bool:
        """Tell whether the others are to keep step with this one: it works, or soon will."""
        if self._dry:
            return False
        if self.lanes:
            return not self.held or now - self._answered_at < _PATIENCE
        return self.opening > 0 and not self._failures and now - self._opening_since < _PATIENCE

    def _fail(self, why: str, since: float, now: float) -> None:
        self._why = why
        if since < self._failed_at:  # tried at the same time as another that has failed: one failure
            return
        self._failures += 1
        self._failed_at = now
        self.retry_at = now + min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(self._failures - 1, 10))

    def _slow(self, since: float, now: float) -> None:
        """Make do with half the connections; those opened before that say nothing new."""
        if since >= self._slowed_at:
            self.most = max(1, self.most // 2)
            self._slowed_at, self._accepted_since = now, 0

    def _grow(self, now: float) -> None:
        self._accepted_since += 1
        if self._accepted_since >= _GROWS_AFTER and now - self._slowed_at >= _GROWS_AFTER_SECONDS:
            self.most += 1
            self._slowed_at, self._accepted_since = now, 0
