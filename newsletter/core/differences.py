"""What differs between two texts, word by word, for people to read."""

import difflib
import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass

#: Words and what stands between them; beyond so many the texts are shown whole, side by side.
_PIECES = re.compile(r"\s+|[^\s]+")
_MOST_PIECES = 8_000


class Kind(enum.Enum):
    """What became of some words."""

    SAME = "same"
    TAKEN = "taken"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that follow each other and had the same fate."""

    kind: Kind
    text: str


def words(before: str, after: str) -> Sequence[Stretch]:
    """Return both texts as one, in stretches: what stayed, what was taken out, what was put in.

    Joined, the stretches that are not ``ADDED`` are ``before``, those that are not ``TAKEN`` are ``after``.
    """
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) + len(new) > _MOST_PIECES:
        return _told([(Kind.TAKEN, old), (Kind.ADDED, new)]) if old != new else _told([(Kind.SAME, old)])
    found: list[tuple[Kind, list[str]]] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append((Kind.SAME, old[a:b]))
        else:
            found += [(Kind.TAKEN, old[a:b]), (Kind.ADDED, new[c:d])]
    return _told(found)


def summary(before: str, after: str, *, longest: int = 400) -> tuple[str, str]:
    """Return what was taken out and what was put in, each on one line of at most ``longest`` characters."""
    stretches = words(before, after)
    return _line(stretches, Kind.TAKEN, longest), _line(stretches, Kind.ADDED, longest)


def _line(stretches: Sequence[Stretch], kind: Kind, longest: int) -> str:
    parts = (" ".join(each.text.split()) for each in stretches if each.kind is kind)
    text = " … ".join(part for part in parts if part)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _told(found: Sequence[tuple[Kind, list[str]]]) -> list[Stretch]:
    return [Stretch(kind, "".join(pieces)) for kind, pieces in found if pieces]
