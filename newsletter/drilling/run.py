"""The drill itself: senders at work, kills at random, and the verdict when everything has gone out.

release | senders start | kill, kill, ... | the sink is quick again | nothing open | senders stop | judge
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import select

from newsletter import jobs, recovering
from newsletter.app import App
from newsletter.drilling.crew import Crew, Start, start_sender
from newsletter.drilling.judging import Kill, Verdict, judge
from newsletter.drilling.sink import CountingSink
from newsletter.models import Delivery, DeliveryState
from newsletter.services import deliveries
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.errors import BadToken

#: How many of these letters a connection has on the wire at once: data of the next only after the reply.
DEPTH = 1

#: One kill in so many comes whenever it comes: while a sender starts, or recovers what another held.
_BLIND = 8

#: How often the ledger is looked at, in seconds; and how long nothing may happen there.
_LOOK_EVERY = 0.05
_STUCK_AFTER = 60.0

#: How long senders that start may take to get claims, too, before another one is killed, in seconds.
_PATIENCE = 2.0

#: Gets the number of kills that count and the number of letters settled, now and then.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much: kills that count, people, senders; the sink's delay in seconds a letter."""

    kills: int
    people: int
    senders: int
    seed: int = 1
    delay: float = 0.02

    @property
    def portion(self) -> int:
        """How many letters may go out for each kill, so that some are left for the last."""
        return self.people // (self.kills + 1)


@dataclass(frozen=True, slots=True)
class Report:
    """What happened: every kill, the verdict, and the exit statuses of senders that ended by themselves."""

    kills: Sequence[Kill]
    verdict: Verdict
    accidents: Sequence[int]
    seconds: float
    addresses: dict[int, str] = field(repr=False)
    arrived: frozenset[int] = field(repr=False)

    @property
    def counted(self) -> Sequence[Kill]:
        """The kills that hit a sender with claims."""
        return [kill for kill in self.kills if kill.counts]


def drill(
    app: App,
    sink: CountingSink,
    plan: Plan,
    *,
    start: Start = start_sender,
    progress: Progress = lambda _kills, _settled: None,
) -> Report:
    """Carry out the plan on an issue that is due (``place.furnish``), and judge."""
    begun = time.monotonic()
    jobs.release_issues(app)
    sink.behave(delay=plan.delay, allow=plan.portion)
    with Crew(app, plan.senders, start) as crew:
        kills = _Killing(app, sink, plan, crew, progress).go_on()
        sink.behave(delay=0.0, allow=None)
        counted = sum(kill.counts for kill in kills)
        _until_nothing_is_open(app, crew, partial(progress, counted))
        progress(counted, _settled(app))
    recovering.recover(app)
    return _report(app, sink, plan, kills, crew.accidents, time.monotonic() - begun)


class _Killing:
    def __init__(self, app: App, sink: CountingSink, plan: Plan, crew: Crew, progress: Progress) -> None:
        self._app = app
        self._sink = sink
        self._plan = plan
        self._crew = crew
        self._progress = progress
        self._chance = random.Random(plan.seed)  # noqa: S311 - nothing secret: when to kill whom
        # About the time in which a portion goes out, at the sink's pace.
        lanes = app.settings.smtp_connections * plan.senders
        self._spread = plan.portion * plan.delay / lanes
        self._begun = time.monotonic()
        self._last_wait = 0.0

    def go_on(self) -> list[Kill]:
        """Kill until enough kills have hit something, or nothing is left to hit."""
        kills: list[Kill] = []
        counted = 0
        while counted < self._plan.kills:
            pid = self._next()
            if pid is None:
                break
            second = time.monotonic() - self._begun
            kills.append(Kill(round(second, 3), pid, self._crew.kill(pid)))
            counted += kills[-1].counts
            self._sink.behave(delay=self._plan.delay, allow=self._plan.portion * (counted + 1))
            self._progress(counted, _settled(self._app))
        return kills

    def _next(self) -> int | None:
        """Wait for a moment to kill, and say whom; None when nothing more is to be sent."""
        if self._chance.randrange(_BLIND) == 0:
            pid = self._chance.choice(self._crew.pids)
            time.sleep(self._chance.uniform(0, self._last_wait + self._spread))
            return pid
        holding = self._wait_for_holders()
        if not holding:
            return None
        time.sleep(self._chance.uniform(0, self._spread))
        return self._chance.choice(holding)

    def _wait_for_holders(self) -> list[int]:
        """Return the senders that hold claims when all do, or have had time to; none when nothing is open."""
        begun = time.monotonic()
        while (waited := time.monotonic() - begun) < _STUCK_AFTER:
            holding = self._crew.holding()
            if len(holding) == self._plan.senders or (holding and waited > _PATIENCE):
                self._last_wait = waited
                return holding
            self._crew.tend()
            if not _open(self._app):
                break
            time.sleep(_LOOK_EVERY)
        return []


def _until_nothing_is_open(app: App, crew: Crew, progress: Callable[[int], None]) -> None:
    """Let the rest go out; give up when nothing has happened for a minute."""
    before, since = -1, time.monotonic()
    while left := _open(app):
        crew.tend()
        if left != before:
            before, since = left, time.monotonic()
            progress(_settled(app))
        elif time.monotonic() - since > _STUCK_AFTER:
            return
        time.sleep(_LOOK_EVERY)


def _open(app: App) -> int:
    """Count what is not settled yet."""
    still = (DeliveryState.QUEUED, DeliveryState.WAITING, DeliveryState.SENDING)
    with app.readers() as session:
        found = deliveries.states(session)
    return sum(found.get(state, 0) for state in still)


def _settled(app: App) -> int:
    with app.readers() as session:
        return sum(deliveries.states(session).values()) - _open(app)


def _report(
    app: App, sink: CountingSink, plan: Plan, kills: Sequence[Kill], accidents: Sequence[int], seconds: float
) -> Report:
    verdict = judged(app, sink, kills, people=plan.people, allowed=app.settings.smtp_connections * DEPTH)
    with app.readers() as session:
        addresses = dict(session.execute(select(Delivery.id, Delivery.address)).all())
    there = frozenset(filter(None, arrived(app, sink)))
    return Report(kills, verdict, accidents, round(seconds, 1), addresses, there)


def judged(
    app: App, sink: CountingSink, kills: Sequence[Kill] = (), *, people: int, allowed: int = 0
) -> Verdict:
    """Compare the ledger with what the sink has, as they are now (``judging.judge``)."""
    with app.readers() as session:
        ledger = dict(session.execute(select(Delivery.id, Delivery.state)).all())
    return judge(ledger, arrived(app, sink), kills, people=people, allowed=allowed)


def arrived(app: App, sink: CountingSink) -> Counter[int | None]:
    """Count what the sink took by delivery; a Message-ID that we did not make is nobody's."""
    found: Counter[int | None] = Counter()
    for message_id, times in sink.taken().items():
        found[_delivery_of(app, message_id)] += times
    return found


def _delivery_of(app: App, message_id: str) -> int | None:
    try:
        return tokens.read(app.keyring, Purpose.MESSAGE, message_id.strip("<>").partition("@")[0])[0]
    except BadToken:
        return None
