"""A mail as we read it: its fields decoded, its own text, its parts. Never raises, whatever the bytes.

    caps.scan -> Python's parser -> Mail

The parser is the standard library's with its old policy: the newer one reads every address field by a
grammar that takes quadratic time, and raises for some of what strangers send.
"""

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesFeedParser, BytesParser
from email.policy import compat32
from email.utils import getaddresses

from newsletter.core.inbound.caps import READ_OF_LARGER, scan

#: Characters of a field that are read; of one with many addresses or message ids, too.
LONGEST_READ = 8_000
#: Characters of the writer's text that are read.
LONGEST_TEXT = 100_000
#: Octets that the parser is given at a time.
_CHUNK = 64 * 1024

_ADDRESS = re.compile(r"[^\s<>@,;:\"()]{1,64}@[A-Za-z0-9\u0080-\U0010ffff](?:[\w.-]{0,253}\w)?")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,400}>")
_HIDDEN = re.compile(r"<(?:!--|(?P<tag>script|style|head)\b)", re.IGNORECASE)
_ENDS = {
    "--": re.compile("-->"),
    **{tag: re.compile(rf"</{tag}\s{{0,20}}>", re.IGNORECASE) for tag in ("script", "style", "head")},
}
_BREAKS = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote|hr)\b[^<>]{0,500}>", re.IGNORECASE)
_QUOTE = re.compile(
    r"<blockquote\b|<div[^<>]{0,300}(?:gmail_quote|yahoo_quoted|divRplyFwdMsg|appendonsend|OLK_SRC_BODY)",
    re.IGNORECASE,
)
#: Text charsets that are taken at their word. Others either are Latin, or no charsets (punycode takes hours).
_OTHER_CHARSETS = re.compile(
    r"utf-(?:16|32)(?:le|be)?|iso-2022-[a-z0-9-]{2,8}|iso-8859-(?:[2-9]|1[0-46])|windows-125[013-8]|koi8-[rut]"
    r"|gb(?:2312|k|18030)|big5|euc-(?:jp|kr)|shift-jis"
)
_ANY_TAG = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the mail: its media type in lower case, its file name if any, and its decoded octets.

    ``attached`` says that it belongs to a message that is attached, and so is not of the mail's own.
    """

    type: str
    name: str
    content: bytes = field(repr=False)
    charset: str = ""
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, read.

    ``over`` are the caps that it is over (``caps.Scanned``). ``sender`` is the address of From in lower case,
    "" where none is legible; ``name`` is the display name beside it. ``subject`` and ``text`` are decoded,
    ``text`` with LF and without markup.
    """

    message: Message = field(repr=False)
    over: tuple[str, ...]
    sender: str
    name: str
    subject: str
    text: str
    parts: tuple[Part, ...]

    def values(self, field_name: str) -> list[str]:
        """Return what every field of this name says, decoded and on one line each; [] where there is none."""
        return [decoded(value) for value in _values(self.message, field_name)]

    def value(self, field_name: str) -> str:
        """Return what the first field of this name says; "" where there is none."""
        return next(iter(self.values(field_name)), "")

    def message_ids(self, *field_names: str) -> list[str]:
        """Return the message ids in these fields, with their angle brackets, in order."""
        return [
            found
            for name in field_names
            for value in self.values(name)
            for found in _MESSAGE_ID.findall(value)
        ]

    def recipients(self) -> list[str]:
        """Return the addresses that the mail names as its own: Delivered-To and the like before To and Cc."""
        names = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
        return [address for name in names for address in addresses(self.values(name))]


def read(raw: bytes) -> Mail:
    """Read a mail within the caps. Never raises."""
    scanned = scan(raw)
    message = _parsed(scanned.raw)
    parts = tuple(_parts(message))
    name, sender = _from(message)
    return Mail(
        message=message,
        over=scanned.over,
        sender=sender,
        name=name,
        subject=next((decoded(value) for value in _values(message, "Subject")), ""),
        text=_text(parts),
        parts=parts,
    )


def _parsed(raw: bytes) -> Message:
    """Parse a mail; where its structure cannot be read, its header alone.

    Python's parser raises ``TypeError`` for a boundary that is told both whole and in pieces (RFC 2231).
    """
    parser = BytesFeedParser(policy=compat32)  # the other one makes three copies of the whole first
    try:
        for at in range(0, len(raw), _CHUNK):
            parser.feed(raw[at : at + _CHUNK])
        return parser.close()
    except (TypeError, ValueError, LookupError, RecursionError):
        return BytesParser(policy=compat32).parsebytes(raw[:READ_OF_LARGER], headersonly=True)


def addresses(values: Sequence[str]) -> list[str]:
    """Return the addresses in these field values, in lower case, once each."""
    found = (address.lower() for value in values for address in _ADDRESS.findall(value))
    return list(dict.fromkeys(found))


def _values(message: Message, field_name: str) -> Iterator[str]:
    """Give the fields of this name as they came: the parser puts U+FFFD for octets that are not ASCII."""
    name = field_name.lower()
    return (str(value) for each, value in message.raw_items() if each.lower() == name)


