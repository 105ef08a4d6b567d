"""Bytes that somebody says are text: which encoding they are in, and the text.

byte order mark | strict UTF-8 | else Windows-1252 or Mac Roman, whichever gives the better Swedish
"""

import codecs
import re

from subscribers.errors import ImportRefused

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

#: What people may call the encodings that can be asked for, in lower case.
_NAMES = {
    **dict.fromkeys(("utf-8", "utf8", "utf-8-sig"), "utf-8-sig"),
    **dict.fromkeys(("utf-16", "utf16"), "utf-16"),
    **dict.fromkeys(("cp1252", "windows-1252", "latin-1", "latin1", "iso-8859-1", "ansi"), "cp1252"),
    **dict.fromkeys(("mac-roman", "macroman", "macintosh", "mac"), "mac-roman"),
}

_SWEDISH = frozenset("åäöÅÄÖ")
_LIKELY = frozenset("éÉüÜøØæÆ’–")

#: å, ä, ö, Å, Ä, Ö, é and ü in UTF-8 that somebody has read as cp1252, and saved.
_MISREAD = re.compile("Ã[¥¤¶…„–©¼]")
_MISREAD_BYTES = re.compile(b"\xc3[\xa5\xa4\xb6\x85\x84\x96\xa9\xbc]")


def decode(name: str, content: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Return the text of a file, and the encoding that it was read in.

    ``name`` is what people call the file; ``encoding`` is asked for, and else found. Raises
    ``ImportRefused`` for what is no text in any of them, and for text that was broken long ago.
    """
    for candidate in _candidates(name, content, encoding):
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        _refuse_broken_text(name, text)
        return text, candidate
    raise _not_text(name)


def empty(name: str) -> ImportRefused:
    """Return the refusal of a file with nothing in it."""
    return ImportRefused("{file} är tom. Välj filen med medlemsregistret.", file=name)


def _candidates(name: str, content: bytes, asked: str | None) -> tuple[str, ...]:
    if asked is not None:
        return (_known(name, asked),)
    marked = next((e for mark, e in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), None)
    if marked:
        return (marked,)
    # Every byte is something in Mac Roman, so that it must show itself by its letters.
    mac = _swedishness(content, "mac-roman")
    if mac > max(0, _swedishness(content, "cp1252")) and not _MISREAD_BYTES.search(content):
        return ("utf-8", "mac-roman")
    return ("utf-8", "cp1252")


def _known(name: str, asked: str) -> str:
    if found := _NAMES.get(asked.strip().casefold()):
        return found
    raise ImportRefused(
        "{file} kan inte läsas med teckenkodningen {encoding}. Välj utf-8, utf-16, cp1252 eller mac-roman.",
        file=name,
        encoding=asked,
    )


def _swedishness(content: bytes, encoding: str) -> int:
    """Score how Swedish the letters outside ASCII look; a symbol where a letter should be counts against."""
    beyond = content.translate(None, bytes(range(128)))
    score = 0
    for byte in set(beyond):
        letter = bytes((byte,)).decode(encoding, "replace")
        weight = 2 if letter in _SWEDISH else 1 if letter in _LIKELY else -1
        score += weight * beyond.count(byte)
    return score


def _refuse_broken_text(name: str, text: str) -> None:
    if not text.strip():
        raise empty(name)
    if "\0" in text:
        raise _not_text(name)
    if broken := _MISREAD.search(text):
        raise ImportRefused(
            "I {file} är å, ä och ö förstörda ({example}): den har någon gång öppnats med fel teckenkodning. "
            "Spara registret på nytt som CSV (UTF-8).",
            file=name,
            example=text[max(0, broken.start() - 10) : broken.end() + 10].strip(),
        )


def _not_text(name: str) -> ImportRefused:
    return ImportRefused(
        "{file} går inte att läsa som text. Spara registret på nytt som CSV (UTF-8).", file=name
    )
