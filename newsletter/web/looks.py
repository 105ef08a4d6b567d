"""How somebody looks at an issue while it is put together: through whose eyes, how wide, by day or night.

It stands in the address, so that it can be linked to and kept while the issue changes:

    version  a region's slug, "" for people with none      som     a person's id
    sprak    sv, en                                        bredd   phone, desktop
    lage     light, dark                                   visa    letter, text
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from newsletter.language import LANGUAGES
from newsletter.web.preview import SCHEMES

WIDTHS = ("phone", "desktop")
VIEWS = ("letter", "text")
_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at an issue. ``person`` comes before ``region`` and ``language``, which are theirs."""

    region: str = ""
    person: int | None = None
    language: str = "sv"
    width: str = "phone"
    scheme: str = "light"
    view: str = "letter"

    def query(self, **changes: Any) -> dict[str, str]:
        """Return the look as fields of an address, with some things changed; what is usual is left out."""
        wanted = replace(self, **changes)
        fields = {
            "version": wanted.region,
            "som": str(wanted.person or ""),
            "sprak": wanted.language,
            "bredd": wanted.width,
            "lage": wanted.scheme,
            "visa": wanted.view,
        }
        return {name: value for name, value in fields.items() if value and value != _USUAL.get(name)}

    def address(self, **changes: Any) -> str:
        """Return it as the end of an address: ``?version=skane``, or nothing for the usual look."""
        fields = self.query(**changes)
        return f"?{urlencode(fields)}" if fields else ""


_USUAL = {"sprak": "sv", "bredd": "phone", "lage": "light", "visa": "letter"}


def read(fields: Mapping[str, str]) -> Look:
    """Read a look from the fields of an address; what makes no sense is the usual."""
    return Look(
        region=fields.get("version", "")[:40],
        person=number(fields.get("som", "")),
        language=_one_of(LANGUAGES, fields.get("sprak", "")),
        width=_one_of(WIDTHS, fields.get("bredd", "")),
        scheme=_one_of(SCHEMES, fields.get("lage", "")),
        view=_one_of(VIEWS, fields.get("visa", "")),
    )


def carried(text: str) -> Look:
    """Read a look that a form carried along as the end of an address."""
    return read(dict(parse_qsl(text[:400].removeprefix("?"))))


def number(text: str) -> int | None:
    """Read an id, or a number of the kind; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    return int(text) if 0 < int(text) <= _LARGEST_ID else None


def _one_of(choices: tuple[str, ...], wanted: str) -> str:
    return wanted if wanted in choices else choices[0]
