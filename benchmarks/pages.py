"""How long every page takes that somebody signed in sees: 10,000 people, 60 issues, all closed but one.

    python benchmarks/pages.py              on SQLite
    python benchmarks/pages.py URL          on an empty PostgreSQL

For each page the median of seven requests in milliseconds, how many of these the processor worked for us (the
rest is the database server, or others on this machine), and the ratio to a bare FastAPI page, which is asked
after each of them; for somebody who holds every role, and where a regional lead may come, for a lead of 3,000
members. The slowest come first. Then the preview of an issue of 23 articles right after an edit of one of
them. Goals: a page 100 ms, a preview 300 ms; what is above has a mark. No limit is tested: machines differ.
"""

import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from newsletter import jobs, serving
from newsletter.app import DEMO_MARKER, App, build
from newsletter.core.articles import ArticleText
from newsletter.demo import composing
from newsletter.models import Issue
from newsletter.services import articles, releases
from newsletter.settings import load
from newsletter.web.gate import LocalOnly, May, SignedIn
from newsletter.web.site import make_site
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.models import RoleName
from tests.cast import Cast, settle_in
from tests.letterpress import set_issue
from tests.newsletter.web.test_gate import gate_of
from tests.newsletter.web.test_site import addresses_in, routes
from tests.newsletter.web.visitors import Visitor, appoint, signed_in
from tests.office import crowd

PEOPLE, ISSUES, ARTICLES, ROUNDS = 10_000, 60, 400, 7
PAGE_GOAL, PREVIEW_GOAL = 100, 300
REGIONS = ("skane", "norra", "vast")

PARAGRAPH = "Äppelträden står i blom, och på lördag ses vi i trädgården klockan tio för att räkna bin. "


@dataclass(frozen=True)
class World:
    """What was made: the cast, issues on their way, gone and planned, and a draft."""

    cast: Cast
    going: int
    gone: int
    planned: int
    draft: int


@dataclass(frozen=True, order=True)
class Time:
    """Milliseconds by the clock, and of the processor."""

    clock: float = 0
    processor: float = 0


@dataclass(frozen=True)
class Timed:
    """A page, and how long it took for somebody with every role and for a lead; None: not theirs."""

    path: str
    everyone: Time | None
    lead: Time | None

    @property
    def slower(self) -> Time:
        """The time of the one who waits longer."""
        return max(self.everyone or Time(), self.lead or Time())


def fill(app: App) -> World:
    """Write people, articles and issues."""
    now, gone = app.now(), []
    with app.sessions.begin() as session:
        cast = settle_in(session, now=now)
        for number, region in enumerate(REGIONS):
            part = range(number, PEOPLE, len(REGIONS))
            list_id = crowd(session, [f"p{n}" for n in part], now=now, region=region)
        if app.engine.dialect.name == "postgresql":  # the crowd came with its ids
            ids = "pg_get_serial_sequence('subscribers', 'id')"
            session.execute(text(f"SELECT setval({ids}, (SELECT max(id) FROM subscribers))"))
        session.execute(
            text("UPDATE addresses SET canonical = replace(canonical, 'many', 'd' || (id % 300))")
        )
        for number in range(ARTICLES):
            words = ArticleText(title=f"Artikel {number} om träd", body=f"{PARAGRAPH * 6}\n\n" * 5)
            articles.create(session, text=words, now=now)
    scope = app.everything("a benchmark")
    for number in range(ISSUES):
        with app.sessions.begin() as session:
            gone.append(set_issue(session, list_id=list_id, now=now, regions=(*REGIONS, "")))
            releases.release(session, scope=scope, issue_id=gone[-1], now=now)
            session.get_one(Issue, gone[-1]).released_at = now - timedelta(days=6 * (ISSUES - number))
            _send(session, gone[-1], of=2 if number == ISSUES - 1 else 1)
    jobs.summarise(app)
    with app.sessions.begin() as session:
        later = now + timedelta(days=3)
        planned = set_issue(session, list_id=list_id, now=now, send_at=later, regions=(*REGIONS, ""))
        draft = composing.compose(session, texts=[], now=now).issue_id
    return World(cast, gone[-1], gone[-2], planned, draft)


def _send(session: Session, issue_id: int, *, of: int) -> None:
    done = "UPDATE deliveries SET state = 'accepted', attempts = 1 WHERE issue_id = :id AND id % :of = 0"
    session.execute(text(done), {"id": issue_id, "of": of})


def main() -> None:
    """Measure and print."""
    environment = {"DATABASE_URL": sys.argv[1]} if len(sys.argv) > 1 else {}
    with tempfile.TemporaryDirectory() as folder, build(load(Path(folder), environment)) as app:
        world = fill(app)
        (app.paths.root / DEMO_MARKER).write_text("", encoding="utf-8")
        letter = tokens.make(app.keyring, Purpose.LETTERS, world.cast.anna, world.cast.newsletter, 0)
        pages = _pages(app, addresses_in(app, world.cast, letter), world)
        with app.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        officer, lead = _officer(app, world.cast), _lead(app, world.cast)
        serving.settle()  # as the server does when it has started
        bare = Bare()
        timed = [Timed(path, bare.beside(officer, path), bare.beside(lead, path)) for path in pages]
        previews = _previews(app, officer, world.draft)
        one = bare.time
        print(f"{PEOPLE:,} people, {ISSUES} issues, {app.engine.dialect.name}; median of {ROUNDS}")
        print(f"{'':50} {'with every role':>28} {'a lead':>28}")
        print(_line("a bare FastAPI page", one, PAGE_GOAL, one))
        for each in sorted((one for one in timed if one.slower.clock), key=lambda page: page.slower)[::-1]:
            print(_line(each.path, one, PAGE_GOAL, each.everyone, each.lead))
        for name, took in previews.items():
            print(_line(name, one, PREVIEW_GOAL, took))


