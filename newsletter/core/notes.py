"""A short mail to one person that no list sent: plain text, written in one go.

It has no List-* fields, and says that a machine wrote it (RFC 3834), so that no other machine answers.
"""

from newsletter.core import headers, quoted_printable


def write(
    *, sender: str, to: str, reply_to: str, subject: str, text: str, date: str, message_id: str
) -> bytes:
    """Return a whole message, ready for SMTP's DATA (but for the final dot).

    ``sender``, ``to`` and ``reply_to`` are header values (``headers.address``), so are ``date`` and
    ``message_id``; ``text`` has lines that end with LF. Raises ``HeaderRefused`` for CR, LF or NUL in a
    value.
    """
    fields = (
        ("From", sender),
        ("To", to),
        ("Reply-To", reply_to),
        ("Subject", headers.unstructured(subject)),
        ("Date", date),
        ("Message-ID", message_id),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "quoted-printable"),
    )
    head = "".join(headers.fold(name, value) for name, value in fields)
    body = quoted_printable.CRLF.join(map(quoted_printable.encode, text.split("\n")))
    return f"{head}\r\n{body}\r\n".encode()
