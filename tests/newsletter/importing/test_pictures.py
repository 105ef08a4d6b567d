"""Pictures are written anew: turned, scaled, and with nothing of their past in them."""

import io
import zlib

import pillow_heif
import pytest
from PIL import Image

from newsletter.errors import ArticleError
from newsletter.importing import pictures


def photo(width: int = 2400, height: int = 1200, kind: str = "JPEG", **more: object) -> bytes:
    file = io.BytesIO()
    image = Image.new("RGB", (width, height), "#336699")
    image.paste("#ff0000", (0, 0, width // 2, height))
    image.save(file, kind, **more)  # type: ignore[arg-type]
    return file.getvalue()


def test_a_wide_photo_becomes_twice_the_width_of_a_letter() -> None:
    ready = pictures.prepare(photo())

    assert (ready.width, ready.height, ready.suffix) == (1104, 552, ".jpg")


def test_a_telephone_held_upright_gives_an_upright_picture_without_its_place() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "Telefonmärket"
    exif.get_ifd(0x8825)[1] = "N"
    ready = pictures.prepare(photo(800, 400, exif=exif))

    with Image.open(io.BytesIO(ready.content)) as kept:
        assert kept.size == (400, 800)
        assert not kept.getexif()
    assert b"Telefon" not in ready.content
    assert b"Exif" not in ready.content


def test_a_heic_photo_from_an_iphone_becomes_a_jpeg() -> None:
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (640, 480), "green")).save(file)

    assert pictures.prepare(file.getvalue()).suffix == ".jpg"


def test_what_can_be_seen_through_stays_so() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (60, 60), (0, 0, 0, 0)).save(file, "PNG")

    assert pictures.prepare(file.getvalue()).suffix == ".png"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        photo()[:200],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        b"GIF89a" + b"\xff" * 20,
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(ArticleError, match="ingen bild"):
        pictures.prepare(content, name="fil")


def test_a_bomb_is_refused_before_it_is_unfolded() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = chunk(b"IHDR", (20_000).to_bytes(4) * 2 + b"\x08\x02\0\0\0")
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")

    with pytest.raises(ArticleError):
        pictures.prepare(bomb, name="bomb.png")


def test_a_file_that_is_a_picture_and_a_page_at_once_is_only_a_picture_afterwards() -> None:
    ready = pictures.prepare(photo(100, 100) + b"<script>alert(1)</script>")

    assert b"<script" not in ready.content
