"""Names: how they sort, and which part of a full name is the family name.

Databases sort å ä ö differently, and fold them differently (one of them not at all). So each person has a
stored sort key that holds nothing but ``0-9a-z``, and which every collation puts in the same order: that of
the Swedish alphabet, where å ä ö come after z.
"""

import unicodedata
from functools import lru_cache

#: A key is cut here; what differs only after so many letters may stand in any order.
LONGEST_SORT_KEY = 400

#: After z, in order. No code begins another, so keys compare letter by letter.
_AFTER_Y = {"z": "za", "å": "zb", "ä": "zc", "ö": "zd"}
_FOREIGN = "ze"

#: Letters that Swedish sorts as others, as the Unicode locale data for ``sv`` does.
_SORTED_AS = {
    "æ": "ä", "ø": "ö", "ő": "ö", "œ": "ö", "ü": "y", "ű": "y", "đ": "d", "ð": "d",
    "þ": "th", "ß": "ss", "ł": "l", "ı": "i",
}  # fmt: skip

#: Words that belong to the family name that follows them, in the naming customs common in Sweden.
_PARTICLES = frozenset(
    {"af", "al", "av", "bin", "da", "dal", "de", "del", "della", "den", "der", "di", "dos", "du", "e"}
    | {"el", "ibn", "la", "le", "ter", "ten", "van", "von", "zu"}
)


def sort_key(given: str, family: str) -> str:
    """Return the text that sorts a person by family name, then given name, in Swedish order.

    Only ``0-9a-z``, at most 400 characters. å ä ö come after z; w is a letter of its own after v (as in the
    Swedish Academy's word list since 2006); é sorts as e, and ü as y. Case, hyphens and apostrophes make no
    difference. Letters of other scripts come after ö, in the order of their code points.
    """
    return "00".join(_words_key(part) for part in (family, given))[:LONGEST_SORT_KEY]


def genitive(name: str) -> str:
    """Return a Swedish name's genitive: Skåne, Skånes; Västerås, Västerås; Linux, Linux. No apostrophe."""
    return name if name[-1:].casefold() in ("s", "x", "z", "") else f"{name}s"


def search_key(text: str) -> str:
    """Return the key of one or several words as it stands inside a sort key (words begin after ``0``)."""
    return _words_key(text)


def split_name(full: str) -> tuple[str, str]:
    """Split a full name into given and family name.

    "Anna Maria Öberg", "Öberg, Anna Maria" and "Carl von Essen" are understood. A single word is a given
    name. No word is lost; white space becomes single spaces.
    """
    before, comma, after = full.partition(",")
    if comma and before.strip() and after.strip():
        return _spaced(after), _spaced(before)
    words = full.replace(",", " ").split() if comma else full.split()
    if len(words) < 2:
        return " ".join(words), ""
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


@lru_cache(maxsize=1_000)  # a row of a register asks for its own several times
def same_name_key(given: str, family: str) -> str:
    """Return the form that names are compared by when the same person is looked for: NFC, case folded."""
    return unicodedata.normalize("NFC", _spaced(f"{given} {family}").casefold())


def _spaced(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=10_000)  # there are fewer names than people
def _words_key(text: str) -> str:
    lowered = unicodedata.normalize("NFC", text).lower()
    words = "".join(c if c.isalnum() or unicodedata.combining(c) else _gap(c) for c in lowered).split()
    return "0".join(key for word in words if (key := "".join(map(_letter_key, word))))


def _gap(character: str) -> str:
    return "" if character in "'’.`´" else " "


def _letter_key(letter: str) -> str:
    if "a" <= letter <= "y":
        return letter
    if letter in _AFTER_Y:
        return _AFTER_Y[letter]
    if letter in _SORTED_AS:
        return "".join(map(_letter_key, _SORTED_AS[letter]))
    if letter.isdecimal():
        return f"1{unicodedata.decimal(letter)}"
    base = unicodedata.normalize("NFD", letter)[0]
    if base != letter and base.isascii():
        return _letter_key(base)
    return "" if unicodedata.combining(letter) else f"{_FOREIGN}{ord(letter):06x}"
