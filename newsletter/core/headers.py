"""What stands in a mail's header, as it goes over the wire: addresses, subjects, dates, list fields.

Values come out on one line; ``fold`` breaks them (RFC 5322 2.2.3). Everything is ASCII, with names and
subjects as encoded-words (RFC 2047), but for a non-ASCII local part: that stays raw UTF-8 (RFC 6532), and
only a server with SMTPUTF8 can take such an address (``needs_smtputf8``).

CR, LF and NUL are refused everywhere with ``HeaderRefused``: they would let a name write headers.
"""

import base64
import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urlsplit

from newsletter.errors import HeaderRefused

LINE_LENGTH = 78  # octets without CRLF: wanted (RFC 5322 2.1.1)
LONGEST_LINE = 998  # octets without CRLF: the limit
LONGEST_LIST_ID = 255  # RFC 2919 3
LONGEST_LOCAL_PART = 64  # octets (RFC 5321 4.5.3.1.1)

# RFC 2047 allows 75; with 66 the first one fits beside every field name that we write.
_WORD_LENGTH = 66
_WORD_PAYLOAD = _WORD_LENGTH - len("=?utf-8?q??=")
_LONGEST_PLAIN_WORD = 60

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_ATOMS = re.compile(rf"{_ATEXT}+(?: {_ATEXT}+)*")
_UTF8_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]"
_LOCAL_PART = re.compile(rf'{_UTF8_ATEXT}+(?:\.{_UTF8_ATEXT}+)*|"(?:[^"\\]|\\[ -~])*"')
_ASCII_DOMAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[A-Za-z0-9.:]+\]")
_DOT_ATOM = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")
_URI = re.compile(r"[!-;=?-~]+")  # printable ASCII without "<", ">" and space

_HARMFUL = re.compile("[\0\r\n\ud800-\udfff]")
_CONTROLS = re.compile("[\x01-\x1f\x7f-\x9f\u2028\u2029]")
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q = ["_" if octet == 32 else chr(octet) if octet in _Q_SAFE else f"={octet:02X}" for octet in range(256)]


_Piece = TypeVar("_Piece", str, bytes)


def refuse_breaks(value: str) -> None:
    """Raise ``HeaderRefused`` for a value with CR, LF, NUL or half a character (a lone surrogate) in it."""
    if not value.isprintable() and _HARMFUL.search(value):  # nothing printable is harmful
        raise HeaderRefused(
            "Värdet {value} kan inte stå i ett brev: där finns en radbrytning, ett nolltecken eller ett "
            "trasigt tecken. Ta bort det och försök igen.",
            value=ascii(value[:80]),
        )


def clean(value: str) -> str:
    """Return a name or subject on one line: controls become spaces, and runs of white space one space.

    The ends are trimmed; a single U+00A0 inside is kept. Raises ``HeaderRefused`` for CR, LF and NUL.
    """
    if value.isprintable() and "  " not in value:
        return value.strip()
    refuse_breaks(value)
    return re.sub(r"\s{2,}", " ", _CONTROLS.sub(" ", value)).strip()


def address(display_name: str, addr_spec: str) -> str:
    """Return a mailbox (RFC 5322 3.4), such as ``=?utf-8?q?=C3=85sa?= <asa@example.org>``.

    The name stays a name, whatever stands in it; an empty one is left out. ``addr_spec`` may have a domain
    in Unicode. Raises ``HeaderRefused`` for CR, LF and NUL and for what is not one address.
    """
    return mailbox(display_name, wire_address(addr_spec))


def mailbox(display_name: str, wire: str) -> str:
    """Return the same for an address that ``wire_address`` has given."""
    name = clean(display_name)
    return f"{_phrase(name)} <{wire}>" if name else wire


def wire_address(addr_spec: str) -> str:
    """Return an address as SMTP and headers want it: the domain in ASCII (A-labels, RFC 5890).

    A non-ASCII local part is kept as it is. Raises ``HeaderRefused`` for what is not one address, or has a
    local part above 64 octets.
    """
    local, _, domain = addr_spec.rpartition("@")
    if not (_LOCAL_PART.fullmatch(local) and local.isprintable() and _octets(local) <= LONGEST_LOCAL_PART):
        raise _not_an_address(addr_spec)
    return f"{local}@{_domain(domain)}"


def needs_smtputf8(addr_spec: str) -> bool:
    """Tell whether only a server with SMTPUTF8 (RFC 6531) can take this address: its local part says so."""
    return not addr_spec.rpartition("@")[0].isascii()


def unstructured(value: str) -> str:
    """Return a free text such as a subject: as it is when it is plain ASCII, else as encoded-words."""
    text = clean(value)
    return text if _stays_plain(text) else _encoded_words(text)


def date(now: datetime) -> str:
    """Return a moment as ``Fri, 01 Mar 2030 13:00:00 +0100`` (RFC 5322 3.3), in the zone that it carries.

    Raises ``ValueError`` for a moment without a zone.
    """
    if now.utcoffset() is None:
        raise ValueError("now has no time zone")
    # Day and month in English whatever the locale, which strftime would follow.
    return f"{_DAYS[now.weekday()]}, {now.day:02} {_MONTHS[now.month - 1]} {now.year:04} {now:%H:%M:%S %z}"


def message_id(token: str, domain: str) -> str:
    """Return ``<token@domain>`` (RFC 5322 3.6.4). The same delivery has the same token, so the same id.

    ``token`` is ``tokens.make(ring, Purpose.MESSAGE, delivery_id)``; ``domain`` is our own.
    """
    if not _DOT_ATOM.fullmatch(token):
        raise _not_an_address(token)
    return f"<{token}@{_domain(domain)}>"


