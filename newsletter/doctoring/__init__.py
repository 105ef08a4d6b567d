"""A check-up of everything that real sending needs (``rundbrev doctor``, and its page): red, amber and green.

    begin    a row for it, with how much there is to look at
    examine  tasks, all at once, each with its limit | each result | commit
    latest   what was found, and what has come of the mails to ourselves

machine relays domains web boomerangs   the tasks: facts from outside -> core.health -> checks
at_once                                 runs them
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter import homing
from newsletter.app import App
from newsletter.doctoring import boomerangs, domains, machine, relays, web
from newsletter.doctoring.at_once import Task, at_once
from newsletter.services import check_ups
from newsletter.services.check_ups import Found

Hear = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class CheckUp:
    """A check-up that has begun: its id, and what is to be looked at."""

    number: int
    tasks: Sequence[Task]


def begin(app: App, *, actor: str) -> CheckUp | None:
    """Write a check-up down, in place of the last one; None while one is going on already."""
    tasks = [*machine.tasks(app), *relays.tasks(app), *domains.tasks(app), *web.tasks(app)]
    now = app.now()
    with app.sessions.begin() as session:
        if check_ups.is_running(session, now=now):
            return None
        planned = len(tasks) + boomerangs.count(app)
        number = check_ups.begin(session, planned=planned, actor=actor, now=now)
    return CheckUp(number, [*tasks, *boomerangs.tasks(app, number)])


def examine(app: App, check_up: CheckUp, hear: Hear = lambda _done, _of: None) -> None:
    """Look at everything, and write each result down as it comes. ``hear`` gets how far it is.

    Never raises for what a server does, or does not.
    """
    for done, checks in enumerate(at_once(check_up.tasks), start=1):
        with app.sessions.begin() as session:
            check_ups.note(session, check_up_id=check_up.number, checks=checks)
        hear(done, len(check_up.tasks))
    with app.sessions.begin() as session:
        check_ups.end(session, check_up_id=check_up.number, now=app.now())


def latest(app: App) -> Found | None:
    """Return the last check-up as it stands; None where there was none."""
    with app.readers() as session:
        return check_ups.latest(session, now=app.now())


def look_again(app: App) -> Found | None:
    """Return the same, once mails that have come home meanwhile are compared."""
    homing.compare(app)
    return latest(app)
