"""What the association has set about itself on the page; it stands over the settings in files.

overrides   what is set, by the names of the settings
keep        sets it, with a sentence about each answer that cannot be
logo        the picture at the top of mails and pages, and set_logo
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from newsletter.core import headers, typefaces
from newsletter.core.logos import Logo
from newsletter.errors import HeaderRefused, SettingsError
from newsletter.models import Organisation

#: The settings that can be set here, by their names in ``Settings``.
NAMES = (
    "association_name",
    "accent_color",
    "typeface",
    "footer_text",
    "pictures",
    "postal_address",
    "contact_address",
    "send_grace_minutes",
    "send_head_start_minutes",
)
_LONGEST_NAME = 120
_LONGEST_ADDRESS = 300
_LONGEST_WAIT = 1440
_LONGEST_FOOTER = 500
#: Where the pictures of letters may lie.
PLACES = ("hosted", "embedded")
_ROW = 1


def overrides(session: Session) -> dict[str, str | int]:
    """Return what is set, by setting; what is not there is as in the files."""
    row = session.get(Organisation, _ROW)
    found = {name: getattr(row, name) for name in NAMES} if row else {}
    return {name: value for name, value in found.items() if value is not None}


def keep(
    session: Session, *, given: Mapping[str, str], standing: Mapping[str, str | int], now: datetime
) -> list[str]:
    """Set what people have written (by setting), and return the names of what is different afterwards.

    ``standing`` is what the files say: an answer that is the same, or empty, follows them. Raises
    ``SettingsError`` for an answer that cannot be; then nothing is set.
    """
    read = {name: _read(name, given.get(name, "")) for name in NAMES}
    wanted = {name: None if value == standing[name] else value for name, value in read.items()}
    before = overrides(session)
    changed = [name for name in NAMES if wanted[name] != before.get(name)]
    if changed:
        row = session.get(Organisation, _ROW) or Organisation(id=_ROW)
        for name in changed:
            setattr(row, name, wanted[name])
        row.changed_at = now
        session.add(row)
        session.flush()
    return changed


def logo(session: Session) -> Logo | None:
    """Return the association's logo; None where it has none."""
    row = session.get(Organisation, _ROW)
    if row is None or not (row.logo_file and row.logo_width and row.logo_height):
        return None
    return Logo(row.logo_file, row.logo_width, row.logo_height)


def set_logo(session: Session, *, chosen: Logo | None, now: datetime) -> bool:
    """Set the logo, or take it away; tell whether that changed anything.

    The file itself stays where it is: mails that have gone show it.
    """
    if logo(session) == chosen:
        return False
    row = session.get(Organisation, _ROW) or Organisation(id=_ROW)
    row.logo_file = chosen.file if chosen else None
    row.logo_width = chosen.width if chosen else None
    row.logo_height = chosen.height if chosen else None
    row.changed_at = now
    session.add(row)
    session.flush()
    return True


def _read(name: str, written: str) -> str | int | None:
    text = written.strip()
    if not text:
        return None
    match name:
        case "association_name":
            return _line(text, _LONGEST_NAME, "name")
        case "postal_address":
            return _line(text, _LONGEST_ADDRESS, "address")
        case "accent_color":
            return _colour(text)
        case "footer_text":
            return _line(text, _LONGEST_FOOTER, "footer")
        case "typeface" | "pictures":
            return _one_of(text, tuple(typefaces.CHOICES) if name == "typeface" else PLACES)
        case "contact_address":
            return _contact(text)
    return _minutes(text)


def _line(text: str, most: int, kind: str) -> str:
    if text.isprintable() and len(text) <= most:
        return text
    if kind == "name":
        raise SettingsError(
            "Föreningens namn ska stå på en rad, utan styrtecken, med högst {most} tecken.", most=most
        )
    if kind == "footer":
        raise SettingsError(
            "Orden i sidfoten ska stå på en rad, utan styrtecken, med högst {most} tecken.", most=most
        )
    raise SettingsError(
        "Postadressen ska stå på en rad, med komma mellan delarna, utan styrtecken och med högst {most} "
        "tecken.",
        most=most,
    )


def _colour(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise SettingsError("Skriv färgen som # och sex tecken, siffror eller a till f, som #8a3324.")
    return text.lower()  # what is drawn is brought to a legal contrast, by day and by night


def _one_of(text: str, choices: Sequence[str]) -> str:
    if text not in choices:
        raise SettingsError("Välj ett av alternativen på sidan.")
    return text


def _contact(text: str) -> str:
    try:
        if not text.isprintable():
            raise EmailNotValidError
        found = validate_email(text, check_deliverability=False, test_environment=True).normalized
        headers.address("", found)
    except (EmailNotValidError, HeaderRefused):
        raise SettingsError(
            "Kontaktadressen ska vara en e-postadress, som styrelsen@foreningen.se."
        ) from None
    return found


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= _LONGEST_WAIT):
        raise SettingsError("Skriv väntan i hela minuter, från 0 till {most}.", most=_LONGEST_WAIT)
    return int(text)
