"""The state that a send is in: a word for code, a sentence for people; and how fast it goes, in words."""

from collections.abc import Callable
from datetime import datetime

from newsletter.language import _, mark, ngettext
from newsletter.models import DeliveryState, Issue, IssueStatus
from newsletter.services import sendings
from newsletter.services.progress import Line

#: Writes a moment for people, in the association's zone.
Clock = Callable[[datetime], str]


def state_of(issue: Issue, total: Line, *, may_undo: bool, now: datetime) -> str:
    """Say in a word where a send stands; ``total`` are its letters."""
    if issue.status is not IssueStatus.RELEASED:
        return _before_release(issue, now)
    if issue.stopped_at is not None:
        return "stopped"
    if not total.open:
        return "done"
    if issue.paused_at is not None:
        return "paused"
    times = sendings.waves_of(issue)
    if times is not None and may_undo and now < times.first:
        return "grace"
    if times is not None and now < times.rest and issue.head_start_minutes:
        return "first"
    return "later" if total.open == total.states[DeliveryState.WAITING] else "going"


def is_over(state: str, total: Line) -> bool:
    """Tell whether nothing more happens to a send in this state unless a person does something new."""
    if state == "stopped":
        return not total.open
    return state in ("done", "missed", "draft", "cancelled")


def told(issue: Issue, state: str, total: Line, clock: Clock) -> str:
    """Say where a send stands, in a sentence."""
    times = sendings.waves_of(issue)
    facts = {
        "first": clock(times.first) if times else "",
        "rest": clock(times.rest) if times else "",
        "paused": clock(issue.paused_at) if issue.paused_at else "",
        "stopped": clock(issue.stopped_at) if issue.stopped_at else "",
        "at": clock(issue.send_at) if issue.send_at else "",
        "waiting": total.states[DeliveryState.WAITING],
        "next": clock(total.next_at) if total.next_at else "",
    }
    return _(_SENTENCES.get(state, "")).format(**facts) if state in _SENTENCES else ""


def speed(letters_a_second: float) -> str:
    """Say how fast letters go: by the second, or by the minute where that is a number to read."""
    if letters_a_second >= 1:
        number = round(letters_a_second)
        return ngettext("{count} brev i sekunden", "{count} brev i sekunden", number).format(count=number)
    number = round(letters_a_second * 60)
    return ngettext("{count} brev i minuten", "{count} brev i minuten", number).format(count=number)


def _before_release(issue: Issue, now: datetime) -> str:
    if issue.status is not IssueStatus.SCHEDULED:
        return str(issue.status.value)
    if issue.hold is not None:
        return "held"
    is_due = issue.send_at is not None and issue.send_at <= now
    return "due" if is_due else str(issue.status.value)


_SENTENCES = {
    "grace": mark("Inget brev har gått. De första går {first}, och till dess kan utskicket ångras."),
    "first": mark("Redaktörer och regionansvariga får det först. Alla andra får det från {rest}."),
    "going": mark("Breven går ut."),
    "later": mark("Det som är kvar väntar, det första till {next}."),
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
