"""``DIR/erased.txt``: who was erased, outside the database, so that a restored copy honours it, too.

A line for each event, the last one of a hash counts: ``erased|lifted <hash> <time>``. It is written before
the transaction commits: a person too many in it was erased again, a person too few would come back.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

FILE = "erased.txt"


def note(directory: Path, hashes: Iterable[str], *, now: datetime, lifted: bool = False) -> None:
    """Append hashes and see them on the disk. Raises ``OSError``; then the caller must not commit."""
    lines = [f"{'lifted' if lifted else 'erased'} {each} {now.isoformat()}\n" for each in hashes]
    if not lines:
        return
    handle = os.open(directory / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, "".join(lines).encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)


def hashes(directory: Path) -> frozenset[str]:
    """Return the hashes of everyone who is erased, by the file; none where there is no file."""
    try:
        text = (directory / FILE).read_text(encoding="ascii")
    except FileNotFoundError:
        return frozenset()
    last = {words[1]: words[0] for line in text.splitlines() if len(words := line.split()) == 3}
    return frozenset(found for found, event in last.items() if event == "erased")
