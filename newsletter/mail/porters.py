"""Carries a batch of messages to the next server, over a few kept connections at once.

    carry   each connection has a thread, which takes the next message from the batch until none is left

A message's trouble is its own: it becomes that message's outcome, and the others go on. A connection that
dies is replaced; when no connection can be had, what is left of the batch comes back as ``NoServer``.
"""

import logging
import smtplib
import socket
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Protocol

from newsletter.core.headers import needs_smtputf8
from newsletter.core.letters import Claim, Letter
from newsletter.core.outcomes import NO_SMTPUTF8, TOO_LARGE, NoServer, NotBegun, Outcome, Unanswered
from newsletter.core.replies import NoReply, Reply
from newsletter.mail import smtp
from newsletter.mail.wire import Broken, Wire
from newsletter.stopping import Stop

#: How long what is on the wire may take to end after ``stop``, in seconds.
GRACE_SECONDS = 8.0

#: A server that loses this many messages in a row on one lane is not fit to be spoken to now.
_MOST_LOST_IN_A_ROW = 2

#: Says of a held delivery whether its message may still begin.
MayBegin = Callable[[Claim], bool]

_log = logging.getLogger(__name__)


#: The server wants a sign-in, or does not take ours (RFC 4954 6): true of every message, the fault of none.
_SIGN_IN_REPLIES = frozenset({530, 534, 535, 538})


class Journal(Protocol):
    """Where it is written what was on the wire (``mail.journal``)."""

    def begun(self, delivery: int, attempt: int) -> None:
        """Write this before the first octet of a message; the message does not go when it raises."""

    def replied(self, delivery: int, attempt: int, reply: Reply) -> None:
        """Write the reply to the whole message."""

    def lost(self, delivery: int, attempt: int) -> None:
        """Write that the message was cut off before its end."""


class _Connection:
    """An open connection.

    ``carried`` counts the messages whose data it has begun; ``usable`` turns false for good.
    """

    def __init__(self, client: smtplib.SMTP, timeouts: smtp.Timeouts) -> None:
        self._client = client
        self._socket = smtp.socket_of(client)
        self._wire = Wire(self._socket)
        self._timeouts = timeouts
        #: The first line of the server's answer to our greeting (EHLO), as it came.
        self.greeting = (
            (client.ehlo_resp or client.helo_resp or b"").partition(b"\n")[0].decode("utf-8", "replace")
        )
        self._utf8 = client.has_extn("smtputf8")
        self._sized = client.has_extn("size")
        size = client.esmtp_features.get("size", "").strip()
        self._largest = int(size) if size.isdecimal() else 0  # 0 and nothing: no fixed limit (RFC 1870 4)
        self.carried = 0
        self.usable = True

    def deliver(self, letter: Letter, journal: Journal) -> Outcome:
        """Hand over one message and say what became of it."""
        refusal = self._impossible(letter)
        if refusal is not None:
            return refusal
        try:
            refused = self._envelope(letter)
        except Broken as broken:
            return self._give_up(NoReply(str(broken)))
        if refused is not None:
            return refused
        outcome = self._content(letter, journal)
        self.carried += 1
        return outcome

    def abort(self) -> None:
        """Cut the connection from another thread; a ``deliver`` under way ends."""
        self.usable = False
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take leave (QUIT) where there is still somebody to take leave of, and close."""
        if self.usable:
            with suppress(Broken):
                self._wire.ask("QUIT", self._timeouts.quit)
        self.usable = False
        self._client.close()

    def _impossible(self, letter: Letter) -> Outcome | None:
        """Refuse what this server has said that it cannot take; the others go on (RFC 6531; rule I1)."""
        if needs_smtputf8(letter.recipient) and not self._utf8:
            return Reply.of(553, f"5.6.7 {NO_SMTPUTF8}")
        if 0 < self._largest < len(letter.content):
            return Reply.of(552, f"5.3.4 {TOO_LARGE}{self._largest}")
        return None

    def _envelope(self, letter: Letter) -> Outcome | None:
        """Go as far as the server's 354. Returns the outcome when it does not come to that."""
        for command, seconds in (
            (self._mail_command(letter), self._timeouts.command),
            (f"RCPT TO:<{letter.recipient}>", self._timeouts.command),
        ):
            reply = self._wire.ask(command, seconds)
            if not 200 <= reply.code < 300:
                return self._refused(reply)
        reply = self._wire.ask("DATA", self._timeouts.data)
        return None if reply.code == 354 else self._refused(reply)

    def _mail_command(self, letter: Letter) -> str:
        options = f" SIZE={len(letter.content)}" if self._sized else ""
        if needs_smtputf8(letter.recipient):
            options += " SMTPUTF8 BODY=8BITMIME"  # the header holds the address as it is (RFC 6532)
        return f"MAIL FROM:<{letter.sender}>{options}"

    def _refused(self, reply: Reply) -> Outcome:
        if reply.code in _SIGN_IN_REPLIES:
            return self._give_up(NoServer(reply.line))
        if reply.code < 400:
            return self._give_up(NoReply(f"the server's reply makes no sense: {reply.line}"))
        if reply.code == 421:  # it closes the channel (RFC 5321 3.8)
            return self._give_up(reply)
        try:
            if self._wire.ask("RSET", self._timeouts.command).code != 250:
                self.usable = False
        except Broken:
            self.usable = False
        return reply

    def _content(self, letter: Letter, journal: Journal) -> Outcome:
        tried = (letter.claim.delivery_id, letter.claim.attempt)
        try:
            journal.begun(*tried)
        except OSError as error:  # what cannot be written down must not be sent
            return self._give_up(NoServer(f"the journal cannot be written: {error}"))
        try:
            self._wire.send(_stuffed(letter.content) + b".\r\n", self._timeouts.content)
        except Broken as broken:
            with suppress(OSError):
                journal.lost(*tried)
            return self._give_up(NoReply(str(broken)))
        return self._end(tried, journal)

    def _end(self, tried: tuple[int, int], journal: Journal) -> Outcome:
        try:
            reply = self._wire.reply(self._timeouts.end)
        except Broken as broken:
            return self._give_up(Unanswered(str(broken)))
        if reply.code == 421:
            self.usable = False
        if 300 <= reply.code < 400:  # 354 again, say: it may have taken the message or not
            return self._give_up(Unanswered(f"the server's reply makes no sense: {reply.line}"))
        with suppress(OSError):  # a full disk: the ledger gets the reply all the same
            journal.replied(*tried, reply)
        return reply

    def _give_up(self, outcome: Outcome) -> Outcome:
        self.usable = False
        return outcome


