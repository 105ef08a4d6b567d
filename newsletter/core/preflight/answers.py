"""Links that lead somewhere: which of an issue's links may be asked, and what their answers mean.

Asking itself is ``newsletter.probing``'s; nothing here touches the network.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml.html import HtmlElement

from newsletter.core.preflight import documents
from newsletter.core.preflight.documents import finding
from newsletter.core.preflight.findings import Finding, Severity, mark
from newsletter.core.preflight.links import name_of
from newsletter.core.preflight.matter import Matter, Version
from newsletter.core.preflight.wording import mail_addresses, set_of

PORTS = {"http": 80, "https": 443}
#: Parts of a query that make an address somebody's own: asking it might use it up.
_KEYS = set_of("token key code sig signature auth session sid password secret ticket jwt otp access_token")


class Outcome(StrEnum):
    """What came of asking an address."""

    WELL = "well"
    GONE = "gone"
    """404 or 410 (RFC 9110 15.5.5, 15.5.11)."""
    NO_HOST = "no-host"
    BAD_CERTIFICATE = "bad-certificate"
    LOOPS = "loops"
    MOVED = "moved"
    """301 or 308: moved for good (RFC 9110 15.4.2, 15.4.9)."""
    SLOW = "slow"
    UNKNOWN = "unknown"
    """Refused, failed for now, or somewhere that is not asked: nothing to say."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered; ``leads_to`` is where it has moved for good."""

    outcome: Outcome
    status: int | None = None
    leads_to: str = ""


def of_status(status: int) -> Outcome:
    """Return what a status that is no redirect means. Robots are often refused: that says nothing."""
    if status in (404, 410):
        return Outcome.GONE
    return Outcome.WELL if 200 <= status < 300 else Outcome.UNKNOWN


def may_be_asked(url: str, *, own: str) -> bool:
    """Tell whether an address is a stranger's web page and nobody's own. ``own`` is our own base address."""
    try:
        parts, ours = urlsplit(url), urlsplit(own)
        port = parts.port
    except ValueError:
        return False
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if scheme not in PORTS or not host or "@" in parts.netloc or host == (ours.hostname or "").lower():
        return False
    named = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    return port in (None, *PORTS.values()) and named.isdisjoint(_KEYS)


def is_public(address: str) -> bool:
    """Tell whether an IP address is somebody's on the internet.

    Not so private, loopback, link-local, shared, reserved and multicast ones, nor IPv6 addresses that hold
    such an IPv4 one (mapped, 6to4, Teredo, NAT64).
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped or ip.sixtofour or ip.teredo or address.lower().startswith("64:ff9b:"):
            return False
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def to_ask(matter: Matter, *, own: str) -> tuple[str, ...]:
    """Return the addresses in an issue's articles that may be asked, each once. None of the frame's."""
    urls = (link.get("href") or "" for version in matter.versions for link in _links(version))
    return tuple(dict.fromkeys(_bare(url) for url in urls if may_be_asked(url, own=own)))


def check(matter: Matter, answers: Mapping[str, Answer]) -> Iterator[Finding]:
    """Give the links of articles that lead nowhere, and addresses of mail or telephone that are none.

    ``answers`` are those known, by address without what follows #.
    """
    for version in matter.versions:
        for link in _links(version):
            url = link.get("href") or ""
            sentence = _of_form(url) or _SENTENCES.get(answers.get(_bare(url), _NONE).outcome)
            if sentence is None:
                continue
            severity, words = sentence
            answer = answers.get(_bare(url), _NONE)
            found = finding(
                "answer", severity, words, link, words=name_of(link), url=url, new=answer.leads_to
            )
            yield found.in_variant(version.name)


def _links(version: Version) -> Iterator[HtmlElement]:
    for _, cell in documents.cells(documents.document(version.html)):
        yield from (link for link in documents.elements(cell, "a") if link.get("href"))


def _bare(url: str) -> str:
    return url.partition("#")[0]


def _of_form(url: str) -> tuple[Severity, str] | None:
    scheme, _, rest = url.partition(":")
    if scheme.lower() == "mailto":
        to = unquote(rest.partition("?")[0])
        return None if to and all(mail_addresses(one) == [one] for one in to.split(",")) else _NO_MAIL
    if scheme.lower() == "tel":
        rest = unquote(rest.partition(";")[0])  # RFC 3966: parameters come after
        digits = sum(c.isdigit() for c in rest)
        return None if 3 <= digits <= 15 and not set(rest) - set("0123456789+-.() ") else _NO_NUMBER
    return None


def known(rows: Iterable[tuple[str, str, int | None, str]]) -> dict[str, Answer]:
    """Return answers as they were kept: address, outcome, status, where it leads."""
    return {url: Answer(Outcome(outcome), status, leads_to) for url, outcome, status, leads_to in rows}


_NONE = Answer(Outcome.UNKNOWN)
_NO_MAIL = (
    Severity.WARNING,
    mark("Länken ”{words}” till {url} är ingen mejladress. Skriv adressen som namn@exempel.se."),
)
_NO_NUMBER = (
    Severity.WARNING,
    mark("Länken ”{words}” till {url} är inget telefonnummer. Skriv det med siffror, som +46 8 123 45 67."),
)
_SENTENCES = {
    Outcome.GONE: (
        Severity.WARNING,
        mark("Länken ”{words}” till {url} leder till en sida som inte finns. Rätta den, eller ta bort den."),
    ),
    Outcome.NO_HOST: (
        Severity.WARNING,
        mark("Länken ”{words}” till {url} leder till en webbplats som inte finns. Kontrollera adressen."),
    ),
    Outcome.BAD_CERTIFICATE: (
        Severity.WARNING,
        mark(
            "Länken ”{words}” till {url} har ett trasigt certifikat, och läsarna varnas för sidan. Säg till "
            "den som sköter den, eller länka till en annan."
        ),
    ),
    Outcome.LOOPS: (
        Severity.WARNING,
        mark("Länken ”{words}” till {url} skickar runt läsaren i en ring. Rätta den, eller ta bort den."),
    ),
    Outcome.MOVED: (
        Severity.ADVICE,
        mark("Sidan som länken ”{words}” leder till har flyttat för gott. Byt {url} mot {new}."),
    ),
    Outcome.SLOW: (
        Severity.ADVICE,
        mark("Länken ”{words}” till {url} svarade inte i tid. Öppna den själv och se om den fungerar."),
    ),
}
