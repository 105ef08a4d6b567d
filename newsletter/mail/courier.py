"""Carries letters to the relays over many connections at once, in one loop on one thread.

    turn   wait | receive and parse on all sockets -> one journal write -> settle -> send

A letter's trouble is its own: it becomes that letter's outcome, and the others go on. A connection that dies
is replaced, a relay that is down is left alone for a while, and the other relays carry on.
"""

import logging
import math
import ssl
import time
from collections import deque
from collections.abc import Iterable, Sequence

from newsletter.core import journals
from newsletter.core.exchange import Settled
from newsletter.core.letters import Letter
from newsletter.core.outcomes import NoServer, Outcome
from newsletter.core.replies import NoReply, Reply
from newsletter.mail import smtp
from newsletter.mail.freight import Freight, Journal, RelayState
from newsletter.mail.lanes import TOO_LONG, Lane
from newsletter.mail.opening import Opener
from newsletter.mail.relays import Pool
from newsletter.mail.watch import Watch

#: How long what is on the wire may take to end after ``stop``, in seconds.
GRACE_SECONDS = 8.0

#: How often it looks for servers that take too long, in seconds.
_LOOK_EVERY = 0.05

#: So many letters are remembered that a broken connection gave back.
_MOST_REMEMBERED = 10_000

_log = logging.getLogger(__name__)


