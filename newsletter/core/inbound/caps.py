"""A scan of the bytes before any parser sees them: what is too large, too deep or too many is not read.

Python's parser takes 40 s for a To field of 1 MB, runs out of stack at 1,000 nested parts, and takes eight
times a part's size in memory. So a stranger's mail is measured first, with searches that take time in
proportion to its length; what is read afterwards is a copy within the caps. The whole mail is kept elsewhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

#: Octets of a whole message; what a large mail provider takes is 25 MB, and nobody answers with that.
LARGEST = 10 * 1024 * 1024
#: Octets of a message above ``LARGEST`` that are read: its header and what its writer said stand there.
READ_OF_LARGER = 256 * 1024
#: Octets of one header field with its folded lines.
LONGEST_FIELD = 64 * 1024
#: Octets of a message's whole header that are looked through.
LONGEST_HEADER = 1024 * 1024
#: Octets of a field that says how a part is built: the parser's work grows with their square.
LONGEST_STRUCTURE = 2 * 1024
#: Octets of a server's report that the parser makes a message of for each of its blocks.
LONGEST_REPORT = 128 * 1024
MOST_FIELDS = 1_000
MOST_PARTS = 500
DEEPEST = 50
#: Lines, times the containers around them: a parser tries each line against the delimiter of each container.
MOST_LINES = 200_000

_STRUCTURE = re.compile(rb"^content-[a-z-]{1,40}[ \t]*:", re.IGNORECASE | re.MULTILINE)
_NEXT_FIELD = re.compile(rb"\n(?![ \t])")
_CONTAINER = re.compile(
    rb"^content-type[ \t]*:[ \t\n]{0,200}(?:multipart|message)/", re.IGNORECASE | re.MULTILINE
)
_REPORT = re.compile(
    rb"^content-type[ \t]*:[ \t\n]{0,200}message/delivery-status", re.IGNORECASE | re.MULTILINE
)
_PART_BEGINS = re.compile(rb"^--[^\n]{0,200}\n(?=content-|\n)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Scanned:
    """A message within the caps.

    ``raw`` has lines that end with LF. ``over`` names the caps that the whole message is over: ``size``,
    ``field``, ``fields``, ``depth``, ``parts``, ``report``, ``lines``; none for an ordinary one.
    """

    raw: bytes
    over: tuple[str, ...] = ()


def scan(raw: bytes) -> Scanned:
    """Return what of a message may be read. Never raises; the time is linear in its length."""
    over: list[str] = []
    if len(raw) > LARGEST:
        over.append("size")
        raw = raw[:READ_OF_LARGER]
    text = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\0", b"")
    text = _header_within(text, over)
    text = b"".join(_structure_within(text))
    text = _cut(text, _CONTAINER, DEEPEST, "depth", over)
    text = _cut(text, _PART_BEGINS, MOST_PARTS, "parts", over)
    text = b"".join(_reports_within(text, over))
    return Scanned(_lines_within(text, over), tuple(over))


def _header_within(text: bytes, over: list[str]) -> bytes:
    end = text.find(b"\n\n")
    header = text if end < 0 else text[: end + 1]
    if len(header) <= LONGEST_FIELD and header.count(b"\n") <= MOST_FIELDS:
        return text
    fields = list(_fields(header[:LONGEST_HEADER]))
    if any(len(field) > LONGEST_FIELD for field in fields):
        over.append("field")
    if len(fields) > MOST_FIELDS or len(header) > LONGEST_HEADER:
        over.append("fields")
    kept = b"\n".join(field[:LONGEST_FIELD] for field in fields[:MOST_FIELDS])
    return kept + (b"\n" if end < 0 else b"\n" + text[end + 1 :])


def _fields(header: bytes) -> Iterator[bytes]:
    """Give each field with its folded lines, without the last line's end."""
    start = 0
    for found in _NEXT_FIELD.finditer(header):
        yield header[start : found.start()]
        start = found.end()
    if header[start:]:
        yield header[start:]


def _structure_within(text: bytes) -> Iterator[bytes]:
    """Cut each field that says how a part is built; nothing sane is as long as the limit."""
    at = 0
    while found := _STRUCTURE.search(text, at):
        next_field = _NEXT_FIELD.search(text, found.end())
        end = next_field.start() if next_field else len(text)
        yield text[at : min(end, found.start() + LONGEST_STRUCTURE)]
        at = end
    yield text[at:]


def _reports_within(text: bytes, over: list[str]) -> Iterator[bytes]:
    """Cut each report of a server where it goes on for too long, up to the next delimiter of a part."""
    at = 0
    while found := _REPORT.search(text, at):
        end = text.find(b"\n--", found.end())
        end = end if end >= 0 else len(text)
        kept = min(end, found.end() + LONGEST_REPORT)
        if kept < end and "report" not in over:
            over.append("report")
        yield text[at:kept]
        at = end
    yield text[at:]


def _cut(text: bytes, what: re.Pattern[bytes], most: int, name: str, over: list[str]) -> bytes:
    """End the text before the first of what would be one too many."""
    one_too_many = next(islice(what.finditer(text), most, None), None)
    if one_too_many is None:
        return text
    over.append(name)
    return text[: one_too_many.start()]


def _lines_within(text: bytes, over: list[str]) -> bytes:
    containers = sum(1 for _ in _CONTAINER.finditer(text))
    most = MOST_LINES // max(1, containers // 4)
    if text.count(b"\n") <= most:
        return text
    over.append("lines")
    return b"\n".join(text.split(b"\n", most)[:most]) + b"\n"
