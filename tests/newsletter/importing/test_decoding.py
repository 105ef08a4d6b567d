"""Bytes become text; whatever is no text gets a sentence and is not imported."""

from pathlib import Path

import pytest

from newsletter.errors import TextRefused
from newsletter.importing.decoding import MOST_BYTES, decode, read_file

TEXT = "Årsmötet på Ön\n\nVi åt smörgåstårta – och ”röstade”."


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("cp1252"),
        TEXT.encode("mac_roman"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace("\n", "\r").encode("mac_roman"),
        TEXT.replace("\n", "\r\n").encode("cp1252"),
        (TEXT + "\x1a").encode("cp1252"),
        TEXT.replace("Å", "A\u030a").replace("ö", "o\u0308").encode(),
    ],
)
def test_swedish_letters_and_line_ends_of_any_machine_come_out_the_same(data: bytes) -> None:
    assert decode("brev.txt", data) == TEXT


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n...", "en PDF"),
        (b"\x89PNG\r\n\x1a\n", r"en bild \(PNG\)"),
        (b"\xff\xd8\xff\xe0", r"en bild \(JPEG\)"),
        (b"RIFF1234WEBPVP8 ", r"en bild \(WebP\)"),
        (b"\x00\x00\x00\x18ftypheic", "en film eller bild"),
        (b"PK\x03\x04....word/document.xml", "ett Word-dokument"),
        (b"PK\x03\x04....xl/workbook.xml", "ett Excel-dokument"),
        (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.text", "ett OpenDocument-dokument"),
        (b"PK\x03\x04....", "ett zip-arkiv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ett äldre Word- eller Excel-dokument"),
        (b"{\\rtf1\\ansi Hej}", "ett RTF-dokument"),
        (b"<!DOCTYPE html>\n<p>Hej</p>", "en webbsida"),
        (b"\n<html lang='sv'>", "en webbsida"),
        (b"\x1f\x8b\x08\x00", "en komprimerad fil"),
    ],
)
def test_a_file_of_another_kind_is_told_what_it_is(data: bytes, kind: str) -> None:
    with pytest.raises(TextRefused, match=rf"Filen brev\.txt är {kind}.*inte text"):
        decode("brev.txt", data)


@pytest.mark.parametrize("data", [b"", b"\n\n \t\n", b"\xef\xbb\xbf", "\u200b\n\u00a0\n\ufeff".encode()])
def test_an_empty_file_is_told_so(data: bytes) -> None:
    with pytest.raises(TextRefused, match="tom"):
        decode("brev.txt", data)


def test_nul_bytes_are_no_text() -> None:
    with pytest.raises(TextRefused, match="nolltecken"):
        decode("brev.txt", b"Hej\x00d\xc3\xa5")


def test_noise_is_no_text() -> None:
    with pytest.raises(TextRefused, match="annat än text"):
        decode("brev.txt", bytes(range(1, 9)) * 20)


def test_a_stray_control_character_is_forgiven() -> None:
    assert (
        decode("brev.txt", b"Hej\x0b" + b"alla barn " * 100 + b"\x07") == "Hej\n" + "alla barn " * 100 + " "
    )


def test_a_fault_in_utf8_is_told_with_its_line_and_not_guessed_at() -> None:
    data = "Åsa\nÖsten\n".encode() + b"\xe5r f\xc3\xb6rbi\n" + "å ä ö å ä ö".encode()

    with pytest.raises(TextRefused, match="trasigt tecken på rad 3"):
        decode("brev.txt", data)


def test_a_file_of_fifty_megabytes_is_refused_without_being_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "stor.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)

    with pytest.raises(TextRefused, match=r"stor\.txt är större än 5 MB"):
        read_file(path)


def test_an_endless_file_is_refused(tmp_path: Path) -> None:
    endless = tmp_path / "oandlig.txt"
    endless.symlink_to("/dev/zero")

    with pytest.raises(TextRefused, match="större"):
        read_file(endless)


def test_the_largest_text_is_read() -> None:
    assert len(decode("brev.txt", b"a" * MOST_BYTES)) == MOST_BYTES


def test_what_is_not_there_or_is_no_file_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TextRefused, match=r"saknas\.txt finns inte"):
        read_file(tmp_path / "saknas.txt")
    with pytest.raises(TextRefused, match="är en mapp"):
        read_file(tmp_path)


def test_a_file_that_may_not_be_read_gets_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "hemlig.txt"
    path.symlink_to(path)  # a link to itself cannot be opened by anybody

    with pytest.raises(TextRefused, match="går inte att läsa"):
        read_file(path)
