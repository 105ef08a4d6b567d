"""The clock: one tick a second, late rather than never, and never stopped by an error."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine

import scheduler
from newsletter import jobs
from newsletter.app import App
from newsletter.jobs import ReleaseReport
from newsletter.models import Issue, IssueStatus
from newsletter.receiving import TakenIn
from tests import office
from tests.letterpress import set_issue

APP = SimpleNamespace(
    settings=SimpleNamespace(interface_language="sv"),
    now=lambda: datetime.now(UTC),
    engine=create_engine("sqlite://"),  # a clock on SQLite leads
)


@pytest.fixture(autouse=True)
def _the_other_jobs_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock have nothing to do but to release: the other jobs are tried where they are written."""
    monkeypatch.setattr(jobs, "mail_sign_ups", lambda _: None)
    monkeypatch.setattr(jobs, "post_notes", lambda _: None)
    monkeypatch.setattr(jobs, "prune", lambda _: None)
    monkeypatch.setattr(jobs, "summarise", lambda _: 0)
    monkeypatch.setattr(jobs, "give_up_lost", lambda _: 0)
    monkeypatch.setattr(jobs, "notice_warnings", lambda _: [])
    monkeypatch.setattr(jobs, "remind_of_roles", lambda _: 0)
    monkeypatch.setattr(jobs, "remind_of_answers", lambda _: 0)
    monkeypatch.setattr(jobs, "ask_for_blocks", lambda _: 0)
    monkeypatch.setattr(jobs, "settle_blocks", lambda _: 0)
    monkeypatch.setattr(jobs, "take_in_mail", lambda _: TakenIn())


def test_every_job_is_done_at_once_when_the_clock_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cron job starts it for a few seconds only: what comes first after an hour would never come."""
    done: set[str] = set()
    regular = {
        "ask_for_blocks", "give_up_lost", "mail_sign_ups", "post_notes", "prune", "remind_of_answers",
        "remind_of_roles", "settle_blocks", "summarise",
    }  # fmt: skip
    for job in regular:
        monkeypatch.setattr(jobs, job, lambda _, job=job: done.add(job))
    monkeypatch.setattr(jobs, "notice_warnings", lambda _: done.add("notice_warnings") or [])
    monkeypatch.setattr(jobs, "release_issues", lambda _: done.add("release_issues") or ReleaseReport())
    monkeypatch.setattr(jobs, "take_in_mail", lambda _: done.add("take_in_mail") or TakenIn())

    run(0.8, lambda _: None)

    assert done == regular | {"notice_warnings", "release_issues", "take_in_mail"}


def test_where_workers_share_the_work_it_hands_out_all_but_taking_in_its_own_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    monkeypatch.setattr(jobs, "release_issues", lambda _: done.append("release_issues"))
    monkeypatch.setattr(jobs, "take_in_mail", lambda _: done.append("take_in_mail") or TakenIn())
    orders: list[str] = []

    clock = scheduler.start(APP, print, hand_out=orders.append)  # type: ignore[arg-type]
    time.sleep(0.5)
    clock.stop()

    assert set(done) == {"take_in_mail"}
    assert set(orders) == scheduler.LED.keys() == clock.work().keys()


def test_a_board_that_is_out_of_reach_is_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def closed(_: str) -> None:
        raise ConnectionError("the database is gone\nfor a while")

    clock = scheduler.start(APP, told.append, hand_out=closed)  # type: ignore[arg-type]
    time.sleep(1.3)
    clock.stop()

    assert set(told) == {"ConnectionError: the database is gone"}
    assert len(told) < 2 * len(scheduler.LED)


def test_while_nothing_may_be_sent_it_takes_in_mail_and_tells_of_what_it_could_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    monkeypatch.setattr(jobs, "release_issues", lambda _: done.append("release_issues"))
    monkeypatch.setattr(jobs, "take_in_mail", lambda _: TakenIn(aside=["x.mail"]))
    told: list[str] = []

    clock = scheduler.start(APP, told.append, only_reading=True)  # type: ignore[arg-type]
    time.sleep(0.3)
    clock.stop()

    assert done == []
    assert "x.mail" in told[0]


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the job was called; it takes longer than a tick, and fails each second time."""
    found: list[float] = []

    def release(_: App) -> ReleaseReport:
        found.append(time.monotonic())
        if len(found) % 2 == 0:
            raise RuntimeError("the database is gone\nfor a while")
        return ReleaseReport()

    monkeypatch.setattr(jobs, "release_issues", release)
    return found


def run(seconds: float, tell: Callable[[str], None]) -> None:
    clock = scheduler.start(APP, tell)  # type: ignore[arg-type]
    time.sleep(seconds)
    clock.stop()


def test_it_ticks_once_a_second_and_an_error_is_one_line_and_no_end(ticks: list[float]) -> None:
    told: list[str] = []

    run(4.5, told.append)

    assert len(ticks) in (4, 5)
    assert all(0.5 < later - earlier < 1.6 for earlier, later in pairwise(ticks))
    assert set(told) == {"RuntimeError: the database is gone"}


def test_a_tick_that_takes_long_is_not_begun_twice_nor_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most, count = 0, 0, 0
    lock = threading.Lock()

    def slow(_: App) -> ReleaseReport:
        nonlocal at_once, most, count
        with lock:
            at_once, count = at_once + 1, count + 1
            most = max(most, at_once)
        time.sleep(1.7)
        with lock:
            at_once -= 1
        return ReleaseReport()

    monkeypatch.setattr(jobs, "release_issues", slow)

    run(5, lambda _: None)

    assert most == 1
    assert count >= 2


def test_what_fails_each_second_is_told_once_until_it_is_well_again(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(jobs, "release_issues", lambda _: ReleaseReport())
    clock = scheduler.start(APP, told.append)  # type: ignore[arg-type]
    clock.stop()

    def fails(_: App) -> ReleaseReport:
        raise RuntimeError("gone")

    for works in (False, False, True, False):
        monkeypatch.setattr(jobs, "release_issues", (lambda _: ReleaseReport()) if works else fails)
        clock.tick()

    assert told == ["RuntimeError: gone"] * 2


@office.on_sqlite
def test_an_issue_is_released_at_its_second(tmp_path: Path, database_url: str, cast: object) -> None:
    with office.opened(tmp_path, database_url) as app:
        with app.sessions.begin() as session:
            issue_id = set_issue(session, list_id=1, now=app.now())
        told: list[str] = []
        clock = scheduler.start(app, told.append)
        deadline = time.monotonic() + 10
        while not told and time.monotonic() < deadline:
            time.sleep(0.02)
        clock.stop()

        with app.readers() as session:
            assert session.get_one(Issue, issue_id).status is IssueStatus.RELEASED
        assert len(told) == 1


@office.on_sqlite
def test_alone_it_runs_until_it_is_told_to_stop(tmp_path: Path, database_url: str, cast: object) -> None:
    with office.opened(tmp_path, database_url) as app:
        with app.sessions.begin() as session:
            issue_id = set_issue(session, list_id=1, now=app.now())
        process = office.start("scheduler", directory=tmp_path, database_url=database_url)
        deadline = time.monotonic() + 30
        status = IssueStatus.SCHEDULED
        while status is not IssueStatus.RELEASED and time.monotonic() < deadline:
            time.sleep(0.05)
            with app.readers() as session:
                status = session.get_one(Issue, issue_id).status
        process.terminate()
        _, said = process.communicate(timeout=20)

    assert status is IssueStatus.RELEASED
    assert process.returncode == 0
    assert "är släppt" in said
