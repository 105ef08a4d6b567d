"""A sender's desk: the copies that it holds, the letter that goes next, and what became of each.

    claimed copies -> take: a letter is written when its turn comes -> the courier -> settle -> results

Everything here happens in one thread, that of the courier's loop; what comes from the ledger and what goes
there is exchanged in between (``lay``, ``hand_over``), so nothing is locked and no letter waits for a disk.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from newsletter.core.letters import Claim, Copy, Letter
from newsletter.core.outcomes import NotBegun, Outcome, Unfit, Withdrawn

#: A letter, or why none can be written.
Written = Letter | Unfit

#: What a letter comes to that a person has stopped while it was held.
HALTED = NotBegun("a person has stopped this issue")

#: Letters that are written ahead where writing takes threads: about what goes while one is signed.
_AHEAD = 24

Result = tuple[Claim, Outcome]


@dataclass(frozen=True, slots=True)
class News:
    """What the ledger says of what a sender holds.

    ``copies`` are claimed by now. Of the issues in ``halted`` no letter may begin, nor one of the deliveries
    in ``left``, whose people have left (with the ledger's word).
    """

    copies: Sequence[Copy] = ()
    halted: frozenset[int] = frozenset()
    left: Mapping[int, str] = field(default_factory=dict)


class Desk:
    """What a sender holds; a courier's freight (``mail.freight``).

    ``write`` makes a letter of a copy. With ``threads`` it is called there, ahead of need: signing takes long
    enough, and lets other threads run meanwhile. ``settled`` learns of each outcome (for meters).
    """

    def __init__(
        self,
        write: Callable[[Copy], Written],
        *,
        threads: int = 0,
        settled: Callable[[Copy, Outcome, str, float], None] | None = None,
    ) -> None:
        self._write = write
        self._settled = settled
        self._copies: deque[Copy] = deque()
        self._ahead: deque[tuple[Copy, Future[Written]]] = deque()
        self._returned: deque[Letter] = deque()
        self._held: dict[int, Copy] = {}
        self._results: list[Result] = []
        self._halted: frozenset[int] = frozenset()
        self._left: Mapping[int, str] = {}
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="press") if threads else None

    # --- For the courier ------------------------------------------------------------------------------------

    def waiting(self) -> int:
        """Return how many letters could be taken now."""
        return len(self._returned) + len(self._ahead) + len(self._copies)

    def take(self, relay: str) -> Letter | None:  # noqa: ARG002 - any relay takes any letter
        """Return the next letter; None when nothing is left."""
        while self.waiting():
            if self._returned:
                letter: Written = self._returned.popleft()
                copy = self._held[letter.claim.delivery_id] if isinstance(letter, Letter) else None
            else:
                copy, letter = self._next()
            if isinstance(letter, Letter):
                if self.may_begin(letter.claim):
                    return letter
                self._put_aside(letter.claim)
            elif copy is not None:
                self._settle(copy.claim, letter, "", 0.0)
        return None

    def may_begin(self, held: Claim) -> bool:
        """Tell whether the message of this delivery may go on the wire now."""
        if not (self._halted or self._left):
            return True
        issue_id = self._held[held.delivery_id].issue_id
        return held.delivery_id not in self._left and issue_id not in self._halted

    def give_back(self, letter: Letter) -> None:
        """Take a letter back that has not begun: it goes first, if it still may."""
        if self.may_begin(letter.claim):
            self._returned.append(letter)
        else:
            self._put_aside(letter.claim)

    def settle(self, held: Claim, outcome: Outcome, relay: str, seconds: float) -> None:
        """Learn what became of a letter."""
        self._settle(held, outcome, relay, seconds)

    # --- For whoever keeps the ledger -----------------------------------------------------------------------

    @property
    def held(self) -> int:
        """How many letters are claimed and have come to nothing yet."""
        return len(self._held)

    @property
    def results(self) -> int:
        """How many outcomes wait to be written down."""
        return len(self._results)

    def deliveries(self) -> list[int]:
        """Return the deliveries that are held, those that are with the courier among them."""
        return list(self._held)

    def issues(self) -> frozenset[int]:
        """Return the issues that letters are held of."""
        return frozenset(copy.issue_id for copy in self._held.values())

    def variants(self) -> frozenset[int]:
        """Return the variants that letters are held of."""
        return frozenset(copy.variant_id for copy in self._held.values())

    def hand_over(self) -> list[Result]:
        """Return the outcomes to be written down; they are the caller's from now on."""
        results, self._results = self._results, []
        return results

    def hand_back(self, results: Iterable[Result]) -> None:
        """Take outcomes back that could not be written down."""
        self._results[:0] = results

    def lay(self, news: News) -> None:
        """Take new copies, and clear away what may not begin any more."""
        self._halted, self._left = news.halted, news.left
        self._held.update((copy.claim.delivery_id, copy) for copy in news.copies)
        self._copies.extend(news.copies)
        if self._halted or self._left:
            self._clear(lambda held: not self.may_begin(held), self._put_aside)

    def surrender(self, outcome: Outcome) -> None:
        """Let all that has not begun come to this outcome."""
        self._clear(lambda _: True, lambda held: self._settle(held, outcome, "", 0.0))

    def close(self) -> None:
        """End the threads."""
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)

    # --- Inside ---------------------------------------------------------------------------------------------

    def _next(self) -> tuple[Copy, Written]:
        if self._threads is None:
            copy = self._copies.popleft()
            return copy, self._write(copy)
        while self._copies and len(self._ahead) < _AHEAD:
            copy = self._copies.popleft()
            self._ahead.append((copy, self._threads.submit(self._write, copy)))
        copy, written = self._ahead.popleft()
        return copy, written.result()

    def _settle(self, held: Claim, outcome: Outcome, relay: str, seconds: float) -> None:
        copy = self._held.pop(held.delivery_id)
        self._results.append((held, outcome))
        if self._settled is not None:
            self._settled(copy, outcome, relay, seconds)

    def _put_aside(self, held: Claim) -> None:
        why = self._left.get(held.delivery_id)
        self._settle(held, HALTED if why is None else Withdrawn(why), "", 0.0)

    def _clear(self, which: Callable[[Claim], bool], away: Callable[[Claim], None]) -> None:
        """Take what fits out of all that has not begun; each goes where ``away`` says."""
        here = (
            *(letter.claim for letter in self._returned),
            *(copy.claim for copy, _ in self._ahead),
            *(copy.claim for copy in self._copies),
        )
        gone = {*filter(which, here)}
        self._returned = deque(each for each in self._returned if each.claim not in gone)
        self._ahead = deque(each for each in self._ahead if each[0].claim not in gone)
        self._copies = deque(each for each in self._copies if each.claim not in gone)
        for held in gone:
            away(held)
