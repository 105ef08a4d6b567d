"""A picture from a stranger's telephone becomes one that a mail can carry, or is refused with a sentence.

    bytes -> what it is -> bounds -> turned as it was held -> scaled -> JPEG or PNG, and nothing else in it

It is always written anew, so that no place, no name and no script comes along. JPEG and PNG because Outlook
shows nothing newer.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from newsletter.errors import ArticleError

#: Twice the width at which mails show pictures, for screens with twice the points.
WIDEST = 1104
#: A bomb of a few kilobytes can hold thousands of millions of points.
MOST_POINTS = 60_000_000
MOST_BYTES = 25_000_000
#: Mails with heavier pictures are slow on a telephone: somebody is told.
HEAVY_BYTES = 200_000

_KINDS = ("JPEG", "PNG", "GIF", "WEBP", "HEIF", "TIFF", "BMP")


@dataclass(frozen=True, slots=True)
class ReadyPicture:
    """A picture as it is kept. ``suffix`` is ".jpg" or ".png"; sizes are pixels."""

    content: bytes
    suffix: str
    width: int
    height: int

    @property
    def is_heavy(self) -> bool:
        """Whether it is more than a telephone should have to fetch."""
        return len(self.content) > HEAVY_BYTES


def prepare(content: bytes, *, name: str = "", widest: int = WIDEST) -> ReadyPicture:
    """Make a picture ready, at most ``widest`` pixels wide. ``name`` is what people call the file.

    Raises ``ArticleError``.
    """
    if len(content) > MOST_BYTES:
        raise ArticleError(
            "Bilden {name} är större än {most} MB. Välj en mindre.", name=name, most=MOST_BYTES // 1_000_000
        )
    from pillow_heif import register_heif_opener  # a large library, for the one who sends from a telephone

    register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd files, which the next lines deal with
            return _written_anew(content, name, widest)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ArticleError(
            "{name} är ingen bild som går att läsa. Välj en bild i JPEG, PNG, HEIC, WebP eller GIF.",
            name=name,
        ) from error


def with_play_sign(picture: ReadyPicture) -> ReadyPicture:
    """Draw the sign for a film into the middle of a picture: a dark disc with a light triangle.

    It is part of the picture, since mails lay nothing over one another that all programs show.
    """
    with Image.open(io.BytesIO(picture.content), formats=("JPEG", "PNG")) as found:
        ground = found.convert("RGBA")
    # Drawn at four times its size and made small, so that its edges are smooth.
    side = max(8, round(min(ground.size) / 4))
    disc = Image.new("RGBA", (4 * side, 4 * side))
    draw = ImageDraw.Draw(disc)
    draw.ellipse((0, 0, 4 * side - 1, 4 * side - 1), fill=(0, 0, 0, 190))
    left, right, top = 1.55 * side, 2.85 * side, 1.2 * side
    draw.polygon([(left, top), (left, 4 * side - top), (right, 2 * side)], fill=(255, 255, 255, 255))
    small = disc.resize((side, side), Image.Resampling.LANCZOS)
    ground.alpha_composite(small, ((ground.width - side) // 2, (ground.height - side) // 2))
    return _encoded(ground if picture.suffix == ".png" else ground.convert("RGB"))


def _written_anew(content: bytes, name: str, widest: int) -> ReadyPicture:
    with Image.open(io.BytesIO(content), formats=_KINDS) as found:
        if found.width * found.height > MOST_POINTS:
            raise ArticleError(
                "Bilden {name} har fler än {most} miljoner bildpunkter. Välj en mindre.",
                name=name,
                most=MOST_POINTS // 1_000_000,
            )
        turned = ImageOps.exif_transpose(found)
        see_through = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
        plain = turned.convert("RGBA" if see_through else "RGB")
        if plain.width > widest:
            plain = plain.resize(
                (widest, max(1, round(plain.height * widest / plain.width))), Image.Resampling.LANCZOS
            )
    return _encoded(plain)


def _encoded(plain: Image.Image) -> ReadyPicture:
    """Write a picture in RGBA as PNG and one in RGB as JPEG."""
    written, see_through = io.BytesIO(), plain.mode == "RGBA"
    if see_through:
        plain.save(written, "PNG", optimize=True)
    else:
        plain.save(written, "JPEG", quality=82, optimize=True, progressive=True)
    return ReadyPicture(written.getvalue(), ".png" if see_through else ".jpg", plain.width, plain.height)
