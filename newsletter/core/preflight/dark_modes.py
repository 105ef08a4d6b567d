"""What mail clients make of a colour when the reader likes it dark and the mail does not say how.

Outlook turns the lightness in CIE Lab, which keeps the hue:
https://github.com/microsoft/roosterjs, packages/roosterjs-color-utils/lib/utils/getDarkColor.ts. That it also
lifts the dark end to #333333 is left out: a colour with the legal contrast by day, and no more, could never
pass. Gmail's way is known from screenshots alone.

Outlook on the web and Outlook's apps keep the old colour of what they turn in attributes, ``data-ogsc`` for
text and ``data-ogsb`` for grounds, so that a mail's own rules can answer:
https://www.hteumeuleu.com/2019/dealing-with-outlook-com-s-dark-mode/.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import lru_cache

from lxml.html import HtmlElement

#: The colours that an element sets for itself as ``#rrggbb``: text and ground.
OwnColours = Callable[[HtmlElement], tuple[str | None, str | None]]

_WHITE = (0.95047, 1.0, 1.08883)  # CIE D65, as sRGB has it
_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.072175),
    (0.0193339, 0.119192, 0.9503041),
)
_FROM_XYZ = (
    (3.2404542, -1.5371385, -0.4985314),
    (-0.969266, 1.8760108, 0.041556),
    (0.0556434, -0.2040259, 1.0572252),
)
_EDGE = 6 / 29


@lru_cache(maxsize=1024)  # a mail has few colours and many texts
def turned(colour: str) -> str:
    """Return a ``#rrggbb`` colour as light as it was dark, of the same hue as far as screens can show it."""
    lightness, a, b = _lab(colour)
    return _from_lab(100 - lightness, a, b)


def inverted(ink: str, ground: str) -> tuple[str, str]:
    """Return text and ground as Outlook shows them: both turned."""
    return turned(ink), turned(ground)


def repainted(root: HtmlElement, own: OwnColours) -> HtmlElement:
    """Return a copy of a page as Outlook on the web and its apps leave it, for the page's own rules.

    Each colour that an element sets is turned, in its style attribute, and the old one is kept in
    ``data-ogsc`` or ``data-ogsb``. What is inherited is no element's own.
    """
    page = deepcopy(root)
    for old, new in zip(root.iter(), page.iter(), strict=True):
        if not isinstance(old.tag, str):
            continue
        for name, kept_in, colour in zip(("color", "background-color"), _KEPT_IN, own(old), strict=True):
            if colour is not None:
                new.set(kept_in, colour)
                new.set("style", f"{new.get('style') or ''};{name}:{turned(colour)}")
    return page


_KEPT_IN = ("data-ogsc", "data-ogsb")


def darkened(ink: str, ground: str) -> tuple[str, str]:
    """Return text and ground as Gmail shows them: a light ground darkened, dark text made light."""
    return (
        turned(ink) if _lab(ink)[0] < 50 else ink,
        turned(ground) if _lab(ground)[0] > 50 else ground,
    )


@lru_cache(maxsize=1024)
def _lab(colour: str) -> tuple[float, float, float]:
    linear = [_linear(channel / 255) for channel in bytes.fromhex(colour.removeprefix("#"))]
    x, y, z = (_bent(_product(row, linear) / white) for row, white in zip(_TO_XYZ, _WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _from_lab(lightness: float, a: float, b: float) -> str:
    y = (lightness + 16) / 116
    bent = (y + a / 500, y, y - b / 200)
    xyz = [_straight(value) * white for value, white in zip(bent, _WHITE, strict=True)]
    shown = [min(max(_product(row, xyz), 0.0), 1.0) for row in _FROM_XYZ]
    return "#" + "".join(f"{round(_screen(value) * 255):02x}" for value in shown)


def _product(row: Sequence[float], values: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(row, values, strict=True))


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _screen(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)


def _bent(value: float) -> float:
    return float(value ** (1 / 3)) if value > _EDGE**3 else value / (3 * _EDGE**2) + 4 / 29


def _straight(value: float) -> float:
    return value**3 if value > _EDGE else 3 * _EDGE**2 * (value - 4 / 29)