class Courier:
    """The connections to all relays. Everything but ``wake`` and ``stop`` is for one thread only.

    ``context`` replaces the system's certificates. Raises ``SendingRefused`` for a relay that must not be
    spoken to as it is set up (rule P5).
    """

    def __init__(
        self,
        relays: Sequence[smtp.Relay],
        *,
        timeouts: smtp.Timeouts | None = None,
        context: ssl.SSLContext | None = None,
        access_token: smtp.AccessTokens | None = None,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        for relay in relays:
            smtp.check(relay)
        self.connections = sum(relay.connections for relay in relays)
        self._timeouts = timeouts or smtp.Timeouts()
        self._grace_seconds = grace_seconds
        self._pools = [Pool(relay) for relay in relays]
        self._others = {pool: [each for each in self._pools if each is not pool] for pool in self._pools}
        self._pool_of: dict[Lane, Pool] = {}
        self._hungry: set[Lane] = set()  # those that wanted a letter when there was none
        self._settled: list[tuple[Pool, Lane, Settled]] = []  # what became of letters, not yet written down
        self._written: deque[tuple[Pool, Lane, Settled]] = deque()  # and not yet told
        self._returned: set[tuple[int, int]] = set()  # tries that a broken connection has given back
        self._stopped_at = math.inf
        self._journal_trouble, self._journal_wait, self._journal_at = "", 0.0, -math.inf
        self._look_at = 0.0
        self._watch = Watch()
        self._opener = Opener(self._timeouts, context, access_token, self.wake)

    @property
    def stopped(self) -> bool:
        """Whether it has been told to stop."""
        return self._stopped_at < math.inf

    @property
    def on_the_wire(self) -> int:
        """How many letters it holds: taken, and neither settled nor given back."""
        return sum(pool.held for pool in self._pools) + len(self._settled) + len(self._written)

    @property
    def trouble(self) -> str:
        """Why no relay can be talked to; empty while one can."""
        if self._journal_trouble:
            return self._journal_trouble
        troubles = [pool.trouble for pool in self._pools]
        return troubles[0] if troubles and all(troubles) else ""

    @property
    def journal_trouble(self) -> str:
        """Why the journal cannot be written, while it is left alone; empty where it may be tried."""
        return self._journal_trouble if time.monotonic() < self._journal_at else ""

    def states(self) -> Sequence[RelayState]:
        """Return how each relay is doing."""
        now = time.monotonic()
        return [pool.state(now) for pool in self._pools]

    def wake(self) -> None:
        """End the wait of a turn. Safe to call from any thread and from a signal handler."""
        self._watch.wake()

    def stop(self) -> None:
        """Begin nothing more, for good. Safe to call from any thread and from a signal handler."""
        self._stopped_at = min(self._stopped_at, time.monotonic())
        self.wake()

    def turn(self, freight: Freight, journal: Journal, *, seconds: float) -> None:
        """Do one round, and wait for at most ``seconds`` until there is something to do."""
        now = time.monotonic()
        self._arrive(now)
        if self.stopped:
            self._wind_up(freight, now)
        elif freight.waiting():
            self._open(freight, now)
            self._feed(freight, now)
        ready = self._wait(seconds, now)
        now = time.monotonic()
        self._receive(ready, now)
        self._look(now)
        begins = self._that_may_begin(ready, freight, now)
        self._tell(freight, journal, begins, now)
        self._go_on(freight, begins, ready, now)

    def rest(self) -> None:
        """Take leave of the servers while there is nothing to send; the next letters connect again."""
        now = time.monotonic()
        for lane in list(self._pool_of):
            if not lane.exchange.held:
                self._leave(lane, now)

    def close(self) -> None:
        """Take leave of the servers, within two seconds, and cut whatever is still under way."""
        self._opener.close()
        self.rest()
        until = time.monotonic() + self._timeouts.quit
        while any(lane.leaving for lane in self._pool_of) and time.monotonic() < until:
            self._receive(self._wait(until - time.monotonic(), until), time.monotonic())
        for lane in list(self._pool_of):
            self._end(lane, time.monotonic())
        self._watch.close()

    def _arrive(self, now: float) -> None:
        """Take in the connections that were opened meanwhile."""
        for opened in self._opener.done():
            if isinstance(opened.session, str):
                opened.pool.failed_to_open(opened.session, since=opened.since, now=now)
                continue
            lane = Lane(opened.session, self._timeouts, now=now)
            opened.pool.opened(lane)
            self._pool_of[lane] = opened.pool
            self._hungry.add(lane)
            self._watch.add(lane)

    def _open(self, freight: Freight, now: float) -> None:
        """Open connections, as many as there are letters that nobody is free to carry."""
        rooms = [pool.room(now) for pool in self._pools]
        if not any(rooms):
            return
        free = sum(lane.exchange.wants for lane in self._pool_of)
        wanted = freight.waiting() - free - sum(pool.opening for pool in self._pools)
        weights = sum(pool.relay.weight for pool, room in zip(self._pools, rooms, strict=True) if room)
        for pool, room in zip(self._pools, rooms, strict=True):
            for _ in range(min(room, math.ceil(wanted * pool.relay.weight / weights))):
                self._opener.begin(pool, now)

    def _feed(self, freight: Freight, now: float) -> None:
        """Give letters to the connections that still want one, and send their envelopes."""
        for lane in list(self._hungry):
            if not lane.exchange.wants:
                self._hungry.discard(lane)
            elif self._offer(lane, self._pool_of[lane], freight, now):
                self._send(lane, now)

    def _offer(self, lane: Lane, pool: Pool, freight: Freight, now: float) -> bool:
        """Offer a letter to a connection; tell whether there is something to send."""
        if pool.has_done_with(lane):
            self._leave(lane, now)
            return False
        while now >= self._journal_at and (letter := self._take(pool, freight, now)) is not None:
            outcome = self._begin_envelope(lane, letter)
            if outcome is None:
                lane.offered += 1
                self._hungry.discard(lane)
                return True
            freight.settle(letter.claim, outcome, pool.name, 0.0)
        self._hungry.add(lane)
        return False

    def _take(self, pool: Pool, freight: Freight, now: float) -> Letter | None:
        if not self._others[pool]:
            return freight.take(pool.name)
        if not pool.may_take(self._others[pool], now):
            return None
        letter = freight.take(pool.name)
        pool.took(letter is not None, now)
        return letter

    def _begin_envelope(self, lane: Lane, letter: Letter) -> Outcome | None:
        try:
            return lane.exchange.offer(letter)
        except Exception as error:  # a mistake of ours must not cost the others
            _log.exception("delivery %d", letter.claim.delivery_id)
            return NoReply(f"the sender failed: {type(error).__name__}")

    def _wait(self, seconds: float, now: float) -> list[Lane]:
        """Return the connections that have something to say, or can be written to."""
        if self._settled:
            seconds = 0.0
        elif seconds > _LOOK_EVERY and any(lane.exchange.awaited for lane in self._pool_of):
            seconds = _LOOK_EVERY
        for then in (self._journal_at, *[pool.retry_at for pool in self._pools]):
            if then > now:
                seconds = min(seconds, then - now)
        return self._watch.wait(seconds)

    def _receive(self, lanes: Iterable[Lane], now: float) -> None:
        for lane in lanes:
            if settled := lane.receive(now):
                pool = self._pool_of[lane]
                self._settled += [(pool, lane, each) for each in settled]
            if lane.exchange.trouble:
                self._end(lane, now)

    def _look(self, now: float) -> None:
        """Give up servers that take too long, and after ``stop`` all that is not done in time."""
        if now < self._look_at:
            return
        self._look_at = now + _LOOK_EVERY
        too_late = now - self._stopped_at > self._grace_seconds
        for lane in list(self._pool_of):
            if lane.is_late(now):
                self._abort(lane, TOO_LONG, now)
            elif too_late:
                self._abort(lane, "the sender was told to stop", now)

    def _that_may_begin(self, lanes: Iterable[Lane], freight: Freight, now: float) -> list[Lane]:
        """Return the connections whose next letter's content goes now; those that may not are given back."""
        begins = []
        for lane in lanes:
            letter = lane.exchange.next_letter() if lane.exchange.ready else None
            if letter is None:
                continue
            if not self.stopped and freight.may_begin(letter.claim):
                begins.append(lane)
            else:
                self._withdraw(lane, freight, now)
        return begins

    def _tell(self, freight: Freight, journal: Journal, begins: list[Lane], now: float) -> None:
        """Write down what became of letters and which ones begin; then tell of the former."""
        lines = [_line(each) for _, _, each in self._settled if each.begun]
        lines += [_begun(lane) for lane in begins]
        self._written += self._settled
        self._settled.clear()
        if any(lines):
            self._write(journal, lines, begins, freight, now)
        while self._written:
            self._settle(*self._written.popleft(), freight, now)

    def _write(
        self, journal: Journal, lines: Sequence[str], begins: list[Lane], freight: Freight, now: float
    ) -> None:
        try:
            journal.write(lines)
        except OSError as error:  # what cannot be written down must not be sent
            why = f"the journal cannot be written: {error}"
            self._journal_wait = min(max(1.0, self._journal_wait * 2), 60.0)
            self._journal_trouble, self._journal_at = why, now + self._journal_wait
            for lane in begins:
                self._withdraw(lane, freight, now, NoServer(why))
            begins.clear()
        else:
            self._journal_trouble, self._journal_wait = "", 0.0

    def _settle(self, pool: Pool, lane: Lane, each: Settled, freight: Freight, now: float) -> None:
        claim, outcome = each.letter.claim, each.outcome
        if isinstance(outcome, Reply):
            pool.answered(lane, outcome, now)
        if not each.begun and self._is_nobodys_fault(each):
            pool.gave_back()
            freight.give_back(each.letter)
            return
        if self._returned:
            self._returned.discard((claim.delivery_id, claim.attempt))
        freight.settle(claim, outcome, pool.name, now - lane.begun_at if each.begun else 0.0)

    def _is_nobodys_fault(self, each: Settled) -> bool:
        """Tell whether a letter goes again at once, without an attempt spent.

        A kept connection may have been closed meanwhile, for idleness or after so many letters: that says
        nothing about this one. But a letter that breaks a second connection is tried later.
        """
        if isinstance(each.outcome, NoServer):
            return True
        tried = (each.letter.claim.delivery_id, each.letter.claim.attempt)
        if not each.blameless or not _is_over(each.outcome) or tried in self._returned:
            return False
        if len(self._returned) >= _MOST_REMEMBERED:
            self._returned.clear()
        self._returned.add(tried)
        return True

    def _go_on(self, freight: Freight, begins: Iterable[Lane], ready: Iterable[Lane], now: float) -> None:
        """Send contents, and with each the next letter's envelope; and whatever else is to be sent."""
        for lane in begins:
            self._begin_content(lane, now)
        for lane in ready:
            pool = self._pool_of.get(lane)
            if pool is None:
                continue
            if lane.exchange.wants and not self.stopped:
                self._offer(lane, pool, freight, now)
            if lane.exchange.outgoing:
                self._send(lane, now)

    def _begin_content(self, lane: Lane, now: float) -> None:
        letter = lane.exchange.next_letter()
        try:
            lane.exchange.begin()
            lane.begun_at = now
        except Exception as error:  # a mistake of ours must not cost the others
            lane.exchange.withdraw()
            if letter is not None:
                _log.exception("delivery %d", letter.claim.delivery_id)
                failed = Settled(letter, NoReply(f"the sender failed: {type(error).__name__}"), begun=True)
                self._settled.append((self._pool_of[lane], lane, failed))
            self._end(lane, now)

    def _send(self, lane: Lane, now: float) -> None:
        if settled := lane.send(now):
            pool = self._pool_of[lane]
            self._settled += [(pool, lane, each) for each in settled]
        if lane.exchange.trouble:
            self._end(lane, now)
        elif bool(lane.exchange.outgoing) is not lane.watched_for_writing:
            lane.watched_for_writing = not lane.watched_for_writing
            self._watch.writing(lane, lane.watched_for_writing)

    def _wind_up(self, freight: Freight, now: float) -> None:
        """Give back whatever has not begun, and take leave where nothing is on the wire."""
        for lane in list(self._pool_of):
            self._withdraw(lane, freight, now)
            if not lane.exchange.held:
                self._leave(lane, now)

    def _withdraw(self, lane: Lane, freight: Freight, now: float, outcome: Outcome | None = None) -> None:
        """Take a letter that has not begun off a connection, which then has to be cut."""
        letter = lane.exchange.withdraw()
        if letter is None:
            return
        lane.leaving = True
        pool = self._pool_of[lane]
        if outcome is None:
            pool.gave_back()
            freight.give_back(letter)
        else:
            freight.settle(letter.claim, outcome, pool.name, 0.0)
        if lane.exchange.trouble:
            self._end(lane, now)

    def _leave(self, lane: Lane, now: float) -> None:
        """Take leave of the server; the connection ends when it answers, or soon."""
        if lane in self._pool_of and not lane.leaving and not lane.exchange.held:
            lane.leaving = True
            lane.exchange.leave()
            self._send(lane, now)

    def _abort(self, lane: Lane, why: str, now: float) -> None:
        pool = self._pool_of[lane]
        self._settled += [(pool, lane, each) for each in lane.exchange.abort(why)]
        self._end(lane, now)

    def _end(self, lane: Lane, now: float) -> None:
        pool = self._pool_of.pop(lane, None)
        if pool is not None:
            self._hungry.discard(lane)
            self._watch.drop(lane)
            lane.close()
            pool.ended(lane, now)


def _is_over(outcome: Outcome) -> bool:
    return isinstance(outcome, NoReply) or (isinstance(outcome, Reply) and outcome.code == 421)


def _begun(lane: Lane) -> str:
    letter = lane.exchange.next_letter()
    return "" if letter is None else journals.begun(letter.claim.delivery_id, letter.claim.attempt)


def _line(each: Settled) -> str:
    """Return what the journal says of a letter whose content had begun; nothing where nobody knows."""
    claim, outcome = each.letter.claim, each.outcome
    if isinstance(outcome, Reply):
        return journals.replied(claim.delivery_id, claim.attempt, outcome)
    return journals.lost(claim.delivery_id, claim.attempt) if isinstance(outcome, NoReply) else ""
