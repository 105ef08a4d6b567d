"""Mail addresses: as people write them, as we compare them, as they go on the wire, as a page shows them.

Three forms of the same address:

    written    Åsa.Öberg@malmö.example         NFC, the domain in U-labels, the local part's case kept
    canonical  åsa.öberg@malmö.example         lower case: what addresses are compared by
    wire       Åsa.Öberg@xn--malm-8qa.example  the domain in A-labels (RFC 5891); a local part outside
                                               ASCII stays as it is and needs SMTPUTF8 (RFC 6531)
"""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from subscribers.errors import BadAddress

#: Invisible characters that come along when an address is copied out of a page or a spreadsheet.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_STRAY = " \t\r\n\u00a0" + _INVISIBLE

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
    checked = _validate(tidied)
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
        # test_environment lets the reserved domain .test through; .example needs no leave.
        # strict holds the local part to 64 octets (RFC 5321 4.5.3.1.1), which servers do too.
        return validate_email(text, check_deliverability=False, test_environment=True, strict=True)
    except (EmailNotValidError, UnicodeError) as error:
        raise BadAddress(
            "Det går inte att skicka e-post till {address}. Skriv adressen som namn@exempel.se.",
            address=_shown(text),
        ) from error


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
