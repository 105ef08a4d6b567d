"""What somebody has chosen about a register on its way in: from forms to its staged file, and to services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from newsletter.language import _, mark
from newsletter.web.forms import Form
from subscribers.core import fields
from subscribers.core.fields import Field
from subscribers.core.tables import Reading, Table
from subscribers.services.imports import Decisions

#: More members than this are not ended by one press: their number has to be written, too.
MANY_GONE = 10
#: So many values of a column are shown beside it.
_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its place, header, what it holds (a key, or nothing) and some values."""

    at: int
    header: str
    holds: str
    samples: Sequence[str]


def reading(choices: Mapping[str, Any]) -> Reading:
    """Return how the file is to be read."""
    return Reading(
        sheet=choices.get("sheet"),
        columns={
            header: Field(holds) if holds else None for header, holds in choices.get("columns", {}).items()
        },
    )


def decisions(choices: Mapping[str, Any], form: Form) -> Decisions:
    """Return what was decided: which values the file may overwrite, and what becomes of those it lacks."""
    taken = (each.partition(":") for each in form.getlist("take"))
    complete = bool(choices.get("complete"))
    return Decisions(
        take_file=frozenset((int(row), column) for row, _colon, column in taken if row.isdecimal()),
        take_columns=frozenset(form.getlist("take-all")),
        complete=complete,
        end_gone=complete and form.get("gone") == "end",
    )


def chosen(table: Table, form: Form) -> dict[str, Any]:
    """Return the choices that a form makes about this table."""
    known = {each.value for each in Field}
    columns = {}
    for column in columns_of(table):
        holds = form.get(f"c{column.at}", column.holds)
        columns[column.header] = holds if holds in known else ""
    return {"sheet": table.sheet or None, "columns": columns, "complete": form.get("complete") == "yes"}


def columns_of(table: Table) -> list[Column]:
    """Return the columns that have a header, each header once."""
    found: dict[str, Column] = {}
    for at, (header, holds) in enumerate(zip(table.headers, table.columns, strict=True)):
        if header and header.casefold() not in found:
            found[header.casefold()] = Column(at, header, holds.value if holds else "", _samples(table, at))
    return list(found.values())


def field_words() -> list[tuple[str, str]]:
    """Return what a column may hold, as a form offers it."""
    return [("", _(mark("Läses inte")))] + [(each.value, _(fields.header_of(each))) for each in Field]


def _samples(table: Table, at: int) -> list[str]:
    found: dict[str, None] = {}
    for row in table.rows:
        if at < len(row.cells) and row.cells[at]:
            found[row.cells[at][:60]] = None
        if len(found) == _SAMPLES:
            break
    return list(found)
