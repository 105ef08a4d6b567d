"""Things looked at at once, each with a limit: one that does not answer keeps nobody waiting."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from newsletter.core.health.checks import Check, Group, Level, mark

_log = logging.getLogger(__name__)

Work = Callable[[], Iterable[Check]]


@dataclass(frozen=True, slots=True)
class Task:
    """Something to look at. ``seconds`` is how long it may take; ``name`` and ``group`` are its checks'."""

    group: Group
    name: str
    about: str
    seconds: float
    work: Work


def at_once(tasks: Sequence[Task]) -> Iterator[Sequence[Check]]:
    """Give what each task finds, in the order in which they end; for one that is late, that it is.

    A task that is late goes on in its thread until its own limits end it; what it finds is not listened to.
    """
    results: queue.SimpleQueue[tuple[int, Sequence[Check]]] = queue.SimpleQueue()
    began = time.monotonic()
    for number, task in enumerate(tasks):
        threading.Thread(target=_run, args=(number, task, results), name=task.name, daemon=True).start()
    waiting = dict(enumerate(tasks))
    while waiting:
        soonest = min(waiting, key=lambda number: waiting[number].seconds)
        left = began + waiting[soonest].seconds - time.monotonic()
        try:
            number, found = results.get(timeout=max(left, 0))
        except queue.Empty:
            yield [_late(waiting.pop(soonest))]
            continue
        if waiting.pop(number, None) is not None:
            yield found


def _run(number: int, task: Task, results: "queue.SimpleQueue[tuple[int, Sequence[Check]]]") -> None:
    try:
        results.put((number, list(task.work())))
    except Exception as error:  # one check's mistake must not take the others along
        _log.exception("the check %s failed", task.name)
        results.put((number, [_broken(task, error)]))


def _late(task: Task) -> Check:
    level = Level.RED if task.group is Group.RELAY else Level.AMBER
    says = mark("{about} svarade inte inom {seconds} sekunder.")
    do = mark("Prova igen om en stund. Sker det om igen: visa det här för den som sköter {about}.")
    facts: dict[str, str | int] = {"about": task.about, "seconds": int(task.seconds)}
    return Check(task.group, task.name, level, says, do, facts, about=task.about)


def _broken(task: Task, error: Exception) -> Check:
    says = mark("Kontrollen av {about} gick inte att göra.")
    do = mark("Felet ligger i programmet eller på datorn: visa det här för den som sköter dem.")
    said = f"{type(error).__name__}: {error}"[:300]
    return Check(
        task.group, task.name, Level.AMBER, says, do, {"about": task.about}, said=said, about=task.about
    )
