"""Links that say where they lead, can be seen, and lead straight there (X5, X10, X11, X18)."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from newsletter.core.preflight import documents, styles
from newsletter.core.preflight.documents import finding
from newsletter.core.preflight.findings import Finding, Severity, mark
from newsletter.core.preflight.matter import Version
from newsletter.core.preflight.wording import bare, set_of

#: Link texts that say nothing of where they lead, bare (no case, no punctuation).
_GENERIC = set_of(
    """
    här|klicka här|klicka|tryck här|läs mer|läs mer här|mer|mer här|mer info|läs vidare|
    mer information|vidare|fortsätt läsa|se mer|se här|länk|länken|den här länken|denna länk|på denna länk|
    hit|gå hit|via länken|here|click here|click|tap here|read more|read more here|more|more here|more info|
    more information|learn more|continue|continue reading|see more|details|link|the link|this link|
    this page|go
""",
    parted_by=r"[|\n]",
)
#: Hosts that hide where a link leads, and are blocked as often as trusted.
_SHORTENERS = set_of(
    """
    bit.ly bitly.com tinyurl.com t.co goo.gl ow.ly is.gd v.gd buff.ly rebrand.ly cutt.ly tiny.cc lnkd.in fb.me
    shorturl.at rb.gy t.ly s.id soo.gd adf.ly dlvr.it trib.al bl.ink short.io shorte.st kortlink.dk kort.nu
    tiny.one t2m.io clck.ru x.gd qr.ae
"""
)
#: Longer than a telephone shows on two lines: nobody reads it, and a screen reader spells it out.
_LONG_ADDRESS = re.compile(r"(?:https?://|www\.)\S{60,}", re.IGNORECASE)
_ALLOWED = ("https", "http", "mailto", "tel")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_BORDER = re.compile(r"^border(?:-bottom|-top|-left|-right)?$")


def check(version: Version) -> Iterator[Finding]:
    """Give what is wrong with the links of a variant's HTML part."""
    root = documents.document(version.html)
    underlined = _underlined_by_rule(root)
    for link in documents.elements(root, "a", "area"):
        if link.get("href") is None or not documents.is_shown(link):
            continue
        found = (*_words(link), *_underline(link, by_rule=underlined), *_target(link, root))
        yield from (one.in_variant(version.name) for one in found)


def name_of(link: HtmlElement) -> str:
    """Return what a screen reader calls a link: its label, else its words and those of its pictures."""
    return " ".join(
        (link.get("aria-label") or documents.words(link, hidden=False) or link.get("title") or "").split()
    )


def is_loopback(url: str) -> bool:
    """Tell whether an address leads to the machine itself, as in a practice set-up."""
    try:
        return urlsplit(url).hostname in _LOOPBACK
    except ValueError:
        return False


def _words(link: HtmlElement) -> Iterator[Finding]:
    name, url = name_of(link), link.get("href") or ""
    if not name:
        yield finding(
            "X5",
            Severity.WARNING,
            mark("Länken till {url} har inga ord. Skriv vart den leder, eller beskriv bilden i den."),
            link,
            url=url,
        )
    elif _LONG_ADDRESS.fullmatch(name):
        yield finding(
            "X10",
            Severity.ADVICE,
            mark("Länken ”{words}” är en lång adress. Skriv i ord vart den leder, och länka orden."),
            link,
            words=name,
        )
    elif bare(name) in _GENERIC:
        yield finding(
            "X10",
            Severity.ADVICE,
            mark(
                "Länken ”{words}” till {url} säger inte vart den leder. Låt orden göra det: ”Anmäl dig till "
                "årsmötet”."
            ),
            link,
            words=name,
            url=url,
        )


def _underline(link: HtmlElement, *, by_rule: bool) -> Iterator[Finding]:
    own = styles.declarations(link.get("style") or "")
    if _shows_by_shape(own) or not "".join(link.itertext()).strip():
        return
    said = own.get("text-decoration") or own.get("text-decoration-line")
    if not ("underline" in said if said is not None else by_rule):
        yield finding(
            "X11",
            Severity.WARNING,
            mark("Länken ”{words}” syns bara genom sin färg. Stryk under länkar i mallen."),
            link,
            words=name_of(link),
        )


def _shows_by_shape(style: dict[str, str]) -> bool:
    """Tell whether a link is a button: a border or a ground of its own sets it apart."""
    drawn = (value for name, value in style.items() if _BORDER.match(name))
    return any(not re.match(r"0|none", value) for value in drawn) or styles.ground_of(style) is not None


def _underlined_by_rule(root: HtmlElement) -> bool:
    rules = styles.rules(root, styles.ALWAYS)
    said = [r.values.get("text-decoration", "") for r in rules if r.selector in ("a", "a:link", "body a")]
    return any("underline" in value for value in said)


def _target(link: HtmlElement, root: HtmlElement) -> Iterator[Finding]:
    url = (link.get("href") or "").strip()
    if url.startswith("#"):
        yield from _anchor(link, url[1:], root)
        return
    scheme, host = _parts(url)
    if not scheme:
        yield finding(
            "X18",
            Severity.WARNING,
            mark(
                "Länken ”{words}” leder till ”{url}”, som inte är en hel adress. Skriv den med https:// "
                "först."
            ),
            link,
            words=name_of(link),
            url=url,
        )
    elif scheme not in _ALLOWED:
        yield finding(
            "X18",
            Severity.WARNING,
            mark("Länken ”{words}” börjar med {scheme}:, som inte fungerar i brev. Länka till en webbsida."),
            link,
            words=name_of(link),
            scheme=scheme,
        )
    elif host.removeprefix("www.") in _SHORTENERS:
        yield finding(
            "X18",
            Severity.WARNING,
            mark(
                "Länken ”{words}” går genom {host}, som döljer vart den leder och ofta stoppas som "
                "skräppost. Skriv hela adressen."
            ),
            link,
            words=name_of(link),
            host=host,
        )
    elif scheme == "http" and not is_loopback(url):
        yield finding(
            "X18",
            Severity.ADVICE,
            mark("Länken ”{words}” till {url} är inte krypterad. Byt till https:// om sidan har det."),
            link,
            words=name_of(link),
            url=url,
        )


def _anchor(link: HtmlElement, name: str, root: HtmlElement) -> Iterator[Finding]:
    if not name or not root.xpath("//*[@id=$name or @name=$name]", name=name):
        yield finding(
            "X18",
            Severity.WARNING,
            mark(
                "Länken ”{words}” leder till ett ställe som inte finns i brevet. Ta bort den, eller rätta "
                "vart den leder."
            ),
            link,
            words=name_of(link),
        )


def _parts(url: str) -> tuple[str, str]:
    """Return scheme and host, lower case; no scheme for what is no whole address."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme if parts.netloc or parts.scheme not in ("http", "https") else ""
        ), parts.hostname or ""
    except ValueError:
        return "", ""
