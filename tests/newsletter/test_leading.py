"""Of several clocks one leads, and when it dies or is cut off the next one does."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

import scheduler
from newsletter import jobs
from newsletter.app import App
from newsletter.jobs import ReleaseReport
from newsletter.leading import LOCK, NAME, Leadership
from newsletter.receiving import TakenIn
from tests import office

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

#: What the product promises (docs/scale.md); a death is noticed far sooner.
TAKEOVER_SECONDS = 15.0


@pytest.fixture
def one(engine: Engine) -> Iterator[Leadership]:
    leadership = Leadership(engine)
    yield leadership
    leadership.close()


@pytest.fixture
def other(engine: Engine) -> Iterator[Leadership]:
    leadership = Leadership(engine)
    yield leadership
    leadership.close()


@office.on_sqlite
def test_on_sqlite_there_is_one_machine_and_every_clock_leads(one: Leadership, other: Leadership) -> None:
    assert one.leads()
    assert other.leads()


@on_postgresql
def test_one_leads_until_it_closes_and_then_another(one: Leadership, other: Leadership) -> None:
    assert [one.leads(), other.leads(), one.leads()] == [True, False, True]

    one.close()

    assert other.leads()
    assert not one.leads()


@on_postgresql
def test_who_loses_the_connection_leads_no_more_at_once(
    engine: Engine, one: Leadership, other: Leadership
) -> None:
    assert one.leads()

    end_connections(engine)

    assert not one.leads()  # the first time that it asks
    wait_for(other.leads)
    assert not one.leads()


def test_where_no_database_answers_nobody_leads() -> None:
    leadership = Leadership(create_engine("postgresql+psycopg://127.0.0.1:1/none"))

    assert not leadership.leads()


@on_postgresql
def test_a_clock_that_is_killed_is_followed_by_another(
    tmp_path: Path, database_url: str, engine: Engine, other: Leadership
) -> None:
    process = office.start("scheduler", directory=tmp_path, database_url=database_url)
    wait_for(lambda: bool(holders(engine)))
    assert not other.leads()

    os.kill(process.pid, signal.SIGKILL)
    died = time.monotonic()
    wait_for(other.leads)

    assert time.monotonic() - died < TAKEOVER_SECONDS
    process.communicate()


@on_postgresql
def test_a_clock_that_does_not_lead_only_takes_in_its_own_mail(
    tmp_path: Path, database_url: str, one: Leadership, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(jobs, "release_issues", lambda _: done.append("release") or ReleaseReport())
    monkeypatch.setattr(jobs, "take_in_mail", lambda _: done.append("take in") or TakenIn())
    assert one.leads()

    with office.opened(tmp_path, database_url) as app:
        clock = scheduler.start(app, lambda _: None)
        time.sleep(0.5)
        before = set(done)
        one.close()
        wait_for(lambda: "release" in done)
        clock.stop()

        assert before == {"take in"}
        assert takes_over(app)


def takes_over(app: App) -> bool:
    """Tell whether a clock that has stopped lets the next one lead at once."""
    leadership = Leadership(app.engine)
    leads = leadership.leads()
    leadership.close()
    return leads


def holders(engine: Engine) -> list[int]:
    held = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = :lock"
    mine = " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    with engine.connect() as connection:
        return list(connection.scalars(text(held + mine), {"lock": LOCK}))


def end_connections(engine: Engine) -> None:
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"
    mine = " AND datname = current_database()"
    with engine.connect() as connection:
        assert connection.scalars(text(ended + mine), {"name": NAME}).all() == [True]


def wait_for(condition: Callable[[], bool], seconds: float = TAKEOVER_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
