"""A message as it is handed to the next server."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one recipient, ready for the wire.

    ``delivery`` and ``attempt`` (counting from 1) are how ledger and journal know it. ``sender`` and
    ``recipient`` are the envelope (RFC 5321), with domains in ASCII. ``content`` is what follows DATA, in
    lines that end with CRLF and need no dot-stuffing, without the final dot.
    """

    delivery: int
    attempt: int
    sender: str
    recipient: str
    content: bytes
