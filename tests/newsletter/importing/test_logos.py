"""A logo comes as PNG, JPEG or WebP and is written anew; anything else is refused in a sentence."""

import io

import pytest
from PIL import Image

from newsletter.core import logos as rules
from newsletter.errors import SettingsError
from newsletter.importing import logos


def file_of(picture: Image.Image, kind: str, **more: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **more)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_each_kind_becomes_a_small_png(kind: str) -> None:
    ready = logos.prepare(file_of(Image.new("RGB", (1200, 300), "#1f4f7a"), kind), name="logga")

    found = opened(ready.content)
    assert (found.format, found.size) == ("PNG", (440, 110))
    assert (ready.width, ready.height) == (220, 55)


def test_no_place_and_no_name_comes_along() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Hemma hos Anna"
    exif[0x8825] = {1: "N", 2: (55.0, 42.0, 0.0)}
    taken = file_of(Image.new("RGB", (200, 60), "red"), "JPEG", exif=exif)
    assert b"Hemma hos Anna" in taken

    ready = logos.prepare(taken, name="logga")

    assert b"Anna" not in ready.content
    assert not opened(ready.content).getexif()


def test_a_photo_is_turned_as_it_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn

    ready = logos.prepare(file_of(Image.new("RGB", (120, 40)), "JPEG", exif=exif), name="logga")

    assert ready.width < ready.height


def test_black_on_nothing_gets_a_white_plate_for_good_and_red_stays_see_through() -> None:
    def drawn(colour: str) -> Image.Image:
        picture = Image.new("RGBA", (400, 100))
        picture.paste(colour, (100, 20, 300, 80))
        return opened(logos.prepare(file_of(picture, "PNG"), name="logga").content)

    black, red = drawn("#000000"), drawn("#c0392b")

    assert black.mode == "RGB"
    assert black.getpixel((0, 0)) == (255, 255, 255)
    assert red.mode == "RGBA"
    assert red.getpixel((0, 0))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?>\n<!-- drawn --><svg/>',
        b"\xef\xbb\xbf  <SVG>",
    ],
)
def test_an_svg_is_refused_with_what_to_do_instead(content: bytes) -> None:
    with pytest.raises(SettingsError, match=r"är en SVG.*Spara logotypen som PNG"):
        logos.prepare(content, name="logga.svg")


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b"\x89PNG\r\n\x1a\nbroken", file_of(Image.new("RGB", (40, 40)), "GIF")],
)
def test_what_is_no_such_picture_is_refused(content: bytes) -> None:
    with pytest.raises(SettingsError, match="PNG, JPEG eller WebP"):
        logos.prepare(content, name="logga")


def test_what_is_too_large_or_too_small_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="minst 16 bildpunkter"):
        logos.prepare(file_of(Image.new("RGB", (400, 15)), "PNG"), name="logga")
    with pytest.raises(SettingsError, match="minst 16 bildpunkter"):
        logos.prepare(file_of(Image.new("1", (8000, 5001)), "PNG"), name="logga")  # small as a file: a bomb
    with pytest.raises(SettingsError, match="större än 5 MB"):
        logos.prepare(b"x" * (logos.MOST_BYTES + 1), name="logga")


def test_a_tiny_logo_on_a_plate_keeps_something_to_see() -> None:
    picture = Image.new("RGBA", (16, 16))
    picture.paste("#000000", (2, 2, 14, 14))

    found = opened(logos.prepare(file_of(picture, "PNG"), name="logga").content)

    assert {(0, 0, 0), (255, 255, 255)} <= {colour for _n, colour in found.getcolors() or ()}
    assert found.width <= rules.WIDEST
