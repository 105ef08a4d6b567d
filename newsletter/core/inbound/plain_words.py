"""Words as they are compared: in lower case, without marks, and with a slip of the finger mended."""

import re
import unicodedata
from functools import lru_cache

from newsletter.core.inbound import phrases

#: Characters of a word that count: patterns take time with the square of a word's length.
_LONGEST_WORD = 60
#: Characters from which on a word is long enough that a slip in it is no other word.
_LONG = 9
_SPELLED = frozenset(phrases.SPELLED)
_MARKS = re.compile(r"[^\w@.\s-]+")


def plain(sentence: str) -> str:
    """Return words in lower case with one space between, without marks; "e-post" becomes "epost"."""
    text = unicodedata.normalize("NFC", sentence).lower()
    text = re.sub(r"\be[ -](?=post|mail|mejl)", "e", text)
    words = (word[:_LONGEST_WORD].strip(".-_") for word in _MARKS.sub(" ", text).split())
    return " ".join(_spelled(word) for word in words if word)


@lru_cache(maxsize=4_096)
def _spelled(word: str) -> str:
    """Return a word as it was meant, where one letter is wrong in one of the long ones of ``SPELLED``."""
    if len(word) < _LONG or word in _SPELLED:
        return word
    return next((meant for meant in phrases.SPELLED if _one_slip(word, meant)), word)


def _one_slip(word: str, meant: str) -> bool:
    """Tell whether one letter was left out, doubled or mistaken, or two were swapped."""
    if abs(len(word) - len(meant)) > 1:
        return False
    at = next(
        (at for at, (one, other) in enumerate(zip(word, meant, strict=False)) if one != other),
        min(len(word), len(meant)),
    )
    rest, right = word[at:], meant[at:]
    swapped = rest[:2] == right[1::-1] and rest[2:] == right[2:]
    return swapped or rest[1:] == right[1:] or rest == right[1:] or rest[1:] == right
