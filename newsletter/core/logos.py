"""The association's logo: how large it is shown, and the plate it needs so that it is seen by day and night.

Mails turn dark in many ways, and some programs change a background but never a picture. So what shows the
paper through is drawn onto a plate for good, unless it can be told from both papers as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.core import colours

#: The largest that it is shown, in CSS pixels; it is kept at twice that for screens with twice the points.
WIDEST, HIGHEST = 220, 64
SCALE = 2

WHITE, DARK = "#ffffff", "#171410"
#: Points that differ less than this from what is behind them are lost (a third of WCAG's demand on drawings).
_LEAST_CONTRAST = 1.6
#: A logo may lose so much of itself: soft edges, a shadow.
_MOST_LOST = 0.1


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo as it is kept: the name under ``DIR/media``, and the size it is shown at in CSS pixels."""

    file: str
    width: int
    height: int


def shown(width: int, height: int) -> tuple[int, int]:
    """Return the size at which a picture of this many pixels is shown: within bounds, and never enlarged."""
    return _within(width, height, WIDEST, HIGHEST)


def kept(width: int, height: int) -> tuple[int, int]:
    """Return the size in pixels at which a picture is kept."""
    return _within(width, height, WIDEST * SCALE, HIGHEST * SCALE)


def plate(points: Mapping[str, int]) -> str | None:
    """Return the colour to draw a see-through picture on; None where it needs no plate.

    ``points`` counts the points that can be seen by colour, ``#rrggbb``.
    """
    by_paper = {paper: _lost(points, paper) for paper in (colours.DAY_PAPER, colours.NIGHT_PAPER)}
    if max(by_paper.values()) <= _MOST_LOST:
        return None
    return min((WHITE, DARK), key=lambda ground: _lost(points, ground))


def _lost(points: Mapping[str, int], ground: str) -> float:
    """Return the share of the points, 0 to 1, that nobody sees on this ground."""
    total = sum(points.values())
    lost = sum(n for colour, n in points.items() if colours.contrast(colour, ground) < _LEAST_CONTRAST)
    return lost / total if total else 0.0


def _within(width: int, height: int, widest: int, highest: int) -> tuple[int, int]:
    scale = min(1.0, widest / width, highest / height)
    return max(1, round(width * scale)), max(1, round(height * scale))
