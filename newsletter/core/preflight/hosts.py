"""Addresses that are what they look like: no mixed scripts, no look-alikes, nothing before an @ (P11).

After Unicode Technical Standard 39, 5.2 (Highly Restrictive): a label has letters of one script, or of one of
the mixes that Japanese, Chinese and Korean are written in. Whole labels of letters that look Latin are told,
too, and so is a host that reads as the sender's own and is another.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from newsletter.core.preflight import documents, message
from newsletter.core.preflight.documents import finding
from newsletter.core.preflight.findings import Finding, Place, Severity, mark
from newsletter.core.preflight.links import name_of
from newsletter.core.preflight.matter import Version

_MIXES = (
    frozenset(("LATIN", "CJK", "HIRAGANA", "KATAKANA")),
    frozenset(("LATIN", "CJK", "BOPOMOFO")),
    frozenset(("LATIN", "CJK", "HANGUL")),
)
#: Letters that read as Latin ones in most fonts, and the Latin ones (from UTS 39's confusables, lower case).
_LOOKS_LATIN = dict(
    zip(
        "асԁеһіјӏорԛѕԝхуνοαρυικⅼıɑɡɩϲϳ",
        "acdehijlopqswxyvoapuikliagicj",
        strict=True,
    )
)
_SAME_AT_A_GLANCE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s"})
_EVERYWHERE = frozenset(
    ("DIGIT", "HYPHEN-MINUS", "KATAKANA-HIRAGANA", "MIDDLE", "COMBINING", "IDEOGRAPHIC", "ARABIC-INDIC")
)


def check(version: Version) -> Iterator[Finding]:
    """Give the hosts in a variant's links and addresses that are not what they look like."""
    mail = message.read(version.message)
    own = _host_of_address(next((address for _, address in mail.addresses("From")), ""))
    for found in (*_senders(mail), *_links(documents.document(version.html), own)):
        yield found.in_variant(version.name)


def deceives(host: str, own: str = "") -> bool:
    """Tell whether a host, in Unicode or A-labels, reads as another than it is. ``own`` is the sender's."""
    labels = [_in_unicode(label) for label in host.lower().rstrip(".").split(".")]
    if any(label is None or _is_mixed(label) or _passes_for_latin(label) for label in labels):
        return True
    return bool(own) and not _is_at(host.lower(), own.lower()) and _glance(host) == _glance(own)


def _senders(mail: message.Mail) -> Iterator[Finding]:
    for field in ("From", "Reply-To"):
        for _, address in mail.addresses(field):
            if deceives(_host_of_address(address)):
                yield Finding(
                    "P11",
                    Severity.WARNING,
                    mark(
                        "Adressen {address} i {field} blandar bokstäver som liknar andra, och stoppas som "
                        "bedrägeri. Använd en adress med vanliga bokstäver."
                    ),
                    {"address": address, "field": field},
                    Place.SETTINGS,
                )


def _links(root: HtmlElement, own: str) -> Iterator[Finding]:
    for link in documents.elements(root, "a", "area"):
        url = link.get("href") or ""
        host, has_user = _of_url(url)
        if has_user:
            yield finding(
                "P11",
                Severity.WARNING,
                mark(
                    "Länken ”{words}” har något före @ i adressen ({url}), som kan dölja vart den leder. Ta "
                    "bort det."
                ),
                link,
                words=name_of(link),
                url=url,
            )
        if host and deceives(host, own):
            yield finding(
                "P11",
                Severity.WARNING,
                mark(
                    "Länken ”{words}” leder till {host}, som liknar en annan adress än den är. Kontrollera "
                    "den, och skriv den för hand."
                ),
                link,
                words=name_of(link),
                host=host,
            )


def _of_url(url: str) -> tuple[str, bool]:
    """Return the host of a link, of mail too, and whether something stands before an @ in it."""
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() == "mailto":
            return _host_of_address(parts.path), False
        return parts.hostname or "", parts.scheme.lower() in ("http", "https") and "@" in parts.netloc
    except ValueError:
        return "", False


def _host_of_address(address: str) -> str:
    return address.rpartition("@")[2]


def _in_unicode(label: str) -> str | None:
    """Return a label as people see it; None for an A-label that stands for nothing."""
    if not label.startswith("xn--"):
        return unicodedata.normalize("NFC", label)
    import idna  # only few hosts need it, and its tables are large

    try:
        return idna.decode(label)
    except idna.IDNAError:
        return None


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    """Return the first word of a character's name, which for letters is their script."""
    return unicodedata.name(character, "?").partition(" ")[0]


def _is_mixed(label: str) -> bool:
    scripts = {_script(character) for character in label} - _EVERYWHERE
    return len(scripts) > 1 and not any(scripts <= mix for mix in _MIXES)


def _passes_for_latin(label: str) -> bool:
    """Tell whether a label has letters that look Latin and are not, and none that gives them away."""
    letters = [character for character in label if character.isalpha()]
    return any(not c.isascii() for c in letters) and all(c.isascii() or c in _LOOKS_LATIN for c in letters)


def _glance(host: str) -> str:
    """Return a host as somebody in a hurry reads it."""
    seen = "".join(_LOOKS_LATIN.get(c, c) for c in host.lower().removeprefix("www."))
    plain = "".join(c for c in unicodedata.normalize("NFD", seen) if not unicodedata.combining(c))
    return re.sub("rn", "m", re.sub("vv", "w", plain)).translate(_SAME_AT_A_GLANCE)


def _is_at(host: str, own: str) -> bool:
    return host.removeprefix("www.") == own.removeprefix("www.") or host.endswith(f".{own}")
