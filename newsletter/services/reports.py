"""What became of issues, by region and over time: from their summaries, and from the ledger while they go."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, extract, select
from sqlalchemy.orm import Session, joinedload

from newsletter.models import DeliveryState, Issue, IssueStatus, IssueSummary
from newsletter.services import issues, summaries
from subscribers.core.authority import Everything, Scope, SomeRegions


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the letters to some people. None is what nobody has counted: it is not nought.

    ``states`` and ``left_out`` by value. ``people`` are all in reach.
    """

    people: int = 0
    states: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    unsubscribed: int = 0
    bounced: int | None = None
    replies: int | None = None

    def of(self, state: DeliveryState) -> int:
        """Return how many letters are in a state."""
        return self.states[state.value]

    @property
    def accepted(self) -> int:
        """Letters that the next server took."""
        return self.of(DeliveryState.ACCEPTED)

    @property
    def refused(self) -> int:
        """Letters that were refused for good; what was taken first and came back is counted apart."""
        return self.of(DeliveryState.REFUSED) - (self.bounced or 0)

    @property
    def unknown(self) -> int:
        """Letters of which nobody knows."""
        return self.of(DeliveryState.UNKNOWN)

    @property
    def open(self) -> int:
        """Letters that are still to be settled."""
        return sum(map(self.of, (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.WAITING)))


@dataclass(frozen=True, slots=True)
class IssueReport:
    """An issue and what became of it, in all and by region (slugs, "" for none), for the people of a scope.

    ``is_closed``: nothing is open, and the figures stay unless somebody says something late. ``is_stopped``:
    a person stopped it before all had got it.
    """

    issue_id: int
    name: str
    title: str
    released_at: datetime
    is_closed: bool
    is_paused: bool
    is_stopped: bool
    total: Figures
    by_region: Mapping[str, Figures]


def of_issue(session: Session, *, scope: Scope, issue_id: int) -> IssueReport | None:
    """Return what became of an issue; None before its release, or where it reaches nobody of the scope."""
    found = _reports(session, scope, Issue.id == issue_id)
    return found[0] if found else None


def latest(session: Session, *, scope: Scope, limit: int = 12) -> Sequence[IssueReport]:
    """Return the last issues that went out, the newest first: those with somebody of the scope in reach."""
    return _reports(session, scope, limit=limit)


def of_year(session: Session, *, scope: Scope, year: int) -> Sequence[IssueReport]:
    """Return the issues released in a year (in UTC), the oldest first."""
    return _reports(session, scope, extract("year", Issue.released_at) == year)[::-1]


def of_issues(session: Session, *, scope: Scope, issue_ids: Sequence[int]) -> Mapping[int, IssueReport]:
    """Return what became of these issues, by id: those that are released and reach somebody of the scope."""
    found = _reports(session, scope, Issue.id.in_(issue_ids))
    return {report.issue_id: report for report in found}


def years(session: Session) -> Sequence[int]:
    """Return the years in which something was released, the latest first."""
    released = select(Issue.released_at).where(Issue.released_at.is_not(None))
    return sorted({moment.year for moment in session.scalars(released) if moment}, reverse=True)


def summed(reports: Iterable[Figures]) -> Figures:
    """Add figures up; what is None in each of them stays None."""
    every = list(reports)
    return Figures(
        people=sum(each.people for each in every),
        states=sum((each.states for each in every), Counter()),
        left_out=sum((each.left_out for each in every), Counter()),
        unsubscribed=sum(each.unsubscribed for each in every),
        bounced=_sum(each.bounced for each in every),
        replies=_sum(each.replies for each in every),
    )


def _sum(numbers: Iterable[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _reports(
    session: Session, scope: Scope, *which: ColumnElement[bool], limit: int | None = None
) -> list[IssueReport]:
    released = (
        select(Issue)
        .where(Issue.status == IssueStatus.RELEASED, Issue.released_at.is_not(None), *which)
        .options(joinedload(Issue.mailing_list))
        .order_by(Issue.released_at.desc(), Issue.id.desc())
    )
    found = session.scalars(released if limit is None else released.limit(limit)).all()
    kept = _kept(session, [issue.id for issue in found if issue.summarised_at is not None], scope)
    reports = [_report(session, scope, issue, kept.get(issue.id, {})) for issue in found]
    return [report for report in reports if report.by_region]


def _report(session: Session, scope: Scope, issue: Issue, kept: Mapping[str, Figures]) -> IssueReport:
    by_region = kept if issue.summarised_at is not None else _live(session, scope, issue.id)
    return IssueReport(
        issue_id=issue.id,
        name=issues.name_of(issue),
        title=issue.title,
        released_at=issue.released_at or issue.updated_at,
        is_closed=issue.summarised_at is not None,
        is_paused=issue.paused_at is not None,
        is_stopped=issue.stopped_at is not None,
        total=summed(by_region.values()),
        by_region=by_region,
    )


def _kept(session: Session, issue_ids: Sequence[int], scope: Scope) -> dict[int, dict[str, Figures]]:
    rows = select(IssueSummary).where(IssueSummary.issue_id.in_(issue_ids))
    match scope:
        case Everything():
            pass
        case SomeRegions(regions):
            rows = rows.where(IssueSummary.region.in_(sorted(regions)))
        case _:  # a single person is no region, and has no part of a sum
            return {}
    found: dict[int, dict[str, Figures]] = {}
    for row in session.scalars(rows):
        found.setdefault(row.issue_id, {})[row.region] = Figures(
            people=row.people,
            states=Counter(row.states),
            left_out=Counter(row.left_out),
            unsubscribed=row.unsubscribed,
            bounced=row.bounced,
            replies=row.replies,
        )
    return found


def _live(session: Session, scope: Scope, issue_id: int) -> dict[str, Figures]:
    counted = summaries.count(session, scope=scope, issue_id=issue_id)
    return {
        region: Figures(
            each.people, each.states, each.left_out, each.unsubscribed, each.bounced, each.replies
        )
        for region, each in counted.items()
    }
