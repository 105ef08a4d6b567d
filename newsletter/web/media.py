"""The pictures of articles for pages; ``importing.keeping`` puts them into their folder."""

from pathlib import Path

from newsletter.importing.keeping import keep, keep_named
from newsletter.web import preview
from newsletter.web.files import picture_within

__all__ = ["keep", "keep_named", "picture"]


def picture(folder: Path, name: str) -> preview.Picture:
    """Return a picture's type and bytes, for a page that may fetch nothing; None where there is none."""
    return picture_within(folder, name, most_bytes=preview.MOST_PICTURE_BYTES)
