"""Mail that is made to take long, or much memory: each up to the largest size that is read whole."""

import base64
from collections.abc import Callable

from newsletter.core.inbound import caps

HEAD = b"From: a@example.org\nTo: svar@example.org\nSubject: Hej\n"
SIZE = caps.LARGEST - 70_000


def filled(pattern: bytes, size: int) -> bytes:
    """Return a pattern again and again, up to a size in octets."""
    return (pattern * (size // len(pattern) + 1))[:size]


def _text(size: int, pattern: bytes, kind: bytes = b"text/plain", *fields: bytes) -> bytes:
    lines = b"".join(field + b"\n" for field in fields)
    return HEAD + b"Content-Type: " + kind + b"; charset=utf-8\n" + lines + b"\n" + filled(pattern, size)


def _field(name: bytes, pattern: bytes, size: int = caps.LONGEST_FIELD) -> bytes:
    return HEAD + name + b": " + filled(pattern, size) + b"\n\nHej\n"


def _nested(size: int, kind: bytes) -> bytes:
    levels = b"".join(
        b"Content-Type: %s; boundary=b%d\n\n--b%d\n" % (kind, number, number) for number in range(100_000)
    )
    return HEAD + levels[:size]


def _parts(size: int, part: bytes) -> bytes:
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + filled(b"--b\n" + part, size)


def _deep_with_lines(size: int) -> bytes:
    """Fifty containers, and lines that each might be a delimiter of any of them."""
    levels = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(49))
    return HEAD + levels + b"\n" + filled(b"--b\n", size)


def _report(size: int, block: bytes) -> bytes:
    start = b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
    return HEAD + start + filled(block, size)


def _typed(size: int, kind: bytes, pattern: bytes) -> bytes:
    return HEAD + b"Content-Type: " + kind + b"\n\n" + filled(pattern, size)


def _returned(size: int, kind: bytes, pattern: bytes) -> bytes:
    start = b"multipart/report; boundary=b\n\n--b\nContent-Type: message/" + kind
    return _typed(size, start, pattern)


def _encoded(size: int, how: bytes, content: bytes) -> bytes:
    return _text(size, content, b"text/plain", b"Content-Transfer-Encoding: " + how)


def _charset(size: int, label: bytes, content: bytes) -> bytes:
    return HEAD + b"Content-Type: text/plain; charset=" + label + b"\n\n" + filled(content, size)


def _daemon(size: int, content: bytes) -> bytes:
    return b"From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n" + filled(content, size)


_MIXED = b"Content-Type: multipart/mixed; boundary=b"
_PLAIN = b"Content-Type: text/plain\n"
_LONG = b"b" * 2_000
_PIECES = b"; ".join(b"name*%d*=%%C3" % number for number in range(4_000))

#: Each makes a mail of a size in octets, or of what its trick needs.
HOSTILE: dict[str, Callable[[int], bytes]] = {
    "nested multiparts": lambda n: _nested(n, b"multipart/mixed"),
    "nested messages": lambda n: HEAD + filled(b"Content-Type: message/rfc822\n\n", n),
    "nested by one boundary": lambda n: HEAD + filled(_MIXED + b"\n\n--b\n", n),
    "deep with many lines": _deep_with_lines,
    "a million fields": lambda n: HEAD + filled(b"A:b\n", n) + b"\nHej",
    "a million fields in a part": lambda n: _parts(n, _PLAIN + filled(b"A:b\n", n - n // 10)),
    "many parts": lambda n: _parts(n, b"\nHej\n"),
    "many tiny parts": lambda n: _parts(n, b"\n"),
    "many files": lambda n: _parts(n, b"Content-Type: image/png; name=a.png\n\nx\n"),
    "a boundary of nothing": lambda n: _typed(n, b'multipart/mixed; boundary=""', b"--\n\n"),
    "a boundary of spaces": lambda n: _typed(n, b'multipart/mixed; boundary=" "', b"-- \n"),
    "a boundary of marks": lambda n: _typed(n, b'multipart/mixed; boundary="(.*)+"', b"--(.*\n"),
    "a long boundary": lambda n: _typed(n, b"multipart/mixed; boundary=" + _LONG, b"--" + _LONG[1:] + b"\n"),
    "no boundary": lambda n: _typed(n, b"multipart/mixed", b"--b\n\n"),
    "pieces of a parameter": lambda n: HEAD + b"Content-Type: a/b; " + _PIECES + b"\n\nHej",
    "parameters in quotes": lambda n: HEAD + b"Content-Type: a/b; a=" + filled(b'"\\', 60_000) + b"\n\nHej",
    "parameters": lambda n: _parts(n, b"Content-Type: a/b" + b";a=b" * 400 + b"\n\n"),
    "encoded words": lambda n: _field(b"Subject", b"=?utf-8?q?=C3=A5?= "),
    "encoded words, broken": lambda n: _field(b"Subject", b"=?utf-8?b?"),
    "encoded words in From": lambda n: _field(b"From", b"=?utf-7?q?+AOU-?= <"),
    "addresses": lambda n: _field(b"To", b"a@b.example, "),
    "addresses, nested comments": lambda n: _field(b"From", b"("),
    "addresses, quotes": lambda n: _field(b"From", b'"\\'),
    "addresses, dots": lambda n: _field(b"From", b"a." * 30 + b"@" + b"b-." * 80),
    "References": lambda n: _field(b"References", b"<" + b"a" * 398),
    "References, tokens": lambda n: _field(b"References", b"<" + b"a" * 40 + b"@e.org> "),
    "tokens in the subject": lambda n: _field(b"Subject", b"a" * 48 + b" "),
    "Received": lambda n: HEAD + filled(b"Received: from a by b\n\tfor c\n", n) + b"\n\nHej",
    "recipients": lambda n: HEAD + filled(b"Delivered-To: a@b.example\n", 900_000) + b"\nHej",
    "lines": lambda n: _text(n, b"\n"),
    "carriage returns": lambda n: _text(n, b"\r"),
    "NULs": lambda n: _text(n, b"\0"),
    "NULs in the header": lambda n: HEAD + filled(b"\0", n),
    "one line": lambda n: _text(n, b"a"),
    "quotes": lambda n: _text(n, b"> "),
    "quoted from": lambda n: _text(n, b"Den 3 mars skrev "),
    "quoted from, lines": lambda n: _text(n, b"Den 3 mars 2030 kl 10\n"),
    "dashes": lambda n: _text(n, b"-- - -----" * 30 + b"\n"),
    "farewells": lambda n: _text(n, b"mvh a b c d e f\n"),
    "wishes": lambda n: _text(n, b"jag vill inte ta bort mig "),
    "wishes, no spaces": lambda n: _text(n, b"avregistrera"),
    "addresses in the text": lambda n: _text(n, b"ny adress a@b.example "),
    "at signs": lambda n: _text(n, b"@"),
    "dates": lambda n: HEAD + b"Auto-Submitted: auto-replied\n\n" + filled(b"tillbaka den 3 ", n),
    "html, tags": lambda n: _text(n, b"<", b"text/html"),
    "html, comments": lambda n: _text(n, b"<!--", b"text/html"),
    "html, styles": lambda n: _text(n, b"<style ", b"text/html"),
    "html, breaks": lambda n: _text(n, b"<br ", b"text/html"),
    "html, quotes": lambda n: _text(n, b"<div class=", b"text/html"),
    "html, entities": lambda n: _text(n, b"&#x10ffff;&", b"text/html"),
    "base64": lambda n: _encoded(n, b"base64", base64.encodebytes(b"x" * 57)),
    "base64, broken": lambda n: _encoded(n, b"base64", b"=A"),
    "base64, a file": lambda n: _typed(n, b"image/png\nContent-Transfer-Encoding: base64", b"A" * 76 + b"\n"),
    "quoted-printable": lambda n: _encoded(n, b"quoted-printable", b"=C3=A5=\n"),
    "uuencode": lambda n: _encoded(n, b"x-uuencode", b"begin 666 a\n" + b"M" + b"_" * 60 + b"\n"),
    "utf-7": lambda n: _charset(n, b"utf-7", b"+AOU-"),
    "utf-16": lambda n: _charset(n, b"utf-16", b"\xd8\x00"),
    "punycode": lambda n: _charset(n, b"punycode", b"a-9"),
    "idna": lambda n: _charset(n, b"idna", b"xn--a."),
    "iso-2022-jp": lambda n: _charset(n, b"iso-2022-jp", b"\x1b$B"),
    "gb18030": lambda n: _charset(n, b"gb18030", b"\x81\x30\x81\x30"),
    "unicode escapes": lambda n: _charset(n, b"unicode_escape", b"\\U0010ffff"),
    "reports, blocks": lambda n: _report(n, b"Action: failed\nFinal-Recipient: rfc822; a@b.example\n\n"),
    "reports, one block": lambda n: _report(n, b"Action: failed\n"),
    "reports, folded": lambda n: _report(n, b"Diagnostic-Code: smtp;\n 550\n"),
    "reports in text": lambda n: _daemon(n, b"<a@b.example>: 550 5.1.1 no such user\n"),
    "reports in text, digits": lambda n: _daemon(n, b"550 5.1.1 550-"),
    "reports in text, words": lambda n: _daemon(n, b"user account mailbox address recipient "),
    "a header that comes back": lambda n: _returned(n, b"rfc822-headers", b"Message-ID: <a\n @b>\n"),
    "feedback": lambda n: _returned(n, b"feedback-report", b"Feedback-Type: abuse\n\n"),
    "not a mail": lambda n: bytes(range(256)) * (n // 256),
    "a colon": lambda n: filled(b":", n),
    "a space": lambda n: HEAD + filled(b" \n", n),
    "over the size": lambda n: HEAD + b"\n" + b"x" * (caps.LARGEST + 1),
}
