"""What keeps an issue's letters waiting, and when the last of them can have gone: for people who watch.

quiet hours | rates: over all, of relays, of receiving domains | who wants fewer letters -> Holding
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from newsletter.core import pacing, quiet
from newsletter.core.pacing import Limits, Rate, Rates, Spent
from newsletter.core.quiet import Hours
from newsletter.core.receivers import receiver_of
from newsletter.models import Delivery, Issue, IssueStatus, SendingPace
from newsletter.services.deliveries import OPEN, SENDING
from newsletter.services.pacing import OVERALL, domain_key, relay_key, relay_rates, slow_of
from newsletter.services.sendings import waves_of
from subscribers.models import ListPurpose, MailingList
from subscribers.services.dialects import domain_of

#: What is over sooner than this holds nobody up.
_SOON = timedelta(seconds=10)


class Kind(Enum):
    """What holds letters."""

    QUIET = "quiet-hours"
    RATE = "rate"
    SLOW_START = "slow-start"
    RELAY_RESTS = "relay-rests"
    RECEIVER_RESTS = "receiver-rests"
    RECEIVER_CAREFUL = "receiver-careful"  # one letter at a time


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that holds letters: ``name`` is a relay's or a receiving domain's, "" for all letters.

    ``until`` is when it ends, where that is known; ``rate`` that of a rate or a slow start; ``said`` the code
    by which somebody wanted fewer letters.
    """

    kind: Kind
    name: str = ""
    until: datetime | None = None
    rate: Rate | None = None
    domain: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """What holds an issue now. ``done_at`` is when it can be done by all rates; None where none is felt.

    ``at_least``: somebody wants fewer letters, so it may well take longer.
    """

    obstacles: tuple[Obstacle, ...] = ()
    done_at: datetime | None = None
    at_least: bool = False

    @property
    def is_quiet(self) -> bool:
        """Whether nothing of it goes at this hour."""
        return any(each.kind is Kind.QUIET for each in self.obstacles)

    def seen_by(self, domains: Iterable[str]) -> "Holding":
        """Return what somebody sees who may see letters to these domains only."""
        receivers = {receiver_of(each) for each in domains}
        shown = tuple(each for each in self.obstacles if not each.domain or each.domain in receivers)
        return replace(self, obstacles=shown)


FREE = Holding()


@dataclass(frozen=True, slots=True)
class Rules:
    """What is set for all letters: limits, the names of the relays, quiet hours and their zone."""

    limits: Limits
    relays: Sequence[str]
    hours: Hours | None
    zone: str


def holding(
    session: Session,
    issue: Issue,
    *,
    rules: Rules,
    now: datetime,
    domains: Mapping[str, int] | None = None,
) -> Holding:
    """Return what holds a released issue. Reads only.

    ``domains`` are all its open letters by domain, where the caller has counted them. All are counted with,
    whoever looks: letters that one may not see take their time, too.
    """
    if (
        issue.status is not IssueStatus.RELEASED
        or issue.stopped_at is not None
        or issue.paused_at is not None
    ):
        return FREE
    paces, silent = _Paces(session, rules, now), _silence(issue, rules, now)
    if not (silent or paces.are_any):
        return FREE
    receivers: Counter[str] = Counter()
    for domain, count in (_open_domains(session, issue.id) if domains is None else domains).items():
        receivers[receiver_of(domain)] += count
    if not receivers.total():
        return FREE
    times = waves_of(issue)
    begins = now if times is None else max(now, times.first)
    resting = paces.resting(receivers)
    ahead = _ahead(session, issue) if paces.are_shared else 0
    felt = paces.rates(receivers, receivers.total() + ahead, begins)
    obstacles = (*silent, *resting, *(each for _at, each in felt))
    rests = [each.until for each in resting if each.until is not None]
    if not (felt or rests):
        return Holding(obstacles)
    hours = rules.hours if _may_wait(issue) else None
    # Letters take their time when it is not quiet; a rest goes on in the night.
    ends = [quiet.after(begins, at - begins, rules.zone, hours) for at, _each in felt]
    marks = rests if times is None else [*rests, times.rest]
    ends += [quiet.ends_at(each, rules.zone, hours) for each in marks]
    return Holding(obstacles, max(ends), at_least=bool(resting))


def of_all(session: Session, *, rules: Rules, now: datetime) -> Sequence[Obstacle]:
    """Return what holds letters whatever their issue: quiet hours, and relays that rest."""
    silent = _quiet(rules, now)
    return [*silent, *_Paces(session, rules, now).resting({})]


