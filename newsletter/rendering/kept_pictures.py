"""Pictures as they lie in the folder of the association's own: their sizes and their bytes, when asked for.

A file there never changes (its name is a digest of it), so what was read once holds.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

#: What a mail shows, by the file's ending.
KINDS = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif"}


class _Folder:
    """Finds the pictures below a folder; nothing else there, and nothing outside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def __repr__(self) -> str:
        return type(self).__name__  # the same wherever the folder lies: what is rendered depends on it

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[str]:
        return (path.name for path in self._folder.iterdir() if path.suffix.lower() in KINDS)

    def _path(self, name: object) -> Path:
        """Return where a picture of that name lies. Raises ``KeyError`` for anything else."""
        try:
            path = (self._folder / str(name)).resolve()
            if path.suffix.lower() in KINDS and path.is_relative_to(self._folder) and path.is_file():
                return path
        except (OSError, ValueError):  # a name that no file can have
            pass
        raise KeyError(name)


class Sizes(_Folder, Mapping[str, tuple[int, int]]):
    """Width and height in pixels by the picture's name, for ``Frame.picture_sizes``."""

    def __getitem__(self, name: str) -> tuple[int, int]:
        """Measure a picture. Raises ``KeyError`` where there is none that can be read."""
        size = _measured(self._path(name))
        if size is None:
            raise KeyError(name)
        return size


class Contents(_Folder, Mapping[str, bytes]):
    """The bytes of a picture by its name, for ``Frame.embedded``."""

    def __getitem__(self, name: str) -> bytes:
        """Read a picture. Raises ``KeyError`` where there is none."""
        return self._path(name).read_bytes()


@lru_cache(maxsize=1024)
def _measured(path: Path) -> tuple[int, int] | None:
    from PIL import Image, UnidentifiedImageError  # here: many letters have no picture at all

    try:
        with Image.open(path, formats=("JPEG", "PNG", "GIF")) as picture:  # the header, and no more
            return picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
