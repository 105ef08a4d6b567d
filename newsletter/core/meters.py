"""What senders have done, counted: what became of letters, how long servers took, what batches cost.

    settled, batch, wire     a living sender's own; about half a microsecond a letter
    plain <-> of_plain       as one JSON object, beside the ledger (``newsletter.metering``)
    add                      several senders' counts are one: who did it does not matter, nor who has died

Nothing here tells of a person: no address, and of domains only the large ones.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from newsletter.core.outcomes import NoServer, NotBegun, Outcome, Postponed, Unanswered, Unfit, Withdrawn
from newsletter.core.replies import NoReply, Reply

#: The upper ends of the classes that servers' answering times fall into, in seconds; the last has none.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)

#: So many domains have names of their own; the others share one.
MOST_DOMAINS = 10
OTHER = "other"
#: A domain is named from so many letters on: the name of one that a family owns would tell of people.
FEWEST_LETTERS = 50
#: So many domains are counted on their way to a name; a register of a million has more, and few are large.
_MOST_CANDIDATES = 2_000

#: What can become of a letter, in words for series.
ACCEPTED, PUT_OFF, REFUSED, UNKNOWN = "accepted", "put_off", "refused", "unknown"
LOST, NO_SERVER, NOT_BEGUN, POSTPONED, UNFIT = "lost", "no_server", "not_begun", "postponed", "unfit"
WITHDRAWN = "withdrawn"
OUTCOMES = (ACCEPTED, PUT_OFF, REFUSED, UNKNOWN, LOST, NO_SERVER, NOT_BEGUN, POSTPONED, UNFIT, WITHDRAWN)

_WORDS = {
    Unanswered: UNKNOWN,
    NoReply: LOST,
    NoServer: NO_SERVER,
    NotBegun: NOT_BEGUN,
    Postponed: POSTPONED,
    Unfit: UNFIT,
    Withdrawn: WITHDRAWN,
}


@dataclass(slots=True)
class Line:
    """Letters over one relay to one domain (or ``OTHER``).

    ``outcomes`` by word; ``times`` counts answers by class of ``BOUNDS``, and ``seconds`` adds them up.
    """

    outcomes: dict[str, int] = field(default_factory=dict)
    times: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0


@dataclass(slots=True)
class Totals:
    """Counts that only grow, by relay ("host:port") and domain, and ``connections`` and ``on_the_wire`` now.

    ``costs`` are batches, letters claimed, how many of these for another try, and the seconds that claiming,
    settling and the journal took.
    """

    lines: dict[tuple[str, str], Line] = field(default_factory=dict)
    costs: Counter[str] = field(default_factory=Counter)
    connections: Counter[str] = field(default_factory=Counter)
    on_the_wire: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Totals") -> None:
        """Count in what another sender has done."""
        for key, theirs in other.lines.items():
            line = self.lines.setdefault(key, Line())
            for word, count in theirs.outcomes.items():
                line.outcomes[word] = line.outcomes.get(word, 0) + count
            line.times = [ours + more for ours, more in zip(line.times, theirs.times, strict=True)]
            line.seconds += theirs.seconds
        self.costs.update(other.costs)
        self.connections.update(other.connections)
        self.on_the_wire.update(other.on_the_wire)

    def domains(self) -> frozenset[str]:
        """Return the domains that have names of their own."""
        return frozenset(domain for _, domain in self.lines if domain != OTHER)

    def plain(self) -> dict[str, Any]:
        """Return it as values for JSON."""
        lines = [
            [relay, domain, line.outcomes, line.times, round(line.seconds, 6)]
            for (relay, domain), line in self.lines.items()
        ]
        return {
            "lines": lines,
            "costs": dict(self.costs),
            "connections": dict(self.connections),
            "on_the_wire": dict(self.on_the_wire),
        }


def of_plain(plain: Mapping[str, Any]) -> Totals:
    """Read what ``Totals.plain`` wrote. Raises ``ValueError``, ``KeyError`` or ``TypeError`` else."""
    lines = {}
    for relay, domain, outcomes, times, seconds in plain["lines"]:
        if len(times) != len(BOUNDS) + 1:
            raise ValueError("another version's classes")
        lines[str(relay), str(domain)] = Line(dict(outcomes), list(times), float(seconds))
    return Totals(
        lines, Counter(plain["costs"]), Counter(plain["connections"]), Counter(plain["on_the_wire"])
    )


class Meters:
    """One sender's counts, from its beginning. For one thread: a sender settles in one."""

    def __init__(self, named: Iterable[str] = ()) -> None:
        """Begin at nothing; ``named`` are domains that have names of their own already."""
        self.totals = Totals()
        self._named = {name: name for name in sorted(named)[:MOST_DOMAINS]}
        self._candidates: dict[str, int] = {}

    def settled(self, outcome: Outcome, relay: str, domain: str, seconds: float | None = None) -> None:
        """Count a letter: what became of it, over which relay, and how long its server took to answer.

        ``seconds`` is None where no server was asked.
        """
        key = relay, self._named.get(domain) or self._name(domain)
        line = self.totals.lines.get(key)
        if line is None:
            line = self.totals.lines[key] = Line()
        word = word_of(outcome)
        line.outcomes[word] = line.outcomes.get(word, 0) + 1
        if seconds is not None:
            line.times[bisect_left(BOUNDS, seconds)] += 1
            line.seconds += seconds

    def batch(
        self,
        claimed: int,
        seconds_claim: float,
        seconds_settle: float,
        *,
        seconds_journal: float = 0.0,
        retries: int = 0,
    ) -> None:
        """Count a batch: letters claimed, how many of these had been tried before, and what it cost."""
        costs = self.totals.costs
        costs["batches"] += 1
        costs["claimed"] += claimed
        costs["retries"] += retries
        # Seconds are whole microseconds in here: sums of fractions drift.
        costs["claim_us"] += round(seconds_claim * 1e6)
        costs["settle_us"] += round(seconds_settle * 1e6)
        costs["journal_us"] += round(seconds_journal * 1e6)

    def wire(self, relay: str, *, connections: int, on_the_wire: int) -> None:
        """Say how many connections to a relay are open now, and how many letters are on the wire."""
        self.totals.connections[relay] = connections
        self.totals.on_the_wire[relay] = on_the_wire

    def _name(self, domain: str) -> str:
        """Return what a domain without a name is counted as.

        What has been counted as another stays there: a series that falls reads as a restart.
        """
        if len(self._named) < MOST_DOMAINS:
            count = self._candidates[domain] = self._candidates.get(domain, 0) + 1
            if count >= FEWEST_LETTERS:
                del self._candidates[domain]
                self._named[domain] = domain
            elif len(self._candidates) > _MOST_CANDIDATES:
                self._candidates = {name: many for name, many in self._candidates.items() if many > 1}
                if len(self._candidates) > _MOST_CANDIDATES // 2:
                    self._candidates.clear()
        return OTHER


def word_of(outcome: Outcome) -> str:
    """Say in a word what became of a letter."""
    if isinstance(outcome, Reply):
        kind = outcome.code // 100
        return ACCEPTED if kind == 2 else PUT_OFF if kind == 4 else REFUSED
    return _WORDS[type(outcome)]
