"""Bounces: which addresses a report says failed, why, and whether for good (rules D1 and D2).

    multipart/report, message/delivery-status             RFC 3464
    multipart/report, message/global-delivery-status      RFC 6533
    whatever else a mail server writes                     flufl.bounce, and then the lines of its text

The report says what happened; whose delivery it was is told by our own token first (``traces``).
"""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from newsletter.core.inbound import machine_words
from newsletter.core.inbound.kinds import Kind
from newsletter.core.inbound.mail import Mail, addresses, decoded
from newsletter.core.replies import LONGEST_TEXT

Status = tuple[int, int, int]

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.\w-])([45])\d\d(?=[ -])")
_REPORT_TYPES = ("message/delivery-status", "message/global-delivery-status")
_FROM_A_SERVER = re.compile("mailer-?daemon|postmaster|mail-?daemon|mailadm|majordomo-owner", re.IGNORECASE)
_REPORTS = re.compile("|".join(machine_words.REPORTS), re.IGNORECASE)
_SAYS_FAILED = re.compile("|".join(machine_words.FAILED), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Failure:
    """What a report says of one recipient.

    ``recipient`` is the address as the report gives it, in lower case; "" where it gives none. ``status`` is
    the enhanced status (RFC 3463), None where none is told. ``diagnostic`` is what the remote server said, on
    one line of at most 500 characters, and ``remote`` its name. ``permanent`` is true for a failure with a
    status of class 5 alone: a delay, and what nobody can classify, is not.
    """

    recipient: str
    kind: Kind
    permanent: bool
    status: Status | None = None
    diagnostic: str = ""
    remote: str = ""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report on what was to be delivered. Without ``failures`` it tells of delays and the like.

    ``returned`` is the header of the message that came back, as far as it did, for the traces in it.
    """

    failures: tuple[Failure, ...]
    returned: str = ""


def read(mail: Mail, *, null_sender: bool) -> Bounce | None:
    """Read a bounce; None for any other mail.

    ``null_sender`` says that the envelope sender was <>, as a server's own mail has (RFC 5321 4.5.5).
    """
    returned = returned_header(mail)
    blocks = next((found for kind in _REPORT_TYPES if (found := blocks_of(mail.message, kind))), [])
    if any(block.get("Action") for block in blocks):
        return Bounce(tuple(_failures(blocks)), returned)
    if not blocks and not _from_a_server(mail, null_sender=null_sender):
        return None
    failures = tuple(_guessed(mail))
    return Bounce(failures, returned) if failures or _SAYS_FAILED.search(_said(mail)) else None


def _from_a_server(mail: Mail, *, null_sender: bool) -> bool:
    """Tell whether a mail without a report of the known forms is a mail server's own, and of a failure."""
    if not (null_sender or _FROM_A_SERVER.search(mail.sender) or mail.value("X-Failed-Recipients")):
        return False
    automatic = mail.value("Auto-Submitted").lower().startswith("auto-replied")
    return bool(_REPORTS.search(mail.subject) or (not automatic and _SAYS_FAILED.search(_said(mail))))


def returned_header(mail: Mail) -> str:
    """Return the header of the message that a report gives back; "" where it gives none."""
    for part in mail.message.walk():
        if part.get_content_type() == "message/rfc822":
            first = next((each for each in _inner(part)), None)
            return "\n".join(f"{name}: {value}" for name, value in first.items())[:64_000] if first else ""
        if part.get_content_type() in _HEADERS_ONLY:
            return _octets(part).decode("utf-8", "replace")[:64_000]
    return ""


_HEADERS_ONLY = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers", "message/global")


def _inner(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _as_text(message: Message) -> str:
    """Return what the parser took for a message, as it stood."""
    return "\n".join(
        (*(f"{name}: {value}" for name, value in message.raw_items()), "", str(message.get_payload()))
    )


def _octets(part: Message) -> bytes:
    if inner := _inner(part):
        return "\n\n".join(map(_as_text, inner)).encode("utf-8", "surrogateescape")
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def blocks_of(message: Message, media_type: str) -> list[Message]:
    """Return the fields of a report, as one message for each block: first the report's, then the recipients'.

    Python's parser makes messages of ``message/delivery-status`` alone; other types are cut here.
    """
    for part in message.walk():
        if part.get_content_type() == media_type:
            met = _inner(part) if media_type == "message/delivery-status" else []
            return [each for each in met if each.keys()] or list(_cut(_octets(part)))
    return []


def _cut(octets: bytes) -> Iterator[Message]:
    for block in re.split(rb"\n[ \t]*\n", octets[:100_000]):
        if b":" in block:
            yield BytesParser(policy=compat32).parsebytes(block.strip() + b"\n\n", headersonly=True)


def _failures(blocks: Sequence[Message]) -> Iterator[Failure]:
    """Give those who failed; delayed, relayed, expanded and delivered change nothing (RFC 3464 2.3.3)."""
    reporting = next(
        (_typed(value) for block in blocks for value in [block.get("Reporting-MTA")] if value), ""
    )
    for block in blocks:
        action = decoded(block.get("Action", "")).strip().lower()
        if "failed" not in action:
            continue
        status = _status(decoded(block.get("Status", "")))
        diagnostic = _typed(block.get("Diagnostic-Code", ""))[:LONGEST_TEXT]
        told = _status(diagnostic)
        # A server's own words are more exact than a general 5.0.0 of the one that reports.
        best = (
            told
            if told and (status is None or status[1:] == (0, 0)) and told[0] == (status or told)[0]
            else status
        )
        kind = kind_of(best, diagnostic)
        yield Failure(
            recipient=_recipient(block),
            kind=kind,
            permanent=best is not None and best[0] == 5,
            status=best,
            diagnostic=diagnostic,
            remote=_typed(block.get("Remote-MTA", "")) or reporting,
        )


def _more_exact(status: Status | None, told: Status | None) -> Status | None:
    """Prefer the server's own status to a general 5.0.0 of the one that reports, in the same class."""
    if told and (status is None or (status[1:] == (0, 0) and status[0] == told[0])):
        return told
    return status


def _recipient(block: Message) -> str:
    for name in ("Original-Recipient", "Final-Recipient", "X-Actual-Recipient"):
        if found := addresses([_typed(block.get(name, ""))]):
            return found[0]
    return ""


def _typed(value: object) -> str:
    """Return the value of a field such as ``rfc822; a@example.org`` without its type."""
    text = decoded(value)
    before, mark, rest = text.partition(";")
    return rest.strip() if mark and re.fullmatch(r"[\w.-]{1,30}", before.strip()) else text.strip()


def _guessed(mail: Mail) -> Iterator[Failure]:
    """Give what a report in no standard form says: by the library first, then by the lines of its text."""
    temporary, permanent = _by_library(mail)
    text = _said(mail)
    named = permanent or temporary or set(_named(mail, text))
    for address in sorted(named):
        near = _near(text, address)
        status = _status(near) or _status(text)
        code = _REPLY_CODE.search(near) or _REPLY_CODE.search(text)
        first = status[0] if status else int(code[1]) if code else 0
        kind = kind_of(status, near)
        known = kind is Kind.ADDRESS and address in permanent
        yield Failure(
            recipient=address,
            kind=Kind.TEMPORARY if address in temporary - permanent else kind,
            permanent=address not in temporary - permanent and (first == 5 or (first == 0 and known)),
            status=status,
            diagnostic=near[:LONGEST_TEXT],
        )


def _by_library(mail: Mail) -> tuple[set[str], set[str]]:
    from flufl.bounce import all_failures  # only few mails need it

    # It stops at the first of its detectors that fails, and some fail where From is missing or is not ASCII.
    message = copy(mail.message)
    del message["From"]
    message["From"] = mail.sender if mail.sender.isascii() and mail.sender else "unknown@invalid"
    logging.getLogger("flufl.bounce").setLevel(
        logging.CRITICAL + 1
    )  # it logs a traceback for a stranger's mail
    try:
        temporary, permanent = all_failures(message)
    except Exception:
        return set(), set()
    return _lower(temporary), _lower(permanent)


def _lower(found: Iterable[bytes]) -> set[str]:
    return set(addresses([each.decode("utf-8", "replace") for each in found]))


def _named(mail: Mail, text: str) -> Iterator[str]:
    """Give the addresses that the text names before what came back, but for servers' own and ours."""
    yield from (said := addresses(mail.values("X-Failed-Recipients")))
    if said:
        return
    ours = set(mail.recipients()) | {mail.sender}
    for line in text[:4_000].splitlines():
        if re.match(r"\s*(?:-{3,}|_{3,}|received:|return-path:|message-id:)", line, re.IGNORECASE):
            return  # from here on it is what came back
        for address in addresses([line]):
            if address not in ours and not _FROM_A_SERVER.search(address):
                yield address


def _near(text: str, address: str) -> str:
    at = text.lower().find(address)
    return " ".join(text[max(0, at - 100) : at + 300].split()) if at >= 0 else " ".join(text[:300].split())


def _said(mail: Mail) -> str:
    return mail.text[:6_000]


def _status(text: str) -> Status | None:
    found = _STATUS.search(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


_BY_STATUS = {
    **dict.fromkeys([(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1), (4, 4)], Kind.ADDRESS),
    (2, 2): Kind.FULL,
    (2, 3): Kind.SIZE,
    (3, 4): Kind.SIZE,
}
_WORDS = [
    (Kind(kind), re.compile("|".join(words), re.IGNORECASE)) for kind, words in machine_words.REASONS.items()
]


def kind_of(status: Status | None, said: str) -> Kind:
    """Tell why an address failed, by its enhanced status (RFC 3463), and by the words where that is vague.

    Words of policy weigh more than a status of addresses: many servers refuse a whole sender with 5.1.1.
    """
    by_words = next((kind for kind, words in _WORDS if words.search(said)), Kind.UNKNOWN)
    if status is None:
        return by_words
    if status[1] == 7:
        return Kind.ADDRESS if by_words is Kind.ADDRESS and "rejected" not in said.lower() else Kind.POLICY
    known = _BY_STATUS.get(status[1:])
    if known is Kind.ADDRESS and by_words is Kind.POLICY:
        return Kind.POLICY
    if known is None:
        return by_words if by_words is not Kind.UNKNOWN or status[0] == 5 else Kind.TEMPORARY
    return Kind.TEMPORARY if status[0] == 4 and known is Kind.ADDRESS else known
