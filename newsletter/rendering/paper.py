"""Paper: what all our PDFs have in common. A4, one typeface (Fira Sans), and no letter lost in silence.

The typeface has Latin, Greek and Cyrillic. A character that it lacks is written as its number, ``[U+6F22]``:
ugly, but whole, so that a proof still says whose name it is. ``is_legible`` tells beforehand.

The same values give the same bytes: the file's date is given, and nothing is asked of the machine.
"""

import unicodedata
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from fpdf import FPDF

FACE = "Fira"
INK = (28, 26, 24)
QUIET = (110, 104, 98)
HAIRLINE = (200, 194, 186)


class Paper(FPDF):
    """A4 pages in millimetres with our typeface, a foot with page numbers, and text made safe to print."""

    def __init__(self, *, title: str, foot: str, dated: datetime, margin: float = 20) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self.add_font(FACE, "", _file("Regular"))
        self.add_font(FACE, "B", _file("SemiBold"))
        self.set_title(title)
        self.set_lang("sv")
        self.set_creation_date(dated)
        self.set_producer("Rundbrev")
        self.set_margins(margin, margin)
        self.c_margin = 0  # text begins where rules begin
        self.set_auto_page_break(True, margin=margin + 5)
        self.alias_nb_pages()
        self._foot = legible(foot)
        self.ink()

    def ink(self, colour: tuple[int, int, int] = INK) -> None:
        """Write in this colour from here on."""
        self.set_text_color(*colour)

    def face(self, size: float, *, bold: bool = False) -> None:
        """Write in this size (points) from here on."""
        self.set_font(FACE, "B" if bold else "", size)

    def rule(self, y: float | None = None) -> None:
        """Draw a hairline over the measure, here or at ``y`` millimetres."""
        self.set_draw_color(*HAIRLINE)
        self.set_line_width(0.2)
        at = self.get_y() if y is None else y
        self.line(self.l_margin, at, self.w - self.r_margin, at)

    def lines(self, text: str, width: float, *, height: float) -> list[str]:
        """Return the lines that a text takes in a column of this width, in the present face."""
        found: Any = self.multi_cell(width, height, legible(text), dry_run=True, output="LINES", align="L")
        return [str(line) for line in found]

    def paragraph(self, text: str, *, height: float = 5.2, width: float = 0) -> None:
        """Write a paragraph over the measure (or ``width``) and go to the line below it."""
        self.multi_cell(width, height, legible(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        """Write the foot of a page; FPDF calls it."""
        if not self._foot:
            return
        self.set_y(-14)
        self.face(8)
        self.ink(QUIET)
        self.cell(0, 5, self._foot, align="L", new_x="LMARGIN")
        self.cell(0, 5, f"{self.page_no()} ({{nb}})", align="R")
        self.ink()


def legible(text: str) -> str:
    """Return a text as the typeface can print it: NFC, control characters as spaces, and nothing left out."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(map(_printed, composed))


def is_legible(text: str) -> bool:
    """Tell whether the typeface has every character of a text."""
    composed = unicodedata.normalize("NFC", text)
    return all(ord(character) in _characters() or character.isspace() for character in composed)


def _printed(character: str) -> str:
    if ord(character) in _characters() and character.isprintable():
        return character
    if character == "\n":
        return character
    if unicodedata.category(character) in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    return f"[U+{ord(character):04X}]"


@cache
def _characters() -> frozenset[int]:
    with TTFont(_file("Regular")) as regular, TTFont(_file("SemiBold")) as bold:
        return frozenset(regular.getBestCmap()) & frozenset(bold.getBestCmap())


def _file(weight: str) -> Path:
    spec = find_spec("fontpkg_fira_sans")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("fontpkg-fira-sans")  # a dependency: the installation is broken
    return Path(spec.origin).parent / "files" / f"FiraSans-{weight}.ttf"
