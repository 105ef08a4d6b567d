"""How an issue is put together: sections with items in order, what can happen to them, and where they move.

declared sections + placed items -> runs, as a person sees them
runs, an item, up or down        -> where it stands then, which may be in the next section
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby


class What(Enum):
    """What somebody did to an issue. The words for people stand in ``services.change_words``."""

    WORDS = "words"  # title, subject or preheader
    ADDED = "added"
    MOVED = "moved"
    REMOVED = "removed"
    FORM = "form"
    AUDIENCE = "audience"
    STANDING = "standing"
    ITEM = "item"  # several of these at once
    SECTION_ADDED = "section-added"
    SECTION_RENAMED = "section-renamed"
    SECTION_REMOVED = "section-removed"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Run:
    """A section as it stands in the issue, with the keys of its items in order. "" is no section."""

    section: str
    keys: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an item stands: ``position`` counts from 1 through the whole issue."""

    position: int
    section: str


def runs(declared: Sequence[str], placed: Sequence[tuple[int, str]]) -> tuple[Run, ...]:
    """Return the sections in order: those of the placed items, and the declared ones that hold nothing.

    ``placed`` are (key, section) in order. A section that is come back to later is two runs. An empty one
    stands after the last section that is declared before it.
    """
    found = [
        Run(section, tuple(key for key, _ in group))
        for section, group in groupby(placed, lambda each: each[1])
    ]
    filled = {run.section for run in found}
    for place, section in enumerate(declared):
        if section and section not in filled:
            found.insert(_after(found, {"", *declared[:place]}), Run(section))
            filled.add(section)
    return tuple(found)


def _after(found: Sequence[Run], before: set[str]) -> int:
    return max((at for at, run in enumerate(found, start=1) if run.section in before), default=0)


def step(standing: Sequence[Run], key: int, *, up: bool) -> Spot | None:
    """Return where an item stands one step up or down; None where there is no way on.

    At the edge of its section it goes into the next one, which may be empty. Raises ``ValueError`` for an
    item that is in none of the runs.
    """
    keys = [each for run in standing for each in run.keys]
    position = keys.index(key) + 1
    at = next(index for index, run in enumerate(standing) if key in run.keys)
    run = standing[at]
    if key != (run.keys[0] if up else run.keys[-1]):
        return Spot(position + (-1 if up else 1), run.section)
    beyond = at - 1 if up else at + 1
    return Spot(position, standing[beyond].section) if 0 <= beyond < len(standing) else None


def end_of(standing: Sequence[Run], section: str) -> int:
    """Return the position of one more item at the end of a section; at the very end for an unknown one."""
    last = max((at for at, run in enumerate(standing) if run.section == section), default=len(standing) - 1)
    return sum(len(run.keys) for run in standing[: last + 1]) + 1