def _line(name: str, bare: Time, goal: float, *took: Time | None) -> str:
    figures = "".join(_figures(each, bare) for each in took)
    above = any(each.clock > goal for each in took if each)
    name = re.sub("[0-9a-f]{32}", "{key}", name)
    return f"{name:50} {figures}{'  ABOVE' if above else ''}"


def _figures(time: Time | None, bare: Time) -> str:
    if time is None:
        return " " * 29
    return f" {time.clock:7.1f} ms ({time.processor:6.1f}) {time.clock / bare.clock:5.1f} x"


def _pages(app: App, addresses: Mapping[str, str], world: World) -> Sequence[str]:
    """Return one address for every page that asks who somebody is, and some more about large issues."""
    signed_in_only = [
        addresses[route.path]
        for route in routes(app)
        if "GET" in route.methods and isinstance(gate_of(route).access, SignedIn | May | LocalOnly)
    ]
    large = [
        f"/utskick/{world.going}", f"/utskick/{world.gone}", f"/utskick/{world.going}/ratta",
        f"/nummer/{world.draft}", f"/nummer/{world.draft}/brev", f"/nummer/{world.draft}/inslag",
        f"/nummer/{world.draft}/matris", f"/nummer/{world.draft}/granskning",
        f"/nummer/{world.draft}/prov", f"/nummer/{world.draft}/schemalagg",
        f"/nummer/{world.planned}/schemalagg", f"/rapporter/nummer/{world.gone}",
        f"/rapporter/{app.now().year}", f"/rapporter/{app.now().year}/styrelsen",
        f"/rapporter/{app.now().year}/tabell.csv", "/personer?q=Åsa77", "/personer?q=", "/personer?sida=60",
        "/artiklar?q=träd",
    ]  # fmt: skip
    return [*dict.fromkeys([*signed_in_only, *large])]


def _officer(app: App, cast: Cast) -> Visitor:
    """Return somebody who may do everything, at the machine itself."""
    for role in RoleName:
        appoint(app, cast.bo, role, "norra" if role is RoleName.REGIONAL_LEAD else None)
    visitor = Visitor(
        make_site(app), base_url="http://127.0.0.1:8040", client=("127.0.0.1", 50000), follow_redirects=False
    )
    visitor.cookies = signed_in(app, cast.bo).cookies
    return visitor


def _lead(app: App, cast: Cast) -> Visitor:
    return signed_in(app, appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane"))


def _previews(app: App, officer: Visitor, issue_id: int) -> Mapping[str, Time]:
    """Time the letter, and the desk with the letter in it, each right after an edit of one article."""

    def edit(number: int) -> None:
        with app.sessions.begin() as session:
            item = session.get_one(Issue, issue_id).items[0]
            words = {"lead": f"En ny ingress, {number}."}
            articles.change(session, article_id=item.article_id, values=words, now=app.now())

    def edited(*pages: str) -> Time:
        times = []
        for number in range(ROUNDS):
            edit(number)
            times.append(_timed(lambda: [_must(officer, page) for page in pages]))
        return _median(times)

    desk, letter = f"/nummer/{issue_id}", f"/nummer/{issue_id}/brev"
    return {
        "the letter after an edit": edited(letter),
        "the desk and then the letter after an edit": edited(desk, letter),
    }


class Bare:
    """A page of FastAPI's, asked after each page of ours: both have the same weather."""

    def __init__(self) -> None:
        web = FastAPI()
        web.get("/")(lambda: "ok")
        self._client = TestClient(web)
        self._times: list[Time] = []

    def beside(self, visitor: Visitor, path: str) -> Time | None:
        """Return how long a page of ours takes; None for one that is not theirs."""
        if not _is_page(visitor, path):
            return None
        times = []
        for _ in range(ROUNDS):
            times.append(_timed(lambda: _must(visitor, path)))
            self._times.append(_timed(lambda: _must(self._client, "/")))
        return _median(times)

    @property
    def time(self) -> Time:
        """How long the bare page took."""
        return _median(self._times)


def _is_page(visitor: Visitor, path: str) -> bool:
    with visitor.stream("GET", path) as answer:
        kind = answer.headers.get("content-type", "")
        return answer.status_code == 200 and kind.startswith("text/html")


def _must(visitor: TestClient, path: str) -> None:
    answer = visitor.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")


def _timed(ask: Callable[[], object]) -> Time:
    clock, processor = perf_counter(), process_time()
    ask()
    return Time((perf_counter() - clock) * 1000, (process_time() - processor) * 1000)


def _median(times: Sequence[Time]) -> Time:
    return Time(median(each.clock for each in times), median(each.processor for each in times))


if __name__ == "__main__":
    main()
