"""The first page: where the next issue stands, what to see to, what goes when, and how the last ones went.

Everybody sees their own reach: a lead the own region, a reader the counts. Every number stands in a table or
in words; what is drawn beside it only says the same once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from fastapi import Request
from starlette.responses import Response

from newsletter import language
from newsletter.core.crowding import Crowd
from newsletter.language import _, mark, ngettext
from newsletter.mail import spool
from newsletter.models import Block, Issue, IssueKind, IssueStatus
from newsletter.services import (
    attention,
    block_overviews,
    block_words,
    blocks,
    calendars,
    contributions,
    issues,
    plans,
    regional_letters,
    reports,
    reviews,
)
from newsletter.services.attention import Kind, Matter
from newsletter.services.blocks import Standing
from newsletter.services.calendars import Calendar, Entry
from newsletter.services.contributions import Contribution
from newsletter.services.reports import IssueReport
from newsletter.services.reviews import ReviewState
from newsletter.services.role_words import ROLES
from newsletter.web import audience_words, desks, letter_desks
from newsletter.web.gate import Pages, SignedIn
from newsletter.web.issues import STATES
from newsletter.web.pages import Site, TheSite
from newsletter.web.sending_views import ROWS
from newsletter.web.sendings import counted
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act, Everything, Scope, SomeRegions

pages = Pages()

#: So many of the last issues are shown, and so many weeks of the calendar.
MOST_SHOWN = 6
_WEEKS_BACK, _WEEKS_AHEAD = 2, 10
#: Of regions without a lead, so many are named.
_MOST_NAMED = 3

#: The line from the first plan to the last letter, in its order.
STEPS = (mark("Planerat"), mark("Sätts ihop"), mark("Schemalagt"), mark("Skickas"), mark("Skickat"))

#: The step of an issue that somebody is asked to review, and where it stands on the line.
_REVIEWED, _REVIEWED_AT = mark("Granskas"), 2

_REVIEWS = {
    ReviewState.ASKED: mark("Numret är på granskning."),
    ReviewState.OBJECTED: mark("Det som granskarna har skrivit väntar på svar."),
    ReviewState.APPROVED: mark("Granskarna har godkänt allt."),
}

_MATTERS = {
    Kind.MISSED: mark("{issue} missade sin tid och väntar på dig."),
    Kind.EXPIRED: mark("”{title}” går ut {day}, innan {issue} går."),
    Kind.ROLE_ENDS: mark("{name} är {role} till och med {day}."),
    Kind.HELD: mark("{count} adresser på {domain} har studsat. Säg vad som gäller för dem."),
    Kind.ONE_ADMINISTRATOR: mark("Bara en person är administratör. Utse en till, så blir ingen utelåst."),
}


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next issue: how far it has come on its line (an index of ``steps``), and the regions' parts.

    ``review`` says in a sentence how its review stands, where it has one.
    """

    issue: Issue
    name: str
    state: str
    steps: Sequence[str]
    reached: int
    review: str
    day: date | None
    late: bool
    regions: Sequence[Contribution]
    takes_blocks: bool

    @property
    def handed_in(self) -> int:
        """How many regions have something of their own in it."""
        return sum(bool(each.titles) for each in self.regions)


@dataclass(frozen=True, slots=True)
class Own:
    """A block that the visitor's own region is asked for, and whether it can be written."""

    block: Block
    region: str
    called: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Went:
    """One of the last issues: (word, kind, count) for the bar and the table."""

    report: IssueReport
    parts: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the calendar: its Monday, and what goes in it with the words for whom."""

    monday: date
    entries: Sequence[tuple[Entry, str, str]]
    is_now: bool


@pages.shows("/", to=SignedIn())
def start(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show how things stand."""
    scope, today = counted(visit), site.today()
    monday = today - timedelta(days=today.weekday())
    first, last = monday - timedelta(weeks=_WEEKS_BACK), monday + timedelta(weeks=_WEEKS_AHEAD, days=-1)
    with site.app.readers() as session:
        names = {"": _("utan region"), **desks.names_of_regions(session)}
        calendar = calendars.sends(session, scope=scope, first=first, last=last)
        return site.page(
            request,
            "start/page.html",
            visit=visit,
            ahead=_ahead(session, site, scope),
            own=_own(session, visit, today),
            matters=[
                _matter(each, visit)
                for each in (
                    *_set_aside(site, visit),
                    *attention.matters(session, scope=visit.scope, today=today),
                )
            ],
            went=[_went(report) for report in reports.latest(session, scope=scope, limit=MOST_SHOWN)],
            weeks=_weeks(calendar, names, first, today),
            crowds=[_crowd(crowd, calendar, names) for crowd in calendar.crowds],
            writes=visit.may(Act.WRITE),
            sends=visit.may(Act.SEND),
            room=letter_desks.room(session, site, letter_desks.regions_of(session, visit))
            if visit.regions and not visit.may(Act.SEND)
            else [],
            to_approve=regional_letters.find_waiting(session, scope=letter_desks.letters_of(visit))
            if visit.may(Act.SEND)
            else [],
            sees_something=scope != SomeRegions(frozenset()),
        )


