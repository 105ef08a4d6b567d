"""The pictures and attachments of articles, in their folder: kept under the digest of what they hold."""

import os
from hashlib import sha256
from pathlib import Path

from newsletter.web import preview
from newsletter.web.files import picture_within


def keep(folder: Path, content: bytes, suffix: str) -> str:
    """Write a file, once however often it comes, and return its name. Its content never changes."""
    name = sha256(content).hexdigest()[:32] + suffix
    place = folder / name
    if not place.exists():
        fresh = folder / f".{name}.{os.getpid()}"
        fresh.write_bytes(content)
        fresh.replace(place)
    return name


def picture(folder: Path, name: str) -> preview.Picture:
    """Return a picture's type and bytes, for a page that may fetch nothing; None where there is none."""
    return picture_within(folder, name, most_bytes=preview.MOST_PICTURE_BYTES)
