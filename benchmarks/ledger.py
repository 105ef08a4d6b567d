"""What the ledger and the journal cost a letter: claimed, written down as begun and replied to, and settled.

    python benchmarks/ledger.py [RECIPIENTS]

On SQLite in a file and, where one answers, on PostgreSQL. No mail goes out. Prints microseconds a letter: of
this process's processor, and of the clock.
"""

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

from newsletter import jobs, permitting
from newsletter.app import App, build
from newsletter.core import headers, journals, letters
from newsletter.core.letters import Copy
from newsletter.core.messages import MessageTemplate
from newsletter.core.replies import Reply
from newsletter.mail.journal import Journal
from newsletter.services import claims, settling
from newsletter.settings import load
from tests import letterpress, office
from tests.postgres import empty_postgres

OK = Reply.of(250, "2.0.0 Ok: queued as 4F1C2D")
BATCH = 500
#: So many letters are begun, or replied to, in one turn of the wire.
TURN = 10

_Result = TypeVar("_Result")


class Spent:
    """Adds up what parts of the work take, by name: seconds of the processor and of the clock."""

    def __init__(self) -> None:
        self.seconds: dict[str, tuple[float, float]] = {}

    def on(self, name: str, work: Callable[[], _Result]) -> _Result:
        """Do a part of the work."""
        cpu, wall = process_time(), perf_counter()
        result = work()
        before = self.seconds.get(name, (0.0, 0.0))
        self.seconds[name] = before[0] + process_time() - cpu, before[1] + perf_counter() - wall
        return result


class Sender:
    """Does what a sender does, but for the wire."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.house = permitting.sending_house(app)
        self.date = headers.date(app.now())
        self.journal = Journal.open(app.paths.journal, "bench")
        self.templates: dict[int, MessageTemplate] = {}

    def claim(self) -> Sequence[Copy]:
        """Claim a batch."""
        with self.app.sessions.begin() as session:
            copies = claims.claim(session, sender="bench", now=self.app.now(), limit=BATCH)
            missing = {copy.variant_id for copy in copies} - self.templates.keys()
            self.templates.update(claims.templates(session, variant_ids=missing) if missing else {})
        return copies

    def write(self, copies: Sequence[Copy]) -> None:
        """Write the letters of a batch."""
        reply_to = self.house.reply_to()
        for copy in copies:
            template = self.templates[copy.variant_id]
            letters.write(
                copy, template, house=self.house, ring=self.app.keyring, reply_to=reply_to, date=self.date
            )

    def enter(self, copies: Sequence[Copy]) -> None:
        """Write a batch into the journal, a turn of the wire at a time."""
        for at in range(0, len(copies), TURN):
            tries = [(copy.claim.delivery_id, copy.claim.attempt) for copy in copies[at : at + TURN]]
            self.journal.write([*(journals.replied(*tried, OK) for tried in tries)])
            self.journal.write([*(journals.begun(*tried) for tried in tries)])

    def settle(self, copies: Sequence[Copy]) -> None:
        """Settle a batch."""
        with self.app.sessions.begin() as session:
            results = [(copy.claim, OK) for copy in copies]
            settling.settle(session, results, sender="bench", now=self.app.now())


def measured(app: App, people: int) -> Spent:
    """Send an issue to so many people, to nowhere."""
    now, spent = app.now(), Spent()
    with app.sessions.begin() as session:
        list_id = office.crowd(session, [f"p{n}" for n in range(people)], now=now)
        letter = letterpress.template(bulk=64_000)
        letterpress.set_issue(session, list_id=list_id, now=now, letter=letter)
    spent.on("release", lambda: jobs.release_issues(app))
    sender = Sender(app)
    while copies := spent.on("claim", sender.claim):
        spent.on("write the letter", lambda: sender.write(copies))
        spent.on("journal", lambda: sender.enter(copies))
        spent.on("settle", lambda: sender.settle(copies))
    return spent


def main() -> None:
    """Measure and print."""
    people = int(sys.argv[1]) if sys.argv[1:] else 20_000
    with tempfile.TemporaryDirectory() as folder, empty_postgres() as postgres:
        places = {"SQLite": f"sqlite:///{folder}/rundbrev.db", "PostgreSQL": postgres}
        for name, url in places.items():
            if url is None:
                continue
            with build(load(Path(folder) / name, office.environment(url))) as app:
                spent = measured(app, people)
            print(f"{name}, {people:,} letters")
            for part, (cpu, wall) in spent.seconds.items():
                each = 1e6 / people
                print(f"  {part:20}{cpu * each:8.1f} µs of the processor{wall * each:8.1f} µs of the clock")


if __name__ == "__main__":
    main()
