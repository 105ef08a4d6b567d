"""Names, signatures, bylines and the lines that belong to photos: read off the shape of a line.

A name is two to four capitalised words. That fits some headings too, so the callers look at what stands
around.
"""

import re
from collections.abc import Iterator

from newsletter.core import swedish
from newsletter.importing.lines import bare, ends_sentence

_PART = r"[A-ZÅÄÖÉÜÆØÁČŠŽ][\w’'´]*[a-zåäöéüæøáćčšžł](?:-[A-ZÅÄÖÉÜ]?\w+)*"
_PARTICLE = r"(?:von|af|de|van|der|den|la|le|al|el|bin|zu|da|dos)"
NAME = rf"{_PART}(?: {_PARTICLE})?(?: {_PART}| [A-ZÅÄÖ]\.){{1,3}}"

_NAME = re.compile(NAME)
_NAMES = re.compile(rf"(?P<name>{NAME}(?:(?:,| och| &| samt) {NAME})*)")
_GIVEN = re.compile(rf"{_PART}(?:(?: och| &) {_PART})?")
_SIGNED = re.compile(rf"(?P<name>{NAME}(?:(?: och| &) {NAME})?)(?:, ?| [–-] | \()(?P<role>.{{2,400}})")
_SLASHED = re.compile(r"(?P<mark>/{1,2}|//) ?(?P<name>[^/\s].{0,120})")
_BODY_SIGNS = re.compile(
    r"(?P<name>(?:Förbunds|Riks|Läns|Region|Klubb|Sektions)?(?:[Ss]tyrelsen|[Rr]edaktionen"
    r"|[Vv]alberedningen|[Kk]ansliet)"
    r"|\w+(?:kommittén|gruppen|nämnden|utskottet))(?:\.|!)?"
    r"(?P<role>(?: (?:för|i|genom|gm|via)\b.{0,120})?)"
)
_BYLINE = re.compile(
    rf"(?P<mark>(?:Text(?:(?: och | & |/|, )(?:foto|bild))?|Skribent|Reporter|Författare|Vid pennan|Av"
    rf"|Skrivet av|By)"
    rf"(?: ?: ?| ))(?P<name>{NAME}(?:(?:,| och| &) {NAME})*)(?:, (?P<role>.{{2,200}}))?\.?",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:(?:med|många|varma|bästa|vänliga|hjärtliga|soliga|glada|kollegiala|fackliga|kamratliga"
    r"|å .{2,40} vägnar)\b.{0,40}"
    r"\bhälsning(?:ar)?\b.{0,30}|\w{0,12}hälsning(?:ar)?\b.{0,30}|mvh|m\.? ?v\.? ?h\.?|vänligen|väl ?mött"
    r"|allt gott|.{1,60}\bönskar"
    r"|.{0,30}välkom(?:men|na)(?: önskar)?|(?:kind|best|warm) regards|yours|för (?:\w+ )?\w*(?:styrelsen"
    r"|redaktionen|gruppen))[,.!]?",
    re.IGNORECASE,
)
_PHOTO = (
    r"(?:foto(?:n|graf|grafi|grafer|montage)?|bild(?:er)?|illustration|teckning|grafik"
    r"|photo|arkivbild|pressbild)"
)
#: Without one of these a line cannot say who took a photo.
_PHOTO_WORD = re.compile("fot|bild|illustr|teckn|grafi|photo", re.IGNORECASE)
_CREDIT_AT_END = re.compile(
    rf"(?P<before>.*?)[\s(\[]*(?P<credit>\b{_PHOTO}(?: ?[:/] ?| av | privat\b|: ).{{0,80}}?|\b(?:foto"
    rf"|arkivbild|pressbild)\b[^.]{{0,60}})[)\]]?[.]?",
    re.IGNORECASE,
)
_CREDIT_LINE = re.compile(
    rf"[(\[]?{_PHOTO}(?: ?[:/] ?| av |\s+privat|\s+(?=[A-ZÅÄÖ©])).{{0,120}}[)\]]?\.?", re.IGNORECASE
)
_CREDIT_BRACKETS = re.compile(
    r"[(\[].*\b(?:foto\w*|fotat|fotograf\w*|bilden|bilder|illustr\w*)\b.*[)\]]\.?", re.IGNORECASE
)
_CONTACT = re.compile(
    r"(?:\b(?:tel|tfn|telefon|mobil|mejl|mail|e-post|epost)\b|\+46|\b0\d{1,3}[- ]|\S+@).*", re.IGNORECASE
)
_POSITION = re.compile(
    r"\b(?:(?:längst )?(?:till|t\.?) ?(?:vänster|höger|v\.|h\.)|fr(?:ån|\.)? ?v(?:änster|\.)|i mitten"
    r"|i bild)\b",
    re.IGNORECASE,
)
_ON_PICTURE = re.compile(r"(?:på bilden|bilden:|bildtext:?|bild \d+|fr\.? ?v\.|från vänster)", re.IGNORECASE)
_GROUP_SEEN = re.compile(
    r"\w*(?:panelen|juryn|kvartetten|kören|trion|laget|pristagarna|vinnarna|deltagarna|talarna"
    r"|stipendiaterna)(?: [^:.]{1,60})?: ",
    re.IGNORECASE,
)
#: Words that begin sentences, and are capitalised there without being anybody's name.
_NO_NAME = re.compile(
    r"(?:vi|det|den|de|jag|du|ni|en|ett|när|om|på|i|efter|under|med|för|från|här|där|så|att|vad|vem|vilka|hur"
    r"|varför|nu|men|och|vår|nya|ny|första|svenska|svensk|sveriges|europeiska)\b",
    re.IGNORECASE,
)


def starts_with_name(text: str) -> str | None:
    """Return the full name that a text begins with, or None."""
    found = _NAME.match(bare(text))
    if found is None or _NO_NAME.match(found[0]):
        return None
    return found[0]


def full_names(text: str) -> Iterator[str]:
    """Give the full names in a text, in order."""
    for found in _NAME.finditer(text):
        if not _NO_NAME.match(found[0]):
            yield found[0]


def is_names_only(text: str) -> bool:
    """Tell whether a line is nothing but one or several full names."""
    return starts_with_name(text) is not None and _NAMES.fullmatch(bare(text)) is not None


def is_greeting(text: str) -> bool:
    """Tell whether a line is the kind of greeting that a signature follows."""
    return len(text.split()) <= 9 and _GREETING.fullmatch(bare(text)) is not None


def without_contact(text: str) -> tuple[str, str]:
    """Split ”kassör, tel. 070-…” into what somebody is and how to reach them; either may be empty."""
    found = _CONTACT.search(text)
    if found is None:
        return text, ""
    return text[: found.start()].rstrip(" ,;–-("), text[found.start() :]


def is_role(text: str) -> bool:
    """Tell whether a line could say what somebody is: short, no sentence, nothing to call or write to."""
    return (
        0 < len(text.split()) <= 30
        and text[-1] not in "!?:"
        and not re.search(r"[.!?] [A-ZÅÄÖ]|@|://|\d{3}", text)
        and not swedish.has_finite_verb(text)
        and not swedish.ENTRY.match(text)
    )


def signature(text: str) -> tuple[str, str] | None:
    """Return (name, role) of a line that signs by itself: a name and a role, or a slash and a name."""
    text = bare(text)
    if found := _SLASHED.fullmatch(text):
        name, _, role = found["name"].partition(", ")
        return (name, role) if len(found["name"].split()) <= 12 else None
    found = _SIGNED.fullmatch(text)
    if found is None or starts_with_name(text) is None or not is_role(found["role"]):
        return None
    return found["name"], found["role"].rstrip(")")


def after_greeting(text: str) -> tuple[str, str] | None:
    """Return (name, role) of a line that signs because a greeting stands before it."""
    text = bare(text)
    if found := signature(text):
        return found
    if is_names_only(text) or _GIVEN.fullmatch(text):
        return text, ""
    return board(text)


def board(text: str) -> tuple[str, str] | None:
    """Return (name, role) when a body signs, such as ”Styrelsen genom Anna Berg”."""
    found = _BODY_SIGNS.fullmatch(bare(text))
    if found is None:
        return None
    through = re.search(rf" (?:genom|gm|via) (?P<name>{NAME})$", found["role"])
    if through:
        return through["name"], f"{found['name']}{found['role'][: through.start('name')].rstrip()}"
    return found["name"], found["role"].strip()


def byline(text: str) -> tuple[str, str, str] | None:
    """Return (mark, name, role) of a line such as ”Text och foto: Anna Berg”; the mark is its first words."""
    found = _BYLINE.fullmatch(bare(text))
    if found is None or (not found["mark"].rstrip().endswith(":") and len(text.split()) > 8):
        return None
    return found["mark"].rstrip(" :"), found["name"], found["role"] or ""


def is_credit(text: str) -> bool:
    """Tell whether a whole line says who took a photo."""
    text = bare(text)
    if not _PHOTO_WORD.search(text) or len(text.split()) > 30:
        return False
    return bool(
        (_CREDIT_LINE.fullmatch(text) and len(text.split()) <= 12) or _CREDIT_BRACKETS.fullmatch(text)
    )


def split_credit(text: str) -> tuple[str, str]:
    """Return (caption, credit) of a line; the credit keeps its words, as in ”Foto: Anna Berg”."""
    if not _PHOTO_WORD.search(text):
        return text, ""
    if is_credit(text):
        return "", _without_brackets(text)
    found = _CREDIT_AT_END.fullmatch(text)
    if found is None or not found["before"].strip():
        return text, ""
    return found["before"].strip(), _without_brackets(found["credit"])


def is_caption(text: str) -> bool:
    """Tell whether a line describes a photo, from its own words alone."""
    plain = bare(text)
    if _GROUP_SEEN.match(plain) and len(list(full_names(plain))) >= 3:
        return True
    count = len(plain.split())
    if count > 45 or plain.endswith(":") or plain[0] in "–—-•*":
        return False
    if split_credit(plain)[1] or _ON_PICTURE.match(plain):
        return True
    return _places_people(plain, count)


def _places_people(text: str, count: int) -> bool:
    if swedish.speaks_of_itself(text) or count > 35:
        return False
    positions = len(_POSITION.findall(text))
    if positions >= 2 or (positions and starts_with_name(text)):
        return True
    several = sum(1 for _ in full_names(text)) >= 2
    return several and starts_with_name(text) is not None and not ends_sentence(text) and count <= 25


def _without_brackets(text: str) -> str:
    text = text.strip()
    if text[:1] in "([" and text.rstrip(".")[-1:] in ")]":
        text = text.rstrip(".")[1:-1]
    return text.strip().rstrip(")]" if "(" not in text else "")
