"""Tables that people take home: CSV as Swedish spreadsheet programs open it, and no cell is a formula.

rows of raw cells -> defused -> csv_file
"""

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response

from subscribers.core.tables import defuse

#: What personal data is answered with: no copy stays in the browser or on the way.
NOT_KEPT = {"Cache-Control": "no-store"}


def csv_file(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """Return rows as a file called ``name``, the headings first. The caller has defused them."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerows(rows)
    return Response(
        "\ufeff" + written.getvalue(),  # without it, Excel takes å for two other letters
        media_type="text/csv; charset=utf-8",
        headers=attached(name),
    )


def defused(rows: Iterable[Sequence[object]]) -> list[list[object]]:
    """Return rows in which no program takes a text for a formula; numbers stay numbers."""
    return [[_cell(value) for value in row] for row in rows]


def attached(name: str) -> dict[str, str]:
    """Return the headers of a file with personal data. ``name`` is ours and plain ASCII."""
    return {"Content-Disposition": f'attachment; filename="{name}"', **NOT_KEPT}


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    return defuse("".join(letter if letter.isprintable() else " " for letter in value).strip())
