"""What a mail holds, read within bounds: the sink keeps whatever anybody sends to it.

    raw bytes -> too_much? -> Python's parser -> first HTML, first text, pictures by Content-ID, headers

Python's parser has no bounds of its own: a header of a megabyte takes it most of a minute, and a thousand
nested levels end in a RecursionError. So the bytes are looked through first, and a mail beyond the bounds is
shown as source only.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

MOST_BYTES = 6_000_000
MOST_LINES = 300_000
MOST_HEAD_BYTES = 64 * 1024
MOST_PARTS = 500
DEEPEST = 50
#: Of a Content-Type and its like: the parser is slow on long ones.
MOST_PARAMETER_BYTES = 4096
#: Of a header's value: what a page shows of it.
MOST_VALUE = 4000

_PARAMETERS = re.compile(rb"^content-[a-z-]+:(?:[^\n]*\n[ \t])*[^\n]*", re.IGNORECASE | re.MULTILINE)
_NESTING = re.compile(rb"boundary\*?=|content-type:\s*message/", re.IGNORECASE)
#: Charsets whose decoding takes time in proportion to the text (punycode's, for one, does not).
_CHARSETS = re.compile(r"utf-8|ascii|iso8859-\d+|cp125\d|koi8-r|mac-roman")


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A mail taken apart. ``headers`` are decoded, in their order; ``pictures`` go by Content-ID.

    ``whole`` is False for a mail beyond the bounds: then only the headers within them are here.
    """

    headers: tuple[tuple[str, str], ...]
    html: str | None = None
    text: str | None = None
    pictures: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()
    whole: bool = True

    def header(self, name: str) -> str:
        """Return the first header of that name, or nothing."""
        return next((value for found, value in self.headers if found.lower() == name.lower()), "")


def read(raw: bytes) -> Anatomy:
    """Take a mail apart. Any bytes are accepted, and none of them make it slow or raise."""
    head = re.split(rb"\r?\n\r?\n", raw[:MOST_HEAD_BYTES], maxsplit=1)[0]
    headers = tuple(_decoded_headers(message_from_bytes(head)))
    if too_much(raw):
        return Anatomy(headers, whole=False)
    return _of_parts(headers, message_from_bytes(raw))


def too_much(raw: bytes) -> bool:
    """Tell whether a mail is beyond what the parser can be trusted with."""
    if len(raw) > MOST_BYTES or raw.count(b"\n") + raw.count(b"\r") > 2 * MOST_LINES:
        return True
    lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return (
        lines.find(b"\n\n", 0, MOST_HEAD_BYTES) < 0
        or lines.count(b"\n--") > 2 * MOST_PARTS
        or sum(1 for _ in _NESTING.finditer(lines)) > DEEPEST
        or any(len(found[0]) > MOST_PARAMETER_BYTES for found in _PARAMETERS.finditer(lines))
    )


def _of_parts(headers: tuple[tuple[str, str], ...], mail: Message) -> Anatomy:
    html = text = None
    pictures: dict[str, tuple[str, bytes]] = {}
    attachments: list[str] = []
    for part in mail.walk():
        kind = part.get_content_type()
        if part.is_multipart():
            continue
        if part.get_content_disposition() == "attachment":
            attachments.append(_text_of_header(part.get_filename() or kind))
        elif kind == "text/html":
            html = _content(part) if html is None else html
        elif kind == "text/plain":
            text = _content(part) if text is None else text
        elif kind.startswith("image/") and (key := str(part.get("Content-ID", "")).strip("<> \t")):
            pictures[key] = (kind, _payload(part))
    return Anatomy(headers, html, text, pictures, tuple(attachments))


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _content(part: Message) -> str:
    return _decode(_payload(part), part.get_content_charset() or "utf-8").replace("\r\n", "\n")


def _decode(content: bytes, charset: str) -> str:
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        name = "utf-8"
    return content.decode(name if _CHARSETS.fullmatch(name) else "utf-8", errors="replace")


def _decoded_headers(mail: Message) -> Iterator[tuple[str, str]]:
    for name, value in mail.raw_items():
        yield name, _text_of_header(str(value))


def _text_of_header(value: str) -> str:
    """Return a header's value for people: unfolded, encoded words (RFC 2047) decoded."""
    text = re.sub(r"[\r\n]+[ \t]*", " ", value[:MOST_VALUE])
    text = _decode(text.encode("utf-8", errors="surrogateescape"), "utf-8")
    try:
        pieces = decode_header(text)
    except HeaderParseError:
        return text
    return "".join(p if isinstance(p, str) else _decode(p, charset or "latin-1") for p, charset in pieces)
