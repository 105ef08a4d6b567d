"""What a drill has shown: values in, a verdict out. The sink's count judges the ledger."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from newsletter.models import DeliveryState

#: In the end a letter must be one of these. (The drill's sink refuses nobody, so a refusal is a false entry.)
_SAFE = frozenset({DeliveryState.ACCEPTED, DeliveryState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Kill:
    """A sender killed: seconds since the first one started, its process id, and the deliveries it held then.

    Only a kill that hit a sender with claims counts.
    """

    second: float
    pid: int
    held: Set[int]

    @property
    def counts(self) -> bool:
        """Whether it came between a claim and its settlement."""
        return bool(self.held)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the letters; all are ids of deliveries.

    ``lost``: in the end neither with the sink nor before a person. ``doubled``: the sink has it twice.
    ``foreign`` counts what the sink got that is no letter of this issue. ``unknown`` gives for each kill that
    counts what nobody knows after it; ``unexplained`` is unknown without a kill. ``allowed`` is how much may
    be unknown after one kill.
    """

    people: int
    accepted: int
    lost: Sequence[int]
    doubled: Sequence[int]
    foreign: int
    unknown: Sequence[Set[int]]
    unexplained: Sequence[int]
    arrived_unknown: int
    allowed: int

    @property
    def most_unknown(self) -> int:
        """The most that became unknown by one kill."""
        return max(map(len, self.unknown), default=0)

    @property
    def all_unknown(self) -> int:
        """How many letters nobody knows about, in all."""
        return sum(map(len, self.unknown)) + len(self.unexplained)

    @property
    def holds(self) -> bool:
        """Whether nobody is lost, nobody has two, and no more is unknown than was on the wire."""
        clean = not (self.lost or self.doubled or self.foreign or self.unexplained)
        return clean and self.most_unknown <= self.allowed


def judge(
    ledger: Mapping[int, DeliveryState],
    arrived: Mapping[int | None, int],
    kills: Sequence[Kill],
    *,
    people: int,
    allowed: int,
) -> Verdict:
    """Compare ledger and sink when everything has gone out.

    ``ledger`` has the last state of each delivery; ``arrived`` how often the sink took each, None standing
    for what is none of ours. ``kills`` are in order: a delivery that several held became unknown by the last.
    ``people`` is how many should have a row; those who have none are lost and have no id: they count as -1.
    ``allowed`` is connections times letters on the wire of each.
    """
    unknown = {each for each, state in ledger.items() if state is DeliveryState.UNKNOWN}
    by_kill = _by_kill(unknown, [kill.held for kill in kills if kill.counts])
    return Verdict(
        people=people,
        accepted=Counter(ledger.values())[DeliveryState.ACCEPTED],
        lost=[*_lost(ledger, arrived), *[-1] * (people - len(ledger))],
        doubled=sorted(each for each, times in arrived.items() if each is not None and times > 1),
        foreign=sum(times for each, times in arrived.items() if each not in ledger),
        unknown=by_kill,
        unexplained=sorted(unknown.difference(*by_kill)),
        arrived_unknown=sum(each in arrived for each in unknown),
        allowed=allowed,
    )


def _lost(ledger: Mapping[int, DeliveryState], arrived: Mapping[int | None, int]) -> list[int]:
    """Find those that are still open, were given up, or are called accepted though nobody has them."""
    return sorted(
        each
        for each, state in ledger.items()
        if state not in _SAFE or (state is DeliveryState.ACCEPTED and each not in arrived)
    )


def _by_kill(unknown: Set[int], held: Sequence[Set[int]]) -> list[Set[int]]:
    found: list[Set[int]] = []
    left = set(unknown)
    for each in reversed(held):
        found.append(left & each)
        left -= each
    return found[::-1]
