"""What makes two mails the same one: what the writer gave it, and nothing that servers add on the way."""

import hashlib
import re

_KEPT = (b"message-id", b"date", b"from", b"to", b"subject")
_FIELD = re.compile(rb"^([!-9;-~]{1,76}):(.*(?:\n[ \t].*)*)", re.MULTILINE)
_LONGEST_HEAD = 1_000_000


def fingerprint(raw: bytes) -> str:
    """Return the SHA-256 (hexadecimal) of a mail: its own fields and its body, with LF and no last line ends.

    A copy that comes by another way has other trace fields (RFC 5321 4.4) and may have other line ends.
    """
    text = raw.replace(b"\r\n", b"\n")
    if text.startswith(b"From "):  # the line that mbox puts before a mail
        text = text.partition(b"\n")[2]
    head, _, body = text.partition(b"\n\n")
    digest = hashlib.sha256()
    for found in _FIELD.finditer(head[:_LONGEST_HEAD]):
        if (name := found[1].lower()) in _KEPT:
            digest.update(b"%s:%s\n" % (name, b" ".join(found[2].split())))
    digest.update(b"\n" + body.rstrip())
    return digest.hexdigest()
