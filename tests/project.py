"""What the tests about the project itself look at: its files, its syntax trees, its commands."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGES = ("newsletter", "subscribers")


@cache
def tracked() -> tuple[Path, ...]:
    """Return the project's files: what git knows or would take in. Without git, all that is there."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not re.match(r"\.venv|var|dist", name_of(path))]
    return tuple(sorted(path for path in found if path.is_file()))


def name_of(path: Path) -> str:
    """Return the path as it is written in the project, with slashes."""
    return path.relative_to(ROOT).as_posix()


@cache
def read(path: Path) -> str | None:
    """Return a file's text, or None for a picture and the like."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def text_of(path: Path) -> str:
    """Return a file's text; an error for a file that has none."""
    text = read(path)
    assert text is not None, name_of(path)
    return text


@cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    """Return each module that is installed, parsed, with its name in the project."""
    return tuple(
        (name_of(path), ast.parse(text_of(path)))
        for path in tracked()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in (*PACKAGES, "scheduler.py")
    )


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command that does something, with the words that lead to it (``issues show``)."""
    from newsletter.cli import tree

    for word in tree.PLACES:
        yield from _below(word, tree.load(word))


def _below(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for word, child in children.items():
        yield from _below(f"{path} {word}", child)


def options_of(command: Any) -> set[str]:
    """Return every way to write the command's options, with their dashes."""
    return {way for parameter in command.params for way in (*parameter.opts, *parameter.secondary_opts)}
