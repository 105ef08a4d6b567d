"""How long the pages of sends take: 60 issues to 10,000 people, all closed but one that is going out.

    python benchmarks/pages_of_sends.py              on SQLite
    python benchmarks/pages_of_sends.py URL          on an empty PostgreSQL

Prints the median of eleven requests for each page, beside a bare FastAPI page in the same run. No limit is
tested here: machines differ.
"""

import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from newsletter import jobs
from newsletter.app import App, build
from newsletter.models import Issue
from newsletter.services import releases
from newsletter.settings import load
from subscribers.models import RoleName
from tests.letterpress import set_issue
from tests.newsletter.web.visitors import Visitor, appoint, signed_in
from tests.office import crowd

PEOPLE, ISSUES, ROUNDS = 10_000, 60, 11
REGIONS = ("skane", "norra", "vast")


def fill(app: App) -> int:
    """Write people and issues; return the id of the one that is going out."""
    now, going = app.now(), 0
    with app.sessions.begin() as session:
        for number, region in enumerate(REGIONS):
            part = range(number, PEOPLE, len(REGIONS))
            list_id = crowd(session, [f"p{n}" for n in part], now=now, region=region)
        session.execute(
            text("UPDATE addresses SET canonical = replace(canonical, 'many', 'd' || (id % 300))")
        )
    scope = app.everything("a benchmark")
    for number in range(ISSUES):
        with app.sessions.begin() as session:
            going = set_issue(session, list_id=list_id, now=now, regions=(*REGIONS, ""))
            releases.release(session, scope=scope, issue_id=going, now=now)
            session.get_one(Issue, going).released_at = now - timedelta(days=6 * (ISSUES - number))
            _send(session, going, of=2 if number == ISSUES - 1 else 1)
    jobs.summarise(app)
    with app.sessions.begin() as session:
        later = now + timedelta(days=3)
        set_issue(session, list_id=list_id, now=now, send_at=later, regions=(*REGIONS, ""))
    return going


def _send(session: Session, issue_id: int, *, of: int) -> None:
    done = "UPDATE deliveries SET state = 'accepted', attempts = 1 WHERE issue_id = :id AND id % :of = 0"
    session.execute(text(done), {"id": issue_id, "of": of})


def milliseconds(ask: Callable[[], int]) -> float:
    """Return the median time of a request that is answered with 200."""
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        if ask() != 200:
            raise SystemExit("a page did not answer")
        times.append((perf_counter() - start) * 1000)
    return median(times)


def main() -> None:
    """Measure and print."""
    environment = {"DATABASE_URL": sys.argv[1]} if len(sys.argv) > 1 else {}
    with tempfile.TemporaryDirectory() as folder, build(load(Path(folder), environment)) as app:
        going = fill(app)
        officer = signed_in(app, appoint(app, 1, RoleName.OFFICER))
        print(f"{PEOPLE:,} people, {ISSUES} issues, {app.engine.dialect.name}; median of {ROUNDS}")
        print(f"{'a bare FastAPI page':44} {_bare():8.1f} ms")
        for name, path in _pages(going):
            print(f"{name:44} {milliseconds(lambda: _status(officer, path)):8.1f} ms")  # noqa: B023


def _pages(going: int) -> list[tuple[str, str]]:
    return [
        ("the start page", "/"),
        ("sends", "/utskick"),
        ("a send of 10,000 letters under way", f"/utskick/{going}"),
        ("a send of 10,000 letters that has gone", f"/utskick/{going - 1}"),
        ("the form that schedules, with its forecast", f"/nummer/{going + 1}/schemalagg"),
        ("the form that corrects", f"/utskick/{going}/ratta"),
        ("reports of a year", "/rapporter"),
        ("a report of one issue", f"/rapporter/nummer/{going - 1}"),
        ("the year for the board", "/rapporter/2026/styrelsen"),
        ("the year as a table", "/rapporter/2026/tabell.csv"),
    ]


def _status(visitor: Visitor, path: str) -> int:
    return int(visitor.get(path).status_code)


def _bare() -> float:
    web = FastAPI()

    @web.get("/")
    def page() -> str:
        return "ok"

    client = TestClient(web)
    return milliseconds(lambda: int(client.get("/").status_code))


if __name__ == "__main__":
    main()