def _ahead(session: Any, site: Site, scope: Scope) -> Ahead | None:
    within = scope.regions if isinstance(scope, SomeRegions) else None
    issue = plans.coming(session, within=within)
    if issue is None:
        return None
    review = reviews.state_of(session, issue, frame=site.app.frame)
    return Ahead(
        issue=issue,
        name=issues.name_of(issue),
        state=STATES[issue.status],
        steps=steps_of(review),
        reached=step_of(issue, review),
        review=_REVIEWS.get(review, "") if review else "",
        day=plans.day_of(issue),
        late=issue.deadline is not None and issue.deadline < site.today(),
        regions=contributions.of_regions(session, issue=issue, within=within),
        takes_blocks=issue.kind is IssueKind.ORDINARY,
    )


def _own(session: Any, visit: Visit, today: date) -> list[Own]:
    found = block_overviews.own(session, within=visit.regions, today=today)
    return [
        Own(block, block.named.name, block_words.issue_called(block.issue),
            blocks.standing(session, block, today=today) is Standing.OPEN)
        for block in found
    ]  # fmt: skip


def steps_of(review: ReviewState | None) -> Sequence[str]:
    """Return the steps of an issue: one more where somebody reviews it."""
    if review is None:
        return STEPS
    return (*STEPS[:_REVIEWED_AT], _REVIEWED, *STEPS[_REVIEWED_AT:])


def step_of(issue: Issue, review: ReviewState | None = None) -> int:
    """Return how far an issue has come, as an index of its ``steps_of``."""
    later = 0 if review is None else 1
    match issue.status:
        case IssueStatus.DRAFT if review is not None:
            return _REVIEWED_AT
        case IssueStatus.DRAFT | IssueStatus.CANCELLED:
            return 1 if issue.items else 0
        case IssueStatus.SCHEDULED | IssueStatus.MISSED:
            return 2 + later
    return (3 if issue.summarised_at is None else 4) + later


def _went(report: IssueReport) -> Went:
    parts = ((_(word), kind, sum(map(report.total.of, states))) for word, kind, states in ROWS)
    return Went(report, tuple(part for part in parts if part[2]))


def _weeks(calendar: Calendar, names: Mapping[str, str], first: date, today: date) -> list[Week]:
    weeks = []
    for number in range(_WEEKS_BACK + _WEEKS_AHEAD):
        monday = first + timedelta(weeks=number)
        entries = [
            (entry, _(STATES[entry.status]), _to(entry.regions, names))
            for entry in calendar.entries
            if monday <= entry.day < monday + timedelta(days=7)
        ]
        weeks.append(Week(monday, entries, monday <= today < monday + timedelta(days=7)))
    return weeks


def _to(regions: frozenset[str], names: Mapping[str, str]) -> str:
    if regions >= names.keys():
        return _("alla")
    return audience_words.listed([name for slug, name in names.items() if slug in regions])


def _crowd(crowd: Crowd, calendar: Calendar, names: Mapping[str, str]) -> str:
    told = ngettext(
        "{regions} skulle få {count} brev på en dag: {issues}.",
        "{regions} skulle få {count} brev på {days} dagar: {issues}.",
        (crowd.last - crowd.first).days + 1,
    )
    who = _to(crowd.regions, names)
    return told.format(
        regions=who[:1].upper() + who[1:],
        count=len(crowd.keys),
        days=(crowd.last - crowd.first).days + 1,
        issues=audience_words.listed([calendar.names[key] for key in crowd.keys]),
    )


