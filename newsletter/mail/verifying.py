"""Whether the DKIM signatures of a mail that has arrived hold, by a program that is not ours.

We sign by rules of our own writing (``core.dkim``), so another one reads: a mistake of ours would else agree
with itself.
"""

from collections.abc import Callable, Sequence
from typing import Any

import dkim
from dkim import DKIM

from newsletter.core.health.arrival import Signature

#: Signatures of one mail that are looked at; RFC 6376 6.1 lets a verifier stop somewhere.
_MOST = 8

Texts = Callable[[str], Sequence[str]]


def signatures(message: bytes, texts: Texts) -> list[Signature]:
    """Check each signature. ``texts`` returns the TXT records of a name, and may raise what it likes.

    Never raises for what stands in a mail; it passes on what ``texts`` raises.
    """
    read = DKIM(message, minkey=0)
    count = sum(name.lower() == b"dkim-signature" for name, _ in read.headers)
    return [_checked(message, texts, number) for number in range(min(count, _MOST))]


def _checked(message: bytes, texts: Texts, number: int) -> Signature:
    def ask(name: bytes, timeout: float = 5) -> bytes | None:  # noqa: ARG001 - texts has its own limit
        found = texts(name.decode("ascii", "replace").rstrip("."))
        return found[0].encode() if found else None

    read = DKIM(message, minkey=0)
    why = ""
    try:
        holds = bool(read.verify(idx=number, dnsfunc=ask))
    except (dkim.DKIMException, ValueError, KeyError, TypeError, IndexError) as error:
        holds, why = False, f"{type(error).__name__}: {error}"[:300]
    fields: dict[bytes, bytes] = getattr(read, "signature_fields", None) or {}
    return Signature(
        domain=_text(fields.get(b"d")).lower(),
        selector=_text(fields.get(b"s")),
        holds=holds,
        bits=_bits(read, fields),
        covers=tuple(each.strip().lower() for each in _text(fields.get(b"h")).split(":")),
        why=why,
    )


def _bits(read: Any, fields: dict[bytes, bytes]) -> int:
    return 0 if fields.get(b"a", b"").startswith(b"ed25519") else int(getattr(read, "keysize", 0) or 0)


def _text(value: bytes | None) -> str:
    return (value or b"").decode("ascii", "replace").strip()
