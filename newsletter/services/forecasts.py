"""Whom a send will reach, told before it goes: counted by the same selection that a release writes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Subquery, case, func, null, select
from sqlalchemy.orm import Session

from newsletter.models import Issue, LeftOutReason
from newsletter.services import releases, variants
from subscribers.core.authority import Scope


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a release would write: letters by region (slugs, "" for none), and people left out, by reason.

    ``first`` letters would go before the others, to officers and leads.
    """

    letters: Mapping[str, int]
    left_out: Mapping[LeftOutReason, int]
    first: int

    @property
    def total(self) -> int:
        """All letters."""
        return sum(self.letters.values())


def forecast(session: Session, *, scope: Scope, issue: Issue, now: datetime) -> Forecast:
    """Count what a release of the issue, as it is now, would write for the people of the scope."""
    at = max(issue.send_at or now, now)
    placed = _placed(session, issue, scope, at)
    shared = releases.shares_copies(issue.mailing_list)
    person = releases.carried(placed, shared=shared)
    why = case(
        (person.c.carries, ""),
        (person.c.reached, LeftOutReason.SHARED_ADDRESS.value),
        (person.c.reason != "", person.c.reason),
        else_=LeftOutReason.NO_CONTENT.value,
    )
    letters: Counter[str] = Counter()
    left_out: Counter[LeftOutReason] = Counter()
    counted = select(person.c.region, why, func.count()).group_by(person.c.region, why)
    for region, reason, count in session.execute(counted):
        if reason:
            left_out[LeftOutReason(reason)] += count
        else:
            letters[region] += count
    return Forecast(letters, left_out, _first(session, placed, issue, at, shared=shared))


def _first(session: Session, placed: Subquery, issue: Issue, at: datetime, *, shared: bool) -> int:
    """Count the copies that officers and leads read."""
    # Their ids first: the database then ranks the addresses of these few and not of everybody.
    few = session.scalars(releases.of_our_own(releases.day_of(issue, at))).all()
    whose = placed.c.canonical if shared else placed.c.subscriber_id
    copies = select(placed.c.variant_id, whose).where(
        placed.c.subscriber_id.in_(few), placed.c.reason == "", placed.c.variant_id.is_not(None)
    )
    return len(session.execute(copies.distinct()).all())


def _placed(session: Session, issue: Issue, scope: Scope, at: datetime) -> Subquery:
    """Give each person in reach the content that they would get, whether the issue is frozen or not."""
    people = releases.select_reach(issue, scope=scope, now=at)
    if issue.frozen_at is not None:
        return releases.placed(issue.id, people)
    person = people.subquery("people")
    planned = list(variants.planned(session, issue))
    # Each language that somebody reads has its own letter, as freezing makes them. A region is looked up
    # once, not once for each language: the database asks this of everybody, and more than once.
    numbers = {region: 2 * number for number, one in enumerate(planned) for region in one.regions}
    english = case((person.c.language == "en", 1), else_=0)
    variant = case(numbers, value=person.c.region) + english if numbers else null()
    return select(person, variant.label("variant_id")).subquery("placed")
