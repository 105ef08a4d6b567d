"""The mail transactions of one connection, as octets in and out: nothing here waits or knows a socket.

    offer     MAIL, RCPT, DATA of a letter are put into ``outgoing``
    receive   the server's octets -> what became of letters; ``ready`` when one's content may go
    begin     the content of the letter that is ready, and its final dot, are put into ``outgoing``
    sent      so many octets of ``outgoing`` were handed to the system
    abort     the line is dead: what that means for the letters under way

Where the server offers PIPELINING (RFC 2920) an envelope goes in one group, and the next letter's may be
offered as soon as one's content has begun, so that both go in one write. Elsewhere every command waits for
its reply. At most one letter's content and one letter's envelope are under way at once.

A letter whose final dot was not handed over as a whole cannot have been taken (``NoReply``); one whose dot
was, and whose reply is missing, is ``Unanswered``.
"""

import re
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from newsletter.core.headers import needs_smtputf8
from newsletter.core.letters import Letter
from newsletter.core.outcomes import NO_SMTPUTF8, TOO_LARGE, NoServer, Outcome, Unanswered
from newsletter.core.replies import NoReply, Reply, end_of_reply, parse

#: The server wants a sign-in, or does not take ours (RFC 4954 6): true of every message, the fault of none.
_SIGN_IN_REPLIES = frozenset({530, 534, 535, 538})

#: No real reply is longer, all its lines together, in octets.
LONGEST_REPLY = 65_536

#: What most replies begin with: a space after the code says that no other line follows (RFC 5321 4.2.1).
_ONE_LINE = (b"250 ", b"354 ")
#: The answers to an envelope that goes in one group, when all is well.
_ALL_WELL = re.compile(rb"250 [^\r\n]*\r\n250 [^\r\n]*\r\n354 [^\r\n]*\r\n")
_DOT = b".\r\n"
_SHORT = 1024  # octets that cost nothing to copy
_NO_SENSE = "the server's reply makes no sense"
_TAKEN_BACK = "a letter was taken back"


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a server has offered in its answer to EHLO. ``largest`` is in octets; 0: no fixed limit."""

    pipelining: bool = False
    utf8: bool = False
    sized: bool = False
    largest: int = 0

    @classmethod
    def of(cls, features: Mapping[str, str]) -> "Abilities":
        """Read them from the keywords in small letters and what follows each of them."""
        size = features.get("size", "").strip()
        return cls(
            pipelining="pipelining" in features,
            utf8="smtputf8" in features,
            sized="size" in features,
            largest=int(size) if size.isdecimal() else 0,  # RFC 1870 4
        )


class Stage(Enum):
    """What a reply is awaited to."""

    RSET = "RSET"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    END = "END"  # the end of a letter
    NOBODY = "NOBODY"  # the end of nothing: the dot after a recipient that was refused (RFC 2920 3.1)
    QUIT = "QUIT"


class Settled(NamedTuple):
    """What became of a letter.

    ``begun`` says that its content had begun to go; ``blameless`` that what broke can have nothing to do with
    it: the connection had served before, or another letter was under way in front of it.
    """

    letter: Letter
    outcome: Outcome
    begun: bool
    blameless: bool = False


class _Transaction:
    """One letter under way, with its first two commands; ``behind`` says that another's content was too."""

    __slots__ = ("behind", "end", "letter", "mail", "rcpt", "recipient_taken", "refusal")

    def __init__(self, letter: Letter, mail: bytes, *, behind: bool) -> None:
        self.letter = letter
        self.mail = mail
        self.rcpt = b"RCPT TO:<%b>\r\n" % letter.recipient.encode()
        self.behind = behind
        self.refusal: Reply | None = None
        self.recipient_taken = False
        self.end = 0  # where its final dot ends, in octets since the connection began


_Asked = tuple[Stage, Callable[[bytes], None], int]


