"""From rendered parts to a message template: the last step of rendering, once per variant.

    headers + text + html -> multipart/alternative in quoted-printable -> pieces and slots
    pictures -> multipart/related around the html; calendars -> multipart/mixed around all of it

What is the same for all stands ready encoded; a person's own words are slots (newsletter.core.messages).
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from newsletter.core import headers, quoted_printable
from newsletter.core.messages import (
    DATE,
    LIST_UNSUBSCRIBE,
    MARKERS,
    MESSAGE_ID,
    REPLY_TO,
    TO,
    UNSUBSCRIBE_URL,
    Context,
    MessageTemplate,
    Slot,
)
from newsletter.errors import HeaderRefused, TemplateError
from newsletter.rendering.values import Enclosure

_MARKER = re.compile("|".join(map(re.escape, MARKERS.values())))
_SLOT_NAMES = {marker: name for name, marker in MARKERS.items()}


class RenderedParts(Protocol):
    """What rendering hands over: a subject, and HTML and text with markers where slots go."""

    @property
    def subject(self) -> str:
        """The subject as people read it."""

    @property
    def html(self) -> str:
        """The whole HTML document."""

    @property
    def text(self) -> str:
        """The plain text."""

    @property
    def language(self) -> str:
        """The language of the frame, such as ``sv``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenHeaders:
    """The headers that everyone who gets this variant has in common.

    ``list_id`` is a value from ``headers.list_id``. ``help_url``, ``owner_url`` (``mailto:``) and
    ``archive_url`` are written when they are there (RFC 2369). A member notice has
    ``can_unsubscribe=False`` and then no List-Unsubscribe at all.
    """

    sender_name: str
    sender_address: str
    list_id: str
    can_unsubscribe: bool = True
    help_url: str | None = None
    owner_url: str | None = None
    archive_url: str | None = None


@dataclass(frozen=True, slots=True)
class Boundaries:
    """What stands between the parts of each multipart; none of them begins like another."""

    alternative: str
    related: str
    mixed: str


Part = bytes | Slot


def compile(  # noqa: A001 - mime.compile
    rendered: RenderedParts, frozen: FrozenHeaders, *, files: Sequence[Enclosure] = ()
) -> MessageTemplate:
    """Encode a variant into a template; the same input gives the same bytes.

    ``files`` go with it: those with a ``content_id`` beside the HTML that shows them (RFC 2387), the others
    after everything (RFC 2046 5.1.3).

    Raises ``TemplateError`` when the link to unsubscribe is missing from the text or the HTML of a mail that
    can be unsubscribed from, or stands in one that cannot; ``HeaderRefused`` for a header value with CR, LF
    or NUL in it, or an address or link that is none.
    """
    text, html = _unix_lines(rendered.text), _unix_lines(rendered.html)
    _require_links(text, html, can_unsubscribe=frozen.can_unsubscribe)
    shown = [file for file in files if file.content_id]
    attached = [file for file in files if not file.content_id]
    boundaries = _boundaries(text, html, files)
    body = [*_alternative(boundaries, text, html, shown)]
    if attached:
        body = [*_mixed(boundaries, body, attached)]
    return _template([*_header(rendered, frozen), *body])


def _header(rendered: RenderedParts, frozen: FrozenHeaders) -> Iterable[Part]:
    """Each field once (RFC 5322 3.6; rule P10)."""
    if headers.needs_smtputf8(frozen.sender_address):
        raise HeaderRefused(
            "Avsändaradressen {address} har andra tecken än a–z före @, och då kan många inte ta emot brev. "
            "Välj en annan avsändaradress.",
            address=frozen.sender_address,
        )
    yield _field("From", headers.address(frozen.sender_name, frozen.sender_address))
    yield Slot(TO, Context.HEADER)
    yield Slot(REPLY_TO, Context.HEADER)
    yield _field("Subject", headers.unstructured(rendered.subject))
    yield Slot(DATE, Context.HEADER)
    yield Slot(MESSAGE_ID, Context.HEADER)
    yield from _list_fields(frozen)
    yield _field("Content-Language", rendered.language)
    yield _field("MIME-Version", "1.0")


def _list_fields(frozen: FrozenHeaders) -> Iterable[Part]:
    yield _field("List-Id", frozen.list_id)
    yield _field("List-Post", "NO")  # An announcement list: answers go to Reply-To (RFC 2369 3.4).
    links = {"Help": frozen.help_url, "Owner": frozen.owner_url, "Archive": frozen.archive_url}
    for name, link in links.items():
        if link is not None:
            yield _field(f"List-{name}", headers.uri(link))
    if frozen.can_unsubscribe:
        yield Slot(LIST_UNSUBSCRIBE, Context.HEADER)
        yield _field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")  # RFC 8058 3.1, to the letter


