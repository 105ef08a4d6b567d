"""Mail encoded ahead: a template of byte pieces with slots between them.

    rendering  puts MARKERS where a person's own words go, and ``defuse``s them in what people wrote
    mime       compiles the rendered parts into pieces and slots
    sending    fills the slots, once per person: one ``b"".join``

A slot always starts a line of its own and its value is encoded on its own, so no value can change what
stands around it: no line grows too long, none starts with ".", none ends a header. A whole message is
ready for SMTP's DATA as it is: CRLF line ends, no dot-stuffing ever needed (rule F1).
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache, partial
from html import escape
from itertools import accumulate

from newsletter.core import headers, quoted_printable

#: Names of the slots.
TO = "to"
REPLY_TO = "reply-to"
DATE = "date"
MESSAGE_ID = "message-id"
LIST_UNSUBSCRIBE = "list-unsubscribe"
GREETING = "greeting"
UNSUBSCRIBE_URL = "unsubscribe-url"
PREFERENCES_URL = "preferences-url"
WEB_URL = "web-url"

SLOTS = frozenset(
    {TO, REPLY_TO, DATE, MESSAGE_ID, LIST_UNSUBSCRIBE, GREETING, UNSUBSCRIBE_URL, PREFERENCES_URL, WEB_URL}
)

#: What stands in rendered HTML and text where a slot goes, by the slot's name. Plain ASCII letters and
#: underscores, since premailer percent-encodes anything else in an href.
MARKERS = {
    GREETING: "__GREETING__",
    UNSUBSCRIBE_URL: "__UNSUBSCRIBE_URL__",
    PREFERENCES_URL: "__PREFERENCES_URL__",
    WEB_URL: "__WEB_URL__",
}

_MAGIC = b"rundbrev message 1"
#: What tokens are made of (base32), none of which is ever encoded or breaks a line.
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_NOTHING_TO_ESCAPE = re.compile("[^&<>\"']*")
_BAD_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")


def defuse(text: str) -> str:
    """Break every marker in what people wrote, so that it can never become a slot.

    Call it on the finished HTML or text of an article (after Markdown, since ``&#95;`` in its source
    becomes an underscore) and on plain fields such as titles, before they meet our own markers. A word
    joiner (U+2060, invisible) goes between the first two underscores; other text is left as it is.
    """
    for marker in MARKERS.values():
        text = text.replace(marker, f"_\u2060{marker[1:]}")
    return text


class Context(Enum):
    """Where a slot stands, which says how its value is encoded."""

    HEADER = "header"  # a whole header line with its name; the value is a wire value from core.headers
    TEXT = "text"  # quoted-printable
    HTML = "html"  # escaped for text and attributes, then quoted-printable


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value. The same name may stand in several places and contexts."""

    name: str
    context: Context


def _header_line(name: str, value: str) -> bytes:
    if not value:
        raise ValueError(f"the header {name} cannot be empty")
    return headers.fold(name, value).encode()


@lru_cache(maxsize=64)  # the letters of a second have the same date
def _date_line(value: str) -> bytes:
    return _one_line("Date", value)


def _one_line(name: str, value: str) -> bytes:
    """Write a field that is never folded: its length is bound where the value is made (rule U12)."""
    headers.refuse_breaks(value)
    line = f"{name}: {value}\r\n".encode()
    if not value or len(line) > headers.LONGEST_LINE + 2:
        raise ValueError(f"the header {name} needs 1 to {headers.LONGEST_LINE} octets, got {len(line)}")
    return line


@lru_cache(maxsize=64)  # as many as there are regions
def _reply_to_line(value: str) -> bytes:
    """Write Reply-To, or nothing: without it, answers go to From."""
    return _header_line("Reply-To", value) if value else b""


class Encoded(bytes):
    """What stands in a slot as it goes over the wire. Only ``line`` and ``link`` make it."""


def line(name: str, around: Sequence[str], token: str) -> Encoded:
    """Return a header slot's line whose value is a token of ours between fixed parts, which were checked."""
    return Encoded(f"{name}: {token.join(around)}\r\n".encode())


def link(prefix: str, token: str) -> Encoded | str:
    """Return an address of a page that ends with a token of ours, for body slots.

    What stands before the token is the same in a million letters, so it, and where lines are broken, is
    worked out once. An address that needs care in HTML comes back as it is.
    """
    layout = _link_layout(prefix, len(token))
    if layout is None:
        return prefix + token
    head, parts = layout
    raw = token.encode()
    return Encoded(head + b"=\r\n".join([raw[part] for part in parts]))


