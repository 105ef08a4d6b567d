"""The engine of a sender: the desk between the ledger and the wire, and what keeps it going.

    round    bookkeeping.Books.keep, in a thread   ledger -> desk -> ledger
    turn     mail.courier.Courier.turn             desk -> relays -> desk

Nothing holds a transaction while it talks to a server: claim, commit, send, settle. Where the ledger does not
answer, what is held goes on, and what became of it waits, in the journal and at the desk, to be written down.
"""

import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from newsletter import bookkeeping, metering, permitting, recovering, signatures
from newsletter.app import App
from newsletter.bookkeeping import Books, Entry, Page
from newsletter.core import batches
from newsletter.core.letters import Copy
from newsletter.core.meters import Meters
from newsletter.core.outcomes import NoServer, NotBegun, Outcome, Unanswered
from newsletter.core.replies import Reply
from newsletter.desk import Desk, Result
from newsletter.language import _
from newsletter.leases import Lease, LeaseLost
from newsletter.mail import journal as journal_files
from newsletter.mail.courier import Courier
from newsletter.metering import Sheet
from newsletter.press import Press
from newsletter.relaying import access_tokens, relays_of
from newsletter.services import claims, senders
from newsletter.stopping import Stop
from newsletter.waking import Bell

Tell = Callable[[str], None]

#: A few issues' variants at a time: a sender lives for months, and a template is as large as a mail.
_MOST_TEMPLATES = 100

#: So many outcomes are worth a transaction; fewer are written down after a moment.
_MANY = 250
_MOMENT_SECONDS = 0.05
#: How long to look away while there is nothing to send, in seconds.
_POLL_SECONDS = 0.25
#: How long without work before it takes leave of the mail server, and how often it looks for dead senders.
_REST_SECONDS = 5.0
#: How long to leave a ledger alone that does not answer: longer each time.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.25, 5.0
#: How long a sender that is told to stop tries to write down what it knows.
_LAST_WORDS_SECONDS = 10.0

