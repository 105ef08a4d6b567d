"""Pictures that lie beside a text come with it, into the folder of the association's pictures."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

from newsletter.core.articles import Picture
from newsletter.importing.values import Proposal

#: What a mail can show.
_KINDS = (".jpg", ".jpeg", ".png", ".gif")


def bring(proposal: Proposal, source: Path, media: Path) -> tuple[Proposal, list[str]]:
    """Copy the pictures that a proposal names from beside ``source`` (its file) to ``media``.

    Returns the proposal with the names that the copies have, and the names of the pictures that are not
    there or are no pictures: those keep their captions and lose their file. A picture is found beside its
    text or in a folder below, never elsewhere.
    """
    missing: list[str] = []
    articles = []
    for article in proposal.articles:
        pictures = tuple(_brought(p, source.parent, media, missing) for p in article.text.pictures)
        articles.append(replace(article, text=replace(article.text, pictures=pictures)))
    return replace(proposal, articles=articles), missing


def _brought(picture: Picture, folder: Path, media: Path, missing: list[str]) -> Picture:
    if picture.file is None:
        return picture
    found = _find(folder, picture.file)
    if found is None:
        missing.append(picture.file)
        return replace(picture, file=None)
    return replace(picture, file=_copy(found, media))


def _find(folder: Path, name: str) -> Path | None:
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder.resolve())
        return path if inside and path.suffix.lower() in _KINDS and path.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


def _copy(found: Path, media: Path) -> str:
    """Copy under its own name, or with a beginning of its digest where another picture has that name."""
    data = found.read_bytes()
    name = found.name
    if (media / name).exists() and (media / name).read_bytes() != data:
        name = f"{hashlib.sha256(data).hexdigest()[:12]}-{name}"
    if not (media / name).exists():
        shutil.copyfile(found, media / name)
    return name
