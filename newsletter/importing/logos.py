"""The association's logo from a stranger's file: PNG, JPEG or WebP in, a small PNG of our own out.

    bytes -> what it is -> bounds -> turned as it was held -> scaled -> its plate -> PNG, and nothing else

It is always written anew, so that no place and no script comes along. SVG is a program as much as a picture,
and mail programs show none.
"""

import io
import warnings
from collections import Counter
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from newsletter.core import logos
from newsletter.errors import SettingsError

MOST_BYTES = 5_000_000
MOST_POINTS = 40_000_000
_KINDS = ("PNG", "JPEG", "WEBP")
#: The least that a drawing can be told by, in pixels.
_LEAST = 16
#: Around what stands on a plate, in pixels.
_MARGIN = 12
#: A point counts as seen from this opacity, 0 to 255.
_SEEN = 128


@dataclass(frozen=True, slots=True)
class ReadyLogo:
    """A logo as it is kept: PNG, with the size it is shown at in CSS pixels."""

    content: bytes
    width: int
    height: int


def prepare(content: bytes, *, name: str) -> ReadyLogo:
    """Make a logo ready. ``name`` is what people call the file. Raises ``SettingsError``."""
    if len(content) > MOST_BYTES:
        raise SettingsError(
            "{name} är större än {most} MB. Välj en mindre bild.", name=name, most=MOST_BYTES // 1_000_000
        )
    if _is_svg(content):
        raise SettingsError(
            "{name} är en SVG, och mejlprogram visar inga sådana. Spara logotypen som PNG, gärna med "
            "genomskinlig bakgrund, och välj den i stället.",
            name=name,
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd files, which the next lines deal with
            return _written_anew(content, name)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise SettingsError(
            "{name} är ingen bild som går att läsa. Välj en logotyp i PNG, JPEG eller WebP.", name=name
        ) from error


def _is_svg(content: bytes) -> bool:
    return b"<svg" in content[:4096].lower() or content[:5].lower() == b"<?xml"


def _written_anew(content: bytes, name: str) -> ReadyLogo:
    with Image.open(io.BytesIO(content), formats=_KINDS) as found:
        if found.width * found.height > MOST_POINTS or min(found.size) < _LEAST:
            raise SettingsError(
                "Logotypen {name} ska vara minst {least} bildpunkter åt vardera hållet, och ha högst {most} "
                "miljoner.",
                name=name,
                least=_LEAST,
                most=MOST_POINTS // 1_000_000,
            )
        turned = ImageOps.exif_transpose(found)
        see_through = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
        plain = turned.convert("RGBA" if see_through else "RGB")
        plain = plain.resize(logos.kept(*plain.size), Image.Resampling.LANCZOS)
    ready = _on_its_plate(plain) if see_through else plain
    written = io.BytesIO()
    ready.save(written, "PNG", optimize=True)
    return ReadyLogo(written.getvalue(), *logos.shown(*ready.size))


def _on_its_plate(picture: Image.Image) -> Image.Image:
    ground = logos.plate(_points(picture))
    if ground is None:
        return picture
    margin = min(_MARGIN, min(picture.size) // 4)
    inner = picture.copy()
    inner.thumbnail((picture.width - 2 * margin, picture.height - 2 * margin))
    drawn = Image.new("RGB", (inner.width + 2 * margin, inner.height + 2 * margin), ground)
    drawn.paste(inner, (margin, margin), inner)
    return drawn


def _points(picture: Image.Image) -> Counter[str]:
    """Count what is seen by colour; in few colours, since shades of one are seen alike."""
    pixels = picture.tobytes()
    coarse = (pixels[at : at + 4] for at in range(0, len(pixels), 4))
    return Counter(
        f"#{red & 0xF8:02x}{green & 0xF8:02x}{blue & 0xF8:02x}"
        for red, green, blue, opacity in coarse
        if opacity >= _SEEN
    )
