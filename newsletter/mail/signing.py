"""DKIM keys of an association, and signing with them (RFC 6376, RFC 8463).

    <folder>/<domain>/<selector>.pem     a private key, RSA of at least 2,048 bits or Ed25519 (rules P3, U2)

A message gets one signature by each key of its From's domain: receivers that do not know Ed25519 yet read the
RSA one. Signing is done where letters are written, so that the next server has nothing to change.
"""

import base64
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from newsletter.core import dkim
from newsletter.core.headers import wire_address
from newsletter.errors import NewsletterError

SHORTEST_RSA = 2048

#: A selector is a domain name of its own (RFC 6376 3.1).
_SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")


@dataclass(frozen=True, slots=True)
class Key:
    """A private key, and by what name its public half stands in the DNS."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey

    @property
    def algorithm(self) -> str:
        """The value of a= (RFC 6376 3.3, RFC 8463 3)."""
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    @property
    def name(self) -> str:
        """Where receivers look for its public half: a TXT record (RFC 6376 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What that record says."""
        public = self.private.public_key()
        if isinstance(self.private, RSAPrivateKey):
            kind, form = "rsa", (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        else:
            kind, form = "ed25519", (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"v=DKIM1; k={kind}; p={base64.b64encode(public.public_bytes(*form)).decode('ascii')}"

    @property
    def is_slow(self) -> bool:
        """Whether a signature takes longer than the rest of a letter."""
        return isinstance(self.private, RSAPrivateKey)

    def sign(self, octets: bytes) -> bytes:
        """Return the signature over the octets that ``core.dkim.to_sign`` gives."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(octets, padding.PKCS1v15(), hashes.SHA256())
        digest = hashes.Hash(hashes.SHA256())
        digest.update(octets)
        return self.private.sign(digest.finalize())


def signed(message: bytes, keys: Sequence[Key], *, at: int, relaxed: bool = False) -> bytes:
    """Return a message with a signature by each key before it. ``at`` is the moment in Unix seconds.

    ``relaxed`` as in ``core.dkim.canonical``.
    """
    if not keys:
        return message
    of = dkim.canonical(message, relaxed=relaxed)
    fields = []
    for key in keys:
        value = dkim.unsigned(of, dkim.Signer(key.domain, key.selector, key.algorithm), at=at)
        fields.append(dkim.field(value, key.sign(dkim.to_sign(of, value))))
    return b"".join(fields) + message


def keys_of(folder: Path, address: str) -> tuple[Key, ...]:
    """Return the keys for letters from an address, by selector. Raises ``NewsletterError`` for a bad one."""
    paths = sorted((folder / _domain_of(address)).glob("*.pem"))
    return tuple(_loaded(path, path.stat().st_mtime_ns) for path in paths)


@lru_cache(maxsize=64)  # a sender asks for each batch
def _loaded(path: Path, _changed: int) -> Key:
    return load(path)


def load(path: Path) -> Key:
    """Read a key. Raises ``NewsletterError`` for what is none, or a short one."""
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NewsletterError(
            "DKIM-nyckeln {path} går inte att läsa. Hämta den ur en säkerhetskopia, eller gör en ny.",
            path=path,
        ) from error
    if isinstance(private, RSAPrivateKey) and private.key_size < SHORTEST_RSA:
        raise NewsletterError(
            "DKIM-nyckeln {path} har bara {bits} bitar. Gör en ny, med minst {least}.",
            path=path,
            bits=private.key_size,
            least=SHORTEST_RSA,
        )
    if not isinstance(private, RSAPrivateKey | Ed25519PrivateKey):
        raise NewsletterError(
            "DKIM-nyckeln {path} är av ett slag som DKIM inte har. Gör en ny: RSA eller Ed25519.", path=path
        )
    return Key(path.parent.name, path.stem, private)


def make(folder: Path, *, address: str, selector: str, ed25519: bool) -> Key:
    """Make a key for letters from an address, readable by its owner alone, and return it.

    Raises ``NewsletterError`` for a selector that cannot be one, and where there is such a key already: what
    is in the DNS must go on being true.
    """
    if not _SELECTOR.fullmatch(selector):
        raise NewsletterError(
            "”{selector}” kan inte stå i DNS. Välj ett namn av a–z, 0–9 och bindestreck, som brev2030.",
            selector=selector,
        )
    path = folder / _domain_of(address) / f"{selector}.pem"
    private = Ed25519PrivateKey.generate() if ed25519 else generate_private_key(65537, SHORTEST_RSA)
    octets = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise NewsletterError(
            "Det finns redan en nyckel med namnet {selector}. Välj ett annat.", selector=selector
        ) from error
    with os.fdopen(opened, "wb") as file:
        file.write(octets)
    return Key(path.parent.name, selector, private)


def _domain_of(address: str) -> str:
    return wire_address(address).rpartition("@")[2].lower()
