"""Sweden's counties and municipalities, and the association's regions, as values.

A member's municipality gives the county, and the county gives the region. ``Gazetteer`` knows them by the
names that people write.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from subscribers.core import names


@dataclass(frozen=True, slots=True)
class RegionFact:
    """A region of the association."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class CountyFact:
    """A county: two-digit code, short and full name, and the slug of its region."""

    code: str
    name: str
    full_name: str
    region: str


@dataclass(frozen=True, slots=True)
class MunicipalityFact:
    """A municipality: four-digit code, name, and its county's code."""

    code: str
    name: str
    county_code: str


#: Names whose genitive is not made with an s: what the municipality calls itself.
_GENITIVES = {"Falun": "Falu"}

#: The one municipality that is also a regional council, and calls itself so.
_ALSO_CALLED = {"Gotland": ("Region Gotland", "Gotlands region")}

_KINDS = ("kommun", "stad")


class Gazetteer:
    """Finds municipalities and regions by the names people write, and follows them to their region.

    Build it from the facts as they stand in the database: an association may move counties. Raises
    ``ValueError`` when two municipalities would be known by the same words, or one has no county.
    """

    def __init__(
        self,
        regions: Iterable[RegionFact],
        counties: Iterable[CountyFact],
        municipalities: Iterable[MunicipalityFact],
    ) -> None:
        self.regions = tuple(regions)
        self._counties = {county.code: county for county in counties}
        self._municipalities = {m.code: m for m in municipalities}
        self._regions_by_form = {
            form: region for region in self.regions for form in (_plain(region.slug), _plain(region.name))
        }
        self._by_form: dict[str, MunicipalityFact] = {}
        for municipality in self._municipalities.values():
            self._learn(municipality)

    def municipality(self, text: str) -> MunicipalityFact | None:
        """Recognise a municipality; None for anything else.

        Known are, in any case and spacing, composed or decomposed: "Lund", "Lund kommun", "Lunds kommun",
        "Kommunen Lund", "Malmö stad", "Stockholms stad", "Falu kommun", "Region Gotland", and the four-digit
        code (also without the leading zero that a spreadsheet takes away). The name of a county or of a
        region is no municipality, unless one is called the same.
        """
        return self._by_form.get(_plain(text))

    def municipality_by_code(self, code: str) -> MunicipalityFact | None:
        """Return the municipality with this four-digit code; None for an unknown one."""
        return self._municipalities.get(code)

    def county_of(self, municipality: MunicipalityFact) -> CountyFact:
        """Return the county that a municipality lies in."""
        return self._counties[municipality.county_code]

    def region_of(self, municipality: MunicipalityFact) -> str:
        """Return the slug of the region that a municipality belongs to, by its county."""
        return self.county_of(municipality).region

    def region(self, text: str) -> RegionFact | None:
        """Recognise a region by its slug or name, with or without the word "region"; None if unknown."""
        plain = _plain(text)
        return self._regions_by_form.get(plain) or self._regions_by_form.get(plain.removeprefix("region "))

    def _learn(self, municipality: MunicipalityFact) -> None:
        if municipality.county_code not in self._counties:
            raise ValueError(f"{municipality.name} lies in no known county")
        for form in _plain_forms(municipality):
            known = self._by_form.setdefault(form, municipality)
            if known is not municipality:
                raise ValueError(f"{form!r} may be {known.name} or {municipality.name}")


def forms(municipality: MunicipalityFact) -> Iterator[str]:
    """Yield what people may write for a municipality: names, genitives, and its code."""
    name = municipality.name
    yield name
    yield from _ALSO_CALLED.get(name, ())
    yield f"kommunen {name}"
    for kind in _KINDS:
        yield f"{name} {kind}"
        yield f"{genitive(name)} {kind}"
        yield f"{names.genitive(name)} {kind}"
    yield municipality.code
    yield municipality.code.lstrip("0")


@lru_cache(maxsize=500)  # Sweden's municipalities are 290, and every page with places asks for all of them
def _plain_forms(municipality: MunicipalityFact) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_plain, forms(municipality))))


def genitive(name: str) -> str:
    """Return a place name's genitive as its municipality writes it: Härnösand, Härnösands; Falun, Falu."""
    return _GENITIVES.get(name) or names.genitive(name)


def _plain(text: str) -> str:
    """Fold case, composition, hyphens and slashes, and white space; drop stray marks around the text."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return " ".join(re.sub(r"[-‐‑–/\s]+", " ", folded).strip(" .,;:\"'\ufeff").split())
