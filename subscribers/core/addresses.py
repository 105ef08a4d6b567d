"""Mail addresses: as people write them, as we compare them, as they go on the wire, as a page shows them.

Three forms of the same address:

    written    Åsa.Öberg@malmö.example         NFC, the domain in U-labels, the local part's case kept
    canonical  åsa.öberg@malmö.example         lower case: what addresses are compared by
    wire       Åsa.Öberg@xn--malm-8qa.example  the domain in A-labels (RFC 5891); a local part outside
                                               ASCII stays as it is and needs SMTPUTF8 (RFC 6531)
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from subscribers.errors import BadAddress

#: Invisible characters that come along when an address is copied out of a page or a spreadsheet.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_STRAY = " \t\r\n\u00a0" + _INVISIBLE

#: The local parts that nearly all people have (a part of RFC 5321's Dot-string), which need no second look.
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
_LONGEST_LOCAL = 64
_LONGEST = 254

#: What stands in place of hidden letters; always as many, so that the length is not told either.
_HIDDEN = "•••"

#: A part shorter than this is hidden whole: its first letter would be too much of it.
_SHORTEST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class MailAddress:
    """An address that mail can be sent to. Made by ``parse`` only."""

    written: str
    canonical: str
    wire: str

    @property
    def needs_smtputf8(self) -> bool:
        """Whether the next server must speak SMTPUTF8 (RFC 6531; rule I1)."""
        return not self.wire.isascii()


def parse(text: str) -> MailAddress:
    """Read an address as people write or paste it.

    White space and invisible characters around it, ``mailto:`` before it, and a name with angle brackets
    around it (``Anna <anna@lund.example>``) are taken off. Nothing is looked up on the network, and domains
    reserved for examples and tests are accepted (RFC 2606). Raises ``BadAddress``.
    """
    tidied = _tidy(text)
    return _parse_plain(tidied) or _parse_fully(tidied)


def _parse_plain(text: str) -> MailAddress | None:
    """Read an address in ASCII as nearly all are; None for any other, and for all that may be wrong.

    Whole registers are read in: the validator is asked for each domain once, and not for each address.
    """
    local, _, domain = text.rpartition("@")
    if len(local) > _LONGEST_LOCAL or len(text) > _LONGEST or not _PLAIN_LOCAL.fullmatch(local):
        return None
    host = _plain_host(domain)
    if host is None:
        return None
    written = text if host == domain else f"{local}@{host}"
    # One string in three places, where it can be: a register holds a hundred thousand of them.
    return MailAddress(written, written if written.islower() else written.lower(), written)


@lru_cache(maxsize=10_000)
def _plain_host(domain: str) -> str | None:
    """Return a domain as the validator writes it; None where it is wrong, or not the same on the wire."""
    if not domain.isascii() or "." not in domain:
        return None
    try:
        checked = _checked(f"a@{domain}")
    except (EmailNotValidError, UnicodeError):
        return None
    return checked.domain if checked.domain == checked.ascii_domain else None


def _parse_fully(text: str) -> MailAddress:
    checked = _validate(text)
    written = checked.normalized
    return MailAddress(
        written=written,
        canonical=unicodedata.normalize("NFC", written.lower()),
        wire=f"{checked.local_part}@{checked.ascii_domain}",
    )


def canonical(text: str) -> str:
    """Return the form that addresses are compared by. Raises ``BadAddress``."""
    return parse(text).canonical


def wire(address: str) -> str:
    """Return the form for the SMTP envelope: the domain in A-labels.

    ``address`` is one that ``parse`` has written; nothing is checked when its domain is ASCII already, so
    that this costs nothing in a release of a million. Raises ``BadAddress`` for an impossible domain.
    """
    domain = address.rpartition("@")[2]
    return address if domain.isascii() else parse(address).wire


def mask(address: str) -> str:
    """Return what a page may show of an address to whoever holds a link: ``a•••@l•••.example``.

    Enough for the owner to know it again. The number of letters is not told; of a name or domain with one
    or two letters nothing is shown, and of the domain only its first letter and its last label. Any text is
    accepted, and never comes back whole.
    """
    local, _, domain = unicodedata.normalize("NFC", address).rpartition("@")
    host, dot, top = domain.rpartition(".")
    return f"{_mask_part(local)}@{_mask_part(host)}{dot}{top if dot else ''}"


def _mask_part(part: str) -> str:
    return (part[0] if len(part) >= _SHORTEST_SHOWN else "") + _HIDDEN


def _tidy(text: str) -> str:
    tidied = text.strip(_STRAY)
    if tidied.endswith(">") and "<" in tidied:
        tidied = tidied[tidied.rindex("<") + 1 : -1].strip(_STRAY)
    if tidied[:7].lower() == "mailto:":
        tidied = tidied[7:]
    return tidied


def _validate(text: str) -> ValidatedEmail:
    _refuse_the_obvious(text)
    try:
        return _checked(text)
    except (EmailNotValidError, UnicodeError) as error:
        raise BadAddress(
            "Det går inte att skicka e-post till {address}. Skriv adressen som namn@exempel.se.",
            address=_shown(text),
        ) from error


def _checked(text: str) -> ValidatedEmail:
    # test_environment lets the reserved domain .test through; .example needs no leave.
    # strict holds the local part to 64 octets (RFC 5321 4.5.3.1.1), which servers do too.
    return validate_email(text, check_deliverability=False, test_environment=True, strict=True)


def _refuse_the_obvious(text: str) -> None:
    if not text:
        raise BadAddress("E-postadressen saknas. Skriv den som namn@exempel.se.")
    if "@" not in text:
        raise BadAddress(
            "{address} är ingen e-postadress: det saknas ett @. Skriv den som namn@exempel.se.",
            address=_shown(text),
        )
    if any(character.isspace() for character in text):
        raise BadAddress(
            "{address} är ingen e-postadress: det står ett mellanslag i den. Ta bort mellanslaget.",
            address=_shown(text),
        )
    if "." not in text.rpartition("@")[2]:
        raise BadAddress(
            "{address} är ingen e-postadress: det saknas en punkt efter @. Skriv den som namn@exempel.se.",
            address=_shown(text),
        )


def _shown(text: str) -> str:
    """Return the text for use inside a sentence: one line, without control characters, not endless."""
    plain = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return plain if len(plain) <= 80 else plain[:79] + "…"
