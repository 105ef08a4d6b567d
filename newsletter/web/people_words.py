"""What the register's columns and values are called on the pages."""

from newsletter.language import _, mark
from subscribers.core.fields import Field, header_of
from subscribers.core.plans import PREFERRED, column_of
from subscribers.models import AddressKind, SetBy, SuppressionReason

KINDS = {
    AddressKind.WORK: mark("arbete"),
    AddressKind.PRIVATE: mark("privat"),
    AddressKind.OTHER: mark("annan"),
}

SET_BY = {
    SetBy.FILE: mark("en inläst fil"),
    SetBy.MEMBER: mark("personen själv"),
    SetBy.PERSON: mark("någon med uppdrag"),
    SetBy.SYSTEM: mark("följer av annat"),
}

REASONS = {
    SuppressionReason.BOUNCED: mark("brev har studsat"),
    SuppressionReason.COMPLAINED: mark("har anmält brev som skräppost"),
    SuppressionReason.BY_HAND: mark("spärrad för hand"),
    SuppressionReason.IMPORTED: mark("hade lämnat tidigare brev"),
    SuppressionReason.HELD: mark("väntar på besked om hela domänen"),
}

_COLUMNS = {column_of(field): header_of(field) for field in reversed(Field)} | {
    "placed_by_hand": mark("Placerad för hand"),
    "placement_reason": mark("Skäl till placeringen"),
    "deceased_on": mark("Avliden"),
    "follows_all_regions": mark("Följer alla regioner"),
    "person": mark("Personen"),
    "sort_key": mark("Ordning"),
    PREFERRED: mark("Adressen som breven går till"),
}


def column_name(column: str) -> str:
    """Return what people call a field of a person ("family_name": "Efternamn")."""
    for beginning, words in (
        ("list:", mark("Lista")),
        ("tag:", mark("Tagg")),
        ("address:", mark("Adress")),
        ("follows:", mark("Följer")),
    ):
        if column.startswith(beginning) and column not in _COLUMNS:
            return _(words)
    return _(_COLUMNS.get(column, column))
