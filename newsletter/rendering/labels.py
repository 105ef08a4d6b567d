"""Address labels and a list for those whom mail does not reach: XLSX and the table hold all, PDF the labels.

The sheet of labels is the common one with 3 x 8 labels of 70 x 37 mm, edge to edge on A4.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from newsletter.core.notices import Member
from newsletter.language import _
from newsletter.rendering.paper import Paper, is_legible
from newsletter.rendering.proofs import STANDINGS

_ACROSS, _DOWN = 3, 8
_WIDTH, _HEIGHT = 70.0, 37.0
_INSET_X, _INSET_Y, _LINE, _MOST_LINES = 7.0, 7.0, 5.2, 4

#: What a spreadsheet program would take for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def printable(members: Iterable[Member]) -> tuple[Member, ...]:
    """Return those whom a label can be printed for: with a postal address, in letters that the face has."""
    return tuple(
        member
        for member in members
        if member.has_postal_address and all(map(is_legible, member.postal_lines))
    )


def labels(members: Sequence[Member], *, dated: datetime) -> bytes:
    """Return a PDF with a label for each of ``printable(members)``, in their order."""
    paper = Paper(title=_("Adressetiketter"), foot="", dated=dated, margin=0)
    paper.set_auto_page_break(False)
    for number, member in enumerate(printable(members)):
        place = number % (_ACROSS * _DOWN)
        if place == 0:
            paper.add_page()
        down, across = divmod(place, _ACROSS)
        _label(paper, member, across * _WIDTH + _INSET_X, down * _HEIGHT + _INSET_Y)
    if not paper.pages:
        paper.add_page()
    return bytes(paper.output())


def spreadsheet(members: Sequence[Member]) -> bytes:
    """Return everybody as XLSX, in their order: where they live, and why mail does not reach them."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("Brev")
    headings, *rows = table(members)
    sheet.append(headings)
    for row, values in enumerate(rows, start=2):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column)
            cell.value = _storable(value)
            cell.data_type = "s"  # text, whatever it begins with: a name is no formula
            cell.quotePrefix = value.startswith(_FORMULA)
    _dress(sheet, (28, 30, 12, 20, 16, 22, 32, 44))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def table(members: Sequence[Member]) -> list[tuple[str, ...]]:
    """Return everybody as raw cells below their headings; whoever writes them sees to formulas."""
    headings = (
        _("Namn"), _("Gatuadress"), _("Postnummer"), _("Ort"), _("Medlemsnummer"), _("Varför"),
        _("E-post"), _("Anmärkning"),
    )  # fmt: skip
    return [headings, *map(_row, members)]


def _row(member: Member) -> tuple[str, ...]:
    return (
        member.name,
        member.street,
        member.postal_code,
        member.city,
        member.member_number,
        _(STANDINGS[member.standing]),
        member.address,
        _remark(member),
    )


def _remark(member: Member) -> str:
    if not member.has_postal_address:
        return _("Postadress saknas: ring, eller lämna brevet själv.")
    if not printable([member]):
        return _("Etiketten kan inte skrivas ut med alla tecken: skriv den för hand.")
    return ""


def _storable(value: str) -> str:
    # XML 1.0 has no place for these; openpyxl would refuse the whole workbook.
    return "".join(c if c.isprintable() else " " for c in value)


def _dress(sheet: Any, widths: Sequence[int]) -> None:
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"


def _label(paper: Paper, member: Member, left: float, top: float) -> None:
    """Write an address; a line that is too long goes on below, and all get smaller if they are many."""
    room = _WIDTH - 2 * _INSET_X
    size, step = 11.0, _LINE
    lines = _wrapped(paper, member, size, room)
    if len(lines) > _MOST_LINES:
        size, step = 7.5, 3.6
        lines = _wrapped(paper, member, size, room)
    paper.face(size)
    for line in lines:
        paper.set_xy(left, top)
        paper.cell(room, step, line)
        top += step


def _wrapped(paper: Paper, member: Member, size: float, room: float) -> list[str]:
    paper.face(size)
    return [part for line in member.postal_lines for part in paper.lines(line, room, height=_LINE)]
