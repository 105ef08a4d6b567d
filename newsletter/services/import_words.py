"""How an import is told, wherever it is told: what each row is, what stays as it is, and what to mend."""

from collections.abc import Iterable, Mapping
from datetime import date

from newsletter.language import _, mark
from subscribers.core.fields import Field, header_of
from subscribers.core.importing import Problem, RegisterRow, Weight
from subscribers.core.plans import PREFERRED, Block, Change, Word, column_of
from subscribers.core.tables import Notice
from subscribers.services.imports import ImportReport

DELIMITERS = {";": mark("semikolon"), ",": mark("komma"), "\t": mark("tabb")}

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "mac-roman": "Mac Roman",
}

WEIGHTS = {
    Weight.ROW_SKIPPED: mark("raden lästes inte"),
    Weight.VALUE_SKIPPED: mark("cellen lästes inte"),
    Weight.LOOK: mark("se efter"),
}

BLOCKS = {
    Block.DECLINED: mark("har tackat nej"),
    Block.SUPPRESSED: mark("adressen är spärrad"),
    Block.DECEASED: mark("avliden"),
}

_SAID_BY = {"member": mark("medlemmen"), "person": mark("någon med uppdrag")}

#: Columns of a person that follow from others, and are not shown.
_FOLLOWING = frozenset({"sort_key"})

_COLUMNS = {column_of(field): header_of(field) for field in reversed(Field)} | {
    "placed_by_hand": mark("Placerad för hand"),
    "placement_reason": mark("Skäl till placeringen"),
}


def column_name(column: str) -> str:
    """Return what people call a field of a person ("family_name": "Efternamn")."""
    return _(_COLUMNS.get("email" if column == PREFERRED else column, _COLUMNS.get(column, column)))


def said_by(set_by: str) -> str:
    """Return what people call the one who set a value, where no name is known."""
    return _(_SAID_BY.get(set_by, set_by))


def sayer(word: Word) -> str:
    """Return who set a value here: by name where one is known, which a pseudonym is not."""
    is_name = word.actor and not word.actor.startswith("person ")
    return word.actor if is_name else said_by(word.said_by)


def read_as(report: ImportReport) -> str:
    """Return how the file was read, in a sentence."""
    if report.table.sheet:
        said = _("{file}: {rows} rader, {kind}, bladet {sheet}.")
    else:
        said = _("{file}: {rows} rader, {encoding}, {delimiter} mellan kolumnerna.")
    return said.format(
        file=report.file,
        rows=report.rows,
        kind=report.encoding.upper(),
        sheet=report.table.sheet,
        encoding=ENCODINGS.get(report.encoding, report.encoding),
        delimiter=_(DELIMITERS.get(report.delimiter, report.delimiter)),
    )


def noticed(notices: Iterable[Notice]) -> list[str]:
    """Return what whoever reads a file in should know of it as a whole."""
    return [_(notice.what).format(**notice.facts) for notice in notices]


def differences(change: Change) -> Mapping[str, Mapping[str, str | None]]:
    """Return old and new of each field that a row changes; an address is new beside those there are."""
    found = {
        column: {"old": _text(change.old[column]), "new": _text(value)}
        for column, value in change.values.items()
        if column not in _FOLLOWING
    }
    if change.new_addresses:
        new = ", ".join(each.address.written for each in change.new_addresses)
        found[PREFERRED if change.prefer_first else "email_other"] = {"old": None, "new": new}
    return found


def name_in(row: RegisterRow) -> str:
    """Return a person's name as the file has it."""
    return f"{row.given_name} {row.family_name}".strip()


def addresses_in(row: RegisterRow) -> str:
    """Return a row's addresses, one after another."""
    return ", ".join(each.address.written for each in row.addresses)


def why(problem: Problem) -> str:
    """Say what is wrong."""
    return _(problem.why).format(**problem.facts)


def mend(problem: Problem) -> str:
    """Say how it is mended."""
    return _(problem.mend).format(**problem.facts)


def _text(value: str | date | None) -> str | None:
    return str(value) if value else None
