"""What the ledger and the journal cost a letter: claimed, written down as begun and replied to, and settled.

    python benchmarks/ledger.py [RECIPIENTS]

The same in SQLite and, where TEST_DATABASE_URL or a server at 127.0.0.1:5432 answers, in PostgreSQL. No mail
goes out. Prints microseconds of the processor of this process a letter, and of the clock.
"""

import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from newsletter import database, jobs
from newsletter.app import App
from newsletter.core import headers, letters
from newsletter.core.replies import Reply
from newsletter.mail import journal as journal_files
from newsletter.services import claims, settling
from tests import letterpress, office
from tests.postgres import empty_postgres

OK = Reply.of(250, "2.0.0 Ok: queued as 4F1C2D")
BATCH = 500


class Clock:
    """Adds up what parts of the work take, by name: seconds of the processor and of the clock."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = {}

    def __call__(self, name, work):
        cpu, wall = process_time(), perf_counter()
        result = work()
        spent = self.spent.setdefault(name, [0.0, 0.0])
        spent[0] += process_time() - cpu
        spent[1] += perf_counter() - wall
        return result


def measured(app: App, people: int) -> Clock:
    now = app.now()
    with app.sessions.begin() as session:
        list_id = office.crowd(session, [f"p{n}" for n in range(people)], now=now)
        letterpress.set_issue(
            session, list_id=list_id, now=now, letter=letterpress.template(bulk=64_000)
        )
    clock = Clock()
    clock("release", lambda: jobs.release_issues(app))
    house, date = jobs.sending_house(app), headers.date(now)
    journal = journal_files.Journal.open(app.paths.journal, "bench")
    templates: dict[int, object] = {}

    def claim() -> list:
        with app.sessions.begin() as session:
            copies = claims.claim(session, sender="bench", now=app.now(), limit=BATCH)
            missing = {copy.variant_id for copy in copies} - templates.keys()
            templates.update(claims.templates(session, variant_ids=missing))
        return copies

    def settle(copies: list) -> None:
        with app.sessions.begin() as session:
            results = [(copy.claim, OK) for copy in copies]
            settling.settle(session, results, sender="bench", now=app.now())

    def enter(copies: list) -> None:
        for copy in copies:
            journal.begun(copy.claim.delivery_id, copy.claim.attempt)
            journal.replied(copy.claim.delivery_id, copy.claim.attempt, OK)

    def write(copies: list) -> None:
        for copy in copies:
            letters.write(
                copy, templates[copy.variant_id], house=house, ring=app.keyring,
                reply_to=house.reply_to(copy.reply_to), date=date,
            )

    while copies := clock("claim", claim):
        clock("write the letter", lambda: write(copies))
        clock("journal", lambda: enter(copies))
        clock("settle", lambda: settle(copies))
    return clock


def main() -> None:
    people = int(sys.argv[1]) if sys.argv[1:] else 20_000
    with tempfile.TemporaryDirectory() as folder, empty_postgres() as postgres:
        for name, url in (("SQLite", f"sqlite:///{folder}/rundbrev.db"), ("PostgreSQL", postgres)):
            if url is None:
                continue
            engine = database.make_engine(url)
            database.upgrade(engine)
            with engine.begin() as connection:
                pass
            from newsletter.app import build
            from newsletter.settings import load
            place = Path(folder) / name
            with build(load(place, office.environment(url))) as app:
                clock = measured(app, people)
            print(name)
            for what, (cpu, wall) in clock.spent.items():
                print(f"  {what:20} {cpu / people * 1e6:8.1f} µs processor {wall / people * 1e6:8.1f} µs clock")
            engine.dispose()


if __name__ == "__main__":
    main()