def _mixed(boundaries: Boundaries, body: Iterable[Part], attached: Sequence[Enclosure]) -> Iterable[Part]:
    yield _opened("mixed", boundaries.mixed)
    yield f"--{boundaries.mixed}\r\n".encode("ascii")
    yield from body
    yield b"\r\n"
    yield from (_file(file, boundaries.mixed) for file in attached)
    yield f"--{boundaries.mixed}--\r\n".encode("ascii")


def _alternative(boundaries: Boundaries, text: str, html: str, shown: Sequence[Enclosure]) -> Iterable[Part]:
    """Text first, HTML last: the last one is what a reader that can show it prefers (RFC 2046 5.1.4)."""
    yield _opened("alternative", boundaries.alternative)
    yield f"--{boundaries.alternative}\r\n".encode("ascii")
    yield from _words("plain", text, Context.TEXT)
    yield f"--{boundaries.alternative}\r\n".encode("ascii")
    if shown:
        yield _opened("related", boundaries.related, ' type="text/html";')
        yield f"--{boundaries.related}\r\n".encode("ascii")
    yield from _words("html", html, Context.HTML)
    yield from (_file(file, boundaries.related) for file in shown)
    if shown:
        yield f"--{boundaries.related}--\r\n\r\n".encode("ascii")
    yield f"--{boundaries.alternative}--\r\n".encode("ascii")


def _opened(subtype: str, boundary: str, more: str = "") -> bytes:
    return f'Content-Type: multipart/{subtype};{more}\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")


def _words(subtype: str, content: str, context: Context) -> Iterable[Part]:
    yield (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode("ascii")
    yield from _body(content, context)
    yield b"\r\n"  # This line end belongs to the boundary (RFC 2046 5.1.1).


def _file(file: Enclosure, boundary: str) -> bytes:
    """Encode a file as a part of its own, boundary first."""
    how = "inline" if file.content_id else "attachment"
    fields = [
        f"--{boundary}",
        f"Content-Type: {file.kind}",
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: {how}; filename="{file.name}"',
        *([f"Content-ID: <{file.content_id}>"] if file.content_id else []),
    ]
    lines = base64.encodebytes(file.content).replace(b"\n", b"\r\n")
    return "\r\n".join(fields).encode("ascii") + b"\r\n\r\n" + lines + b"\r\n"


def _body(content: str, context: Context) -> Iterable[Part]:
    start = 0
    for found in _MARKER.finditer(content):
        fixed = content[start : found.start()]
        yield _encode(fixed, after_slot=start > 0, before_slot=True)
        yield Slot(_SLOT_NAMES[found[0]], context)
        start = found.end()
    yield _encode(content[start:], after_slot=start > 0, before_slot=False)


def _encode(fixed: str, *, after_slot: bool, before_slot: bool) -> bytes:
    encoded = quoted_printable.encode_segment(fixed, after_slot=after_slot, before_slot=before_slot)
    return encoded.encode("ascii")


def _template(parts: list[Part]) -> MessageTemplate:
    pieces, slots = [b""], []
    for part in parts:
        if isinstance(part, Slot):
            slots.append(part)
            pieces.append(b"")
        else:
            pieces[-1] += part
    return MessageTemplate(tuple(pieces), tuple(slots))


def _field(name: str, value: str) -> bytes:
    return headers.fold(name, value).encode("ascii")


def _unix_lines(content: str) -> str:
    return content.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"


def _boundaries(text: str, html: str, files: Sequence[Enclosure]) -> Boundaries:
    # "=_" never stands in quoted-printable (RFC 2045 6.7) nor in base64, so no part and no value holds one.
    digest = hashlib.sha256(f"{text}\0{html}".encode())
    alternative = digest.hexdigest()[:32]
    for file in files:
        digest.update(f"\0{file.name}\0{file.kind}\0".encode() + file.content)
    whole = digest.hexdigest()
    return Boundaries(f"=_{alternative}", f"=_r{whole[:31]}", f"=_m{whole[:31]}")


def _require_links(text: str, html: str, *, can_unsubscribe: bool) -> None:
    marker = MARKERS[UNSUBSCRIBE_URL]
    present = (marker in text, marker in html)
    if can_unsubscribe and not all(present):
        raise TemplateError(
            "Länken för att avsluta prenumerationen saknas i brevets {part}. Lägg in {marker} i mallen.",
            part="HTML" if present[0] else "text",
            marker=marker,
        )
    if not can_unsubscribe and any(present):
        raise TemplateError(
            "Brevet är ett medlemsmeddelande, som inte går att avsluta, men mallen har en länk för det. "
            "Ta bort {marker} ur mallen.",
            marker=marker,
        )