def _from(message: Message) -> tuple[str, str]:
    value = next((decoded(value) for value in _values(message, "From")), "")[:1_000]
    found = addresses([value])
    pairs = getaddresses([value]) if value else []
    name = next((name for name, _ in pairs if name), "")
    if not found:
        return name, ""
    return name, (addresses([pairs[0][1]]) or found)[0] if pairs else found[0]


def own_parts(message: Message) -> Iterator[Message]:
    """Give a mail's parts, in order and itself first, without going into messages that are attached."""
    return (part for part, attached in _walk(message) if not attached)


def _walk(message: Message) -> Iterator[tuple[Message, bool]]:
    """Give each part, and whether it is within an attached message."""
    waiting = [(message, False)]
    while waiting:
        part, attached = waiting.pop()
        yield part, attached
        payload = part.get_payload() if part.is_multipart() else None
        if isinstance(payload, list):
            within = attached or part.get_content_maintype() == "message"
            waiting.extend((each, within) for each in reversed(payload) if isinstance(each, Message))


def _parts(message: Message) -> Iterator[Part]:
    for part, attached in _walk(message):
        if not part.is_multipart():
            yield Part(part.get_content_type(), _file_name(part), _content(part), _charset(part), attached)


def _charset(part: Message) -> str:
    try:
        return str(part.get_param("charset") or "")
    except (ValueError, LookupError, TypeError):  # RFC 2231 values can be broken in more ways than one
        return ""


def _content(part: Message) -> bytes:
    """Return the octets of a leaf. A broken base64 is decoded as far as it goes."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _file_name(part: Message) -> str:
    try:
        return _one_line(decoded(part.get_filename("") or ""))[:200]
    except (ValueError, LookupError, TypeError):  # as above
        return "?"


def _text(parts: Sequence[Part], longest: int = LONGEST_TEXT) -> str:
    """Return what the writer wrote: the plain text, else the HTML without its markup."""
    parts = [part for part in parts if not part.attached]
    plain = [part for part in parts if part.type == "text/plain" and not part.name]
    if written := "\n".join(_characters(part, longest) for part in plain[:3]).strip():
        return written[:longest]
    html = [part for part in parts if part.type == "text/html" and not part.name]
    return "\n".join(_without_markup(_characters(part, longest)) for part in html[:3]).strip()[:longest]


def _characters(part: Part, longest: int) -> str:
    return characters(part.content[: 4 * longest], part.charset)


def characters(octets: bytes, charset: str) -> str:
    """Decode octets by a label that may be missing, wrong or hostile. Never raises."""
    for label in (*_labels(charset), "utf-8"):
        try:
            return octets.decode(label)
        except (UnicodeError, LookupError):
            continue
    # What is neither as labelled nor UTF-8 is nearly always this.
    return octets.decode("windows-1252", "replace")


def _labels(charset: str) -> Iterator[str]:
    """Give the charset to try before UTF-8: one in which UTF-8 would be legible but wrong, or never is.

    A label of ASCII or of a Latin alphabet is not believed before the octets have proved not to be UTF-8.
    """
    label = charset.strip("\"' ").lower().replace("_", "-")
    if _OTHER_CHARSETS.fullmatch(label):
        yield label


def _without_markup(html: str) -> str:
    from html import unescape

    quoted = _QUOTE.search(html)
    own = html[: quoted.start()] if quoted else html
    text = _ANY_TAG.sub("", _BREAKS.sub("\n", "".join(_shown(own))))
    return re.sub(r"\n{3,}", "\n\n", unescape(text))


def _shown(html: str) -> Iterator[str]:
    """Give what stands outside comments, style sheets and the like; one that does not end hides nothing.

    One search for each end, and none for an end that is known to be missing: the time is linear.
    """
    at = 0
    endless: set[str] = set()
    while found := _HIDDEN.search(html, at):
        kind = (found["tag"] or "--").lower()
        end = None if kind in endless else _ENDS[kind].search(html, found.end())
        if end is None:
            endless.add(kind)
        yield html[at : found.start() if end else found.end()]
        at = end.end() if end else found.end()
    yield html[at:]


def decoded(value: object) -> str:
    """Return a field's value with its encoded-words decoded (RFC 2047), on one line. Never raises."""
    raw = str(value)[:LONGEST_READ]
    if "=?" in raw:
        raw = _encoded_words(raw)
    elif any("\udc80" <= character <= "\udcff" for character in raw):
        raw = characters(raw.encode("utf-8", "surrogateescape"), "")
    return _one_line(raw)


def _encoded_words(value: str) -> str:
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError, binascii.Error):
        return value
    return "".join(_word(piece, charset) for piece, charset in pieces)


def _word(piece: bytes | str, charset: str | None) -> str:
    return piece if isinstance(piece, str) else characters(piece, charset or "")


def _one_line(value: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in value)
    return " ".join(printable.split())
