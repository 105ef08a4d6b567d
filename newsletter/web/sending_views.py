"""What a page says of a send: the state it is in, in a sentence, and its letters in rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter.language import _, mark, using
from newsletter.models import DeliveryState, Issue
from newsletter.services import holding_words, issues, send_states
from newsletter.services.issue_states import meant_for
from newsletter.services.progress import Line
from newsletter.services.state_words import STATES
from newsletter.web.drawings import Drawing, drawn
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

    ``may_send``: the viewer may act on it. ``is_moving``: something will still happen by itself. ``speed`` is
    said in words, empty where nothing goes; ``drawing`` is of its letters over time. ``holds`` says what
    letters wait for.
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
    speed: str
    finishes_at: datetime | None
    holds: tuple[str, ...]
    drawing: Drawing | None


def shown(site: Site, visit: Visit, view: View, names: Mapping[str, str]) -> Shown:
    """Return what the page shows; ``view`` holds only what the viewer may see."""
    issue, total = view.issue, view.progress.total
    state = send_states.state_of(issue, total, may_undo=view.may_undo, now=view.at)
    rate = total.rate(view.at)
    measured = total.finishes_at(view.at) if state == "going" else None
    held = view.holding.seen_by(view.progress.open_domains())
    by_region = {line.key: line for line in view.progress.by_region()}
    in_order = [slug for slug in (*names, "") if slug in by_region]
    with using(visit.language):
        return Shown(
            issue=issue,
            name=issues.name_of(issue),
            state=state,
            sentence=holding_words.standing(
                send_states.told(issue, state, total, site.clock), state, view.holding
            ),
            may_send=may_send(visit, issue),
            may_correct=may_correct(visit, issue),
            may_undo=view.may_undo or state == "due",
            is_moving=state == "due" or (state in ("grace", "first", "going", "later") and total.open > 0),
            total=total,
            parts=tuple((_(word), kind, _count(total, states)) for word, kind, states in ROWS),
            regions=tuple(_row(names.get(slug) or _("Ingen region"), by_region[slug]) for slug in in_order),
            domains=_domains(view.progress.by_domain()),
            speed=send_states.speed(rate) if rate and state in ("first", "going") else "",
            finishes_at=None if held.done_at else measured,
            holds=tuple(holding_words.sentences(held, site.clock, measured=measured)),
            drawing=_drawing(view),
        )


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


def _drawing(view: View) -> Drawing | None:
    course = view.courses and view.courses.course
    return drawn(course) if course else None


def _domains(lines: Sequence[Line]) -> tuple[Row, ...]:
    rows = [_row(line.key, line) for line in lines[:MOST_DOMAINS]]
    rest = lines[MOST_DOMAINS:]
    if rest:
        waits = [line.waits_until for line in rest if line.waits_until is not None]
        states = sum((line.states for line in rest[1:]), rest[0].states)
        name = _("{count} andra domäner").format(count=len(rest))
        rows.append(_row(name, Line("", states, waits_until=min(waits, default=None))))
    return tuple(rows)


def _row(name: str, line: Line) -> Row:
    states = line.states
    return Row(
        name=name,
        accepted=states[DeliveryState.ACCEPTED],
        on_the_way=states[DeliveryState.QUEUED] + states[DeliveryState.SENDING],
        waiting=states[DeliveryState.WAITING],
        next_at=line.waits_until,
        refused=states[DeliveryState.REFUSED],
        unknown=states[DeliveryState.UNKNOWN],
        withdrawn=states[DeliveryState.WITHDRAWN],
        left_out=states[DeliveryState.LEFT_OUT],
    )


def _count(line: Line, states: tuple[DeliveryState, ...]) -> int:
    return sum(line.states[state] for state in states)
