"""The pictures and attachments of articles, in their folder: kept under the digest of what they hold."""

import os
from hashlib import sha256
from pathlib import Path


def keep(folder: Path, content: bytes, suffix: str) -> str:
    """Write a file, once however often it comes, and return its name. Its content never changes."""
    name = sha256(content).hexdigest()[:32] + suffix
    place = folder / name
    if not place.exists():
        fresh = folder / f".{name}.{os.getpid()}"
        fresh.write_bytes(content)
        fresh.replace(place)
    return name


def keep_named(folder: Path, content: bytes, name: str) -> str:
    """Write a file that is saved under its own name, and return that below the folder: a digest, its name."""
    beside = folder / sha256(content).hexdigest()[:32]
    place = beside / name
    if not place.exists():
        beside.mkdir(exist_ok=True, mode=0o700)
        fresh = beside / f".{name}.{os.getpid()}"
        fresh.write_bytes(content)
        fresh.replace(place)
    return f"{beside.name}/{name}"
