"""A file beside an article is what its content says, and nothing in it runs."""

import io
import zipfile
import zlib

import fpdf
import pytest
from openpyxl import Workbook
from PIL import Image

from newsletter.errors import ArticleError
from newsletter.importing import attachments

ODT = "application/vnd.oasis.opendocument.text"
DOCX = {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}


def pdf(words: str = "Dagordning") -> bytes:
    paper = fpdf.FPDF()
    paper.add_page()
    if words:
        paper.set_font("helvetica")
        paper.cell(text=words)
    return bytes(paper.output())


def archive(entries: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        for name, content in entries.items():
            opened.writestr(name, content)
    return file.getvalue()


def spreadsheet() -> bytes:
    file = io.BytesIO()
    Workbook().save(file)
    return file.getvalue()


def photo(width: int, kind: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, 20), "#446633").save(file, kind)
    return file.getvalue()


def packed(objects: bytes) -> bytes:
    """Return the skeleton of a PDF whose objects are packed, as word processors write it."""
    return b"%PDF-1.7\n1 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\r\n" + zlib.compress(objects)


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (pdf(), ".pdf"),
        (archive(DOCX), ".docx"),
        (spreadsheet(), ".xlsx"),
        (archive({"[Content_Types].xml": "", "ppt/presentation.xml": ""}), ".pptx"),
        (archive({"mimetype": ODT, "content.xml": ""}), ".odt"),
        (photo(40), ".jpg"),
        (photo(40, "GIF"), ".jpg"),
        (photo(40, "WEBP"), ".jpg"),
    ],
)
def test_a_file_is_what_it_holds_and_not_what_it_is_called(content: bytes, suffix: str) -> None:
    assert attachments.prepare(content, name="fil.exe").name == f"fil{suffix}"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"MZ\x90\x00", "ett program, ett skript eller makron"),
        (b"#!/bin/sh\nrm -r x\n", "ett program, ett skript eller makron"),
        (b"\x7fELF\x02", "ett program, ett skript eller makron"),
        (b"<!DOCTYPE html><script>x()</script>", "en webbsida"),
        (b"\xef\xbb\xbf  <svg xmlns='http://www.w3.org/2000/svg'/>", "en webbsida"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ett gammalt format"),
        (b"alert(1)", "Spara den som PDF"),
        (b"", "Spara den som PDF"),
        (b"<html>%PDF-1.7", "en webbsida"),
        (b"PK\x03\x04 and nothing more", "Spara den som PDF"),
        (archive({"program.exe": "MZ"}), "Spara den som PDF"),
        (archive(DOCX | {"word/vbaProject.bin": "x"}), "makron"),
        (archive(DOCX | {"[Content_Types].xml": "...sheet.macroEnabled.main+xml"}), "makron"),
        (archive({"mimetype": ODT, "Basic/Standard/script-lb.xml": "x"}), "makron"),
        (b"%PDF-1.4\n<< /S /JavaScript /JS (app.alert(1)) >>", "ett skript"),
        (b"%PDF-1.4\n<< /S /Java#53cript /JS (x) >>", "ett skript"),
        (packed(b"<< /S /Launch /F (cmd.exe) >>"), "ett skript"),
        (b"\x89PNG\r\n and no picture", "ingen bild"),
    ],
)
def test_what_runs_or_is_no_document_is_refused_with_what_to_do(content: bytes, told: str) -> None:
    with pytest.raises(ArticleError, match=told):
        attachments.prepare(content, name="Dagordning.pdf")


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOST_BYTES", 1_000_000)

    with pytest.raises(ArticleError, match="större än 1 MB"):
        attachments.prepare(pdf() + b"\0" * 1_000_000, name="stor.pdf")


def test_a_small_archive_that_would_become_a_large_one_is_not_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("[Content_Types].xml", " " * 30_000_000)
        opened.writestr("word/document.xml", "")

    assert attachments.prepare(file.getvalue(), name="x.docx").name == "x.docx"


def test_a_pdf_without_a_letter_in_it_is_told_from_one_that_can_be_read_aloud() -> None:
    assert not attachments.prepare(pdf(), name="a.pdf").is_mute
    assert not attachments.prepare(packed(b"<< /Type /Font /Subtype /Type1 >>"), name="a.pdf").is_mute
    assert attachments.prepare(pdf(""), name="skannad.pdf").is_mute


def test_a_photo_is_written_anew_and_large_enough_to_be_read() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    file = io.BytesIO()
    Image.new("RGB", (4000, 100)).save(file, "JPEG", exif=exif)

    ready = attachments.prepare(file.getvalue(), name="karta.jpg")

    with Image.open(io.BytesIO(ready.content)) as written:
        assert written.width == attachments.WIDEST_PICTURE
    assert b"secret" not in ready.content


@pytest.mark.parametrize(
    ("name", "kept", "label"),
    [
        ("Årsmötet 2030_kallelse.pdf", "Arsmotet-2030-kallelse.pdf", "Årsmötet 2030 kallelse"),
        ("..\\..\\windows\\hosts.pdf", "hosts.pdf", "hosts"),
        ("../../etc/passwd", "passwd.pdf", "passwd"),
        ("CON.pdf", "bilaga.pdf", "CON"),
        ("", "bilaga.pdf", ""),
        ("<b>\r\nX: y\0.pdf", "b-X-y.pdf", "<b> X: y"),
        ("протокол.pdf", "bilaga.pdf", "протокол"),
        ("å" * 300 + ".pdf", "a" * 60 + ".pdf", "å" * 200),
    ],
)
def test_its_name_is_one_that_any_machine_can_have(name: str, kept: str, label: str) -> None:
    ready = attachments.prepare(pdf(), name=name)

    assert (ready.name, ready.label) == (kept, label)
