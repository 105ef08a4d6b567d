"""A file that is to lie beside an article becomes one that members can open, or is refused with a sentence.

    bytes -> what it is, by its content alone -> nothing in it that runs -> a name that any machine can have

What somebody calls a file proves nothing. Pictures are written anew, as those in the text are.
"""

import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePath

from newsletter.errors import ArticleError
from newsletter.importing import pictures

MOST_BYTES = 10_000_000
#: Wide enough for a map or a poster that somebody wants to read (pixels).
WIDEST_PICTURE = 3000
_LONGEST_NAME = 60
_LONGEST_LABEL = 200

#: What lies in an Office file of each kind (ECMA-376), and what an OpenDocument file says that it is.
_OFFICE = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx", "ppt/presentation.xml": ".pptx"}
_OPEN = {
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
    b"application/vnd.oasis.opendocument.presentation": ".odp",
}
_MACROS = re.compile(r"vbaproject\.bin$|/macrosheets/|/activex/|^(?:basic|scripts)/", re.IGNORECASE)
_MOST_ENTRIES = 20_000
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|svg|\?xml|script|head|body)", re.IGNORECASE)

#: A PDF's objects may lie packed in streams (ISO 32000-1, 7.5.7); so much of them is looked at, in bytes.
_PACKED = re.compile(rb"(?<!end)stream\r?\n")
_MOST_UNPACKED = 40_000_000
_RUNS = re.compile(rb"/(?:JavaScript|Launch)\b")
_FONT = re.compile(rb"/Type\s*/Font\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
#: Names that Windows gives to no file.
_TAKEN = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadyAttachment:
    """A file as it is kept. ``name`` is in ASCII; ``label`` is what its link says until somebody changes it.

    ``is_mute`` says of a PDF that no text is in it, as in one that came out of a scanner.
    """

    content: bytes
    name: str
    label: str
    is_mute: bool = False


def prepare(content: bytes, *, name: str) -> ReadyAttachment:
    """Make a file ready. ``name`` is what people call it. Raises ``ArticleError``."""
    if len(content) > MOST_BYTES:
        raise ArticleError(
            "{name} är större än {most} MB. Minska den, till exempel med färre bilder, eller lägg den på "
            "webben och länka dit.",
            name=name,
            most=MOST_BYTES // 1_000_000,
        )
    if content.startswith(b"%PDF-"):
        objects = _objects(content)
        if _RUNS.search(objects):
            raise _runs(name)
        is_mute = b"/Encrypt" not in objects and not _FONT.search(objects)
        return ReadyAttachment(content, _clean(name, ".pdf"), _label(name), is_mute)
    if content.startswith(b"PK\x03\x04"):
        return ReadyAttachment(content, _clean(name, _kind_of_archive(content, name)), _label(name))
    if _is_picture(content):
        ready = pictures.prepare(content, name=name, widest=WIDEST_PICTURE)
        return ReadyAttachment(ready.content, _clean(name, ready.suffix), _label(name))
    raise _refused(content, name)


def _is_picture(content: bytes) -> bool:
    return (
        content.startswith(_PICTURES)
        or content[8:12] == b"WEBP"
        or (content[4:8] == b"ftyp" and content[8:11] in (b"hei", b"mif", b"msf", b"hev"))
    )


def _refused(content: bytes, name: str) -> ArticleError:
    if content.startswith(_PROGRAMS):
        return _runs(name)
    if content.startswith(_OLD_OFFICE):
        return ArticleError(
            "{name} är i ett gammalt format, eller låst med lösenord. Öppna den, och spara den som PDF, "
            "Word (.docx) eller Excel (.xlsx).",
            name=name,
        )
    if _MARKUP.match(content[:1000].removeprefix(b"\xef\xbb\xbf")):
        return ArticleError(
            "{name} är en webbsida eller en teckning för webben. Spara den som PDF, eller länka till sidan i "
            "texten.",
            name=name,
        )
    return ArticleError(
        "{name} är ingen fil som medlemmar säkert kan öppna. Spara den som PDF. Word, Excel, PowerPoint, "
        "OpenDocument, JPEG och PNG går också bra.",
        name=name,
    )


def _runs(name: str) -> ArticleError:
    return ArticleError(
        "{name} innehåller ett program, ett skript eller makron, och sådant skickar vi inte till medlemmar. "
        "Spara den som PDF utan skript, och lägg till den i stället.",
        name=name,
    )


# --- Archives: Office and OpenDocument files are ZIP files with known names in them ---


def _kind_of_archive(content: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.namelist()[:_MOST_ENTRIES]
            kind = _kind_by_entries(archive, entries)
            types = _beginning(archive, entries, "[Content_Types].xml", 2_000_000)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, zlib.error) as error:
        raise _refused(b"", name) from error
    if any(map(_MACROS.search, entries)) or b"macroenabled" in types.lower():
        raise _runs(name)
    if kind is None:
        raise _refused(b"", name)
    return kind


def _kind_by_entries(archive: zipfile.ZipFile, entries: list[str]) -> str | None:
    for entry, kind in _OFFICE.items():
        if entry in entries and "[Content_Types].xml" in entries:
            return kind
    return _OPEN.get(_beginning(archive, entries, "mimetype", 200).strip())


def _beginning(archive: zipfile.ZipFile, entries: list[str], entry: str, most: int) -> bytes:
    if entry not in entries:
        return b""
    with archive.open(entry) as opened:
        return opened.read(most)


# --- PDF ---


def _objects(content: bytes) -> bytes:
    """Return a PDF's bytes together with those of its objects that are packed, names unescaped."""
    found, left = [content], _MOST_UNPACKED
    for opening in _PACKED.finditer(content):
        if b"/ObjStm" not in content[max(0, opening.start() - 400) : opening.start()] or left <= 0:
            continue
        try:
            unpacked = zlib.decompressobj().decompress(content[opening.end() :], left)
        except zlib.error:  # such as packed in another way, or encrypted
            continue
        left -= len(unpacked)
        found.append(unpacked)
    return _ESCAPED.sub(lambda escaped: bytes.fromhex(escaped[1].decode()), b"\n".join(found))


# --- Names ---


def _stem(name: str) -> str:
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    return PurePath(last).stem if last else ""


def _clean(name: str, suffix: str) -> str:
    """Return a name of letters, digits and hyphens that any machine can have, in ASCII."""
    plain = unicodedata.normalize("NFKD", _stem(name)).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME].strip("-")
    return f"bilaga{suffix}" if not words or _TAKEN.fullmatch(words) else f"{words}{suffix}"


def _label(name: str) -> str:
    printed = "".join(sign if sign.isprintable() else " " for sign in _stem(name))
    return " ".join(printed.replace("_", " ").split())[:_LONGEST_LABEL]
