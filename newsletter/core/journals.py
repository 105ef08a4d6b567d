"""What a sender's journal says, and what follows for the deliveries it had claimed when it died.

A journal is lines of text, each complete in itself:

    rundbrev-journal 1 <boot id>
    > <delivery> <attempt>                    its data goes on the wire
    < <delivery> <attempt> <reply>            the server's reply: code, status, text
    - <delivery> <attempt>                    the line went dead before its end had gone out

Absence proves something only while the machine has not been restarted since, for only then has every line
that was written reached the file. So a damaged journal, or one of another boot, leaves everything unknown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from newsletter.core.outcomes import NotBegun, Outcome, Unanswered
from newsletter.core.replies import NoReply, Reply

_HEAD = re.compile(r"rundbrev-journal 1 (\S+)")
_BEGUN = re.compile(r"> (\d+) (\d+)")
_REPLIED = re.compile(r"< (\d+) (\d+) ([2-5]\d\d) ?(.*)")
_LOST = re.compile(r"- (\d+) (\d+)")

#: A delivery and the number of its attempt, counting from 1.
Try = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal as it was found. ``tries`` holds each begun try, and what became of it if that is told."""

    boot_id: str = ""
    tries: Mapping[Try, Reply | NoReply | None] = field(default_factory=dict)
    damaged: bool = False


def head(boot_id: str) -> str:
    """Return the first line."""
    return f"rundbrev-journal 1 {boot_id}\n"


def begun(delivery: int, attempt: int) -> str:
    """Return the line that says: this message's data goes on the wire now."""
    return f"> {delivery} {attempt}\n"


def replied(delivery: int, attempt: int, reply: Reply) -> str:
    """Return the line with the server's reply."""
    return f"< {delivery} {attempt} {reply.line}\n"


def lost(delivery: int, attempt: int) -> str:
    """Return the line that says: this message was cut off before its end, so it cannot have been taken."""
    return f"- {delivery} {attempt}\n"


def parse(content: str) -> Journal:
    """Read a journal. A line that is torn or strange makes it damaged; the rest is still read."""
    first, *lines = content.split("\n")
    found = _HEAD.fullmatch(first)
    tries: dict[Try, Reply | NoReply | None] = {}
    # Every line ends with a line feed, so an undamaged journal has nothing after the last one.
    strange = [line for line in lines[:-1] if not _enter(tries, line)]
    return Journal(
        boot_id=found[1] if found else "",
        tries=tries,
        damaged=bool(found is None or strange or not lines or lines[-1]),
    )


def verdict(journal: Journal | None, tried: Try, *, boot_id: str) -> Outcome:
    """Say what became of a claimed try whose sender is dead. ``journal`` None: it has none.

    ``boot_id`` is the machine's present one. What the journal does not prove is ``Unanswered``.
    """
    if journal is None:
        return Unanswered("the sender died and left no journal")
    told = journal.tries.get(tried)
    if told is not None:
        return told
    if tried in journal.tries:
        return Unanswered("the sender died while this message was on the wire")
    if journal.damaged:
        return Unanswered("the sender died and its journal is damaged")
    if not boot_id or journal.boot_id != boot_id:
        return Unanswered("the machine stopped while the sender held this message")
    return NotBegun("the sender died before it came to this message")


def _enter(tries: dict[Try, Reply | NoReply | None], line: str) -> bool:
    if match := _BEGUN.fullmatch(line):
        tries[int(match[1]), int(match[2])] = None
    elif match := _REPLIED.fullmatch(line):
        tries[int(match[1]), int(match[2])] = Reply.of(int(match[3]), match[4])
    elif match := _LOST.fullmatch(line):
        tries[int(match[1]), int(match[2])] = NoReply("the connection broke before the message was complete")
    return match is not None
