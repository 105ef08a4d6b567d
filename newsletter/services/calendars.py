"""All sends in all regions by day, and where somebody would get too many of them.

issues that went, are scheduled or planned -> the regions that each reaches -> core.crowding

A letter to a segment reaches the regions in which somebody fits it, counted by one query. What lies outside
the scope is in no day: an issue that reaches none of its regions is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from newsletter.core.crowding import Crowd, Send, crowded
from newsletter.models import Issue, IssueStatus
from newsletter.services import issues, plans, segment_conditions
from newsletter.services.issue_states import meant_for
from subscribers.core.authority import Everything, Scope, SomeRegions
from subscribers.models import Subscriber
from subscribers.services import regions
from subscribers.services.scopes import people_within


@dataclass(frozen=True, slots=True)
class Entry:
    """An issue on its day. ``regions`` are slugs within the scope, "" for people with none."""

    day: date
    issue_id: int
    name: str
    title: str
    status: IssueStatus
    regions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The sends of some days in order, and where they come too close, also to those of the days around."""

    entries: Sequence[Entry]
    crowds: Sequence[Crowd]
    around: Sequence[Entry] = ()

    @property
    def names(self) -> dict[int, str]:
        """What the issues are called, by their ids."""
        return {entry.issue_id: entry.name for entry in (*self.entries, *self.around)}


def sends(session: Session, *, scope: Scope, first: date, last: date) -> Calendar:
    """Return what goes from the first day to the last (in the association's zone), for the scope's regions.

    Crowds are those that reach into these days, also with letters of the week around them.
    """
    week, known = timedelta(days=7), _known(session)
    found = [
        entry
        for issue, day in _dated(session, first - week, last + week)
        if (entry := _entry(session, scope, issue, day, known)).regions
    ]
    crowds = crowded(Send(entry.day, entry.issue_id, entry.regions) for entry in found)
    within = [crowd for crowd in crowds if crowd.last >= first and crowd.first <= last]
    return Calendar([entry for entry in found if first <= entry.day <= last], within, found)


def reached(session: Session, *, scope: Scope, issue: Issue, day: date) -> frozenset[str]:
    """Return the regions of the scope (slugs, "" for none) that an issue reaches on a day."""
    return _reached(session, scope, issue, day, _known(session))


def _known(session: Session) -> frozenset[str]:
    """Return the slugs of all regions, and "" for none."""
    return frozenset({region.slug for region in regions.all_regions(session)} | {""})


def _reached(
    session: Session, scope: Scope, issue: Issue, day: date, known: frozenset[str]
) -> frozenset[str]:
    wanted = meant_for(issue).regions
    within = (known if wanted is None else known & wanted) & _of(scope, known)
    if issue.segment is None:
        return within
    region = func.coalesce(Subscriber.region_slug, "")
    fits = segment_conditions.condition(issue.segment, today=day)
    found = session.scalars(select(region).where(fits, people_within(scope)).distinct())
    return frozenset(found) & within


def _of(scope: Scope, known: frozenset[str]) -> frozenset[str]:
    match scope:
        case Everything():
            return known
        case SomeRegions(own):
            return own
    return frozenset()


def _dated(session: Session, first: date, last: date) -> list[tuple[Issue, date]]:
    """Return the issues that go on these days, in order; those whose time is not said are not among them."""
    around = timedelta(days=1)  # an instant's date differs by a day at most between zones
    query = (
        select(Issue)
        .where(
            Issue.status != IssueStatus.CANCELLED,
            or_(
                Issue.planned_for.between(first, last),
                Issue.send_at.between(_midnight(first - around), _midnight(last + 2 * around)),
            ),
        )
        .options(joinedload(Issue.mailing_list), joinedload(Issue.segment))
        .order_by(Issue.id)
    )
    dated = [(issue, plans.day_of(issue)) for issue in session.scalars(query)]
    within = [(issue, day) for issue, day in dated if day is not None and first <= day <= last]
    return sorted(within, key=lambda each: (each[1], each[0].id))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _entry(session: Session, scope: Scope, issue: Issue, day: date, known: frozenset[str]) -> Entry:
    reach = _reached(session, scope, issue, day, known)
    return Entry(day, issue.id, issues.name_of(issue), issue.title, issue.status, reach)
