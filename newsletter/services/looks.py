"""What all variants of an issue share and a reviewer says yes to: its look, and whom it is for."""

from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING

from newsletter.core import approvals
from newsletter.core.approvals import Piece
from newsletter.models import Issue

if TYPE_CHECKING:
    from newsletter.rendering.values import Frame

#: What a reviewer is shown each value as; one without a name here goes by its own.
_NAMES = {
    "association": "Föreningens namn",
    "contact": "Svar till",
    "base_url": "Webbadress",
    "postal_address": "Postadress",
    "accent": "Färg",
    "from_address": "Avsändaradress",
    "typeface": "Typsnitt",
    "footer": "Text i foten",
}
#: Told in words of their own, or (sizes, the zone) follows from what an article shows and when it goes.
_APART = ("picture_sizes", "zone", "embedded", "logo")


def of(frame: "Frame") -> Piece:
    """Return the look of an issue that is rendered in this frame by the templates as they are now.

    A value that the frame gets some day is in it without a word here.
    """
    # Here, so that whoever only looks never loads rendering.
    from newsletter.rendering.fingerprints import of_templates

    return approvals.look((*_letterhead(frame), ("Mallar", of_templates())))


def reach_of(issue: Issue, names: dict[str, str]) -> Piece:
    """Return whom an issue is for; ``names`` are the regions' by slug."""
    regions = issue.audience.regions
    facts = (
        ("Lista", issue.mailing_list.name),
        ("Regioner", "" if regions is None else ", ".join(names.get(slug, slug) for slug in sorted(regions))),
        ("Urval", f"{issue.segment.name}: {issue.segment.rule}" if issue.segment else ""),
        ("Avstämningsdag", issue.record_date.isoformat() if issue.record_date else ""),
        ("Sista dag", issue.last_date.isoformat() if issue.last_date else ""),
    )
    return approvals.reach(facts)


def _letterhead(frame: "Frame") -> Iterator[tuple[str, str]]:
    for each in fields(frame):
        if each.name not in _APART:
            yield _NAMES.get(each.name, each.name), str(getattr(frame, each.name))
    if frame.logo is not None:
        yield "Logotyp", f"{frame.logo.file}, {frame.logo.width} × {frame.logo.height}"
    yield "Bilder", "i brevet" if frame.embedded is not None else "på vår adress"
