"""Pictures in the association's folder are measured and read by name, and nothing else there is."""

from pathlib import Path

import pytest
from PIL import Image

from newsletter.rendering.kept_pictures import Contents, Sizes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    media = tmp_path / "media"
    media.mkdir()
    Image.new("RGB", (40, 20)).save(media / "fyr.jpg")
    (media / "trasig.png").write_bytes(b"ingen bild")
    (media / "bilaga.pdf").write_bytes(b"%PDF-")
    Image.new("RGB", (4, 4)).save(tmp_path / "utanför.png")
    return media


def test_a_picture_has_its_size_and_its_bytes(folder: Path) -> None:
    assert Sizes(folder)["fyr.jpg"] == (40, 20)
    assert "fyr.jpg" in Sizes(folder)
    assert Contents(folder)["fyr.jpg"] == (folder / "fyr.jpg").read_bytes()


@pytest.mark.parametrize("name", ["trasig.png", "bilaga.pdf", "../utanför.png", "saknas.jpg", "\0.jpg", ""])
def test_there_is_nothing_else(folder: Path, name: str) -> None:
    assert name not in Sizes(folder)
    if name != "trasig.png":
        assert name not in Contents(folder)


def test_what_is_rendered_does_not_depend_on_where_the_folder_lies(folder: Path) -> None:
    assert str(folder) not in repr(Sizes(folder)) + repr(Contents(folder))
