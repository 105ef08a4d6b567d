"""What lies on the desk where an issue is put together: sections and items in words, and how it is seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from newsletter.language import sentence
from newsletter.models import Article, Issue, IssueStatus, Item
from newsletter.services import (
    block_requests,
    change_words,
    compositions,
    issues,
    items,
    plans,
    presences,
    previews,
    variants,
)
from newsletter.services import sections as section_service
from newsletter.services.compositions import Happened
from newsletter.services.previews import Reader
from newsletter.web import audience_words
from newsletter.web.issues import STATES
from newsletter.web.looks import Look
from newsletter.web.pages import Site
from newsletter.web.visits import Visit
from subscribers.errors import SentenceError
from subscribers.models import Subscriber
from subscribers.services import members, regions

#: So many people or articles are offered for a search.
_MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class Card:
    """An item on the desk. ``seen_by`` says in words who sees it; ``shown``: in the version looked at."""

    item: Item
    seen_by: str
    shown: bool
    expired: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A section on the desk, with its items. ``name`` is empty for no section."""

    name: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """How the issue is seen now: through whose eyes in words, and the letter's text or why there is none."""

    who: str
    person: Subscriber | None
    text: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything on the page of one issue."""

    issue: Issue
    name: str
    state: str
    day: date | None
    can_change: bool
    takes_blocks: bool
    parts: tuple[Part, ...]
    section_names: Sequence[str]
    regions: Mapping[str, str]
    versions: Sequence[tuple[str, str]]
    sight: Sight
    last: str
    others: Sequence[str]
    candidates: Sequence[Article]
    people: Sequence[Subscriber]


def lay(
    session: Any, site: Site, visit: Visit, issue: Issue, look: Look, *, article: str, person: str
) -> Desk:
    """Lay the desk for somebody. ``article`` and ``person`` are what they search for."""
    names = names_of_regions(session)
    seen = {item.id for item in variants.visible_items(issue, _region_of(session, visit, look))}
    undoable = compositions.undoable(session, scope=visit.scope, issue_id=issue.id)
    can_change = issue.status is IssueStatus.DRAFT
    return Desk(
        issue=issue,
        name=issues.name_of(issue),
        state=STATES[issue.status],
        day=plans.day_of(issue),
        can_change=can_change,
        takes_blocks=block_requests.takes_blocks(issue),
        parts=_parts(issue, names, seen, plans.day_of(issue) or site.today()),
        section_names=section_service.names(issue),
        regions=names,
        versions=versions(session, issue),
        sight=sight(session, site, visit, issue, look),
        last=said_by(undoable) if undoable and can_change else "",
        others=presences.others(
            session, scope=visit.scope, issue_id=issue.id, subscriber_id=visit.person_id, now=site.app.now()
        ),
        candidates=items.candidates(session, issue_id=issue.id, text=article, limit=_MOST_FOUND)
        if can_change
        else (),
        people=members.find(session, scope=visit.scope, text=person, limit=_MOST_FOUND) if person else (),
    )


def names_of_regions(session: Any) -> dict[str, str]:
    """Return the names of the regions by slug, in their order."""
    return {region.slug: region.name for region in regions.all_regions(session)}


def versions(session: Any, issue: Issue) -> list[tuple[str, str]]:
    """Return (slug, name) of one region for each variant of the issue, with the name of the variant."""
    return [(variant.regions[0], variant.name) for variant in variants.planned(session, issue)]


def said_by(happened: Happened) -> str:
    """Return what was done and by whom: ”Karin Ek: ”Våren” togs bort”."""
    words = change_words.said(happened.what, happened.facts)
    return f"{happened.who}: {words}" if happened.who else words[:1].upper() + words[1:]


def reader_of(session: Any, site: Site, visit: Visit, issue: Issue, look: Look) -> Reader:
    """Return through whose eyes somebody looks. Raises ``NotFound`` for a person outside their scope."""
    if look.person is None:
        return Reader(look.region, look.language)
    return previews.reader(session, issue, scope=visit.scope, subscriber_id=look.person, now=site.app.now())


def sight(session: Any, site: Site, visit: Visit, issue: Issue, look: Look) -> Sight:
    """Return how the issue is seen; the text is made only when the text is looked at."""
    person = None
    who = names_of_regions(session).get(look.region, "")
    try:
        if look.person is not None:
            person = members.get(session, scope=visit.scope, subscriber_id=look.person)
            who = person.name
        reader = reader_of(session, site, visit, issue, look)
        if not variants.visible_items(issue, reader.region):
            return Sight(who, person, wrong="empty")
        if look.view != "text":
            return Sight(who, person)
        letter = previews.preview(session, issue, reader, frame=site.app.frame(), now=site.app.now())
        return Sight(who, person, text=letter.text)
    except SentenceError as error:
        return Sight(who, person, wrong=sentence(error))


def _region_of(session: Any, visit: Visit, look: Look) -> str:
    if look.person is None:
        return look.region
    try:
        return members.get(session, scope=visit.scope, subscriber_id=look.person).region_slug or ""
    except SentenceError:
        return ""


def _parts(issue: Issue, names: Mapping[str, str], seen: set[int], day: date) -> tuple[Part, ...]:
    by_article = {item.article_id: _card(item, issue, names, seen, day) for item in issue.items}
    return tuple(Part(run.section, tuple(by_article[key] for key in run.keys)) for run in items.runs(issue))


def _card(item: Item, issue: Issue, names: Mapping[str, str], seen: set[int], day: date) -> Card:
    audience = item.audience.within(item.article.audience)
    within = audience.within(issue.audience) if audience else None
    expires = item.article.expires_on
    return Card(item, audience_words.said(within, names), item.id in seen, bool(expires and expires < day))
