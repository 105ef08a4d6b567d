"""A short mail to one person that no list sent: plain text, with the same as HTML beside it.

It has no List-* fields, and says that a machine wrote it (RFC 3834), so that no other machine answers. One
that answers a mail says that, too, and which; its envelope sender is the null one (``posting``).
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field

from newsletter.core import headers, quoted_printable

#: Says what a mail is that would else look like any note of ours.
KIND = "X-Rundbrev-Kind"
TRIAL = "trial-letter"


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a note. ``name`` is in ASCII, without quotes; ``type`` is its media type."""

    name: str
    type: str
    content: bytes = field(repr=False)


def write(
    *,
    sender: str,
    to: str,
    reply_to: str,
    subject: str,
    text: str,
    date: str,
    message_id: str,
    html: str = "",
    boundary: str = "",
    kind: str = "",
    answers: str = "",
    files: Sequence[File] = (),
    auto_replied: bool = False,
) -> bytes:
    """Return a whole message, ready for SMTP's DATA (but for the final dot).

    ``sender``, ``to`` and ``reply_to`` are header values (``headers.address``), so are ``date`` and
    ``message_id``; ``text`` and ``html`` have lines that end with LF. With ``html`` the message is
    multipart/alternative (RFC 2046 5.1.4), and ``boundary`` is something that stands in neither part.
    ``kind``, where there is one, stands in a field of its own (``KIND``). ``answers`` are the message ids, in
    angle brackets, of the mail that it belongs to, last, and of those before it. ``auto_replied``: a machine
    answers somebody's mail with it. With ``files`` it is multipart/mixed and needs a ``boundary``, too.
    Raises ``HeaderRefused`` for CR, LF or NUL in a value.
    """
    fields = [
        ("From", sender),
        ("To", to),
        ("Reply-To", reply_to),
        ("Subject", headers.unstructured(subject)),
        ("Date", date),
        ("Message-ID", message_id),
        *_threaded(answers),
        ("Auto-Submitted", "auto-replied" if auto_replied else "auto-generated"),
        ("MIME-Version", "1.0"),
    ]
    if kind:
        fields.insert(-1, (KIND, kind))
    head = "".join(headers.fold(name, value) for name, value in fields)
    body = _alternative(text, html, boundary) if html else part("plain", text)
    if files:
        body = _multipart("mixed", f"{boundary}+", [body, *map(_attached, files)])
    return (head + body).encode()


def _alternative(text: str, html: str, boundary: str) -> str:
    return _multipart("alternative", boundary, [part("plain", text), part("html", html)])


def _multipart(subtype: str, boundary: str, parts: Sequence[str]) -> str:
    head = headers.fold("Content-Type", f'multipart/{subtype}; boundary="{boundary}"')
    between = "".join(f"--{boundary}\r\n{part}" for part in parts)
    return f"{head}\r\n{between}--{boundary}--\r\n"


def _attached(file: File) -> str:
    content = base64.encodebytes(file.content).decode("ascii").replace("\n", quoted_printable.CRLF)
    return (
        headers.fold("Content-Type", file.type)
        + headers.fold("Content-Disposition", f'attachment; filename="{file.name}"')
        + f"Content-Transfer-Encoding: base64\r\n\r\n{content}"
    )


def _threaded(answers: str) -> list[tuple[str, str]]:
    headers.refuse_breaks(answers)
    return [("In-Reply-To", answers.rsplit(maxsplit=1)[-1]), ("References", answers)] if answers else []


def part(subtype: str, content: str) -> str:
    """Return a text part with its fields, whose lines end with CRLF; those of ``content`` end with LF."""
    body = quoted_printable.CRLF.join(map(quoted_printable.encode, content.split("\n")))
    return (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{body}\r\n"
    )
