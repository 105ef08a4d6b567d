"""What a courier asks of whoever has letters to send, and what it tells of its relays.

take     the next letter for a relay: its envelope goes on the wire
may_begin, Journal.write   just before its content does
settle   what became of it; or give_back, where its content never began
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from newsletter.core.letters import Claim, Letter
from newsletter.core.outcomes import Outcome


class Freight(Protocol):
    """Where letters come from, and where their outcomes go. Asked in one thread only."""

    def waiting(self) -> int:
        """Return how many letters could be taken now; with 0 no connection is opened."""

    def take(self, relay: str) -> Letter | None:
        """Return the next letter that this relay may begin; None while there is none."""

    def may_begin(self, held: Claim) -> bool:
        """Tell, just before its data goes on the wire, whether a letter still may; if not, it comes back."""

    def give_back(self, letter: Letter) -> None:
        """Take a letter back that was not begun, through no fault of its own."""

    def settle(self, held: Claim, outcome: Outcome, relay: str, seconds: float) -> None:
        """Learn what became of a letter. ``seconds`` are from its data to its reply; 0 where it had none."""


class Journal(Protocol):
    """Where it is written what was on the wire."""

    def write(self, lines: Sequence[str]) -> None:
        """Write all of these lines (``core.journals``) at once. After ``OSError`` none counts as written."""


@dataclass(frozen=True, slots=True)
class RelayState:
    """How a relay is doing.

    ``most`` is how many connections it may have at present. ``trouble`` says why it cannot be talked to;
    empty while it can. ``retry_in`` is in seconds. ``accepted`` and ``refused`` count
    letters since the start.
    """

    name: str
    connections: int
    on_the_wire: int
    most: int
    trouble: str
    retry_in: float
    accepted: int
    refused: int
