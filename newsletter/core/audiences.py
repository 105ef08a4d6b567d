"""For whom an article or an item is meant: everyone, or named regions. Never an empty set by mistake."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Audience:
    """Everyone (``regions is None``) or the people of the named regions (slugs, at least one).

    An empty set is refused: "no region" and "all regions" must never be mistaken for each other.
    """

    regions: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if self.regions is not None and not self.regions:
            raise ValueError("an audience of no region reaches nobody; use None for everyone")

    @classmethod
    def of(cls, regions: Iterable[str]) -> "Audience":
        """Build the audience of exactly these regions. Raises ``ValueError`` when there are none."""
        return cls(frozenset(regions))

    def sees(self, region: str | None) -> bool:
        """Tell whether a person of this region (None: a person with no region) belongs to it."""
        return self.regions is None or region in self.regions

    def within(self, other: "Audience") -> "Audience | None":
        """Return those who belong to both; None when nobody does."""
        if self.regions is None:
            return other
        if other.regions is None:
            return self
        common = self.regions & other.regions
        return Audience(common) if common else None

    def dump(self) -> str:
        """Return the stored form: ``*`` or the slugs in order, with commas."""
        return "*" if self.regions is None else ",".join(sorted(self.regions))

    @classmethod
    def load(cls, stored: str) -> "Audience":
        """Read the stored form. Raises ``ValueError`` for an empty one: it is never "everyone"."""
        if stored == "*":
            return EVERYONE
        return cls(frozenset(slug for slug in stored.split(",") if slug))


EVERYONE = Audience(None)