def _set_aside(site: Site, visit: Visit) -> list[Matter]:
    """Return the mails that could not be taken in: whose they are is not known, so not for one region."""
    count = len(spool.aside(site.app.paths.inbound)) if isinstance(visit.scope, Everything) else 0
    return [Matter(Kind.SET_ASIDE, "/inkorg", {"count": count})] if count else []


def _matter(matter: Matter, visit: Visit) -> tuple[str, str]:
    """Return what to see to in a sentence, and the address of where; empty for whom it is not open."""
    facts = {name: _fact(value) for name, value in matter.facts.items()}
    match matter.kind:
        case Kind.UNKNOWN:
            words = ngettext(
                "Av {issue} är ett brev ovisst: ingen vet om det kom fram.",
                "Av {issue} är {count} brev ovissa: ingen vet om de kom fram.",
                matter.facts["count"],
            )
        case Kind.ADDRESS_CHANGES:
            words = ngettext(
                "En person väntar på att få sin nya adress godkänd.",
                "{count} personer väntar på att få sina nya adresser godkända.",
                matter.facts["count"],
            )
        case Kind.ANSWERS:
            words = ngettext(
                "Ett brev väntar på svar.", "{count} brev väntar på svar.", matter.facts["count"]
            )
        case Kind.CALLS:
            words = ngettext(
                "En person behöver någon ringa eller skriva till: breven kommer inte fram.",
                "{count} personer behöver någon ringa eller skriva till: breven kommer inte fram.",
                matter.facts["count"],
            )
        case Kind.SET_ASIDE:
            words = ngettext(
                "Ett mejl som kom in gick inte att läsa in. Den som sköter servern ser det med "
                "rundbrev inbound aside.",
                "{count} mejl som kom in gick inte att läsa in. Den som sköter servern ser dem med "
                "rundbrev inbound aside.",
                matter.facts["count"],
            )
        case Kind.NAMED_ON_WEB:
            words = ngettext(
                "En artikel på webben nämner någon som är raderad. Ta ställning till den.",
                "{count} artiklar på webben nämner någon som är raderad. Ta ställning till dem.",
                matter.facts["count"],
            )
        case Kind.NOTICE:
            words = "{sentence}"  # which its service has said already
        case Kind.NO_LEAD:
            words = _without_lead(matter.facts["regions"])
        case Kind.BLOCKS:
            words = _without_block(matter.facts["regions"])
        case kind:
            words = _(_MATTERS[kind])
    facts.setdefault("count", len(matter.facts.get("regions", ())))
    return words.format(**facts), matter.path.removeprefix("/") if _is_open(matter, visit) else ""


def _without_lead(regions: list[str]) -> str:
    if len(regions) > _MOST_NAMED:
        return _("{count} regioner saknar regionansvarig.").format(count=len(regions))
    return ngettext("{regions} saknar regionansvarig.", "{regions} saknar regionansvariga.", len(regions))


def _without_block(regions: list[str]) -> str:
    if len(regions) > _MOST_NAMED:
        return _("{count} regioner har inget inslag i {issue}, och sista dagen är över.")
    return ngettext(
        "{regions} har inget inslag i {issue}, och sista dagen är över.",
        "{regions} har inga inslag i {issue}, och sista dagen är över.",
        len(regions),
    )


def _is_open(matter: Matter, visit: Visit) -> bool:
    if matter.path.startswith("/nummer"):
        return visit.may(Act.WRITE)
    if matter.path == "/webbversioner/namn":
        return visit.may(Act.SEND)
    if matter.path == attention.CALLS:
        return visit.may_anywhere(Act.SUPPRESS)
    if matter.path == "/adressbyten":
        return visit.may_anywhere(Act.CHANGE_PEOPLE)
    return visit.may(Act.GIVE_ROLES) if matter.path == "/uppdrag" else visit.may_anywhere(Act.COUNT_PEOPLE)


def _fact(value: object) -> object:
    match value:
        case date():
            return format_date(value, "d MMMM", locale=language.current())
        case list():
            return audience_words.listed(value)
    word = ROLES.get(value)  # type: ignore[call-overload]
    return _(word) if word else value
