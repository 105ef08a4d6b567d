"""Bounces: which addresses a report says failed, why, and whether for good (rules D1 and D2).

    multipart/report, message/delivery-status             RFC 3464
    multipart/report, message/global-delivery-status      RFC 6533
    whatever else a mail server writes                     free_reports

The report says what happened; whose delivery it was is told by our own token first (``traces``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from newsletter.core.inbound import free_reports
from newsletter.core.inbound.mail import Mail, addresses, decoded, own_parts
from newsletter.core.inbound.reasons import Failure, Status, kind_of, status_in
from newsletter.core.replies import LONGEST_TEXT

__all__ = ["Bounce", "Failure", "Status", "blocks_of", "kind_of", "read", "returned_header"]

_REPORT_TYPES = ("message/delivery-status", "message/global-delivery-status")


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
    from_a_server = free_reports.is_from_a_server(mail, null_sender=null_sender)
    # A person who passes a report on has its parts in their mail, but is no server and writes no report.
    if any(block.get("Action") for block in blocks) and (from_a_server or _is_a_report(mail.message)):
        return Bounce(tuple(_failures(blocks)), returned)
    if not from_a_server or not free_reports.tells_of_failure(mail, null_sender=null_sender):
        return None
    failures = tuple(free_reports.guessed(mail))
    return Bounce(failures, returned) if failures or free_reports.says_so(mail) else None


def _is_a_report(message: Message) -> bool:
    return any(part.get_content_type() == "multipart/report" for part in own_parts(message))


def returned_header(mail: Mail) -> str:
    """Return the header of the message that a report gives back; "" where it gives none."""
    for part in own_parts(mail.message):
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
    for part in own_parts(message):
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
        status = status_in(decoded(block.get("Status", "")))
        diagnostic = _typed(block.get("Diagnostic-Code", ""))[:LONGEST_TEXT]
        told = status_in(diagnostic)
        best = _more_exact(status, told)
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
    """Prefer a server's own status to a general 5.0.0 of the one that reports, in the same class."""
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
