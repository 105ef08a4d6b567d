"""What a mail server says, as values: the code, the enhanced status, the text, and what they mean.

Replies have one or more lines (RFC 5321 4.2.1); many carry an enhanced status code (RFC 3463, RFC 2034).
Nothing here reads from a connection: ``end_of_reply`` says how much of what has come so far is one reply.
"""

import re
from dataclasses import dataclass
from enum import Enum

LONGEST_TEXT = 500  # characters that are kept: enough for every real reply, and no more for a hostile one

_WHOLE = re.compile(rb"([2-5][0-9][0-9])(?:-[^\r\n]*\r?\n\1)*(?: [^\r\n]*)?\r?\n?")  # one code in all lines
_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])[^\r\n]*)?\r?\n")
#: What nearly all replies are: one line of plain words with a status before them, ready as it is.
_PLAIN = re.compile(rb"([245])([0-9][0-9]) \1\.([0-9]{1,3})\.([0-9]{1,3}) ([!-~]+(?: [!-~]+)*)\r\n")
_ENHANCED = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})(?: +|$)")


class Meaning(Enum):
    """What a reply to a message means for its delivery."""

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"  # not now: worth another try
    PERMANENT = "permanent"  # not ever


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's reply.

    ``code`` is 200 to 599. ``enhanced`` is class, subject and detail, such as ``(5, 1, 1)``, or None where
    the server gives none of the code's own class. ``text`` is the rest on one line, without controls, of at
    most 500 characters.
    """

    code: int
    enhanced: tuple[int, int, int] | None
    text: str

    @classmethod
    def of(cls, code: int, said: str) -> "Reply":
        """Build a reply from its code and what follows it; the lines of a longer one are separated by LF."""
        if not 200 <= code <= 599:
            raise ValueError(f"not a reply code: {code}")
        lines = [_one_line(line) for line in said.split("\n")]
        status = _status(code, lines[0])
        rest = [line[found.end() :] if (found := _ENHANCED.match(line)) else line for line in lines]
        text = " ".join(part for part in (rest if status else lines) if part)
        return cls(code, status, text[:LONGEST_TEXT].rstrip())

    @property
    def meaning(self) -> Meaning:
        """What it means for a delivery. Raises ``ValueError`` for 3xx, which settles nothing yet."""
        if self.code // 100 not in _MEANINGS:
            raise ValueError(f"{self.code} settles nothing")
        return _MEANINGS[self.code // 100]

    @property
    def line(self) -> str:
        """The reply on one line, as the ledger keeps it: ``250 2.0.0 Ok: queued as 4F1``."""
        if self.enhanced is None:
            return f"{self.code} {self.text}".rstrip(" ")
        kind, subject, detail = self.enhanced
        return f"{self.code} {kind}.{subject}.{detail} {self.text}".rstrip(" ")


_MEANINGS = {2: Meaning.ACCEPTED, 4: Meaning.TEMPORARY, 5: Meaning.PERMANENT}


@dataclass(frozen=True, slots=True)
class NoReply:
    """The connection failed before the server could say anything of this message; ``text`` says how."""

    text: str

    @property
    def meaning(self) -> Meaning:
        """Temporary: it says nothing of the message."""
        return Meaning.TEMPORARY


def end_of_reply(received: bytes, start: int = 0) -> int:
    """Return where the reply that begins at ``start`` ends; 0 while its last line has not come.

    The last line has a space, or nothing, after its code (RFC 5321 4.2.1). Raises ``ValueError`` for a whole
    line that is no part of a reply.
    """
    at = start
    while (line := _LINE.match(received, at)) and received.startswith(line[1], start):
        at = line.end()
        if line[2] != b"-":
            return at
    if received.find(b"\n", at) >= 0:
        raise ValueError(f"not one whole reply: {received[start : start + 80]!r}")
    return 0


def parse(received: bytes | bytearray) -> Reply:
    """Read one whole reply, in lines that end with CRLF or LF. Raises ``ValueError`` for anything else.

    Text that is not UTF-8 keeps what can be read of it.
    """
    if len(received) < LONGEST_TEXT and (plain := _PLAIN.fullmatch(received)):
        kind = int(plain[1])
        status = (kind, int(plain[3]), int(plain[4]))
        return Reply(kind * 100 + int(plain[2]), status, plain[5].decode("ascii"))
    if not (whole := _WHOLE.fullmatch(received)):
        raise ValueError(f"not one whole reply: {bytes(received[:80])!r}")
    said = b"\n".join(line[4:] for line in received.splitlines())
    return Reply.of(int(whole[1]), said.decode("utf-8", "replace"))


def _status(code: int, line: str) -> tuple[int, int, int] | None:
    found = _ENHANCED.match(line)
    if found is None or int(found[1]) != code // 100:
        return None
    return int(found[1]), int(found[2]), int(found[3])


def _one_line(said: str) -> str:
    if said.isprintable() and "  " not in said:
        return said.strip(" ")
    printable = "".join(character if character.isprintable() else " " for character in said)
    return " ".join(printable.split())
