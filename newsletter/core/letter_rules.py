"""What a region's own letters keep to: quiet hours, so many a month, and a yes beforehand where it is asked.

    wanted time -> goes_at (never in the quiet hours) -> month_of -> check_room

Hours are wall time in the association's zone, which the caller names; instants are UTC.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.errors import IssueError

#: More than one a day is no letter any more.
MOST_A_MONTH = 31


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one region's letters.

    In the quiet hours, from ``quiet_from`` up to ``quiet_to`` (wall time; the same twice: none), no letter
    begins to go. ``monthly`` is how many may go in a calendar month. ``approval``: the officer says yes
    before it goes.
    """

    quiet_from: time = time(21)
    quiet_to: time = time(7)
    monthly: int = 4
    approval: bool = False


#: What an association has that has set nothing else.
STANDARD = Rules()


def is_quiet(moment: datetime, rules: Rules, zone: str) -> bool:
    """Tell whether a moment is within the quiet hours of its zone."""
    clock = moment.astimezone(ZoneInfo(zone)).time()
    if rules.quiet_from <= rules.quiet_to:
        return rules.quiet_from <= clock < rules.quiet_to
    return clock >= rules.quiet_from or clock < rules.quiet_to


def goes_at(wanted: datetime, rules: Rules, zone: str, *, spread: timedelta = timedelta()) -> datetime:
    """Return when a letter goes that is wanted at an instant: then, or when the quiet hours have ended.

    ``spread`` is how much later its last wave begins: that, too, must not be in the quiet hours. Where waking
    hours are shorter than the spread, only the beginning counts.
    """
    moment = wanted
    if is_quiet(moment, rules, zone):
        moment = _end_of_quiet(moment, rules, zone)
    last = moment + spread
    if is_quiet(last, rules, zone):
        later = _end_of_quiet(last, rules, zone)
        if not is_quiet(later + spread, rules, zone):
            return later
    return moment


def _end_of_quiet(moment: datetime, rules: Rules, zone: str) -> datetime:
    """Return the first instant after ``moment`` at which the wall clock shows the end of the quiet hours.

    An end that the turning of the clocks leaves out comes as much later; one that comes twice counts once.
    """
    place = ZoneInfo(zone)
    local = moment.astimezone(place)
    day = local.date() if local.time() < rules.quiet_to else local.date() + timedelta(days=1)
    ends = (datetime.combine(day, rules.quiet_to, place).replace(fold=fold) for fold in (0, 1))
    instants = [end.astimezone(UTC) for end in ends]
    return next((instant for instant in instants if instant > moment), instants[-1])


def month_of(moment: datetime, zone: str) -> date:
    """Return the month of an instant in a zone, as its first day."""
    return moment.astimezone(ZoneInfo(zone)).date().replace(day=1)


def bounds(month: date, zone: str) -> tuple[datetime, datetime]:
    """Return the instants at which a month begins, and at which the next one does."""
    following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    place = ZoneInfo(zone)
    begins, ends = (datetime.combine(day, time(), place).astimezone(UTC) for day in (month, following))
    return begins, ends


def check(rules: Rules) -> None:
    """Raise ``IssueError`` unless the rules can be kept."""
    check_monthly(rules.monthly)


def check_monthly(monthly: int) -> None:
    """Raise ``IssueError`` for a number of letters a month that makes no sense."""
    if not 0 <= monthly <= MOST_A_MONTH:
        raise IssueError(
            "Antalet brev per månad ska vara ett heltal från 0 till {most}, inte {monthly}.",
            most=MOST_A_MONTH,
            monthly=monthly,
        )


def check_room(used: int, rules: Rules) -> None:
    """Raise ``IssueError`` when no more letters may go in a month of which so many are used."""
    if used >= rules.monthly:
        raise IssueError(
            "Regionen har använt sina {monthly} brev den månaden. Välj en dag i en annan månad, "
            "eller be redaktören om ett till.",
            monthly=rules.monthly,
        )