class Exchange:
    """One connection's transactions.

    ``outgoing`` is what is to be handed to the system next, in order; ``sent`` takes it out of there.
    ``trouble`` says why the connection is of no more use; empty while it is. ``finished`` counts the letters
    that the server has given an answer of its own, ``replies`` all its replies.
    """

    def __init__(self, abilities: Abilities) -> None:
        self.outgoing: list[bytes | memoryview] = []
        self.trouble = ""
        self.finished = self.replies = 0
        self.ready = False
        self._abilities = abilities
        #: Each question, who takes its answer, and how many octets must have gone before there can be one.
        self._asked: deque[_Asked] = deque()
        self._envelope: _Transaction | None = None
        self._content: _Transaction | None = None
        self._received = b""
        self._queued = self._gone = 0
        self._needs_reset = False
        self._spoilt = False  # a letter was taken back from the server
        self._settled: list[Settled] = []
        self._takers: dict[Stage, Callable[[bytes], None]] = {
            Stage.RSET: self._reset,
            Stage.MAIL: self._mail,
            Stage.RCPT: self._rcpt,
            Stage.DATA: self._data,
            Stage.END: self._end,
            Stage.NOBODY: self._nobody,
            Stage.QUIT: self._quit,
        }
        #: The questions of an envelope that goes in one group.
        self._group = [(stage, self._takers[stage]) for stage in (Stage.MAIL, Stage.RCPT, Stage.DATA)]

    @property
    def wants(self) -> bool:
        """Whether a letter may be offered now."""
        return (
            self._envelope is None
            and not self.trouble
            and not self._spoilt
            and (self._abilities.pipelining or not self._asked)
            and not (self._asked and self._asked[-1][0] is Stage.QUIT)
        )

    @property
    def held(self) -> int:
        """How many letters are under way: 0, 1 or 2."""
        return (self._envelope is not None) + (self._content is not None)

    @property
    def sending(self) -> bool:
        """Whether a letter's content has begun to go and its reply has not come."""
        return self._content is not None

    @property
    def awaited(self) -> Stage | None:
        """What the next reply is to; None while nothing is asked."""
        return self._asked[0][0] if self._asked else None

    def next_letter(self) -> Letter | None:
        """Return the letter whose envelope is under way, or accepted (``ready``)."""
        return self._envelope.letter if self._envelope is not None else None

    def offer(self, letter: Letter) -> Outcome | None:
        """Begin a letter's envelope; only while ``wants``.

        Returns the outcome at once where the server has said that it cannot take such a letter (RFC 6531,
        rule I1; RFC 1870): then nothing has been asked.
        """
        refusal = self._impossible(letter)
        if refusal is not None:
            return refusal
        new = _Transaction(letter, self._mail_command(letter), behind=self._content is not None)
        self._envelope = new
        if self._abilities.pipelining:
            self._ask_all(new)
        elif self._needs_reset:
            self._ask(b"RSET\r\n", Stage.RSET)
        else:
            self._ask(new.mail, Stage.MAIL)
        return None

    def begin(self) -> None:
        """Let the content of the letter that is ready go, with its final dot; only while ``ready``."""
        transaction = self._envelope
        if transaction is None or not self.ready:
            raise RuntimeError("no letter is ready")
        letter = transaction.letter
        content = letter.content if letter.dotless else stuffed(letter.content)
        self._envelope, self._content, self.ready = None, transaction, False
        self._put(content)
        self._ask(_DOT, Stage.END)
        transaction.end = self._queued

    def withdraw(self) -> Letter | None:
        """Take back the letter whose content has not begun, if there is one.

        The server may be waiting for its content, and must not get any: the connection is of no more use as
        soon as nothing is ``sending``, and has to be cut, since even QUIT would be content.
        """
        if self._envelope is None:
            return None
        letter = self._envelope.letter
        self._envelope, self.ready, self._spoilt = None, False, True
        if self._content is None:
            self._break(_TAKEN_BACK)
        return letter

    def leave(self) -> None:
        """Ask to end the connection, while no letter is under way."""
        if not self.held and not self.trouble and self.awaited is not Stage.QUIT:
            self._ask(b"QUIT\r\n", Stage.QUIT)

    def sent(self, octets: int) -> None:
        """Note that so many octets more were handed to the system."""
        self._gone += octets
        if self._gone == self._queued:
            self.outgoing.clear()
            return
        while octets >= len(self.outgoing[0]):
            octets -= len(self.outgoing.pop(0))
        if octets:
            self.outgoing[0] = memoryview(self.outgoing[0])[octets:]

    def receive(self, octets: bytes) -> list[Settled]:
        """Take in what the server says, and return what became of letters."""
        self._settled = []
        data = self._received + octets if self._received else octets
        start, length = 0, len(data)
        while start < length and not self.trouble:
            if self._awaits_group and (well := _ALL_WELL.match(data, start)):
                self._taken()
                start = well.end()
                continue
            if data[start : start + 4] in _ONE_LINE:
                end = data.find(b"\n", start) + 1
            else:
                end = self._end_of_reply(data, start)
            if (end or length) - start > LONGEST_REPLY:
                self._break("the server's reply has no end")
            if not end or self.trouble:
                break
            self._answer(data[start:end])
            start = end
        self._received = data[start:]
        return self._settled

    def abort(self, why: str) -> list[Settled]:
        """Say what became of the letters under way, now that the line is dead."""
        self._settled = []
        self._break(why)
        return self._settled

    def _impossible(self, letter: Letter) -> Outcome | None:
        if not (self._abilities.utf8 or letter.recipient.isascii()) and needs_smtputf8(letter.recipient):
            return Reply.of(553, f"5.6.7 {NO_SMTPUTF8}")
        if 0 < self._abilities.largest < len(letter.content):
            return Reply.of(552, f"5.3.4 {TOO_LARGE}{self._abilities.largest}")
        return None

    def _mail_command(self, letter: Letter) -> bytes:
        options = f" SIZE={len(letter.content)}" if self._abilities.sized else ""
        if not letter.recipient.isascii() and needs_smtputf8(letter.recipient):
            options += " SMTPUTF8 BODY=8BITMIME"  # the header holds the address as it is (RFC 6532)
        return f"MAIL FROM:<{letter.sender}>{options}\r\n".encode()

    def _put(self, octets: bytes) -> None:
        """Add to what is to go; short pieces are put together, so that they are one write and one record."""
        self._queued += len(octets)
        last = self.outgoing[-1] if self.outgoing else None
        if isinstance(last, bytes) and len(last) < _SHORT:
            self.outgoing[-1] = last + octets
        else:
            self.outgoing.append(octets)

    def _ask_all(self, new: _Transaction) -> None:
        reset = b"RSET\r\n" if self._needs_reset else b""
        self._put(reset + new.mail + new.rcpt + b"DATA\r\n")
        end = self._queued
        if reset:
            self._asked.append((Stage.RSET, self._reset, end))
        self._asked += [(stage, taker, end) for stage, taker in self._group]

    def _ask(self, octets: bytes, stage: Stage) -> None:
        self._put(octets)
        self._asked.append((stage, self._takers[stage], self._queued))

    def _end_of_reply(self, data: bytes, start: int) -> int:
        """Return where the reply that begins at ``start`` ends; 0 while it has not come whole."""
        try:
            return end_of_reply(data, start)
        except ValueError as error:
            self._break(f"the server's reply is no SMTP: {error}")
            return 0

    @property
    def _awaits_group(self) -> bool:
        """Whether the next three replies are to an envelope that has gone in one group."""
        if not self._asked:
            return False
        stage, _, end = self._asked[0]
        return stage is Stage.MAIL and self._abilities.pipelining and self._gone >= end

    def _taken(self) -> None:
        """Take three good answers at once: to MAIL, RCPT and DATA."""
        for _ in self._group:
            self._asked.popleft()
        self.replies += len(self._group)
        self.ready = self._envelope is not None

    def _answer(self, whole: bytes) -> None:
        if not self._asked:
            self._break(_line(whole))
            return
        self.replies += 1
        stage, take, end = self._asked.popleft()
        if self._gone < end:
            self._interrupted(stage, whole)
            return
        try:
            take(whole)
        except ValueError as error:
            self._break(f"the server's reply is no SMTP: {error}")

    def _reset(self, whole: bytes) -> None:
        if not whole.startswith(b"2"):
            self._break(_line(whole))
            return
        self._needs_reset = False
        if not self._abilities.pipelining and self._envelope is not None:
            self._ask(self._envelope.mail, Stage.MAIL)

    def _mail(self, whole: bytes) -> None:
        if not whole.startswith(b"2"):
            self._refused(parse(whole))
        elif not self._abilities.pipelining and self._envelope is not None:
            self._ask(self._envelope.rcpt, Stage.RCPT)

    def _rcpt(self, whole: bytes) -> None:
        if not whole.startswith(b"2"):
            self._refused(parse(whole))
        elif self._envelope is not None:
            self._envelope.recipient_taken = True
            if not self._abilities.pipelining:
                self._ask(b"DATA\r\n", Stage.DATA)

    def _data(self, whole: bytes) -> None:
        transaction = self._envelope
        if transaction is None:
            self._break(_NO_SENSE)
        elif transaction.refusal is None:
            if whole.startswith(b"354"):
                self.ready = True
            else:
                self._refused(parse(whole))
                self._over_for(transaction)
        elif not whole.startswith(b"354"):
            if self._goes_on(parse(whole)):
                self._over_for(transaction)
        elif transaction.recipient_taken:  # it would take the dot for a letter
            self._break("the server takes a recipient and no sender")
        else:
            self._ask(_DOT, Stage.NOBODY)
            self._over_for(transaction, needs_reset=False)

    def _end(self, whole: bytes) -> None:
        reply = parse(whole)
        if 300 <= reply.code < 400:  # 354 again, say: it may have taken the letter or not
            self._break(f"{_NO_SENSE}: {reply.line}")
            return
        self._end_of_content(reply)
        if reply.code == 421:
            self._break(reply.line)
            return
        self.finished += 1
        if self._spoilt:
            self._break(_TAKEN_BACK)

    def _interrupted(self, stage: Stage, whole: bytes) -> None:
        """Take a reply to what has not gone whole: a "no" counts, but the server has lost its place."""
        with suppress(ValueError):
            reply = parse(whole)
            if stage is Stage.END and reply.code >= 400:
                self._end_of_content(reply)
        self._break(f"the server answers before it is asked: {_line(whole)}")

    def _end_of_content(self, reply: Reply) -> None:
        transaction, self._content = self._content, None
        if transaction is not None:
            self._settled.append(Settled(transaction.letter, reply, True))

    def _nobody(self, whole: bytes) -> None:
        self._goes_on(parse(whole))

    def _quit(self, whole: bytes) -> None:
        self._break(_line(whole))

    def _refused(self, reply: Reply) -> None:
        """Take a "no" to a part of the envelope."""
        transaction = self._envelope
        if transaction is None or transaction.refusal is not None:
            self._goes_on(reply)
        elif reply.code in _SIGN_IN_REPLIES:
            self._end_of_envelope(NoServer(reply.line))
            self._break(reply.line)
        elif reply.code == 421:  # it closes the channel (RFC 5321 3.8)
            self._end_of_envelope(reply)
            self._break(reply.line)
        elif reply.code < 400:
            self._break(f"{_NO_SENSE}: {reply.line}")
        else:
            transaction.refusal = reply
            if not self._abilities.pipelining:
                self._over_for(transaction)

    def _goes_on(self, reply: Reply) -> bool:
        """Tell whether the connection goes on after a reply that is about nobody."""
        if reply.code == 421:
            self._break(reply.line)
        elif 300 <= reply.code < 400:
            self._break(f"{_NO_SENSE}: {reply.line}")
        return not self.trouble

    def _over_for(self, transaction: _Transaction, *, needs_reset: bool = True) -> None:
        """Settle a letter that was refused; the connection goes on."""
        if self.trouble or self._envelope is not transaction or transaction.refusal is None:
            return
        self._needs_reset = needs_reset
        self._end_of_envelope(transaction.refusal)
        self.finished += 1

    def _end_of_envelope(self, outcome: Outcome) -> None:
        transaction, self._envelope, self.ready = self._envelope, None, False
        if transaction is not None:
            blameless = self.finished > 0 or transaction.behind
            self._settled.append(Settled(transaction.letter, outcome, begun=False, blameless=blameless))

    def _break(self, why: str) -> None:
        """End the connection for good, and settle whoever is still under way."""
        self.trouble = self.trouble or why
        self._asked.clear()
        content, self._content = self._content, None
        if content is not None:
            outcome = Unanswered(why) if self._gone >= content.end else NoReply(why)
            self._settled.append(Settled(content.letter, outcome, begun=True))
        if self._envelope is not None:
            self._end_of_envelope(self._envelope.refusal or NoReply(why))


def stuffed(content: bytes) -> bytes:
    """Double the dot at the start of a line (RFC 5321 4.5.2)."""
    if content.startswith(b"."):
        content = b"." + content
    return content.replace(b"\r\n.", b"\r\n..") if b"\r\n." in content else content


def _line(whole: bytes) -> str:
    try:
        return parse(whole).line
    except ValueError as error:
        return f"no SMTP: {error}"