def list_unsubscribe(url: str, mailto: str | None = None) -> str:
    """Return the value of List-Unsubscribe: one HTTPS URI, and a ``mailto:`` URI if there is one.

    The HTTPS URI comes first, as the preferred one (RFC 2369 2, RFC 8058 3.1; rules U1 and U8). Plain http
    is taken for the loopback host only, where practice letters stay. Raises ``HeaderRefused`` for another
    scheme, for a character that has no place in a URI, and above 998 octets: the field is never folded (U12).
    """
    scheme, host = urlsplit(url).scheme, urlsplit(url).hostname
    if not (scheme == "https" or (scheme == "http" and host in _LOOPBACK)) or not host:
        raise _not_a_uri(url)
    if mailto is not None and not mailto.startswith("mailto:"):
        raise _not_a_uri(mailto)
    value = ", ".join(uri(link) for link in (url, mailto) if link is not None)
    if len("List-Unsubscribe: ") + len(value) > LONGEST_LINE:
        raise _not_a_uri(url[:80])
    return value


def uri(link: str) -> str:
    """Return ``<link>`` as the List fields want it (RFC 2369 2). Raises ``HeaderRefused`` for no URI."""
    refuse_breaks(link)
    if not _URI.fullmatch(link) or ":" not in link:
        raise _not_a_uri(link)
    return f"<{link}>"


def list_id(name: str, label: str, domain: str) -> str:
    """Return the value of List-Id, such as ``Nyhetsbrev <nyhetsbrev.example.org>`` (RFC 2919; rule U9).

    ``label`` never changes; a dot in it makes levels (``skane.brev``). Raises ``HeaderRefused`` when label
    or domain is no dot-atom, or the identifier is above 255 octets.
    """
    identifier = f"{label}.{_domain(domain)}"
    if not _DOT_ATOM.fullmatch(identifier) or len(identifier) > LONGEST_LIST_ID:
        raise _not_an_address(identifier)
    phrase = clean(name)
    return f"{_phrase(phrase)} <{identifier}>" if phrase else f"<{identifier}>"


def fold(field: str, value: str) -> str:
    """Return the field with its name and line ends, in lines of at most 78 octets where it has spaces.

    Raises ``HeaderRefused`` for CR, LF and NUL, and for a word that makes a line above 998 octets.
    """
    refuse_breaks(value)
    line = f"{field}: {value}".rstrip(" ")
    if len(line) <= LINE_LENGTH and line.isascii():
        return line + "\r\n"
    lines = list(_folded(line))
    if max(map(_octets, lines)) > LONGEST_LINE:
        raise HeaderRefused(
            "Värdet {value} är för långt för ett brevhuvud. Korta det och försök igen.", value=value[:80]
        )
    return "\r\n".join(lines) + "\r\n"


def _folded(line: str) -> Iterable[str]:
    field, *words = re.findall(" *[^ ]+", line)
    current = field + (words[0] if words else "")  # no line may hold white space only, nor the name alone
    for word in words[1:]:
        if _octets(current) + _octets(word) > LINE_LENGTH:
            yield current
            current = ""
        current += word
    yield current


def _octets(text: str) -> int:
    return len(text.encode())


def _stays_plain(text: str) -> bool:
    # Text that looks like an encoded-word would be decoded; a long word cannot be folded.
    return text.isascii() and "=?" not in text and max(map(len, text.split(" "))) <= _LONGEST_PLAIN_WORD


def _phrase(name: str) -> str:
    if not _stays_plain(name):
        return _encoded_words(name)
    if _ATOMS.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _encoded_words(text: str) -> str:
    """Encode as Q where most of it stays readable, else as B; a word holds whole characters (RFC 2047 5)."""
    raw = text.encode()
    quoted = _q(text)
    if len(quoted) <= 2 * len(raw):  # Needless base64 looks like spam to some filters.
        parts = [quoted] if len(quoted) <= _WORD_PAYLOAD else _packed(map(_q, text), _WORD_PAYLOAD)
        return " ".join(f"=?utf-8?q?{''.join(part)}?=" for part in parts)
    raw_parts = _packed([character.encode() for character in text], _WORD_PAYLOAD // 4 * 3)
    return " ".join(f"=?utf-8?b?{base64.b64encode(b''.join(part)).decode()}?=" for part in raw_parts)


def _q(text: str) -> str:
    return "".join(map(_Q.__getitem__, text.encode()))


def _packed(pieces: Iterable[_Piece], room: int) -> Iterable[list[_Piece]]:
    part: list[_Piece] = []
    used = 0
    for piece in pieces:
        if used + len(piece) > room:
            yield part
            part, used = [], 0
        part.append(piece)
        used += len(piece)
    yield part


@lru_cache(maxsize=4096)  # a letter has some five of them, and most people's are the same few
def _domain(domain: str) -> str:
    try:
        ascii_domain = domain if domain.isascii() else _a_labels(domain)
    except UnicodeError:  # idna.IDNAError is one
        raise _not_an_address(domain) from None
    if not _ASCII_DOMAIN.fullmatch(ascii_domain):
        raise _not_an_address(domain)
    return ascii_domain


@lru_cache(maxsize=1024)
def _a_labels(domain: str) -> str:
    import idna  # only few domains need it, and its tables are large

    return idna.encode(domain, uts46=True).decode("ascii")


def _not_an_address(value: str) -> HeaderRefused:
    return HeaderRefused(
        "{value} går inte att skriva som adress i ett brev. Rätta adressen och försök igen.",
        value=ascii(value[:320]),
    )


def _not_a_uri(link: str) -> HeaderRefused:
    return HeaderRefused(
        "{link} går inte att skriva som länk i ett brevhuvud. Rätta länken och försök igen.",
        link=ascii(link[:320]),
    )
