"""However many watch a send, the ledger is asked once a beat; and it rests when nobody watches."""

import asyncio
from typing import Any

from newsletter.models import Issue
from newsletter.services.progress import Progress
from newsletter.web.pulse import Pulse, View
from tests.conftest import NOON


class Ledger:
    """Counts how often it is asked; can break."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.broken = False

    def look(self, issue_id: int) -> View:
        self.asked.append(issue_id)
        if self.broken:
            raise RuntimeError("the database is gone")
        return View(Issue(id=issue_id), Progress(()), may_undo=False, at=NOON)


async def beats(pulse: Pulse, issue_id: int, number: int) -> list[View]:
    found = []
    watching = pulse.watch(issue_id)
    async for view in watching:
        found.append(view)
        if len(found) == number:
            break
    await watching.aclose()
    return found


def test_twenty_watchers_cost_one_look_a_beat() -> None:
    ledger = Ledger()
    pulse = Pulse(ledger.look, every_seconds=0.02)

    async def watch() -> list[Any]:
        return await asyncio.gather(*(beats(pulse, 7, 3) for _ in range(20)))

    seen = asyncio.run(watch())

    assert {len(views) for views in seen} == {3}
    assert len(ledger.asked) <= 4


def test_each_send_has_a_beat_of_its_own() -> None:
    ledger = Ledger()
    pulse = Pulse(ledger.look, every_seconds=0.01)

    async def watch() -> list[Any]:
        return await asyncio.gather(beats(pulse, 1, 2), beats(pulse, 2, 2))

    one, other = asyncio.run(watch())

    assert {view.issue.id for view in one} == {1}
    assert {view.issue.id for view in other} == {2}


def test_when_nobody_watches_it_rests_and_begins_anew() -> None:
    ledger = Ledger()
    pulse = Pulse(ledger.look, every_seconds=0.005)

    async def watch() -> int:
        await beats(pulse, 7, 2)
        while pulse.resting is False:
            await asyncio.sleep(0.001)
        asked = len(ledger.asked)
        await beats(pulse, 7, 1)
        return asked

    asked = asyncio.run(watch())

    assert asked <= 3
    assert len(ledger.asked) >= asked + 1


def test_a_ledger_that_breaks_ends_the_stream_so_that_the_browser_asks_again() -> None:
    ledger = Ledger()
    ledger.broken = True
    pulse = Pulse(ledger.look, every_seconds=0.01)

    async def watch() -> list[View]:
        return [view async for view in pulse.watch(7)]

    assert asyncio.run(watch()) == []