class _Paces:
    """The rows of all that is paced, as they are now."""

    def __init__(self, session: Session, rules: Rules, now: datetime) -> None:
        self._rules = rules
        self._now = self._begins = now
        wanted = [OVERALL, *map(relay_key, rules.relays), *map(domain_key, rules.limits.domains)]
        found = session.scalars(
            select(SendingPace).where(or_(SendingPace.key.in_(wanted), SendingPace.slow_until.is_not(None)))
        )
        self._rows = {row.key: row for row in found}

    @property
    def are_any(self) -> bool:
        """Whether there is any rate, or anybody who wants fewer letters."""
        limits = self._rules.limits
        slow = any(row.slow_until is not None for row in self._rows.values())
        return slow or self.are_shared or bool(limits.domains)

    @property
    def are_shared(self) -> bool:
        """Whether letters of other issues take of the same room."""
        return bool(self._rules.limits.overall) or (
            bool(self._rules.relays) and all(map(self._of_relay, self._rules.relays))
        )

    def resting(self, receivers: Mapping[str, int]) -> list[Obstacle]:
        """Return who wants fewer letters: relays that rest, and receivers of these."""
        found = []
        for name in self._rules.relays:
            slow = slow_of(self._row(relay_key(name)))
            if slow is not None and slow.rests(self._now):
                found.append(Obstacle(Kind.RELAY_RESTS, _host(name), slow.until, said=slow.said))
        for receiver in sorted(receivers):
            slow = slow_of(self._row(domain_key(receiver)))
            if slow is None or not slow.is_careful(self._now):
                continue
            known = Obstacle(Kind.RECEIVER_CAREFUL, receiver, domain=receiver, said=slow.said)
            rests = replace(known, kind=Kind.RECEIVER_RESTS, until=slow.until)
            found.append(rests if slow.rests(self._now) else known)
        return found

    def rates(
        self, receivers: Mapping[str, int], letters: int, begins: datetime
    ) -> list[tuple[datetime, Obstacle]]:
        """Return the one rate that is felt most, with when it lets the last letter go; or none."""
        self._begins = begins
        limits = self._rules.limits
        candidates: list[tuple[datetime, Obstacle]] = []
        if limits.overall:
            candidates.append(self._felt(OVERALL, limits.overall, letters, Obstacle(Kind.RATE)))
        candidates += self._of_relays(letters)
        for receiver in receivers.keys() & limits.domains.keys():
            obstacle = Obstacle(Kind.RATE, receiver, domain=receiver)
            rates = limits.domains[receiver]
            candidates.append(self._felt(domain_key(receiver), rates, receivers[receiver], obstacle))
        longest = max(candidates, key=lambda each: each[0], default=None)
        return [longest] if longest is not None and longest[0] - begins > _SOON else []

    def _of_relays(self, letters: int) -> list[tuple[datetime, Obstacle]]:
        """Deal the letters out by what each relay takes in the long run; one without a rate takes all."""
        names = list(self._rules.relays)
        rates = {name: self._of_relay(name) for name in names}
        if not names or not all(rates.values()):
            return []
        speed = {name: 1 / pacing.slowest(rates[name]).interval.total_seconds() for name in names}
        whole = sum(speed.values())
        found = []
        for name in names:
            share = -(-letters * speed[name] // whole)
            relay = Obstacle(Kind.RATE, _host(name))
            relay = Obstacle(Kind.RATE, _host(name))
            at, obstacle = self._felt(relay_key(name), rates[name], int(share), relay)
            slow_start = obstacle.rate not in self._rules.limits.relay(name)
            found.append((at, replace(obstacle, kind=Kind.SLOW_START) if slow_start else obstacle))
        return found

    def _felt(self, key: str, rates: Rates, letters: int, obstacle: Obstacle) -> tuple[datetime, Obstacle]:
        """Return when the last letter may go, and the obstacle with the rate that says so."""
        spent = Spent.load(self._row(key).spent)
        ends = {each: pacing.done_at((each,), spent, letters=letters, now=self._begins) for each in rates}
        binding = max(ends, key=lambda each: ends[each])
        return ends[binding], replace(obstacle, rate=binding)

    def _of_relay(self, name: str) -> Rates:
        return relay_rates(self._row(relay_key(name)), self._rules.limits, name, self._now)

    def _row(self, key: str) -> SendingPace:
        return self._rows.get(key) or SendingPace(key=key, spent={})


def _open_domains(session: Session, issue_id: int) -> Mapping[str, int]:
    domain = domain_of(Delivery.canonical)
    found = session.execute(
        select(domain, func.count()).where(Delivery.issue_id == issue_id, or_(OPEN, SENDING)).group_by(domain)
    )
    return dict(found.all())


def _silence(issue: Issue, rules: Rules, now: datetime) -> list[Obstacle]:
    return _quiet(rules, now) if _may_wait(issue) else []


def _quiet(rules: Rules, now: datetime) -> list[Obstacle]:
    if not quiet.is_quiet(now, rules.zone, rules.hours):
        return []
    return [Obstacle(Kind.QUIET, until=quiet.ends_at(now, rules.zone, rules.hours))]


def _may_wait(issue: Issue) -> bool:
    return not issue.urgent and issue.mailing_list.purpose is not ListPurpose.MEMBER_NOTICES


def _ahead(session: Session, issue: Issue) -> int:
    """Count the open letters of issues that go before this one (``claims``)."""
    if issue.released_at is None:
        return 0
    notice = MailingList.purpose == ListPurpose.MEMBER_NOTICES
    rank = case((Issue.urgent, 0), (notice, 1), else_=2)
    mine = 0 if issue.urgent else 1 if issue.mailing_list.purpose is ListPurpose.MEMBER_NOTICES else 2
    earlier = or_(
        Issue.released_at < issue.released_at,
        and_(Issue.released_at == issue.released_at, Issue.id < issue.id),
    )
    found = session.scalar(
        select(func.count())
        .select_from(Delivery)
        .join(Issue, Issue.id == Delivery.issue_id)
        .join(MailingList, MailingList.id == Issue.list_id)
        .where(
            OPEN,
            Issue.status == IssueStatus.RELEASED,
            Issue.paused_at.is_(None),
            Issue.stopped_at.is_(None),
            or_(rank < mine, and_(rank == mine, earlier)),
        )
    )
    return found or 0


def _host(relay: str) -> str:
    """Return a relay's host, which is what people know it by."""
    return relay.rpartition("@")[2].rpartition(":")[0] or relay