_STOPPED = NotBegun("the sender was told to stop")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one batch: how many were claimed, and how many of them were taken or must wait.

    ``trouble`` says why there was no server to talk to; empty when there was.
    """

    claimed: int = 0
    accepted: int = 0
    trouble: str = ""


@dataclass
class Sender:
    """What a sender process keeps as long as it lives."""

    name: str
    journal: journal_files.Journal
    courier: Courier
    desk: Desk
    press: Press
    books: Books
    counts: Meters
    sheet: Sheet

    @property
    def unreachable(self) -> str:
        """Why no letter may go, or no relay can be talked to and none is being tried; empty where one may."""
        if why := self.courier.journal_trouble:
            return why
        if not self.courier.trouble or self.courier.on_the_wire:
            return ""
        waits = all(state.retry_in > 0 for state in self.courier.states())
        return self.courier.trouble if waits else ""

    def relays(self) -> Sequence[str]:
        """Return the names of the relays that can be talked to, or may be tried again."""
        return [state.name for state in self.courier.states() if not state.trouble or state.retry_in <= 0]

    def lay(self, page: Page) -> None:
        """Put what a round has brought on the desk."""
        if page.house is not None:
            self.press.house = page.house
        self.press.templates.update(page.templates)
        self.desk.lay(page.news)
        if len(self.press.templates) > _MOST_TEMPLATES:
            held = self.desk.variants()
            self.press.templates = {each: self.press.templates[each] for each in held}
            self.books.known_variants = set(held)
        if page.settled or page.news.copies:
            retries = sum(copy.claim.attempt > 1 for copy in page.news.copies)
            self.counts.batch(len(page.news.copies), page.claiming, page.settling, retries=retries)
            facts = {"claimed": len(page.news.copies), "settled": page.settled, "retries": retries}
            _log.debug("batch", extra=facts)


@contextmanager
def open_sender(app: App) -> Iterator[Sender]:
    """Begin a sender's journal and get its courier ready. Raises ``SendingRefused``.

    At the end the journal goes away, unless the ledger still waits for what it tells.
    """
    permitting.check_sending(app)
    name = journal_files.new_sender(app.paths.journal)
    lease = Lease(app, name)
    press = Press(app, permitting.sending_house(app))
    journal = journal_files.Journal.open(app.paths.journal, name)
    counts, sheet = metering.begin(app.paths.metrics, name)
    courier = Courier(relays_of(app.settings), access_token=access_tokens(app))
    desk = Desk(press.write, threads=signatures.threads(app), settled=_counted(counts), holds=lease.holds)
    try:
        yield Sender(name, journal, courier, desk, press, Books(app, name, lease), counts, sheet)
    finally:
        courier.close()
        desk.close()
        sheet.close()
        journal.close(settled=_has_left(app, name, lease))


def send_due(sender: Sender, *, limit: int) -> Sent:
    """Send at most ``limit`` of the copies that are due, and no more. An empty ``Sent`` where none is.

    Raises what the ledger raises when it does not answer.
    """
    desk = sender.desk
    page = sender.books.keep(Entry(wanted=limit, relays=sender.relays()))
    sender.lay(page)
    claimed, trouble = desk.held, ""
    while desk.held:
        sender.courier.turn(desk, sender.journal, seconds=_POLL_SECONDS)
        if sender.courier.stopped and not sender.courier.on_the_wire:
            desk.surrender(_STOPPED)
        elif why := sender.unreachable:
            trouble = why
            desk.surrender(NoServer(why))
    results = desk.hand_over()
    sender.lay(sender.books.keep(Entry(results, unused=desk.unused())))
    sender.journal.all_settled()
    outcomes = [each.outcome for each in results]
    accepted = sum(isinstance(each, Reply) and 200 <= each.code < 300 for each in outcomes)
    return Sent(claimed, accepted, trouble)


class Run:
    """A sender at work: turns of the wire beside rounds with the ledger, until it is told to stop.

    ``until_done`` ends it when no issue is due and no delivery is open. ``tell`` gets sentences of
    trouble. ``lost`` is whether it ended because others have taken it for lost: then another must begin.
    """

    def __init__(self, app: App, sender: Sender, *, until_done: bool, tell: Tell) -> None:
        self._app = app
        self._sender = sender
        self._until_done = until_done
        self._tell = tell
        self._stopping = Stop()
        self.lost = False
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._round: Future[Page] | None = None
        self._brought: list[Result] = []  # by the round under way
        self._round_at = 0.0  # when the last one began
        self._asked_for = 0  # letters, by the last one
        self._dry = False  # and fewer were there
        self._rate = 0.0
        self._rated_at = time.monotonic()
        self._idle_since = time.monotonic()
        self._recover_at = time.monotonic() + _REST_SECONDS
        self._again_at = app.now()  # when the pace lets more go
        self._pause_until = 0.0
        self._pause_seconds = 0.0
        self._unsure = False  # whether a claim of ours may stand in the ledger that we never learnt of
        self._trouble = ""
        self._rung = False

    def ring(self) -> None:
        """Look for work now. Safe from any thread."""
        self._rung = True
        self._sender.courier.wake()

    def stop(self) -> None:
        """Begin nothing more, for good. For signal handlers, too."""
        self._stopping.set()
        self._sender.courier.stop()

    def run(self, is_over: Callable[[], bool] = lambda: False) -> None:
        """Send until ``stop``, or until ``is_over`` says so."""
        _log.info("sender begins", extra={"sender": self._sender.name})
        recovering.recover(self._app)
        bell = Bell(self._app.paths.bells, self._sender.name, self.ring)
        try:
            while not self._stopping.is_set() and not self._is_done():
                if is_over():
                    self.stop()
                self._step()
        finally:
            bell.close()
            self._end()
            _log.info("sender ends", extra={"sender": self._sender.name})

    # --- One step -------------------------------------------------------------------------------------------

    def _step(self) -> None:
        sender = self._sender
        sender.courier.turn(sender.desk, sender.journal, seconds=self._patience())
        self._mind_the_relays()
        if self._round is not None and self._round.done():
            self._end_round(self._round)
        if self._round is None and time.monotonic() >= self._pause_until:
            self._begin_round()
        self._look_around()

    def _patience(self) -> float:
        """How long a turn may wait: whoever has something to write down waits only a moment."""
        return _MOMENT_SECONDS if self._sender.desk.results else _POLL_SECONDS

    def _mind_the_relays(self) -> None:
        """Let go of what is held where no relay can be talked to: others may have one that can."""
        why = self._sender.unreachable
        if why:
            self._sender.desk.surrender(NoServer(why))
            if why != self._trouble:
                _log.info("no relay takes letters", extra={"reason": why})
                self._tell(self._told_trouble(why))
        if why or not self._sender.courier.trouble:
            self._trouble = why

    def _told_trouble(self, why: str) -> str:
        if self._sender.courier.journal_trouble:
            told = _("Inga brev skickas just nu ({reason}). De väntar, och nya försök görs.")
            return told.format(reason=why)
        told = _("Mejlservern {host} tar inte emot brev just nu ({reason}). Nytt försök om {wait} s.")
        states = self._sender.courier.states()
        wait = math.ceil(min(state.retry_in for state in states))
        return told.format(host=", ".join(state.name for state in states), reason=why, wait=wait)

    def _look_around(self) -> None:
        now = time.monotonic()
        sender = self._sender
        if sender.desk.held or sender.desk.results:
            self._idle_since = now
        elif now - self._idle_since > _REST_SECONDS:
            sender.courier.rest()
        for state in sender.courier.states():
            sender.counts.wire(state.name, connections=state.connections, on_the_wire=state.on_the_wire)
        sender.sheet.write_now_and_then(now)

    # --- Rounds ---------------------------------------------------------------------------------------------

    def _begin_round(self) -> None:
        desk = self._sender.desk
        now = time.monotonic()
        if now >= self._recover_at and not desk.held and not self._rung:
            self._recover_at = now + _REST_SECONDS
            self._round = self._in_the_books(self._recover)
            return
        if self._rung:  # there is work, whatever the last look came to
            self._rung, self._dry, self._round_at = False, False, 0.0
        since = now - self._round_at
        wanted = 0 if self._dry and since < _POLL_SECONDS else self._wanted()
        patience = _MOMENT_SECONDS if desk.results else _POLL_SECONDS
        if since < patience and desk.results < _MANY and not (wanted and desk.held):
            return
        self._round_at = now
        self._brought, self._asked_for = desk.hand_over(), wanted
        known = (
            {*desk.deliveries(), *(each.held.delivery_id for each in self._brought)} if self._unsure else None
        )
        entry = Entry(
            self._brought,
            wanted,
            desk.deliveries(),
            desk.issues(),
            relays=self._sender.relays(),
            unused=desk.unused() if not desk.held else {},
            known=known,
        )
        self._round = self._in_the_books(partial(self._sender.books.keep, entry))

    def _wanted(self) -> int:
        """How many letters to claim now; none while the journal is to begin anew or no relay is to be had."""
        sender = self._sender
        if self._stopping.is_set() or sender.unreachable or self._app.now() < self._again_at:
            return 0
        if sender.journal.is_large:
            if not (sender.desk.held or sender.desk.results):
                sender.journal.all_settled()
            return 0
        return batches.wanted(self._rate, sender.desk.held)

    def _in_the_books(self, work: Callable[[], Page]) -> Future[Page]:
        """Do a round beside the wire; its end wakes a turn that waits, and not a moment before it is done."""
        begun = self._clerk.submit(work)
        begun.add_done_callback(lambda _: self._sender.courier.wake())
        return begun

    def _recover(self) -> Page:
        recovering.recover(self._app)
        return Page()

    def _end_round(self, done: Future[Page]) -> None:
        self._round = None
        brought, self._brought = self._brought, []
        try:
            page = done.result()
        except SQLAlchemyError as error:
            self._sender.desk.hand_back(brought)
            self._leave_alone(error)
            return
        except LeaseLost:
            self._sender.desk.hand_back(brought)
            self._give_up()
            return
        if self._pause_seconds:
            _log.info("the ledger answers again")
            self._tell(_("Databasen svarar igen."))
        self._pause_seconds, self._unsure = 0.0, False
        now = time.monotonic()
        self._again_at = page.again_at or self._app.now()
        self._dry = len(page.news.copies) < self._asked_for
        if page.has_more:  # whoever waits for a receiver must not keep back those behind them
            self._dry, self._round_at = False, 0.0
        self._sender.lay(page)
        self._rate = batches.rate(self._rate, page.settled, now - self._rated_at)
        self._rated_at = now

    def _leave_alone(self, error: SQLAlchemyError) -> None:
        """Wait for a ledger that does not answer; nothing is lost meanwhile, and nothing more is claimed."""
        _log.debug("the ledger does not answer", exc_info=error)
        if not self._pause_seconds:
            _log.info("the ledger does not answer", extra={"error": type(error).__name__})
            said = str(error).splitlines()[0][:200]
            told = _("Databasen svarar inte ({reason}). Breven väntar, och nya försök görs.")
            self._tell(told.format(reason=said))
        self._unsure = True
        self._pause_seconds = min(max(_FIRST_PAUSE_SECONDS, self._pause_seconds * 2), _LONGEST_PAUSE_SECONDS)
        self._pause_until = time.monotonic() + self._pause_seconds

    def _give_up(self) -> None:
        """End: others have taken this sender for lost. What it knows is all that it may still write down."""
        self._tell(_("Databasen var borta så länge att sändaren räknas som förlorad. En ny tar vid."))
        self.lost = True
        self.stop()

    # --- The end --------------------------------------------------------------------------------------------

    def _is_done(self) -> bool:
        desk = self._sender.desk
        if not self._until_done or self._round is not None or desk.held or desk.results:
            return False
        return bookkeeping.is_done(self._app)

    def _end(self) -> None:
        """Let what is on the wire end, give back the rest, and write all of it down."""
        sender = self._sender
        sender.courier.stop()
        while sender.courier.on_the_wire:
            sender.courier.turn(sender.desk, sender.journal, seconds=_POLL_SECONDS)
        sender.desk.surrender(_STOPPED)
        until = time.monotonic() + _LAST_WORDS_SECONDS
        while self._round is not None or (sender.desk.results and time.monotonic() < until):
            if self._round is None:
                self._begin_last_round()
            if self._round is not None and wait([self._round], timeout=_POLL_SECONDS).done:
                self._end_round(self._round)
                sender.desk.surrender(_STOPPED)
        self._clerk.shutdown()

    def _begin_last_round(self) -> None:
        desk = self._sender.desk
        self._brought = desk.hand_over()
        known = {each.held.delivery_id for each in self._brought} if self._unsure else None
        entry = Entry(self._brought, unused=desk.unused(), known=known)
        self._round = self._in_the_books(partial(self._sender.books.keep, entry))


def _counted(counts: Meters) -> Callable[[Copy, Outcome, str, float], None]:
    """Return what counts each letter that was with a relay or could not be written."""

    def settled(copy: Copy, outcome: Outcome, relay: str, seconds: float) -> None:
        if isinstance(outcome, Unanswered):
            facts = {"delivery": copy.claim.delivery_id, "relay": relay}
            _log.warning("nobody knows of a letter", extra=facts)
        domain = copy.address.rpartition("@")[2].lower()
        counts.settled(outcome, relay, domain, seconds or None)

    return settled


def _has_left(app: App, sender: str, lease: Lease) -> bool:
    """Take leave of the ledger, if nothing waits there for what the journal tells."""
    try:
        with app.readers() as session:
            if claims.claims_of(session, sender=sender) or senders.may_tell(session, name=sender):
                return False
        lease.leave()
        return True
    except SQLAlchemyError:  # the journal stays for whoever recovers it
        _log.exception("the ledger does not answer")
        return False
