"""The first page: which issues there are, and how each one stands.

Every number stands in a table; the bar above it only draws the same once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from newsletter.language import mark
from newsletter.models import DeliveryState, Issue, IssueStatus, LeftOutReason
from newsletter.services import deliveries, issues
from newsletter.services.deliveries import Status
from newsletter.web.pages import SHOWN, TheSite

router = APIRouter(include_in_schema=False)

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
    (mark("Överlämnat"), "accepted", (DeliveryState.ACCEPTED,)),
    (mark("På väg"), "open", (DeliveryState.QUEUED, DeliveryState.SENDING)),
    (mark("Väntar på nytt försök"), "open", (DeliveryState.WAITING,)),
    (mark("Nekat av mottagaren"), "trouble", (DeliveryState.REFUSED,)),
    (mark("Okänt: kan ha gått fram"), "trouble", (DeliveryState.UNKNOWN,)),
    (mark("Tillbakadraget"), "apart", (DeliveryState.WITHDRAWN,)),
    (mark("Inget eget brev"), "apart", (DeliveryState.LEFT_OUT,)),
)

_REASONS = {
    LeftOutReason.DECEASED: mark("är avliden"),
    LeftOutReason.NO_ADDRESS: mark("saknar e-postadress"),
    LeftOutReason.NOT_SUBSCRIBED: mark("har inte bett om listan"),
    LeftOutReason.UNSUBSCRIBED: mark("har tackat nej"),
    LeftOutReason.SUPPRESSED: mark("har en spärrad adress"),
    LeftOutReason.SHARED_ADDRESS: mark("läser samma brev som någon annan på adressen"),
    LeftOutReason.NO_CONTENT: mark("har inget inslag för sin region"),
}


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


@router.api_route("/", methods=SHOWN)
def start(request: Request, site: TheSite) -> Response:
    """Show the issues, the latest first."""
    scope = site.app.everything("the first page, on the machine itself")
    with site.app.readers() as session:
        found = issues.find_all(session)[:MOST_SHOWN]
        cards = [
            card(
                issue,
                issues.name_of(issue),
                deliveries.status(session, scope=scope, issue_id=issue.id)
                if issue.status is IssueStatus.RELEASED
                else None,
            )
            for issue in found
        ]
    return site.page(request, "start/page.html", cards=cards)


def card(issue: Issue, name: str, status: Status | None) -> Card:
    """Return what the page shows of an issue; ``status`` is None for one that is not released."""
    state = _STATES[issue.status]
    if status is None:
        return Card(issue, name, state)
    reasons = ((_REASONS[reason], count) for reason, count in status.left_out.items() if count)
    return Card(issue, name, state, parts_of(status.states), status.people, tuple(sorted(reasons)))


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
