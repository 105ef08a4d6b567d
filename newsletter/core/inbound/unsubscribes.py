"""What a plain reply asks for: to be left alone, to leave the association, or what a person must read.

Precision comes first: who is taken off by mistake hears nothing more, and never learns why. A text that is
long, asks, denies, tells of somebody else or is about a meeting goes to a person; so does what no pattern
knows. The words are in ``phrases``.
"""

import re
import unicodedata
from enum import Enum
from functools import cache, lru_cache

from newsletter.core.inbound import phrases

#: Words of a message above which nobody merely asks to be left alone.
MOST_WORDS = 60
#: Characters of a word that count: patterns take time with the square of a word's length.
_LONGEST_WORD = 60
#: Words up to which a mere command is one: "Stopp!" before three lines of something else is not.
_BRIEF = 10
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+|\s+[–—-]\s+")
_CLAUSES = re.compile(
    r",\s*(?:och|men|så|utan|därför|and|but|so|mutta|joten|og|så)?\s*(?=\w)"
    r"|\s+(?:men|därför|but|mutta|så vänligen|så (?=(?:ta|stryk|sluta|avregistrera|ni|jag|vi|snälla)\b)"
    r"|och (?=(?:vill|vänligen|ber|önskar|ta|stryk)\b))\s*",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[^\w@.\s-]+")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


class Wish(Enum):
    """What somebody who answered a letter wants, as far as words tell."""

    UNSUBSCRIBE = "unsubscribe"
    """No more letters of this list."""
    LEAVE = "leave"
    """To leave the association: for the treasurer, and never a mere unsubscribe."""
    OTHER = "other"
    """Something that a person must read."""


def wish(subject: str, words: str) -> Wish:
    """Tell what a reply asks for.

    ``words`` are the writer's own (``own_words``); ``subject`` counts where it is the writer's own, too: it
    is no answer's "Re:" or "Sv:".
    """
    said = "\n".join(part for part in (_own_subject(subject), words) if part)[:4_000]
    raw = [sentence for sentence in _SENTENCES.split(said) if plain(sentence)]
    whole = [plain(sentence) for sentence in raw]
    blocked = any(_matches(sentence, "BLOCKERS") for sentence in whole)
    if any(_matches(sentence, "LEAVING") for sentence in whole):
        taken_back = any(map(_asks, raw)) or any(_matches(sentence, "DENIALS") for sentence in whole)
        return Wish.OTHER if taken_back else Wish.LEAVE
    if blocked or sum(len(sentence.split()) for sentence in whole) > MOST_WORDS or any(map(_asks, raw)):
        return Wish.OTHER
    brief = sum(len(_without_courtesy(sentence).split()) for sentence in whole) <= _BRIEF
    return Wish.UNSUBSCRIBE if any(_wants_out(sentence, brief=brief) for sentence in raw) else Wish.OTHER


def _wants_out(sentence: str, *, brief: bool) -> bool:
    """Tell whether a sentence, or a clause of it, asks to be left alone and leaves no doubt."""
    for clause in (sentence, *_CLAUSES.split(sentence)):
        said = plain(clause)
        asked = (brief and _fits(_without_courtesy(said), "COMMANDS")) or _matches(said, "REQUESTS")
        if asked and not _matches(said, "DOUBTS"):
            return True
    return False


def plain(sentence: str) -> str:
    """Return words in lower case with one space between, without marks; "e-post" becomes "epost"."""
    text = unicodedata.normalize("NFC", sentence).lower()
    text = re.sub(r"\be[ -](?=post|mail|mejl)", "e", text)
    words = (word[:_LONGEST_WORD].strip(".-_") for word in _MARKS.sub(" ", text).split())
    return " ".join(word for word in words if word)


def _own_subject(subject: str) -> str:
    own = re.fullmatch(r"(?!\s*(?:re|sv|svar|vs|aw|fw|fwd|vb|vl|ang)\s*:).*", subject, re.IGNORECASE)
    return subject.strip() if own else ""


def _asks(sentence: str) -> bool:
    """Tell whether a sentence is a question, but for the polite kind: "Kan ni ta bort mig?"."""
    said = _without_courtesy(plain(sentence))
    polite = _POLITE.match(said) and (_matches(said, "REQUESTS") or _DOES_IT.fullmatch(said))
    return "?" in sentence and not polite


_POLITE = re.compile(
    r"(?:kan|skulle|kunde|vill|får|tar|plockar|could|can|would|voisitteko|voitteko|voisitko|kunne|vil|gider)\b"
)


_DOES_IT = re.compile(
    r"(?:kan|skulle|kunde) (?:ni|du) (?:kunna )?(?:fixa|ordna|göra|se till|lösa|hjälpa).{0,30}"
)


def _without_courtesy(sentence: str) -> str:
    words = sentence.split()
    while words and words[0] in phrases.COURTESY:
        words.pop(0)
    while words and words[-1] in phrases.COURTESY:
        words.pop()
    return " ".join(words)


def _matches(sentence: str, table: str) -> bool:
    return any(pattern.search(sentence) for pattern in _patterns(table))


def _fits(sentence: str, table: str) -> bool:
    return any(pattern.fullmatch(sentence) for pattern in _patterns(table))


@lru_cache
def _patterns(table: str) -> tuple[re.Pattern[str], ...]:
    """Return one pattern a language."""
    tables: dict[str, tuple[str, ...]] = getattr(phrases, table)
    return tuple(
        re.compile(r"\b(?:" + "|".join(_expression(one, language) for one in some) + r")(?![\w@])")
        for language, some in tables.items()
    )


@cache
def _expression(pattern: str, language: str) -> str:
    """Return a pattern of ``phrases`` as a regular expression."""
    parts = phrases.PARTS[language]
    expanded = re.sub(r"\{(\w+)\}", lambda found: f"(?:{parts[found[1]]})", pattern)
    expanded = expanded.replace("(?:", "\0").replace("(", "(?:").replace("\0", "(?:")
    expanded = expanded.replace("§", r"(?:\S+ ){0,6}?")
    expanded = re.sub(r"\s*…\s*$", "", expanded)
    expanded = re.sub(r"\s*…\s*", r"(?: \\S+){0,6}? ", expanded)
    return _spaced(expanded)


def _spaced(pattern: str) -> str:
    """Let what may be left out take its space with it: "a [b] c" is "a c", too."""
    while _OPTIONAL.search(pattern):
        pattern = re.sub(r" \[([^\[\]]*)\]", r"(?: (?:\1))?", pattern)
        pattern = re.sub(r"\[([^\[\]]*)\] ", r"(?:(?:\1) )?", pattern)
        pattern = re.sub(r"\[([^\[\]]*)\]", r"(?:\1)?", pattern)
    return f"(?:{pattern})"
