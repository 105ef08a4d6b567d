"""What a plain reply asks for: to be left alone, to leave the association, or what a person must read.

Precision comes first: who is taken off by mistake hears nothing more, and never learns why. A text that is
long, asks, denies, tells of somebody else or is about a meeting goes to a person; so does what no pattern
knows. A clause asks only where each of its words is known: "ta bort mig från listan" does, and "ta bort mig
från listan över kakbakare" does not. The words are in ``phrases``.
"""

import re
from collections.abc import Sequence
from enum import Enum
from itertools import takewhile

from newsletter.core.inbound import phrases
from newsletter.core.inbound.plain_words import plain
from newsletter.core.inbound.wordings import beside, by_language, each, part, things

#: Words of a message above which nobody merely asks to be left alone.
MOST_WORDS = 60
#: Words up to which a sentence is a name or a greeting.
_BRIEF = 6
_COURTESY = frozenset(phrases.COURTESY)
_GREETINGS = frozenset(phrases.GREETINGS)
_FAREWELLS = frozenset(phrases.FAREWELLS)
_SENTENCES = re.compile(r"(?<=[.!?;:])\s+|\n+|\s+[–—-]\s+")
_CLAUSES = re.compile(
    r",\s*(?:och|men|så|utan|därför|and|but|so|mutta|joten|og|så)?\s*(?=\w)"
    r"|\s+(?:men|but|mutta|så vänligen|därför (?=vill|ber|önskar|skulle|kan|tar)"
    r"|så (?=(?:ta|stryk|sluta|avregistrera|ni|jag|vi|snälla)\b)"
    r"|(?:och|and|ja|og) (?=(?:vill|vänligen|ber|önskar|ta|stryk|jag|vi|i|we|jeg|please|would|haluan|behöver"
    r"|orkar|vil|ønsker)\b))\s*",
    re.IGNORECASE,
)


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
    blocked = any(map(_blocks, whole))
    if any(_matches(sentence, "LEAVING") for sentence in whole):
        taken_back = any(map(_asks, raw)) or any(_matches(sentence, "DENIALS") for sentence in whole)
        return Wish.OTHER if taken_back else Wish.LEAVE
    if blocked or sum(len(sentence.split()) for sentence in whole) > MOST_WORDS or any(map(_asks, raw)):
        return Wish.OTHER
    return Wish.UNSUBSCRIBE if any(_wants_out(sentence) for sentence in raw) or _commands(raw) else Wish.OTHER


def _wants_out(sentence: str) -> bool:
    """Tell whether a sentence, or a clause of it, asks to be left alone and for nothing else."""
    for clause in (sentence, *_CLAUSES.split(sentence)):
        said = plain(clause)
        asked = _requests(said) or _fits(_without_courtesy(said), "SURE")
        if asked and not _matches(said, "DOUBTS"):
            return True
    return False


def _commands(sentences: Sequence[str]) -> bool:
    """Tell whether a mail is a mere command, with nothing beside it but courtesy and names.

    "Stopp!" before the news that a date is wrong is no wish to leave.
    """
    for number, sentence in enumerate(sentences):
        others = [*sentences[:number], *sentences[number + 1 :]]
        if _fits(_without_courtesy(plain(sentence)), "COMMANDS") and all(map(_is_courtesy, others)):
            return True
    return False


def _is_courtesy(sentence: str) -> bool:
    """Tell whether a sentence is thanks, a greeting or a name."""
    words = [(word, plain(word)) for word in sentence.split()]
    if len(words) <= _BRIEF and all(map(_is_name_or_courtesy, words)):
        return True
    return any(_rest_is_nothing(plain(sentence), language) for language in phrases.BESIDE)


def _is_name_or_courtesy(word: tuple[str, str]) -> bool:
    written, said = word
    return not said or said in _COURTESY or said.isdigit() or written.lstrip("/-–")[:1].isupper()


def _requests(said: str) -> bool:
    """Tell whether a clause asks to be left alone, in words that are known from its first to its last."""
    for language, joined in by_language("REQUESTS").items():
        if joined.search(said) and any(
            _rest_is_nothing(said[: found.start()], language, before=True)
            and _rest_is_nothing(said[found.end() :], language)
            for pattern in each("REQUESTS", language)
            for found in pattern.finditer(said)
        ):
            return True
    return any(_together(said, language) for language in phrases.TOGETHER)


def _together(said: str, language: str) -> bool:
    """Tell whether a clause of known words alone has those that together make a request, in any order."""
    found = {name for name in phrases.TOGETHER[language] if part(language, name).search(said)}
    off = "off" in found and "send" not in found and found & {"me", "news"}
    if not (off or ("stop" in found and found & {"send", "news"})):
        return False
    reason = by_language("REASONS")[language].search(said)
    rest = said[: reason.start()] if reason else said
    for name in found:
        rest = part(language, name).sub(" ", rest)
    return _rest_is_nothing(rest, language)


def _rest_is_nothing(rest: str, language: str, *, before: bool = False) -> bool:
    """Tell whether the words beside a request change nothing of it; a reason may say anything."""
    reason = by_language("REASONS")[language].search(rest)
    if reason is not None:
        rest = "" if before and not rest[: reason.start()].split() else rest[: reason.start()]
    words = rest.split()
    if before and len(words) > 1 and words[0] in _GREETINGS:
        del words[1]
    if not before:
        words = list(takewhile(lambda word: word not in _FAREWELLS, words))
    known, called = beside(language), things(language)
    return all(word in known or word in _COURTESY or called.fullmatch(word) for word in words)


def _own_subject(subject: str) -> str:
    own = re.fullmatch(r"(?!\s*(?:re|sv|svar|vs|aw|fw|fwd|vb|vl|ang)\s*:).*", subject, re.IGNORECASE)
    return subject.strip() if own else ""


def _blocks(sentence: str) -> bool:
    """Tell whether a sentence makes a mail one for a person, whatever else it says."""
    return _matches(sentence, "BLOCKERS") and _matches(_without_innocent(sentence), "BLOCKERS")


def _without_innocent(sentence: str) -> str:
    for pattern in by_language("INNOCENT").values():
        sentence = pattern.sub(" ", sentence)
    return " ".join(sentence.split())


def _asks(sentence: str) -> bool:
    """Tell whether a sentence asks, but for the polite kind ("Kan ni ta bort mig?") and the angry."""
    if "?" not in sentence:
        return False
    said = _without_courtesy(plain(sentence))
    asked = _matches(said, "REQUESTS") or _requests(said) or _DOES_IT.fullmatch(said)
    return not (_POLITE.match(said) and asked) and bool(_without_innocent(said))


#: How a polite request that is put as a question begins.
_POLITE = re.compile(
    r"(?:går det bra (?:om|att)|är det okej (?:om|att)|kan|skulle|kunde|vill|får|tar|plockar|could|can|would"
    r"|will|voisitteko|voitteko|voisitko|voitko|voisiko|voiko|viitsittekö|poistatteko|poistaisitteko|otatteko"
    r"|ottaisitteko|kunne|vil|må|gider)\b"
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
    return any(pattern.search(sentence) for pattern in by_language(table).values())


def _fits(sentence: str, table: str) -> bool:
    return any(pattern.fullmatch(sentence) for pattern in by_language(table).values())
