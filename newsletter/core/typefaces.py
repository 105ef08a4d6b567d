"""Typefaces that readers have already: a mail fetches none, so the association chooses among safe stacks."""

from collections.abc import Mapping
from dataclasses import dataclass

_SANS = "'Segoe UI',-apple-system,Roboto,Helvetica,Arial,sans-serif"
_SERIF = "Georgia,'Times New Roman',serif"


@dataclass(frozen=True, slots=True)
class Faces:
    """The stacks of a mail, as CSS ``font-family`` values: for titles and for running text."""

    title: str
    text: str


#: Every choice, by the name that is stored; the first is what an association has that chose none.
CHOICES: Mapping[str, Faces] = {
    "journal": Faces(_SERIF, _SANS),
    "book": Faces(_SERIF, _SERIF),
    "plain": Faces(_SANS, _SANS),
    "old-style": Faces("'Palatino Linotype',Palatino,'Book Antiqua',Georgia,serif", _SANS),
    "round": Faces("'Trebuchet MS',Tahoma,Verdana,sans-serif", "Verdana,Tahoma,'DejaVu Sans',sans-serif"),
}
USUAL = "journal"


def faces(name: str) -> Faces:
    """Return the stacks of a choice. Raises ``KeyError`` for a name that is none."""
    return CHOICES[name]
