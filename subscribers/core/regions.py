"""Sweden's counties and municipalities, and the association's regions, as values."""

from dataclasses import dataclass


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
