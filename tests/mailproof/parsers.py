"""Two readers of MIME that share no line: Python's own, and the one in Rust behind fast-mail-parser."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from fast_mail_parser import PyMimePart, parse_email, parse_email_tree


def disagreements(message: bytes) -> list[str]:
    """Return where the two read a message differently: fields, parts, charsets, words."""
    python = message_from_bytes(message, policy=policy.default)
    assert isinstance(python, EmailMessage)
    rust = parse_email_tree(message)
    flat = parse_email(message)
    return [
        *_fields(python, rust, "message"),
        *(
            fault
            for number, pair in enumerate(zip(_leaves(python), _rust_leaves(rust), strict=True), start=1)
            for fault in _part(*pair, f"part {number}")
        ),
        *_differ("subject", str(python["Subject"]), flat.subject),
        *_differ("parts that are text", [_words(python, "plain")], [_unix(text) for text in flat.text_plain]),
        *_differ("parts that are HTML", [_words(python, "html")], [_unix(html) for html in flat.text_html]),
        *(f"python found a defect: {defect!r}" for part in python.walk() for defect in part.defects),
    ]


def _part(python: EmailMessage, rust: PyMimePart, where: str) -> Iterator[str]:
    yield from _fields(python, rust, where)
    yield from _differ(f"{where}: bytes", python.get_payload(decode=True), rust.content)
    if python.get_content_maintype() == "text":
        charset = str(python.get_content_charset())
        yield from _differ(f"{where}: charset", charset, _charset(rust))
        words = _unix((rust.content or b"").decode(charset, "replace"))
        yield from _differ(f"{where}: words", _unix(str(python.get_content())), words)


def _fields(python: EmailMessage, rust: PyMimePart, where: str) -> Iterator[str]:
    yield from _differ(f"{where}: type", python.get_content_type(), rust.content_type)
    ours = [(name.lower(), _loose(str(value))) for name, value in python.items()]
    theirs = [(name.lower(), _loose(value)) for name, values in rust.headers.items() for value in values]
    yield from _differ(f"{where}: fields", ours, theirs)


def _leaves(message: EmailMessage) -> list[EmailMessage]:
    return [part for part in message.walk() if isinstance(part, EmailMessage) and not part.is_multipart()]


def _rust_leaves(part: PyMimePart) -> list[PyMimePart]:
    return [leaf for child in part.children for leaf in _rust_leaves(child)] if part.children else [part]


def _charset(part: PyMimePart) -> str:
    (field,) = part.headers["Content-Type"]
    found = re.search(r'charset="?([\w-]+)', field, re.IGNORECASE)
    return found[1].lower() if found else ""


def _words(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return _unix(str(part.get_content()))


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")


def _loose(value: str) -> str:
    """Return a field's value without what only the way of writing it decides: quotes and folding."""
    return " ".join(value.replace('"', "").split())


def _differ(what: str, ours: object, theirs: object) -> Iterator[str]:
    if ours != theirs:
        yield f"{what}: python has {str(ours)[:200]!r}, the other {str(theirs)[:200]!r}"
