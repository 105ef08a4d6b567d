"""A sender's desk: the copies that it holds, the letter that goes next, and what became of each.

    claimed copies -> take: a letter is written when its turn comes -> the courier -> settle -> results

Everything here happens in one thread, that of the courier's loop; what comes from the ledger and what goes
there is exchanged in between (``lay``, ``hand_over``), so nothing is locked and no letter waits for a disk.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from newsletter.core.letters import Claim, Copy, Letter
from newsletter.core.outcomes import NotBegun, Outcome, Unfit, Withdrawn
from newsletter.core.receivers import receiver_of

#: A letter, or why none can be written.
Written = Letter | Unfit

#: What a letter comes to that a person has stopped while it was held.
HALTED = NotBegun("a person has stopped this issue")

#: Letters that are written ahead where writing takes threads: about what goes while one is signed.
_AHEAD = 24


class Result(NamedTuple):
    """What became of a letter to an address, and by which relay; "" for none."""

    held: Claim
    outcome: Outcome
    address: str
    relay: str


@dataclass(frozen=True, slots=True)
class News:
    """What the ledger says of what a sender holds.

    ``copies`` are claimed by now. Of the issues in ``halted`` no letter may begin, nor one of the deliveries
    in ``left``, whose people have left (with the ledger's word). ``room`` is how many more letters may go by
    each relay that keeps a pace; other relays take any number. ``careful`` are the receivers
    (``core.receivers``) that get one letter at a time.
    """

    copies: Sequence[Copy] = ()
    halted: frozenset[int] = frozenset()
    left: Mapping[int, str] = field(default_factory=dict)
    room: Mapping[str, int] = field(default_factory=dict)
    careful: frozenset[str] = frozenset()


class Desk:
    """What a sender holds; a courier's freight (``mail.freight``).

    ``write`` makes a letter of a copy. With ``threads`` it is called there, ahead of need: signing takes long
    enough, and lets other threads run meanwhile. ``settled`` learns of each outcome (for meters). Nothing
    begins while ``holds`` says that the sender's lease does not.
    """

    def __init__(
        self,
        write: Callable[[Copy], Written],
        *,
        threads: int = 0,
        settled: Callable[[Copy, Outcome, str, float], None] | None = None,
        holds: Callable[[], bool] = lambda: True,
    ) -> None:
        self._write = write
        self._holds = holds
        self._settled = settled
        self._copies: deque[Copy] = deque()
        self._ahead: deque[tuple[Copy, Future[Written]]] = deque()
        self._returned: deque[Letter] = deque()
        self._held: dict[int, Copy] = {}
        self._results: list[Result] = []
        self._halted: frozenset[int] = frozenset()
        self._left: dict[int, str] = {}
        self._room: dict[str, int] = {}
        self._careful: frozenset[str] = frozenset()
        #: Receivers that get one letter at a time and have one now, with those that wait for it.
        self._one_at_a_time: dict[str, deque[Letter]] = {}
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="press") if threads else None

    # --- For the courier ------------------------------------------------------------------------------------

    def waiting(self) -> int:
        """Return how many letters could be taken now."""
        if not self._holds():
            return 0
        return len(self._returned) + len(self._ahead) + len(self._copies)

    def take(self, relay: str) -> Letter | None:
        """Return the next letter that a relay may have; None when nothing is left, or its pace is kept."""
        if self._room.get(relay, 1) <= 0 or not self._holds():
            return None
        while (letter := self._pick()) is not None:
            if not self._may_go(letter.claim):
                self._put_aside(letter.claim)
            elif not (self._careful and self._waits_for_another(letter)):
                if relay in self._room:
                    self._room[relay] -= 1
                return letter
        return None

    def may_begin(self, held: Claim) -> bool:
        """Tell whether the message of this delivery may go on the wire now."""
        return self._holds() and self._may_go(held)

    def _may_go(self, held: Claim) -> bool:
        if not (self._halted or self._left):
            return True
        issue_id = self._held[held.delivery_id].issue_id
        return held.delivery_id not in self._left and issue_id not in self._halted

    def give_back(self, letter: Letter) -> None:
        """Take a letter back that has not begun: it goes first, if it still may."""
        self._let_next_one(letter.recipient)
        if self._may_go(letter.claim):
            self._returned.append(letter)
        else:
            self._put_aside(letter.claim)

    def settle(self, held: Claim, outcome: Outcome, relay: str, seconds: float) -> None:
        """Learn what became of a letter."""
        self._let_next_one(self._held[held.delivery_id].address)
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
        self._halted, self._careful = news.halted, news.careful
        self._left.update((each, why) for each, why in news.left.items() if each in self._held)
        self._room = {relay: self._room.get(relay, 0) + more for relay, more in news.room.items()}
        if not self._careful:
            self._free()
        self._held.update((copy.claim.delivery_id, copy) for copy in news.copies)
        self._copies.extend(news.copies)
        if self._halted or self._left:
            self._clear(lambda held: not self._may_go(held), self._put_aside)

    def unused(self) -> dict[str, int]:
        """Return, and forget, how many letters more could have gone by each relay that keeps a pace."""
        unused, self._room = self._room, dict.fromkeys(self._room, 0)
        return {relay: count for relay, count in unused.items() if count > 0}

    def surrender(self, outcome: Outcome) -> None:
        """Let all that has not begun come to this outcome."""
        self._free()
        self._clear(lambda _: True, lambda held: self._settle(held, outcome, "", 0.0))

    def close(self) -> None:
        """End the threads."""
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)

    # --- Inside ---------------------------------------------------------------------------------------------

    def _pick(self) -> Letter | None:
        """Return the letter whose turn it is; one that cannot be written is settled instead."""
        while self.waiting():
            if self._returned:
                return self._returned.popleft()
            copy, letter = self._next()
            if isinstance(letter, Letter):
                return letter
            self._settle(copy.claim, letter, "", 0.0)
        return None

    def _waits_for_another(self, letter: Letter) -> bool:
        """Let a letter wait for the one that its receiver has now, if that wants one at a time."""
        receiver = receiver_of(letter.recipient)
        if receiver not in self._careful:
            return False
        if receiver in self._one_at_a_time:
            self._one_at_a_time[receiver].append(letter)
            return True
        self._one_at_a_time[receiver] = deque()
        return False

    def _let_next_one(self, address: str) -> None:
        """Make a receiver free for the next letter, where it gets one at a time."""
        if self._one_at_a_time:
            self._returned.extend(self._one_at_a_time.pop(receiver_of(address), ()))

    def _free(self) -> None:
        for waiting in self._one_at_a_time.values():
            self._returned.extend(waiting)
        self._one_at_a_time.clear()

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
        self._left.pop(held.delivery_id, None)
        self._results.append(Result(held, outcome, copy.address, relay))
        if self._settled is not None:
            self._settled(copy, outcome, relay, seconds)

    def _put_aside(self, held: Claim) -> None:
        why = self._left.get(held.delivery_id)
        self._settle(held, HALTED if why is None else Withdrawn(why), "", 0.0)

    def _clear(self, which: Callable[[Claim], bool], away: Callable[[Claim], None]) -> None:
        """Take what fits out of all that has not begun; each goes where ``away`` says."""
        here = (
            *(letter.claim for letter in self._returned),
            *(letter.claim for waiting in self._one_at_a_time.values() for letter in waiting),
            *(copy.claim for copy, _ in self._ahead),
            *(copy.claim for copy in self._copies),
        )
        gone = {*filter(which, here)}
        self._returned = deque(each for each in self._returned if each.claim not in gone)
        for receiver, waiting in self._one_at_a_time.items():
            self._one_at_a_time[receiver] = deque(each for each in waiting if each.claim not in gone)
        self._ahead = deque(each for each in self._ahead if each[0].claim not in gone)
        self._copies = deque(each for each in self._copies if each.claim not in gone)
        for held in gone:
            away(held)
