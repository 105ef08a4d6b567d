"""Tokens in links and addresses: short, opaque, hard to forge, valid until the key is retired.

A token carries a few numbers (ids) and proves that we wrote them. It is base32 in lower case, so that it
survives both a link and the local part of an address, whatever a mail server does to case (RFC 8058 3.1
asks that the URI alone identifies the member and the list; rules U3 and U7).

Construction: a synthetic IV (as in RFC 5297, with HMAC-SHA256 as the pseudo-random function). The tag is
an HMAC over purpose and numbers; the numbers are masked with a keystream made from the tag. So a token
shows nothing, and the same numbers always give the same token.
"""

import base64
import enum
import hashlib
import hmac
from dataclasses import dataclass, field
from functools import cache

from subscribers.errors import BadToken

_NUMBER_BYTES = 6  # 281 million million ids
_MOST_NUMBERS = 5  # what one block of the keystream covers
_TAG_BYTES = 12  # 96 bits: 2**95 guesses on average


class Purpose(enum.IntEnum):
    """What a token is for; a token of one purpose is worthless for another. Numbers never change."""

    LETTERS = 1  # (subscriber, list, delivery): stop and start letters
    ENVELOPE = 2  # (delivery,): in the envelope sender, so that a bounce tells whose it is
    MESSAGE = 3  # (delivery,): in the Message-ID
    SIGN_UP = 4  # (sign-up,): confirms that whoever signed up reads the mailbox
    NOTE = 5  # (note, second): in the Message-ID of a short mail
    REVIEW = 6  # (reviewer,): reads and approves one issue before it goes
    ROW = 7  # (row,): names a row in an address to somebody who must not see its number
    WEB_VERSION = 8  # (variant,): reads a letter on the web; the same for all who got that variant


class _Hmac:
    """HMAC-SHA256 (RFC 2104) of short values under one key, whose two blocks are hashed once.

    A third of the time of ``hmac.digest``, and each letter needs some four of them.
    """

    def __init__(self, key: bytes) -> None:
        block = key.ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(octet ^ 0x36 for octet in block))
        self._outer = hashlib.sha256(bytes(octet ^ 0x5C for octet in block))

    def digest(self, value: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(value)
        outer.update(inner.digest())
        return outer.digest()


@dataclass(frozen=True, slots=True)
class _Key:
    tag: _Hmac
    mask: _Hmac

    @classmethod
    def derive(cls, secret: bytes) -> "_Key":
        return cls(
            tag=_Hmac(hmac.digest(secret, b"rundbrev token tag", hashlib.sha256)),
            mask=_Hmac(hmac.digest(secret, b"rundbrev token mask", hashlib.sha256)),
        )


_PURPOSES = {purpose: bytes([purpose]) for purpose in Purpose}


@dataclass(frozen=True)
class Keyring:
    """The secrets of an association, newest first: the first makes tokens, all of them read.

    ``secrets`` are at least 32 bytes each; raises ``ValueError`` for shorter ones or for none.
    """

    secrets: tuple[bytes, ...] = field(repr=False)
    _keys: tuple[_Key, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.secrets or any(len(secret) < 32 for secret in self.secrets):
            raise ValueError("a keyring needs secrets of at least 32 bytes")
        object.__setattr__(self, "_keys", tuple(_Key.derive(secret) for secret in self.secrets))

    @property
    def keys(self) -> tuple[_Key, ...]:
        """The derived keys, newest first."""
        return self._keys


def make(ring: Keyring, purpose: Purpose, *numbers: int) -> str:
    """Return the token for these ids (each 0 to 2**48-1). Raises ``OverflowError`` for others."""
    key = ring.keys[0]
    payload = b"".join([number.to_bytes(_NUMBER_BYTES) for number in numbers])
    tag = _tag(key, purpose, payload)
    return _base32(tag + _mask(key, tag, payload))


def read(ring: Keyring, purpose: Purpose, token: str) -> tuple[int, ...]:
    """Return the ids in a token that we made for this purpose. Raises ``BadToken`` for all others."""
    raw = _decode(token)
    tag, masked = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
    if not masked or len(masked) % _NUMBER_BYTES or len(masked) > _MOST_NUMBERS * _NUMBER_BYTES:
        raise _bad()
    for key in ring.keys:
        payload = _mask(key, tag, masked)
        if hmac.compare_digest(tag, _tag(key, purpose, payload)):
            return tuple(
                int.from_bytes(payload[at : at + _NUMBER_BYTES])
                for at in range(0, len(payload), _NUMBER_BYTES)
            )
    raise _bad()


def _tag(key: _Key, purpose: Purpose, payload: bytes) -> bytes:
    return key.tag.digest(_PURPOSES[purpose] + payload)[:_TAG_BYTES]


def _mask(key: _Key, tag: bytes, payload: bytes) -> bytes:
    stream = key.mask.digest(tag)
    if len(payload) > len(stream):
        raise OverflowError("a token holds at most five numbers")
    width = len(payload)
    mixed = int.from_bytes(payload) ^ int.from_bytes(stream[:width])
    return mixed.to_bytes(width)


@cache
def _triples() -> list[str]:
    """Return what each 15 bits are in base32 (RFC 4648 6), in lower case."""
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    return [first + second + third for first in letters for second in letters for third in letters]


@cache
def _shifts(octets: int) -> tuple[int, tuple[int, ...], int]:
    """Return for so many octets: bits to add at the end, where each 15 bits begin, and how many letters."""
    bits = octets * 8
    padded = -(-bits // 15) * 15
    return padded - bits, tuple(range(padded - 15, -1, -15)), -(-bits // 5)


def _base32(raw: bytes) -> str:
    """Return base32 in lower case, without padding: three letters a look-up, not one."""
    added, shifts, letters = _shifts(len(raw))
    number, triples = int.from_bytes(raw) << added, _triples()
    return "".join([triples[number >> shift & 0x7FFF] for shift in shifts])[:letters]


def _decode(token: str) -> bytes:
    # 30 bytes of payload at most: anything longer was not made by us, and is not worth decoding.
    if not token.isascii() or len(token) > 80:
        raise _bad()
    try:
        return base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        raise _bad() from None


def _bad() -> BadToken:
    return BadToken("Länken gäller inte. Kanske blev den avkortad: öppna den igen från brevet.")
