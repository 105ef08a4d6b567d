"""``rundbrev issues status N --watch``: a send as it goes, until it is over.

look (a query) -> Seen | a picture that is drawn over, a line for each change, or a JSON object a line
"""

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

import typer

from newsletter.cli import frame
from newsletter.language import _, ngettext
from newsletter.models import DeliveryState, Issue
from newsletter.relaying import rules_of
from newsletter.services import holding, holding_words, issues, progress, send_states, sendings
from newsletter.services.holding import FREE, Holding, Obstacle
from newsletter.services.progress import Line, Progress
from newsletter.services.state_words import STATES
from newsletter.stopping import Stop, told_by_signals
from subscribers.services import regions

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from newsletter.app import App

#: How often the ledger is asked, in seconds, and how many times as long as asking takes it is left alone.
EVERY_SECONDS = 1.0
_PATIENCE = 4.0

#: So many domains have a row each.
MOST_DOMAINS = 8
_BAR = 30
INTERRUPTED = 130

_COLOURS = {
    DeliveryState.ACCEPTED: "green",
    DeliveryState.WAITING: "yellow",
    DeliveryState.REFUSED: "red",
    DeliveryState.UNKNOWN: "magenta",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A send at one moment. ``names`` are the regions' by slug, in order; ``zone`` is the association's."""

    issue: Issue
    name: str
    progress: Progress
    state: str
    at: datetime
    names: Mapping[str, str]
    zone: ZoneInfo
    holding: Holding = FREE

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens by itself."""
        return send_states.is_over(self.state, self.progress.total)

    def clock(self, moment: datetime) -> str:
        """Write a moment as a clock of the association shows it; with the date on another day."""
        theirs, today = moment.astimezone(self.zone), self.at.astimezone(self.zone).date()
        return f"{theirs:%H:%M:%S}" if theirs.date() == today else f"{theirs:%Y-%m-%d %H:%M}"


class _Teller(Protocol):
    def __call__(self, seen: Seen) -> None:
        """Tell of a send, as it is now."""


def follow(app: "App", reference: str, *, as_json: bool) -> None:
    """Tell of a send until it is over. Raises ``NotFound``, and ``typer.Exit(130)`` for Ctrl-C."""
    with app.readers() as session:
        issue_id = issues.get(session, reference).id
    with told_by_signals() as stop, _screen(as_json=as_json) as tell:
        over = _look_on(app, issue_id, tell, stop)
    if not over:
        raise typer.Exit(INTERRUPTED)


def _look_on(app: "App", issue_id: int, tell: _Teller, stop: Stop) -> bool:
    """Look until the send is over (True), or until somebody has enough (False)."""
    while not stop.is_set():
        begun = time.monotonic()
        seen = look(app, issue_id)
        tell(seen)
        if seen.is_over:
            return True
        stop.wait(max(EVERY_SECONDS, (time.monotonic() - begun) * _PATIENCE))
    return False


def look(app: "App", issue_id: int) -> Seen:
    """Look at a send once."""
    now, scope = app.now(), app.everything("counting on the machine where the register lies")
    with app.readers() as session:
        issue = issues.get(session, issue_id)
        how = progress.counts(session, scope=scope, issue_id=issue_id, now=now)
        may_undo = sendings.may_undo(session, issue)
        rules, domains = rules_of(app.settings), how.open_domains()
        return Seen(
            issue=issue,
            name=issues.name_of(issue),
            progress=how,
            state=send_states.state_of(issue, how.total, may_undo=may_undo, now=now),
            at=now,
            names={region.slug: region.name for region in regions.all_regions(session)},
            zone=ZoneInfo(app.settings.time_zone),
            holding=holding.holding(session, issue, rules=rules, now=now, domains=domains),
        )


def _screen(*, as_json: bool) -> Any:
    """Return the context whose value tells: over and over on a terminal, by lines elsewhere."""
    if as_json:
        return nullcontext(_Changes(lambda seen: frame.emit_line(plain(seen)), what=_numbers))
    if sys.stdout.isatty():
        return _Picture()
    return nullcontext(_Changes(lambda seen: typer.echo(line(seen)), what=_numbers))


class _Changes:
    """Tells only what is not as it was."""

    def __init__(self, tell: _Teller, *, what: Any) -> None:
        self._tell = tell
        self._what = what
        self._before: object = None

    def __call__(self, seen: Seen) -> None:
        now = self._what(seen)
        if now != self._before:
            self._before = now
            self._tell(seen)


class _Picture:
    """Draws over what it drew before, on a terminal."""

    def __enter__(self) -> _Teller:
        from rich.console import Console  # only those who watch pay for it
        from rich.live import Live

        self._live = Live(console=Console(file=sys.stdout, highlight=False), auto_refresh=False)
        self._live.start()
        return lambda seen: self._live.update(picture(seen), refresh=True)

    def __exit__(self, *_: object) -> None:
        self._live.stop()


def plain(seen: Seen) -> dict[str, Any]:
    """Return a send as values for JSON: letters by state, in all, by region (slug) and by domain."""
    total = seen.progress.total
    ends = (_measured(seen), seen.holding.done_at)
    finishes_at = max(filter(None, ends), default=None)
    return {
        "issue": seen.issue.id,
        "at": seen.at.isoformat(),
        "state": seen.state,
        "over": seen.is_over,
        "states": _counts(total),
        "letters_a_second": round(total.rate(seen.at), 3),
        "finishes_at": finishes_at and finishes_at.isoformat(),
        "waits_until": total.waits_until and total.waits_until.isoformat(),
        "holds": [plain_obstacle(each) for each in seen.holding.obstacles],
        "tried_again": total.again,
        "by_region": {each.key: _counts(each) for each in _in_order(seen)},
        "by_domain": {each.key: _counts(each) for each in seen.progress.by_domain()},
    }


def plain_obstacle(obstacle: Obstacle) -> dict[str, Any]:
    """Return what holds letters as values for JSON; ``name`` is a relay's or a domain's, "" for all."""
    return {
        "kind": obstacle.kind.value,
        "name": obstacle.name,
        "until": obstacle.until and obstacle.until.isoformat(),
        "rate": str(obstacle.rate) if obstacle.rate else None,
        "said": obstacle.said,
    }


def line(seen: Seen) -> str:
    """Return a send on a line: ``14:10:02 Breven går ut. Överlämnat 120, I kö 280. 53 brev i sekunden.``."""
    total = seen.progress.total
    numbers = ", ".join(f"{word} {number}" for word, number in _words(total))
    parts = [_sentence(seen), f"{numbers}." if numbers else "", *_facts(seen)]
    return " ".join([f"{seen.at.astimezone(seen.zone):%H:%M:%S}", *filter(None, parts)])


def picture(seen: Seen) -> "RenderableType":
    """Return a send as a terminal shows it."""
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [
        Text(f"{seen.name}: {seen.issue.title}", style="bold"),
        Text(" ".join([_sentence(seen), *_facts(seen)])),
    ]
    if seen.progress.counts:
        parts += [Text(), _total(seen.progress.total)]
        names = [(seen.names.get(each.key) or _("ingen region"), each) for each in _in_order(seen)]
        parts += [Text(), _lines(_("Region"), names, seen)]
        domains = seen.progress.by_domain()[:MOST_DOMAINS]
        parts += [Text(), _lines(_("Domän"), [(each.key, each) for each in domains], seen)]
    return Group(*parts)


def _sentence(seen: Seen) -> str:
    sentence = send_states.told(seen.issue, seen.state, seen.progress.total, seen.clock)
    return holding_words.standing(sentence, seen.state, seen.holding)


def _facts(seen: Seen) -> list[str]:
    """Say what is worth a sentence: how fast, until when, what waits, and what nobody knows."""
    total = seen.progress.total
    rate, said = total.rate(seen.at), []
    if rate and seen.state in ("first", "going"):
        said.append(_("Just nu {speed}.").format(speed=send_states.speed(rate)))
        if (finishes_at := _measured(seen)) and seen.holding.done_at is None:
            said.append(_("Klart ungefär {time}.").format(time=seen.clock(finishes_at)))
    said += holding_words.sentences(seen.holding, seen.clock, measured=_measured(seen))
    if (waiting := total.states[DeliveryState.WAITING]) and total.waits_until and seen.state != "later":
        told = ngettext(
            "{count} brev väntar, det första till {time}.",
            "{count} brev väntar, det första till {time}.",
            waiting,
        )
        said.append(told.format(count=waiting, time=seen.clock(total.waits_until)))
    if unknown := total.states[DeliveryState.UNKNOWN]:
        told = ngettext(
            "{count} brev är ovisst: rundbrev deliveries unknown.",
            "{count} brev är ovissa: rundbrev deliveries unknown.",
            unknown,
        )
        said.append(told.format(count=unknown))
    return said


def _measured(seen: Seen) -> datetime | None:
    return seen.progress.total.finishes_at(seen.at) if seen.state in ("first", "going") else None


def _words(counted: Line) -> list[tuple[str, int]]:
    """Return the states that occur, as people read them, with their numbers."""
    found = ((_(word).partition(":")[0], counted.states[state]) for state, word in STATES.items())
    return [(word, number) for word, number in found if number]


def _total(total: Line) -> "Table":
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    table = _table()
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    people = sum(total.states.values())
    for state in (state for state in STATES if total.states[state]):
        word, number = _(STATES[state]).partition(":")[0], total.states[state]
        colour = _COLOURS.get(state, "bright_black")
        bar = ProgressBar(people, number, width=_BAR, complete_style=colour, finished_style=colour)
        table.add_row(Text(word), Text(str(number)), bar)
    return table


def _lines(heading: str, named: Sequence[tuple[str, Line]], seen: Seen) -> "Table":
    """Return a row for each region or domain: its numbers, what waits until when, and how much is done."""
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    shown = [state for state in STATES if any(each.states[state] for _name, each in named)]
    table = _table()
    table.add_column(Text(heading))
    for state in shown:
        table.add_column(Text(_(STATES[state]).partition(":")[0]), justify="right")
    table.add_column()
    table.add_column()
    for name, each in named:
        table.add_row(
            Text("".join(character if character.isprintable() else " " for character in name)),
            *(Text(str(each.states[state] or "–")) for state in shown),
            ProgressBar(
                max(each.letters, 1),
                each.letters - each.open,
                width=_BAR // 2,
                complete_style="green",
                finished_style="green",
            ),
            Text(_("till {time}").format(time=seen.clock(each.waits_until)) if each.waits_until else ""),
        )
    return table


def _table() -> "Table":
    from rich.table import Table

    return Table(box=None, pad_edge=False, header_style="dim")


def _in_order(seen: Seen) -> list[Line]:
    found = {each.key: each for each in seen.progress.by_region()}
    return [found[slug] for slug in (*seen.names, "") if slug in found]


def _counts(counted: Line) -> dict[str, int]:
    return {state.value: counted.states[state] for state in DeliveryState}


def _numbers(seen: Seen) -> object:
    """Return what makes a line worth writing: the clock alone does not."""
    return seen.state, {key: number for key, number in _counts(seen.progress.total).items() if number}
