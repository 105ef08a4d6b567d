"""Colours that can be read: the association's accent, brought to a legal contrast on paper and at night.

Contrast is that of WCAG 2.2 (relative luminance); 4.5:1 is the least for text (rule X7).
"""

import colorsys
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

#: A little above the law's 4.5, so that rounding never falls below it.
LEAST_CONTRAST = 4.6
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a mail, each as ``#rrggbb``; ``paper`` is the ground that all others stand on."""

    paper: str
    ink: str
    muted: str
    hairline: str
    accent: str


DAY_PAPER, NIGHT_PAPER = "#fdfbf7", "#171410"

_DAY = Palette(paper=DAY_PAPER, ink="#1f1b16", muted="#655d52", hairline="#ddd5c7", accent="")
_NIGHT = Palette(paper=NIGHT_PAPER, ink="#ece5d8", muted="#a89e8f", hairline="#403a31", accent="")


def day(accent: str) -> Palette:
    """Warm white paper; the accent as dark as it must be. Raises ``ValueError`` for no #rrggbb."""
    return _with_accent(_DAY, _shades(accent, end=0.0))


def night(accent: str) -> Palette:
    """Near-black paper; the accent as light as it must be. Raises ``ValueError`` for no #rrggbb."""
    return _with_accent(_NIGHT, _shades(accent, end=1.0))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two ``#rrggbb`` colours, 1.0 to 21.0 (WCAG 2.2, 1.4.3)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _with_accent(palette: Palette, shades: Iterator[str]) -> Palette:
    legible = next(shade for shade in shades if contrast(shade, palette.paper) >= LEAST_CONTRAST)
    return replace(palette, accent=legible)


def _shades(colour: str, *, end: float) -> Iterator[str]:
    """Give the colour, and then the same hue and saturation step by step towards that lightness (0 to 1)."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    for step in range(_STEPS + 1):
        nearer = lightness + (end - lightness) * step / _STEPS
        rgb = colorsys.hls_to_rgb(hue, nearer, saturation)
        yield "#" + "".join(f"{round(channel * 255):02x}" for channel in rgb)


def _channels(colour: str) -> tuple[int, ...]:
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"not a colour such as #8a3324: {colour}")
    return tuple(bytes.fromhex(colour[1:]))


@lru_cache(maxsize=1024)
def _luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
