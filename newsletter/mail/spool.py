"""The spool: mail that came to us, on the disk before anybody is told that we have it.

    put      part -> fsync -> rename -> fsync of the folder; only then may a server say yes
    waiting  what is to be taken in, the oldest first
    read     the mail and its envelope; Broken for a file that is none
    postpone a mail that made trouble: counted in its name, tried again later, and at last set aside
    remove   after the transaction that took it in is committed

A mail is one file, whose name holds when it came and its fingerprint: put twice, it is there once. Killed at
any point, a process leaves a whole mail or a part that ``sweep`` takes away; a name is never a path.
"""

import json
import os
import re
import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newsletter.core.inbound.fingerprints import fingerprint

#: The spool's folder in the data directory.
NAME = "inbound"
#: The folder in the spool for mails that cannot be taken in. They are kept; a person looks at them.
ASIDE = "aside"

#: How long after it came a mail that made trouble is tried again; then it is set aside.
LATER = (
    timedelta(0),
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
)

_MOMENT = "%Y%m%dT%H%M%S%f"
_NAME = re.compile(r"(?P<at>\d{8}T\d{12})Z-(?P<fingerprint>[0-9a-f]{64})(?:\.(?P<tries>\d))?\.mail")
_PART = ".part"
#: Characters of an address that are kept; RFC 5321 4.5.3.1 allows fewer.
_LONGEST_ADDRESS = 320


class Broken(Exception):
    """The file is no mail of the spool: cut off, or written by somebody else."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a mail came. ``way`` is smtp, lmtp, mailbox or pipe; ``at`` is in UTC.

    ``sender`` and ``recipients`` are what the client said before DATA (RFC 5321): "" is the null sender,
    None an envelope that is not known.
    """

    sender: str | None
    recipients: Sequence[str]
    way: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail in the spool, by its name. ``tries`` counts those that failed."""

    name: str
    at: datetime
    fingerprint: str
    tries: int

    @property
    def due(self) -> datetime:
        """When it may be tried (again)."""
        return self.at + LATER[min(self.tries, len(LATER) - 1)]


@dataclass(frozen=True, slots=True)
class Spooled:
    """A mail of the spool: its octets as they came, and its envelope."""

    raw: bytes = field(repr=False)
    envelope: Envelope


def put(folder: Path, raw: bytes, envelope: Envelope) -> str:
    """Write a mail so that no crash loses it, and return its name; the same mail is there once.

    Raises ``OSError`` when the disk cannot: then nobody may be told that we have it.
    """
    print_of_it = fingerprint(raw)
    name = next((each.name for each in waiting(folder) if each.fingerprint == print_of_it), "")
    if not name:
        name = f"{envelope.at.astimezone(UTC).strftime(_MOMENT)}Z-{print_of_it}.mail"
        _write(folder, name, _head(envelope) + raw)
    # Of one that is there already, too: another process may be at this very point.
    _sync(folder)
    return name


def waiting(folder: Path) -> list[Waiting]:
    """Return the mails that are to be taken in, the oldest first. Empty where there is no spool yet."""
    return sorted(_found(folder), key=lambda each: each.name)


def aside(folder: Path) -> list[Waiting]:
    """Return the mails that were set aside, the oldest first."""
    return waiting(folder / ASIDE)


def read(folder: Path, name: str) -> Spooled:
    """Return a mail. Raises ``Broken``, and ``FileNotFoundError`` for one that somebody has taken in."""
    if not _NAME.fullmatch(name):
        raise FileNotFoundError(name)
    head, _, raw = (folder / name).read_bytes().partition(b"\n")
    try:
        said = json.loads(head)
        return Spooled(
            raw,
            Envelope(
                None if said["sender"] is None else str(said["sender"]),
                tuple(map(str, said["recipients"])),
                str(said["way"]),
                datetime.fromisoformat(said["at"]),
            ),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Broken(f"{type(error).__name__}: {error}") from error


def remove(folder: Path, name: str) -> None:
    """Take a mail away; one that is gone already is no error."""
    (folder / name).unlink(missing_ok=True)


def postpone(folder: Path, each: Waiting) -> bool:
    """Count a failed try; True if it was the last, and the mail is set aside now."""
    if each.tries + 1 >= len(LATER):
        set_aside(folder, each.name)
        return True
    with suppress(FileNotFoundError):
        (folder / each.name).rename(folder / _name(replace(each, tries=each.tries + 1)))
    return False


def set_aside(folder: Path, name: str) -> None:
    """Keep a mail where nobody tries it again, as it is."""
    (folder / ASIDE).mkdir(mode=0o700, exist_ok=True)
    with suppress(FileNotFoundError):
        (folder / name).rename(folder / ASIDE / name)


def try_again(folder: Path) -> int:
    """Put all mails that were set aside back, to be tried anew; return how many."""
    found = aside(folder)
    for each in found:
        (folder / ASIDE / each.name).rename(folder / _name(replace(each, tries=0)))
    return len(found)


def forget(folder: Path, addresses: Collection[str]) -> int:
    """Take away every mail from one of these addresses, by its envelope or From; return how many."""
    # Only here: whoever merely puts a mail down need not hold a parser.
    from newsletter.core.inbound import mail

    theirs = {address.lower() for address in addresses}
    gone = 0
    for place in (folder, folder / ASIDE) if theirs else ():
        for each in waiting(place):
            with suppress(FileNotFoundError, Broken):
                found = read(place, each.name)
                if {(found.envelope.sender or "").lower(), mail.read(found.raw).sender.lower()} & theirs:
                    remove(place, each.name)
                    gone += 1
    return gone


def prune(folder: Path, before: datetime) -> int:
    """Take away every mail that was set aside and came before a moment; return how many."""
    old = [each for each in aside(folder) if each.at < before]
    for each in old:
        remove(folder / ASIDE, each.name)
    return len(old)


def sweep(folder: Path, before: datetime) -> int:
    """Take away what processes that died have left unfinished before a moment; return how many files."""
    gone = 0
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.name.endswith(_PART) and entry.stat().st_mtime < before.timestamp():
                    (folder / entry.name).unlink()
                    gone += 1
    return gone


def _name(each: Waiting) -> str:
    tries = f".{each.tries}" if each.tries else ""
    return f"{each.at.strftime(_MOMENT)}Z-{each.fingerprint}{tries}.mail"


def _found(folder: Path) -> Iterator[Waiting]:
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if found := _NAME.fullmatch(entry.name):
                at = datetime.strptime(found["at"], _MOMENT).replace(tzinfo=UTC)
                yield Waiting(entry.name, at, found["fingerprint"], int(found["tries"] or 0))


def _head(envelope: Envelope) -> bytes:
    said = {
        "sender": None if envelope.sender is None else _clean(envelope.sender),
        "recipients": [_clean(each) for each in envelope.recipients],
        "way": envelope.way,
        "at": envelope.at.astimezone(UTC).isoformat(),
    }
    return json.dumps(said).encode("ascii") + b"\n"


def _clean(address: str) -> str:
    """Return an address without what no database takes: lone surrogates, NUL and other controls."""
    text = address[:_LONGEST_ADDRESS].encode("utf-8", "replace").decode("utf-8")
    return "".join(character for character in text if ord(character) > 31)


def _write(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    part = folder / f".{name}.{secrets.token_hex(4)}{_PART}"
    try:
        with part.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(folder / name)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    """Have the folder's names on the disk, too: without it, a power cut may forget a rename."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
