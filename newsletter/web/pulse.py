"""One look a second at a send, for everybody who watches it: however many they are, the ledger is asked once.

look (in a thread) -> the latest view -> every watcher, who each see what they may
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool

from newsletter.models import Issue
from newsletter.services.courses import Courses
from newsletter.services.holding import FREE, Holding
from newsletter.services.progress import Progress

#: How often the ledger is asked, in seconds.
EVERY_SECONDS = 1.0
#: And no sooner than so many times as long as the last look took.
PATIENCE = 4.0


@dataclass(frozen=True, slots=True)
class View:
    """A send at one moment (``at``): its issue, how its letters stand, and when those gone were accepted.

    ``holding`` is what holds those that have not gone.
    """

    issue: Issue
    progress: Progress
    may_undo: bool
    at: datetime
    courses: Courses | None = None
    holding: Holding = FREE


class Pulse:
    """Beats once a second for each issue that somebody watches, and rests when nobody does."""

    def __init__(self, look: Callable[[int], View], *, every_seconds: float = EVERY_SECONDS) -> None:
        self._look = look
        self._every_seconds = every_seconds
        self._beats: dict[int, _Beat] = {}

    @property
    def resting(self) -> bool:
        """Whether nothing is looked at."""
        return not self._beats

    async def watch(self, issue_id: int) -> AsyncGenerator[View]:
        """Yield the next view, and each one after; ends never by itself.

        What others have seen before is not shown again: whoever comes has just seen something newer.
        """
        beat = self._beats.setdefault(issue_id, _Beat())
        beat.watchers += 1
        if beat.task is None:
            beat.task = asyncio.create_task(self._beat(issue_id, beat))
        seen = beat.number
        try:
            while True:
                async with beat.changed:
                    await beat.changed.wait_for(lambda: beat.number > seen)  # noqa: B023 - read while waiting
                    seen, view, failed = beat.number, beat.view, beat.failed
                if failed is not None or view is None:
                    return
                yield view
        finally:
            beat.watchers -= 1

    async def _beat(self, issue_id: int, beat: "_Beat") -> None:
        while beat.watchers:
            view: View | None = None
            failed: Exception | None = None
            begun = time.monotonic()
            try:
                view = await run_in_threadpool(self._look, issue_id)
            except Exception as error:  # the watchers' browsers ask again in a moment
                failed = error
            async with beat.changed:
                beat.number, beat.view, beat.failed = beat.number + 1, view, failed
                beat.changed.notify_all()
            if failed is not None:
                break
            # A million letters take a while to count: that must not be all that the database does.
            took = time.monotonic() - begun
            await asyncio.sleep(max(self._every_seconds, took * PATIENCE))
        if self._beats.get(issue_id) is beat:
            del self._beats[issue_id]


class _Beat:
    """What is known of one issue, and how many watch it."""

    def __init__(self) -> None:
        self.watchers = 0
        self.number = 0
        self.view: View | None = None
        self.failed: Exception | None = None
        self.task: asyncio.Task[None] | None = None
        self.changed = asyncio.Condition()
