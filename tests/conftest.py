"""Fixtures for both databases, and the rule that nothing is skipped where all must run."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from newsletter import database
from subscribers.services import regions
from tests.cast import Cast, settle_in
from tests.engines import sharing
from tests.postgres import TEST_DATABASE_URL, Reused, empty_postgres, reused
from tests.warm import Warm
from tests.warm import warm as warm_process

#: Everything optional is compulsory: a skipped test fails (CI sets it).
STRICT = os.environ.get("RUNDBREV_STRICT_TESTS") == "1"

#: The only thing that may be missing everywhere: other people's texts, which the project must not hold.
NO_SEEDS = "the folder with real newsletters is not beside this checkout"

NOON = datetime(2030, 3, 1, 12, 0, tzinfo=UTC)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Turn a skipped test into a failed one where nothing may be skipped."""
    report = yield
    excused = hasattr(report, "wasxfail") or NO_SEEDS in str(report.longrepr)
    if STRICT and report.skipped and not excused:
        report.outcome = "failed"
        report.longrepr = f"skipped, but everything is compulsory here: {report.longrepr}"
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Say which tests must run in one process, where there are several."""
    from tests.together import Together

    return Together(config, log)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own environment out of the tests."""
    from newsletter.settings import variables

    for name in variables():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session", autouse=True)
def _statements_are_compiled_once() -> Iterator[None]:
    """Let the engines of all tests in this process share what they have compiled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", sharing(database.create_engine))
        yield


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str | None]:
    """Make one migrated PostgreSQL database to copy from; None where no server answers."""
    with empty_postgres() as url:
        if url is not None:
            engine = database.make_engine(url)
            _prepare(engine)
            engine.dispose()
        yield url and make_url(url).database


@pytest.fixture(scope="session")
def postgres_reused(postgres_template: str | None) -> Iterator[Reused | None]:
    """One PostgreSQL database for all tests of this process, put back for each; None if it can't be."""
    assert postgres_template is not None
    with reused(postgres_template) as database:
        yield database


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("template") / "rundbrev.db"
    engine = database.make_engine(f"sqlite:///{path}")
    _prepare(engine)
    with engine.connect() as connection:
        connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of each kind: migrated, with regions, municipalities and lists in it."""
    yield from database_of(request, tmp_path)


def database_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give a fresh database of the kind that the request's parameter names."""
    if request.param == "sqlite":
        path = tmp_path / "rundbrev.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgres_template")
    if template is None:
        pytest.skip(f"no PostgreSQL answers at {TEST_DATABASE_URL}")
    reusable = request.getfixturevalue("postgres_reused")
    if reusable is not None:
        reusable.put_back()
        yield reusable.url
        return
    with empty_postgres(template) as url:
        assert url is not None
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The fresh database's engine."""
    engine = database.make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """The session factory of the fresh database (each test runs on SQLite and on PostgreSQL)."""
    return database.make_sessions(engine)


@pytest.fixture
def cast(sessions: sessionmaker[Session]) -> Cast:
    """The people of the tests, moved in (see tests/cast.py)."""
    with sessions.begin() as session:
        return settle_in(session, now=NOON)


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """A process that has loaded what a sender needs, and forks senders."""
    with warm_process() as warm:
        yield warm


@pytest.fixture(scope="session")
def seeds() -> Callable[[], list[Path]]:
    """Give the real newsletters beside the checkout; skip where they are not."""

    def find() -> list[Path]:
        folder = Path(__file__).parents[2] / "shared" / "seeds"
        if not folder.is_dir():
            pytest.skip(NO_SEEDS)
        return sorted(folder.glob("*.txt"))

    return find


def _prepare(engine: Engine) -> None:
    database.upgrade(engine)
    with database.make_sessions(engine).begin() as session:
        regions.load_facts(session)