_Layout = tuple[bytes, tuple[slice, ...]]


@lru_cache(maxsize=64)
def _link_layout(prefix: str, length: int) -> _Layout | None:
    """Return what comes before the token, encoded, and how the token is cut by soft line breaks."""
    stand_in = next((letter for letter in _BASE32 if letter not in prefix), None)
    if stand_in is None or not length or not _NOTHING_TO_ESCAPE.fullmatch(prefix):
        return None
    encoded = _text(prefix + stand_in * length)
    first = encoded.index(stand_in.encode())
    ends = list(accumulate(len(part) for part in encoded[first:].split(b"=\r\n")))
    return encoded[:first], tuple(map(slice, [0, *ends], ends))


@lru_cache(maxsize=1024)  # A link stands in text and HTML, and many people share a given name.
def _text(value: str) -> bytes:
    headers.refuse_breaks(value)
    return quoted_printable.encode(value).encode("ascii")


def _html(value: str) -> bytes:
    return _text(value if _NOTHING_TO_ESCAPE.fullmatch(value) else escape(value, quote=True))


_ENCODERS: dict[Slot, Callable[[str], bytes]] = {
    Slot(TO, Context.HEADER): partial(_header_line, "To"),
    Slot(REPLY_TO, Context.HEADER): _reply_to_line,
    Slot(DATE, Context.HEADER): _date_line,
    Slot(MESSAGE_ID, Context.HEADER): partial(_one_line, "Message-ID"),
    Slot(LIST_UNSUBSCRIBE, Context.HEADER): partial(_one_line, "List-Unsubscribe"),
    **{Slot(name, Context.TEXT): _text for name in MARKERS},
    **{Slot(name, Context.HTML): _html for name in MARKERS},
}


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A MIME message in pieces of ASCII bytes, with one slot between each two of them.

    ``pieces`` are one more than ``slots``. ``relaxed`` says that a body filled into it is what DKIM's relaxed
    form would make of it (RFC 6376 3.4.4): what is filled in always is. Raises ``ValueError`` for pieces that
    do not keep the promises in this module's docstring, so that a template that exists is safe to fill and
    send.
    """

    pieces: tuple[bytes, ...]
    slots: tuple[Slot, ...]
    relaxed: bool = field(init=False, repr=False, compare=False)
    _blank: list[bytes] = field(init=False, repr=False, compare=False)
    _layout: list[tuple[str, Callable[[str], bytes], list[int]]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        _check(self.pieces, self.slots)
        blank = [b""] * (2 * len(self.slots) + 1)
        blank[::2] = self.pieces
        places: dict[Slot, list[int]] = {}
        for index, slot in enumerate(self.slots):
            places.setdefault(slot, []).append(2 * index + 1)
        object.__setattr__(self, "_blank", blank)
        object.__setattr__(self, "relaxed", _is_relaxed(self.pieces))
        object.__setattr__(self, "_layout", [(s.name, _ENCODERS[s], at) for s, at in places.items()])

    @property
    def needs(self) -> frozenset[str]:
        """The names of the slots that must be filled."""
        return frozenset(slot.name for slot in self.slots)

    def fill(self, values: Mapping[str, str | Encoded]) -> bytes:
        """Return the whole message for one person, ready for SMTP's DATA (but for the final dot).

        ``values`` holds a value for each slot in ``needs``; more of the known slots do no harm. Values for
        headers come from ``core.headers``; those for the bodies are plain text or an address of a page. An
        empty one is fine in a body, and leaves Reply-To out. ``line`` and ``link`` give some as they go out.

        Raises ``HeaderRefused`` for CR, LF, NUL or a lone surrogate in any value; ``KeyError`` for a missing
        slot and ``ValueError`` for an unknown one or an empty header, which are mistakes of the caller.
        """
        if not values.keys() <= SLOTS:
            raise ValueError(f"no such slot: {', '.join(sorted(values.keys() - SLOTS))}")
        parts = self._blank.copy()
        for name, encode, places in self._layout:
            value = values[name]
            encoded = value if isinstance(value, Encoded) else encode(value)
            for place in places:
                parts[place] = encoded
        return b"".join(parts)

    def dump(self) -> bytes:
        """Return the stored form: a line for each piece (octets, slot after it, context), then the pieces."""
        table = [
            f"{len(piece)} {slot.name} {slot.context.value}"
            for piece, slot in zip(self.pieces, self.slots, strict=False)
        ]
        lines = [*table, str(len(self.pieces[-1])), ""]
        return _MAGIC + b"\n" + "\n".join(lines).encode("ascii") + b"\n" + b"".join(self.pieces)

    def sha256(self) -> str:
        """Return the SHA-256 of the stored form, hexadecimal."""
        return hashlib.sha256(self.dump()).hexdigest()

    @classmethod
    def load(cls, stored: bytes) -> "MessageTemplate":
        """Read the stored form. Raises ``ValueError`` for anything that ``dump`` cannot have written."""
        try:
            pieces, slots = _read(stored)
            return cls(pieces, slots)
        except ValueError as error:
            raise ValueError(f"not a message template: {error}") from error


def _read(stored: bytes) -> tuple[tuple[bytes, ...], tuple[Slot, ...]]:
    table, _, body = stored.partition(b"\n\n")
    magic, *rows, last = table.split(b"\n")
    if magic != _MAGIC:
        raise ValueError("it begins otherwise")
    cells = [_row(row) for row in rows]
    pieces = _cut(body, [*(length for length, _ in cells), _length(last)])
    return pieces, tuple(slot for _, slot in cells)


def _row(row: bytes) -> tuple[int, Slot]:
    length, name, context = row.decode("ascii").split(" ")  # a wrong count is a ValueError, too
    return _length(length.encode()), Slot(name, Context(context))


def _length(cell: bytes) -> int:
    if not (cell.isdigit() and len(cell) < 10):
        raise ValueError("a length is damaged")
    return int(cell)


def _cut(body: bytes, lengths: list[int]) -> tuple[bytes, ...]:
    if sum(lengths) != len(body):
        raise ValueError("it is cut off or has grown")
    return tuple(body[end - length : end] for end, length in zip(accumulate(lengths), lengths, strict=True))


def _check(pieces: tuple[bytes, ...], slots: tuple[Slot, ...]) -> None:
    if len(pieces) != len(slots) + 1:
        raise ValueError("a template has one piece more than slots")
    _check_wire(b"".join(pieces))
    for before, slot, after in zip(pieces, slots, pieces[1:], strict=False):
        if slot not in _ENCODERS:
            raise ValueError(f"no slot {slot.name} in {slot.context.value}")
        if before and not before.endswith(b"\r\n"):
            raise ValueError(f"the slot {slot.name} does not start a line")
        _check_after(slot, after)
    _check_order(pieces, slots)


def _check_wire(wire: bytes) -> None:
    """Hold the fixed text to RFC 5322 2.1.1 and to lines that need no dot-stuffing."""
    if not wire.isascii() or b"\0" in wire or _BAD_LINE_END.search(wire) or not wire.endswith(b"\r\n"):
        raise ValueError("a template is ASCII in lines that end with CRLF")
    if wire.startswith(b".") or b"\r\n." in wire:
        raise ValueError("a line of the template starts with a dot")
    if max(map(len, wire.split(b"\r\n"))) > headers.LONGEST_LINE:
        raise ValueError(f"a line of the template is above {headers.LONGEST_LINE} octets")


def _is_relaxed(pieces: Sequence[bytes]) -> bool:
    blanks = any(run in piece for piece in pieces for run in (b"\t", b"  ", b" \r\n"))
    return not blanks and not pieces[-1].endswith(b"\r\n\r\n")


def _check_after(slot: Slot, after: bytes) -> None:
    """Require that a header slot is a whole line, and that something ends the line of a body slot."""
    if slot.context is Context.HEADER and after.startswith((b".", b" ", b"\t")):
        raise ValueError(f"the line after the header {slot.name} would belong to it")
    if slot.context is not Context.HEADER and not after.startswith((b"\r\n", b"=\r\n")):
        raise ValueError(f"nothing ends the line of the slot {slot.name}")


def _check_order(pieces: tuple[bytes, ...], slots: tuple[Slot, ...]) -> None:
    """Headers end at the first empty line: header slots stand before it, the others after."""
    in_header = True
    for piece, slot in zip(pieces, slots, strict=False):
        in_header = in_header and not piece.startswith(b"\r\n") and b"\r\n\r\n" not in piece
        if in_header is not (slot.context is Context.HEADER):
            raise ValueError(f"the slot {slot.name} stands on the wrong side of the header's end")
