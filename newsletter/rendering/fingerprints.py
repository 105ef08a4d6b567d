"""When the templates of a letter are the same: their files are, byte for byte."""

import hashlib
from functools import lru_cache
from pathlib import Path

#: What an issue is rendered from, below ``templates/email``.
OF_ISSUES = ("_layout", "issue")


def of_templates(folder: Path | None = None) -> str:
    """Return the first 12 characters of the SHA-256, hexadecimal, of the templates of issues.

    ``folder`` is ``templates/email`` unless given. What is changed while we run is seen.
    """
    if folder is None:
        from newsletter.rendering.merge import templates_folder  # Jinja, which not everybody needs

        folder = templates_folder()
    found = sorted(path for name in OF_ISSUES for path in (folder / name).rglob("*") if path.is_file())
    states = [path.stat() for path in found]
    return _digest(
        folder, tuple((path, s.st_mtime_ns, s.st_size) for path, s in zip(found, states, strict=True))
    )


@lru_cache(maxsize=4)
def _digest(folder: Path, files: tuple[tuple[Path, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, _, _ in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:12]
