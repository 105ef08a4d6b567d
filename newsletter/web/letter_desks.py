"""What the pages of a region's own letters share: whose letters somebody writes, and a letter as a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from newsletter.core import letter_rules as rules
from newsletter.language import mark
from newsletter.models import RegionalLetter
from newsletter.services import letter_rules, regional_letters, reports
from newsletter.services.regional_letters import Stage, stage_of
from newsletter.services.reports import Figures
from newsletter.web import desks
from newsletter.web.pages import Site
from newsletter.web.sendings import counted
from newsletter.web.visits import Visit
from subscribers.core.authority import Act, Scope, scope_of
from subscribers.errors import NotFound

STAGES = {
    Stage.DRAFT: mark("Utkast"),
    Stage.RETURNED: mark("Tillbaka till dig med en kommentar"),
    Stage.WAITING: mark("Väntar på godkännande"),
    Stage.SCHEDULED: mark("Väntar på sin tid"),
    Stage.MISSED: mark("Missade sin tid"),
    Stage.RELEASED: mark("Skickat"),
    Stage.CANCELLED: mark("Inställt"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A letter in the list. ``figures`` are those of the visitor's own reach; None before it has gone."""

    letter: RegionalLetter
    stage: Stage
    word: str
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class Room:
    """How many letters a region has left this month, and how many it has in all."""

    slug: str
    name: str
    left: int
    monthly: int


def letters_of(visit: Visit) -> Scope:
    """Return the regions whose letters somebody writes and sends; all of them for the officer."""
    return scope_of(visit.roles, Act.SEND)


def regions_of(session: Any, visit: Visit) -> dict[str, str]:
    """Return the regions that somebody writes to, by slug, in their order."""
    names = desks.names_of_regions(session)
    return {slug: name for slug, name in names.items() if visit.may(Act.SEND, slug)}


def found(session: Any, visit: Visit, key: str) -> RegionalLetter:
    """Return a letter of the visitor's. Raises ``NotFound``, the same for one of others'."""
    letter = regional_letters.get(session, scope=letters_of(visit), key=key)
    visit.must(Act.SEND, letter.region_slug)
    return letter


def only_own(session: Any, visit: Visit, region: str) -> str:
    """Return the region that was asked for, or the only one. Raises ``NotFound`` for one of others'."""
    mine = regions_of(session, visit)
    if not region and len(mine) == 1:
        return next(iter(mine))
    if region and region not in mine:
        raise NotFound("Det finns ingen sådan region.")
    return region


def rows(session: Any, visit: Visit, letters: Sequence[RegionalLetter]) -> list[Row]:
    """Return letters as rows, with what became of those that have gone."""
    gone = [each.issue_id for each in letters if stage_of(each) is Stage.RELEASED]
    told = reports.of_issues(session, scope=counted(visit), issue_ids=gone) if gone else {}
    return [
        Row(
            each,
            stage_of(each),
            STAGES[stage_of(each)],
            told[each.issue_id].total if each.issue_id in told else None,
        )
        for each in letters
    ]


def room(session: Any, site: Site, names: Mapping[str, str], *, month: date | None = None) -> list[Room]:
    """Return how many letters each of these regions has left in a month; this one where none is named."""
    zone = site.app.settings.time_zone
    when = month or rules.month_of(site.app.now(), zone)
    return [
        Room(
            slug,
            name,
            letter_rules.left(session, region=slug, month=when, zone=zone),
            letter_rules.of(session, slug).monthly,
        )
        for slug, name in names.items()
    ]
