"""Pictures that lie beside a text come with it."""

from pathlib import Path

import pytest

from newsletter.importing.markdown import read_markdown
from newsletter.importing.media import bring


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    return folder


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "skrivbord"
    (folder / "bilder").mkdir(parents=True)
    (folder / "bilder" / "visby.jpg").write_bytes(b"a picture")
    (folder / "lista.txt").write_text("hemligt")
    (tmp_path / "utanfor.jpg").write_bytes(b"not yours")
    return folder


def brought(desk: Path, media: Path, name: str) -> tuple[str | None, list[str]]:
    proposal = read_markdown(
        f"---\ntitle: Resan\nimages:\n  - file: {name}\n    caption: Muren\n---\nText.", "resa.md"
    )
    complete, missing = bring(proposal, desk / "resa.md", media)
    (picture,) = complete.articles[0].text.pictures
    assert picture.caption == "Muren"
    return picture.file, missing


def test_a_picture_beside_the_text_is_copied(desk: Path, media: Path) -> None:
    assert brought(desk, media, "bilder/visby.jpg") == ("visby.jpg", [])
    assert (media / "visby.jpg").read_bytes() == b"a picture"


def test_the_same_picture_again_is_one_file(desk: Path, media: Path) -> None:
    brought(desk, media, "bilder/visby.jpg")
    brought(desk, media, "bilder/visby.jpg")

    assert [path.name for path in media.iterdir()] == ["visby.jpg"]


def test_another_picture_of_the_same_name_gets_a_name_of_its_own(desk: Path, media: Path) -> None:
    (media / "visby.jpg").write_bytes(b"another")

    name, missing = brought(desk, media, "bilder/visby.jpg")

    assert name is not None
    assert name.endswith("-visby.jpg")
    assert (media / name).read_bytes() == b"a picture"
    assert (media / "visby.jpg").read_bytes() == b"another"
    assert missing == []


@pytest.mark.parametrize("name", ["saknas.jpg", "../utanfor.jpg", "lista.txt", "bilder", "a" * 5000 + ".jpg"])
def test_what_is_not_there_or_is_no_picture_of_this_text_keeps_its_caption_only(
    desk: Path, media: Path, name: str
) -> None:
    found, missing = brought(desk, media, name)

    assert found is None
    assert missing == [name[:400]]
    assert list(media.iterdir()) == []
