"""The style page: every part that pages are made of, in each of its states, to look at on one page.

GET, HEAD /stil    in the demo, on the machine itself; nowhere else

What it says of colours it reads from the style sheet itself, so it cannot say anything else.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.widgets import CheckboxInput, ListWidget

from newsletter.core import colours
from newsletter.language import _, mark
from newsletter.web.fields import Needed, Questions
from newsletter.web.forms import Form
from newsletter.web.gate import LocalOnly, Pages
from newsletter.web.pages import STATIC, TheSite
from newsletter.web.reports import Bar

pages = Pages()

_BLOCK = re.compile(r":root \{(.*?)\n\s*\}", re.DOTALL)
_COLOUR = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
#: What stands on the paper and must be told from it, and how well: text (WCAG 1.4.3), and edges (1.4.11).
_LEAST = {"ink": 4.5, "muted": 4.5, "accent": 4.5, "on-accent": 4.5, "wrong": 4.5, "edge": 3.0}

#: Parts of a bar, as ``bar`` and ``totals`` take them.
_PARTS = (
    (mark("Överlämnade"), "accepted", 380),
    (mark("Kvar att skicka"), "open", 64),
    (mark("Återstår att reda ut"), "trouble", 12),
    (mark("Utanför"), "apart", 44),
)
#: Issues in a chart, in its units.
_BARS = (Bar(0, 60, 6, "1", 1), Bar(40, 82, 2, "2", 2), Bar(80, 48, 0, "3", 3), Bar(120, 90, 5, "4", 4))
_CHOICES = [SelectChoice("one", mark("Det ena")), SelectChoice("other", mark("Det andra"))]


class Example(Questions):
    """A question of each kind."""

    name = StringField(mark("Namn"), [Needed()])
    text = TextAreaField(mark("Text"))
    day = DateField(mark("Datum"))
    kind = SelectField(mark("Slag"), choices=_CHOICES)
    way = RadioField(mark("Sätt"), choices=_CHOICES)
    some = SelectMultipleField(
        mark("Några"),
        choices=_CHOICES,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    sure = BooleanField(mark("Ja, det är jag säker på"))


@dataclass(frozen=True, slots=True)
class Token:
    """A colour by day and by night, and how well each is told from what it stands on.

    ``least`` is how well it must be; None where nothing is asked.
    """

    name: str
    by_day: str
    by_night: str
    contrast_by_day: float
    contrast_by_night: float
    least: float | None


@dataclass(frozen=True, slots=True)
class _Token:
    token: str


@pages.shows("/stil", to=LocalOnly())
def show(request: Request, site: TheSite) -> Response:
    """Show every part."""
    if not site.app.is_demo:
        raise HTTPException(404)
    accent = site.app.current().accent_color
    wrong = Example(Form([("name", " "), ("kind", "one"), ("way", "one")]))
    wrong.validate()
    return site.page(
        request,
        "style/page.html",
        tokens=list(_tokens(accent)),
        asked=Example(),
        wrong=wrong,
        parts=[(_(word), kind, count) for word, kind, count in _PARTS],
        bars=_BARS,
        sent=_Token("a-token-of-the-session"),
    )


def sheet_colours() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the colours of the style sheet by name, those by day and those by night."""
    by_day, by_night = _BLOCK.findall((STATIC / "style.css").read_text("utf-8"))[:2]
    return dict(_COLOUR.findall(by_day)), dict(_COLOUR.findall(by_night))


def _tokens(accent: str) -> Iterator[Token]:
    by_day, by_night = sheet_colours()
    by_day = {**by_day, "accent": colours.day(accent).accent, "on-accent": colours.day(accent).paper}
    by_night = {**by_night, "accent": colours.night(accent).accent, "on-accent": colours.night(accent).paper}
    for name, light in by_day.items():
        dark, ground = by_night[name], "accent" if name == "on-accent" else "paper"
        yield Token(
            name,
            light,
            dark,
            colours.contrast(light, by_day[ground]),
            colours.contrast(dark, by_night[ground]),
            _LEAST.get(name),
        )
