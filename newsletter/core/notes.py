"""A short mail to one person that no list sent: plain text, with the same as HTML beside it.

It has no List-* fields, and says that a machine wrote it (RFC 3834), so that no other machine answers.
"""

from newsletter.core import headers, quoted_printable

#: Says what a mail is that would else look like any note of ours.
KIND = "X-Rundbrev-Kind"
TRIAL = "trial-letter"


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
) -> bytes:
    """Return a whole message, ready for SMTP's DATA (but for the final dot).

    ``sender``, ``to`` and ``reply_to`` are header values (``headers.address``), so are ``date`` and
    ``message_id``; ``text`` and ``html`` have lines that end with LF. With ``html`` the message is
    multipart/alternative (RFC 2046 5.1.4), and ``boundary`` is something that stands in neither part.
    ``kind``, where there is one, stands in a field of its own (``KIND``). Raises ``HeaderRefused`` for CR, LF
    or NUL in a value.
    """
    fields = [
        ("From", sender),
        ("To", to),
        ("Reply-To", reply_to),
        ("Subject", headers.unstructured(subject)),
        ("Date", date),
        ("Message-ID", message_id),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
    ]
    if kind:
        fields.insert(-1, (KIND, kind))
    head = "".join(headers.fold(name, value) for name, value in fields)
    if not html:
        return (head + _part("plain", text)).encode()
    parted = headers.fold("Content-Type", f'multipart/alternative; boundary="{boundary}"')
    parts = "".join(f"--{boundary}\r\n{part}" for part in (_part("plain", text), _part("html", html)))
    return f"{head}{parted}\r\n{parts}--{boundary}--\r\n".encode()


def _part(subtype: str, content: str) -> str:
    body = quoted_printable.CRLF.join(map(quoted_printable.encode, content.split("\n")))
    return (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{body}\r\n"
    )