class Porters:
    """Up to ``connections`` connections to one relay, opened when first needed and kept until ``close``."""

    def __init__(
        self,
        relay: smtp.Relay,
        connections: int = 1,
        *,
        timeouts: smtp.Timeouts | None = None,
        context: ssl.SSLContext | None = None,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self.relay = relay
        self._timeouts = timeouts or smtp.Timeouts()
        self._context = context
        self._grace_seconds = grace_seconds
        self._stopping = Stop()
        self._lanes = [_Lane(self) for _ in range(connections)]
        self._threads = ThreadPoolExecutor(max_workers=connections, thread_name_prefix="lane")

    @property
    def connections(self) -> int:
        """How many messages can be on the wire at once."""
        return len(self._lanes)

    @property
    def stopped(self) -> bool:
        """Whether it has been told to stop."""
        return self._stopping.is_set()

    def carry(
        self, letters: Sequence[Letter], journal: Journal, *, may_begin: MayBegin = lambda _: True
    ) -> list[Outcome]:
        """Hand over a batch, and return each message's outcome, in the order of ``letters``.

        ``may_begin`` is asked of each message just before it goes on the wire, from any thread; one that may
        not comes back as ``NotBegun``. Raises ``SendingRefused`` when the relay must not be spoken to as it
        is set up.
        """
        batch = _Batch(letters, may_begin)
        lanes = self._lanes[: max(1, len(letters))]
        while lanes:
            running = [self._threads.submit(lane.run, batch, journal) for lane in lanes]
            self._wait(running)
            for done in running:
                done.result()  # raises what a lane could not handle
            # A lane that got no connection gives its message back, perhaps when the others had gone home.
            lanes = [lane for lane in lanes if lane.connected] if batch.waiting and not self.stopped else []
        return batch.outcomes(NotBegun("the sender was told to stop") if self.stopped else batch.trouble)

    def stop(self) -> None:
        """Begin no more messages, for good. Safe to call from a signal handler and from other threads."""
        self._stopping.set()

    def rest(self) -> None:
        """Take leave of the server while there is nothing to send; the next batch connects again."""
        for lane in self._lanes:
            lane.close()

    def close(self) -> None:
        """Take leave of the server and end the threads."""
        self.rest()
        self._threads.shutdown()

    def open(self) -> _Connection:
        """Open one connection. Raises ``Unreachable`` and ``SendingRefused``."""
        opened = smtp.open_session(self.relay, timeouts=self._timeouts, context=self._context)
        return _Connection(opened.client, self._timeouts)

    def _wait(self, running: Sequence[Future[None]]) -> None:
        open_ones = set(running)
        while open_ones and not self.stopped:
            # Woken now and then, since a signal handler cannot wake a waiting thread.
            open_ones = wait(open_ones, timeout=0.2).not_done
        if wait(open_ones, timeout=self._grace_seconds).not_done:
            for lane in self._lanes:
                lane.abort()
            wait(open_ones)


class _Batch:
    """The messages of one ``carry``: handed to the lanes one by one, each outcome kept in its place."""

    def __init__(self, letters: Sequence[Letter], may_begin: MayBegin) -> None:
        self._may_begin = may_begin
        self._waiting = deque(enumerate(letters))
        self._outcomes: list[Outcome | None] = [None] * len(letters)
        self.trouble = NoServer("")

    @property
    def waiting(self) -> bool:
        return bool(self._waiting)

    def take(self) -> tuple[int, Letter] | None:
        """Return the next message that may begin, with its place; None when none is left."""
        try:
            while True:
                place, letter = self._waiting.popleft()
                if self._may_begin(letter.claim):
                    return place, letter
                self._outcomes[place] = NotBegun("a person has stopped this issue")
        except IndexError:
            return None

    def give_back(self, place: int, letter: Letter, trouble: NoServer) -> None:
        self._waiting.appendleft((place, letter))
        self.trouble = trouble

    def settle(self, place: int, outcome: Outcome) -> None:
        self._outcomes[place] = outcome
        if isinstance(outcome, NoServer):
            self.trouble = outcome

    def outcomes(self, of_the_rest: Outcome) -> list[Outcome]:
        return [outcome or of_the_rest for outcome in self._outcomes]


class _Lane:
    """One connection and what it does in its thread."""

    def __init__(self, courier: Porters) -> None:
        self._courier = courier
        self._connection: _Connection | None = None
        self._was_used = False  # the connection had carried a message before the present one

    @property
    def connected(self) -> bool:
        return self._connection is not None and self._connection.usable

    def run(self, batch: _Batch, journal: Journal) -> None:
        lost_in_a_row = 0
        while lost_in_a_row < _MOST_LOST_IN_A_ROW and not self._courier.stopped:
            taken = batch.take()
            if taken is None:
                return
            try:
                outcome = self._carry(taken[1], journal)
            except smtp.Unreachable as error:
                batch.give_back(*taken, NoServer(str(error)))
                return
            except BaseException:
                batch.give_back(*taken, NoServer("the sender cannot go on"))
                raise
            batch.settle(taken[0], outcome)
            lost_in_a_row = lost_in_a_row + 1 if isinstance(outcome, NoReply) else 0
            if isinstance(outcome, NoServer):
                return

    def abort(self) -> None:
        if self._connection is not None:
            self._connection.abort()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _carry(self, letter: Letter, journal: Journal) -> Outcome:
        outcome = self._deliver(letter, journal)
        # A kept connection may have been closed meanwhile, for idleness or after so many messages: that
        # says nothing about this message, and it cannot have been taken.
        if _is_over(outcome) and self._was_used and not self._courier.stopped:
            outcome = self._deliver(letter, journal)
        return outcome

    def _deliver(self, letter: Letter, journal: Journal) -> Outcome:
        if self._connection is None or not self._connection.usable:
            self.close()
            self._connection = self._courier.open()
        self._was_used = self._connection.carried > 0
        try:
            return self._connection.deliver(letter, journal)
        except Exception as error:
            # A mistake of ours must not cost the batch. How far this message came is not known.
            _log.exception("delivery %d", letter.claim.delivery_id)
            self._connection.abort()
            return Unanswered(f"the sender failed: {type(error).__name__}")


def _is_over(outcome: Outcome) -> bool:
    return isinstance(outcome, NoReply) or (isinstance(outcome, Reply) and outcome.code == 421)


def _stuffed(content: bytes) -> bytes:
    """Double the dot at the start of a line (RFC 5321 4.5.2). Templates have none; this is the safety net."""
    if content.startswith(b"."):
        content = b"." + content
    return content.replace(b"\r\n.", b"\r\n..") if b"\r\n." in content else content
