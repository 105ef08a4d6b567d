"""Secrets for links and cookies, and passwords: chance and slow hashing belong to the edge."""

import secrets
import threading
from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError

#: Argon2id (RFC 9106) takes 64 MiB each time: two at once are enough for us, and for strangers.
_few_at_once = threading.Semaphore(2)
_hasher = PasswordHash.recommended()


def new() -> str:
    """Return a secret of 256 bits that can stand in a link."""
    return secrets.token_urlsafe(32)


def hash_password(password: str) -> str:
    """Return a password's Argon2 hash. Takes long: never call it inside a transaction."""
    with _few_at_once:
        return _hasher.hash(password)


def is_password(password: str, argon2: str | None) -> bool:
    """Tell whether a password belongs to a hash; with None it takes as long, and the answer is no."""
    with _few_at_once:
        try:
            right = _hasher.verify(password, argon2 or _nobodys())
        except UnknownHashError:
            return False
    return right and argon2 is not None


@cache
def _nobodys() -> str:
    """Return what is compared with when there is no password, so that an unknown address takes as long.

    Made when it is first needed: hashing is slow on purpose, and a start should not wait for it.
    """
    return _hasher.hash(secrets.token_hex(16))
