"""For whom something is meant, in words: ”alla”, ”bara Skåne”, ”alla regioner utom Norra”."""

from collections.abc import Mapping

from babel.lists import format_list

from newsletter import language
from newsletter.core.audiences import Audience
from newsletter.language import _

#: With so few left out, those are named instead of all the others.
_FEW = 2


def said(audience: Audience | None, names: Mapping[str, str]) -> str:
    """Return an audience in words, in the current language. ``names`` has all regions, in their order.

    None is an audience that nobody belongs to.
    """
    if audience is None:
        return _("ingen")
    if audience.regions is None:
        return _("alla")
    without = [name for slug, name in names.items() if slug not in audience.regions]
    if not without:
        return _("alla som hör till en region")
    if len(without) <= _FEW < len(audience.regions):
        return _("alla regioner utom {regions}").format(regions=listed(without))
    within = [name for slug, name in names.items() if slug in audience.regions]
    return _("bara {regions}").format(regions=listed(within))


def listed(words: list[str]) -> str:
    """Return words in a row, with an ”och” before the last."""
    return format_list(words, locale=language.current())
