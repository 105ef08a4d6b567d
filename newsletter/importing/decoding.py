r"""Bytes become text, or a sentence that says why not.

    file -> at most MOST_BYTES + 1 read -> what kind of file? -> UTF-8 | UTF-16 with mark | cp1252 | Mac
    Roman -> text

The text that comes out has ``\n`` as its only line end, no byte order mark, no control characters, and is
in Unicode's composed form (NFC), in which an å is one character whatever machine it was typed on.
"""

import re
import unicodedata
from pathlib import Path
from typing import NoReturn

from newsletter.errors import TextRefused
from newsletter.language import _, mark

#: The longest text that is read; a year of newsletters is some 200,000 bytes.
MOST_BYTES = 5_000_000

_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")

#: How the bytes of other kinds of files begin, at which position, and what the kind is called.
_KINDS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF", mark("en PDF")),
    (0, b"\x89PNG", mark("en bild (PNG)")),
    (0, b"\xff\xd8\xff", mark("en bild (JPEG)")),
    (0, b"GIF8", mark("en bild (GIF)")),
    (8, b"WEBP", mark("en bild (WebP)")),
    (0, b"II*\x00", mark("en bild (TIFF)")),
    (0, b"MM\x00*", mark("en bild (TIFF)")),
    (4, b"ftyp", mark("en film eller bild från en telefon")),
    (0, b"\xd0\xcf\x11\xe0", mark("ett äldre Word- eller Excel-dokument")),
    (0, b"{\\rtf", mark("ett RTF-dokument")),
    (0, b"\x1f\x8b", mark("en komprimerad fil")),
    (0, b"7z\xbc\xaf", mark("en komprimerad fil")),
    (0, b"Rar!", mark("en komprimerad fil")),
    (0, b"SQLite format 3", mark("en databas")),
    (0, b"ID3", mark("en ljudfil")),
    (0, b"OggS", mark("en ljudfil")),
    (0, b"\x7fELF", mark("ett program")),
    (0, b"MZ\x90", mark("ett program")),
)
_ZIP = b"PK\x03\x04"
_WEB_PAGE = re.compile(rb"\s*(<!doctype html|<html[\s>])", re.IGNORECASE)

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")

#: What å ä ö of Mac Roman look like when they are read as cp1252.
_MAC_LOOK = "ŒŠš"
_SWEDISH = "åäöÅÄÖé"


def read_file(path: Path) -> str:
    """Read a file as text. A file that is too large is refused without being read to its end.

    Raises ``TextRefused`` for what is missing, a folder, not readable, too large or not a text.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise TextRefused("Filen {file} finns inte. Kontrollera namnet.", file=path.name) from error
    except IsADirectoryError as error:
        raise TextRefused("{file} är en mapp. Ange filerna i den.", file=path.name) from error
    except OSError as error:
        raise TextRefused(
            "Filen {file} går inte att läsa ({reason}).", file=path.name, reason=error.strerror
        ) from error
    return decode(path.name, data)


def decode(name: str, data: bytes) -> str:
    """Turn the bytes of a text file into text (see the module). ``name`` is what the sentences call it.

    Raises ``TextRefused`` when the file is too large, of another kind, empty, or not a text.
    """
    if len(data) > MOST_BYTES:
        raise TextRefused(
            "Filen {file} är större än {size} MB. Ett nyhetsbrev är text: dela upp filen, eller "
            "spara den utan bilder.",
            file=name,
            size=MOST_BYTES // 1_000_000,
        )
    _refuse_other_kinds(name, data)
    text = _LINE_END.sub("\n", _decoded(name, data).removeprefix("\ufeff").rstrip("\x1a"))
    _refuse_noise(name, text)
    text = unicodedata.normalize("NFC", _CONTROL.sub(" ", text))
    if not visible(text):
        raise TextRefused("Filen {file} är tom. Välj en fil med text i.", file=name)
    return text


def visible(text: str) -> bool:
    """Tell whether anything can be seen: not only blanks and characters without width."""
    return any(not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc") for c in text)


def _refuse_other_kinds(name: str, data: bytes) -> None:
    if data.startswith(_ZIP):
        _refuse(name, _kind_of_zip(data))
    for position, start, kind in _KINDS:
        if data.startswith(start, position):
            _refuse(name, kind)
    if _WEB_PAGE.match(data):
        _refuse(name, mark("en webbsida (HTML)"))
    if b"\x00" in data and not data.startswith(_UTF16_BOMS):
        raise TextRefused(
            "Filen {file} innehåller nolltecken och är ingen text. Spara den som text (UTF-8).", file=name
        )


def _kind_of_zip(data: bytes) -> str:
    if b"word/" in data:
        return mark("ett Word-dokument")
    if b"xl/" in data:
        return mark("ett Excel-dokument")
    if b"opendocument" in data[:200]:
        return mark("ett OpenDocument-dokument")
    return mark("ett zip-arkiv")


def _refuse(name: str, kind: str) -> NoReturn:
    raise TextRefused(
        "Filen {file} är {kind}, inte text. Öppna den, kopiera texten och spara den som .txt.",
        file=name,
        kind=_(kind),
    )


def _decoded(name: str, data: bytes) -> str:
    if data.startswith(_UTF16_BOMS):
        encodings = ["utf-16"]
    elif data.startswith(_BOM):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "cp1252", "mac_roman"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252" and _looks_like_utf8(text):
            break
        if encoding == "cp1252" and _looks_like_mac(text):
            return data.decode("mac_roman")
        return text
    raise TextRefused(
        "Filen {file} har ett trasigt tecken på rad {line}. Rätta det och spara filen som UTF-8.",
        file=name,
        line=data[: _first_fault(data, encodings[0])].count(b"\n") + 1,
    )


def _looks_like_utf8(text: str) -> bool:
    """Tell whether this is UTF-8 with a fault in it: then each å would come out as two characters."""
    return sum(map(text.count, ("Ã¥", "Ã¤", "Ã¶"))) > sum(map(text.count, _SWEDISH))


def _first_fault(data: bytes, encoding: str) -> int:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def _looks_like_mac(text: str) -> bool:
    return sum(map(text.count, _MAC_LOOK)) > sum(map(text.count, _SWEDISH))


def _refuse_noise(name: str, text: str) -> None:
    """Refuse control characters, but for a stray one: one in two hundred is no text."""
    noise = len(_CONTROL.findall(text))
    if noise > 3 and noise * 200 > len(text):
        raise TextRefused("Filen {file} innehåller annat än text. Spara den som text (UTF-8).", file=name)
