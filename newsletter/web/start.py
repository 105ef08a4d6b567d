"""The first page: which issues there are, and how each one stands.

Every number stands in a table; the bar above it only draws the same once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from newsletter.language import mark
from newsletter.models import DeliveryState, Issue, IssueStatus, LeftOutReason
from newsletter.services import issues, reports
from newsletter.services.reports import IssueReport
from newsletter.services.state_words import REASONS, STATES
from newsletter.web.gate import Pages, SignedIn
from newsletter.web.pages import TheSite
from newsletter.web.visits import TheVisit
from subscribers.core.authority import Act, scope_of

pages = Pages()

MOST_SHOWN = 12

_STATES = {
    IssueStatus.DRAFT: mark("Utkast"),
    IssueStatus.SCHEDULED: mark("Schemalagt"),
    IssueStatus.MISSED: mark("Missade sin tid"),
    IssueStatus.RELEASED: mark("Utskickat"),
    IssueStatus.CANCELLED: mark("Inställt"),
}

#: What a row of the table is called, how its part of the bar is drawn, and the states it counts.
_ROWS = (
    (STATES[DeliveryState.ACCEPTED], "accepted", (DeliveryState.ACCEPTED,)),
    (mark("På väg"), "open", (DeliveryState.QUEUED, DeliveryState.SENDING)),
    (STATES[DeliveryState.WAITING], "open", (DeliveryState.WAITING,)),
    (STATES[DeliveryState.REFUSED], "trouble", (DeliveryState.REFUSED,)),
    (STATES[DeliveryState.UNKNOWN], "trouble", (DeliveryState.UNKNOWN,)),
    (STATES[DeliveryState.WITHDRAWN], "apart", (DeliveryState.WITHDRAWN,)),
    (STATES[DeliveryState.LEFT_OUT], "apart", (DeliveryState.LEFT_OUT,)),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A row of an issue's table. ``start`` and ``share`` are its place in the bar, in percent."""

    name: str
    kind: str
    count: int
    start: float
    share: float


@dataclass(frozen=True, slots=True)
class Card:
    """An issue on the page. ``parts`` are empty before it is released."""

    issue: Issue
    name: str
    state: str
    parts: tuple[Part, ...] = ()
    people: int = 0
    reasons: tuple[tuple[str, int], ...] = ()


@pages.shows("/", to=SignedIn())
def start(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show the issues, the latest first."""
    with site.app.readers() as session:
        found = issues.find_all(session)[:MOST_SHOWN]
        scope = scope_of(visit.roles, Act.COUNT_PEOPLE)
        gone = reports.of_issues(session, scope=scope, issue_ids=[issue.id for issue in found])
        cards = [card(issue, issues.name_of(issue), gone.get(issue.id)) for issue in found]
    return site.page(request, "start/page.html", visit=visit, cards=cards)


def card(issue: Issue, name: str, report: IssueReport | None) -> Card:
    """Return what the page shows of an issue; ``report`` is None for one that is not released."""
    state = _STATES[issue.status]
    if report is None:
        return Card(issue, name, state)
    total = report.total
    states = {DeliveryState(word): count for word, count in total.states.items()}
    reasons = ((REASONS[LeftOutReason(word)], count) for word, count in total.left_out.items() if count)
    return Card(issue, name, state, parts_of(states), total.people, tuple(sorted(reasons)))


def parts_of(states: Mapping[DeliveryState, int]) -> tuple[Part, ...]:
    """Return the rows of the table that hold anyone, each with its place in the bar."""
    total = sum(states.values())
    parts: list[Part] = []
    begun = 0
    for name, kind, counted in _ROWS:
        count = sum(states.get(state, 0) for state in counted)
        if count:
            parts.append(Part(name, kind, count, 100 * begun / total, 100 * count / total))
        begun += count
    return tuple(parts)
