"""The folder of a local sink: each mail byte for byte as ``.eml``, its envelope beside it as ``.json``.

    keep      writes both under a temporary name, then renames: whoever looks in sees whole mails only
    messages  lists the newest first, and reads no more than the page that is asked for
    read      gives one mail back, byte for byte

Thousands of mails do no harm. A name is never a path.
"""

import json
import os
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

from newsletter.core.headers import wire_address
from newsletter.core.notes import KIND, TRIAL
from subscribers.errors import NotFound

#: How much of a mail is read to find its subject: headers of ours are far shorter.
_HEADER_BYTES = 32_768

# The moment in UTC to the microsecond, then chance: sorts by arrival, and is the same on no two mails.
_NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the client said before DATA (RFC 5321), and when the mail had come (UTC)."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    smtputf8: bool
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept mail in a list. ``name`` is the key for ``read``; ``size`` is octets; headers are decoded.

    ``is_letter``: of an issue, in earnest or on trial. Any other is a note, whose link may be the key to what
    is one person's alone, such as a sign-in.
    """

    name: str
    envelope: Envelope
    size: int
    subject: str
    sender: str
    to: str
    is_letter: bool


@dataclass(frozen=True, slots=True)
class Mail:
    """A kept mail as it came: ``raw`` is what followed DATA, dots unstuffed (RFC 5321 4.5.2)."""

    name: str
    envelope: Envelope
    raw: bytes


def keep(folder: Path, raw: bytes, envelope: Envelope) -> str:
    """Write a mail and its envelope, and return its name. Raises ``OSError`` when the disk is full."""
    name = f"{envelope.received_at:%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(4)}"
    # The envelope first: a mail without one is never seen, an envelope without a mail is not listed.
    _write(folder / f"{name}.json", json.dumps(_plain(envelope), ensure_ascii=False, indent=1).encode())
    _write(folder / f"{name}.eml", raw)
    return name


def count(folder: Path) -> int:
    """Return how many mails the folder holds."""
    return len(_names(folder))


def messages(folder: Path, *, offset: int = 0, limit: int = 50) -> Sequence[Kept]:
    """Return at most ``limit`` kept mails, the newest first, after the first ``offset`` of them.

    Only the files of these mails are opened. One that is taken away meanwhile is passed over.
    """
    newest_first = sorted(_names(folder), reverse=True)
    found = (_summary(folder, name) for name in newest_first[offset : offset + limit])
    return [kept for kept in found if kept is not None]


def read(folder: Path, name: str) -> Mail:
    """Return a kept mail. Raises ``NotFound`` for a name that ``messages`` would not give."""
    try:
        if not _NAME.fullmatch(name):  # a name is never a path: nothing outside the folder is read
            raise FileNotFoundError(name)
        return Mail(name, _envelope(folder, name), (folder / f"{name}.eml").read_bytes())
    except FileNotFoundError:
        raise NotFound("Brevet finns inte i den lokala brevlådan. Kanske är det bortstädat.") from None


def is_letter(folder: Path, name: str) -> bool:
    """Tell whether a kept mail is a letter of an issue (see ``Kept``); False if it is not there."""
    found = _summary(folder, name) if _NAME.fullmatch(name) else None
    return found is not None and found.is_letter


def forget(folder: Path, addresses: Collection[str]) -> int:
    """Take away every mail to one of these addresses (as people write them); return how many."""
    theirs = {wire_address(address).lower() for address in addresses}
    gone = 0
    for name in _names(folder) if theirs else []:
        try:
            recipients = {recipient.lower() for recipient in _envelope(folder, name).rcpt_tos}
        except FileNotFoundError:
            continue
        if recipients & theirs:
            for ending in (".eml", ".json"):  # the mail first: an envelope alone is not listed
                (folder / f"{name}{ending}").unlink(missing_ok=True)
            gone += 1
    return gone


def prune(folder: Path, before: datetime) -> int:
    """Take away every mail that came before a moment; return how many."""
    old = [name for name in _names(folder) if name < f"{before.astimezone(UTC):%Y%m%dT%H%M%S%f}Z"]
    for name in old:
        for ending in (".eml", ".json"):
            (folder / f"{name}{ending}").unlink(missing_ok=True)
    return len(old)


def _names(folder: Path) -> list[str]:
    with os.scandir(folder) as entries:
        found = [entry.name.removesuffix(".eml") for entry in entries if entry.name.endswith(".eml")]
    return [name for name in found if _NAME.fullmatch(name)]


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.rename(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def _summary(folder: Path, name: str) -> Kept | None:
    try:
        with (folder / f"{name}.eml").open("rb") as file:
            head = file.read(_HEADER_BYTES)
            size = os.fstat(file.fileno()).st_size
        envelope = _envelope(folder, name)
    except FileNotFoundError:
        return None
    headers = BytesHeaderParser(policy=policy.default).parsebytes(head)
    subject, sender, to = (str(headers.get(field, "")) for field in ("Subject", "From", "To"))
    letter = "List-Id" in headers or headers.get(KIND) == TRIAL
    return Kept(name, envelope, size, subject, sender, to, letter)


def _plain(envelope: Envelope) -> dict[str, object]:
    return {
        "mail_from": envelope.mail_from,
        "rcpt_tos": list(envelope.rcpt_tos),
        "smtputf8": envelope.smtputf8,
        "received_at": envelope.received_at.isoformat(),
    }


def _envelope(folder: Path, name: str) -> Envelope:
    stored = json.loads((folder / f"{name}.json").read_bytes())
    return Envelope(
        mail_from=stored["mail_from"],
        rcpt_tos=tuple(stored["rcpt_tos"]),
        smtputf8=stored["smtputf8"],
        received_at=datetime.fromisoformat(stored["received_at"]),
    )
