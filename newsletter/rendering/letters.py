"""A notice on paper: the plain text of the mail, with the address where a window envelope shows it.

The window is the Swedish right-hand one (C5 and E65): the address begins 110 mm from the left and 47 mm from
the top. A person's text is what their mail would have said, without the page where letters are chosen.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter.core.notices import Member
from newsletter.language import _
from newsletter.rendering.paper import QUIET, Paper
from newsletter.rendering.values import PaperLetter

_WINDOW = (110.0, 47.0)
_BODY_TOP = 100.0
_RULE = re.compile(r"^[=\-_*\s]{5,}$")
_UNDERLINE = re.compile(r"^-{3,}$")
_SECTION = re.compile(r"^[=-]{2,} (?P<name>.+?)(?: [=-]{2,})?$")
#: The link at the foot of a mail, and the line that introduces it.
_CHOICES = re.compile(r"\n[^\n]+:\n\S*/p/\S*\n")


def write(letters: Sequence[PaperLetter], *, association: str, dated: datetime, zone: str) -> bytes:
    """Return all letters as one PDF, in their order, each beginning on a page of its own."""
    paper = Paper(title=_("Brev"), foot="", dated=dated)
    for letter in letters:
        paper.add_page()
        _head(paper, letter.member, association, f"{dated.astimezone(ZoneInfo(zone)):%Y-%m-%d}")
        _body(paper, letter.text)
    if not letters:
        paper.add_page()
    return bytes(paper.output())


def _head(paper: Paper, member: Member, association: str, day: str) -> None:
    paper.face(9.5)
    paper.ink(QUIET)
    paper.paragraph(association)
    paper.paragraph(day)
    paper.ink()
    paper.face(11)
    left, top = _WINDOW
    for line in member.postal_lines:
        for part in paper.lines(line, paper.w - left - 10, height=5.2):
            paper.set_xy(left, top)
            paper.cell(0, 5.2, part)
            top += 5.2
    paper.set_xy(paper.l_margin, max(_BODY_TOP, top + 10))


def _body(paper: Paper, text: str) -> None:
    paper.face(10.5)
    lines = _CHOICES.sub("\n", text).strip().splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        section = _SECTION.match(line)
        if section or (line.strip() and _UNDERLINE.match(following)):
            paper.face(10.5, bold=True)
            paper.paragraph(section["name"] if section else line)
            paper.face(10.5)
        elif _UNDERLINE.match(line):
            pass  # the heading above it is bold
        elif line.strip() and _RULE.match(line):
            paper.rule(paper.get_y() + 2.5)
            paper.ln(5)
        elif line.strip():
            paper.paragraph(line)
        else:
            paper.ln(3.2)
