"""What a page says of a send: the state it is in, in a sentence, and its letters in rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter.language import _, mark, using
from newsletter.models import DeliveryState, Issue, IssueStatus
from newsletter.services import issues, sendings
from newsletter.services.issue_states import meant_for
from newsletter.services.progress import Line
from newsletter.services.state_words import STATES
from newsletter.web.pages import Site
from newsletter.web.pulse import View
from newsletter.web.visits import Visit
from subscribers.core.authority import Act, Everything, Scope, SomeRegions
from subscribers.errors import NotFound
from subscribers.models import ListPurpose

#: So many domains have a row each; the others share one.
MOST_DOMAINS = 12

#: What a row of the table is called, how its part of the bar is drawn, and the states it counts.
ROWS = (
    (STATES[DeliveryState.ACCEPTED], "accepted", (DeliveryState.ACCEPTED,)),
    (mark("På väg"), "open", (DeliveryState.QUEUED, DeliveryState.SENDING)),
    (STATES[DeliveryState.WAITING], "open", (DeliveryState.WAITING,)),
    (STATES[DeliveryState.REFUSED], "trouble", (DeliveryState.REFUSED,)),
    (STATES[DeliveryState.UNKNOWN], "trouble", (DeliveryState.UNKNOWN,)),
    (STATES[DeliveryState.WITHDRAWN], "apart", (DeliveryState.WITHDRAWN,)),
    (STATES[DeliveryState.LEFT_OUT], "apart", (DeliveryState.LEFT_OUT,)),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A region's or domain's letters: numbers as they stand in the table."""

    name: str
    accepted: int
    on_the_way: int
    waiting: int
    next_at: datetime | None
    refused: int
    unknown: int
    withdrawn: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A send as one viewer sees it. ``state`` is a word for templates, ``sentence`` for people.

    ``may_send``: the viewer may act on it. ``is_moving``: something will still happen by itself.
    """

    issue: Issue
    name: str
    state: str
    sentence: str
    may_send: bool
    may_correct: bool
    may_undo: bool
    is_moving: bool
    total: Line
    parts: tuple[tuple[str, str, int], ...]
    regions: tuple[Row, ...]
    domains: tuple[Row, ...]


def shown(site: Site, visit: Visit, view: View, names: Mapping[str, str]) -> Shown:
    """Return what the page shows; ``view`` holds only what the viewer may see."""
    issue, total = view.issue, view.progress.total
    now = site.app.now()
    state = state_of(view, now)
    by_region = {line.key: line for line in view.progress.by_region()}
    in_order = [slug for slug in (*names, "") if slug in by_region]
    with using(visit.language):
        return Shown(
            issue=issue,
            name=issues.name_of(issue),
            state=state,
            sentence=_sentence(site, issue, state, total),
            may_send=may_send(visit, issue),
            may_correct=may_correct(visit, issue),
            may_undo=view.may_undo or state == "due",
            is_moving=state == "due" or (state in ("grace", "first", "going", "later") and total.open > 0),
            total=total,
            parts=tuple((_(word), kind, _count(total, states)) for word, kind, states in ROWS),
            regions=tuple(_row(names.get(slug) or _("Ingen region"), by_region[slug]) for slug in in_order),
            domains=_domains(view.progress.by_domain()),
        )


def state_of(view: View, now: datetime) -> str:
    """Say in a word for templates where a send stands."""
    issue, total = view.issue, view.progress.total
    if issue.status is not IssueStatus.RELEASED:
        return _before_release(issue, now)
    if issue.stopped_at is not None:
        return "stopped"
    if not total.open:
        return "done"
    if issue.paused_at is not None:
        return "paused"
    times = sendings.waves_of(issue)
    if times is not None and view.may_undo and now < times.first:
        return "grace"
    if times is not None and now < times.rest and issue.head_start_minutes:
        return "first"
    return "later" if total.open == total.states[DeliveryState.WAITING] else "going"


def _before_release(issue: Issue, now: datetime) -> str:
    if issue.status is not IssueStatus.SCHEDULED:
        return str(issue.status.value)
    if issue.hold is not None:
        return "held"
    is_due = issue.send_at is not None and issue.send_at <= now
    return "due" if is_due else str(issue.status.value)


def may_send(visit: Visit, issue: Issue) -> bool:
    """Tell whether somebody may send, pause or stop this issue."""
    notice = issue.mailing_list.purpose is ListPurpose.MEMBER_NOTICES
    reached = issue.audience.regions
    where = next(iter(reached)) if reached is not None and len(reached) == 1 else None
    return visit.may(Act.SEND_NOTICES if notice else Act.SEND, where)


def may_correct(visit: Visit, issue: Issue) -> bool:
    """Tell whether somebody may correct this issue, and send its correction: whoever may send to all.

    That holds for a region's letter, too. Where letters need a yes, it is the sending of whoever may say it.
    """
    notice = issue.mailing_list.purpose is ListPurpose.MEMBER_NOTICES
    return visit.may(Act.SEND_NOTICES if notice else Act.SEND)


def must_correct(visit: Visit, issue: Issue) -> None:
    """Raise ``NotFound`` unless somebody may correct this issue."""
    if not may_correct(visit, issue):
        raise NotFound("Det finns inte, eller så får du inte se det.")


def must_send(visit: Visit, issue: Issue) -> None:
    """Raise ``NotFound`` unless somebody may send this issue: missing and forbidden are the same answer."""
    if not may_send(visit, issue):
        raise NotFound("Det finns inte, eller så får du inte se det.")


def sees(scope: Scope, issue: Issue) -> bool:
    """Tell whether an issue is meant for anybody whom the viewer may count."""
    match scope:
        case Everything():
            return True
        case SomeRegions(slugs):
            return any(meant_for(issue).sees(slug) for slug in slugs)
    return False


def _sentence(site: Site, issue: Issue, state: str, total: Line) -> str:
    times = sendings.waves_of(issue)
    facts = {
        "first": site.clock(times.first) if times else "",
        "rest": site.clock(times.rest) if times else "",
        "paused": site.clock(issue.paused_at) if issue.paused_at else "",
        "stopped": site.clock(issue.stopped_at) if issue.stopped_at else "",
        "at": site.clock(issue.send_at) if issue.send_at else "",
        "waiting": total.states[DeliveryState.WAITING],
        "next": site.clock(total.next_at) if total.next_at else "",
    }
    return _(_SENTENCES.get(state, "")).format(**facts) if state in _SENTENCES else ""


_SENTENCES = {
    "grace": mark("Inget brev har gått. De första går {first}, och till dess kan utskicket ångras."),
    "first": mark("Redaktörer och regionansvariga får det först. Alla andra får det från {rest}."),
    "going": mark("Breven går ut."),
    "later": mark("Det som är kvar väntar på nytt försök, det första {next}."),
    "paused": mark("Pausat {paused}. Inget mer går ut förrän någon fortsätter, och då går det genast."),
    "stopped": mark("Avbrutet {stopped}. Det som hade gått ligger hos mottagarna, resten är återkallat."),
    "done": mark("Klart. Inget brev är på väg."),
    "scheduled": mark("Schemalagt till {at}. Inget brev har gått."),
    "due": mark("Går om ett ögonblick. Det kan fortfarande ångras."),
    "held": mark("Numret väntar på ett brådskande utskick. Dess egen tid är {at}."),
    "missed": mark("Numret missade sin tid {at} och skickas inte av sig självt."),
    "draft": mark("Numret är ett utkast och har ingen tid."),
    "cancelled": mark("Numret är inställt."),
}


def _domains(lines: Sequence[Line]) -> tuple[Row, ...]:
    rows = [_row(line.key, line) for line in lines[:MOST_DOMAINS]]
    rest = lines[MOST_DOMAINS:]
    if rest:
        waits = [line.next_at for line in rest if line.next_at is not None]
        states = sum((line.states for line in rest[1:]), rest[0].states)
        name = _("{count} andra domäner").format(count=len(rest))
        rows.append(_row(name, Line("", states, min(waits, default=None))))
    return tuple(rows)


def _row(name: str, line: Line) -> Row:
    states = line.states
    return Row(
        name=name,
        accepted=states[DeliveryState.ACCEPTED],
        on_the_way=states[DeliveryState.QUEUED] + states[DeliveryState.SENDING],
        waiting=states[DeliveryState.WAITING],
        next_at=line.next_at,
        refused=states[DeliveryState.REFUSED],
        unknown=states[DeliveryState.UNKNOWN],
        withdrawn=states[DeliveryState.WITHDRAWN],
        left_out=states[DeliveryState.LEFT_OUT],
    )


def _count(line: Line, states: tuple[DeliveryState, ...]) -> int:
    return sum(line.states[state] for state in states)
