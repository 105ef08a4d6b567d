"""Sink, clock and sender together: kept alive, and honest after the worst."""

import email
import email.policy
import os
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter.app import App
from newsletter.errors import PlaceTaken, SendingRefused, SettingsError
from newsletter.mail import folder
from newsletter.mail.sink import Sink, is_running
from newsletter.models import Delivery
from newsletter.working import Keeper, sharing, working
from tests import office
from tests.letterpress import set_issue, template

CONNECTIONS = 4


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def app(tmp_path: Path, database_url: str, port: int) -> Iterator[App]:
    with office.opened(tmp_path, database_url, SINK_PORT=port, SMTP_CONNECTIONS=CONNECTIONS) as app:
        yield app


def schedule(app: App, names: list[str], *, wait: timedelta = timedelta(0)) -> int:
    with app.sessions.begin() as session:
        list_id = office.crowd(session, names, now=app.now())
        return set_issue(
            session, list_id=list_id, now=app.now(), send_at=app.now() + wait, letter=template(bulk=20_000)
        )


def states(app: App) -> Counter[str]:
    with app.readers() as session:
        return Counter(state.value for state in session.scalars(select(Delivery.state)))


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def until_done(keeper: Keeper) -> None:
    wait_for(keeper.check)


def message_ids(tmp_path: Path) -> Counter[str]:
    return Counter(
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)["Message-ID"]
        for path in (tmp_path / "sink").glob("*.eml")
    )


@office.on_sqlite
def test_an_issue_goes_from_its_time_to_the_mailbox_by_itself(app: App, tmp_path: Path) -> None:
    schedule(app, ["p1", "p2", "permfail"], wait=timedelta(seconds=1.5))
    told: list[str] = []

    with working(app, tell=told.append) as keeper:
        wait_for(lambda: keeper.check() or states(app) == {"accepted": 2, "refused": 1})

    assert folder.count(tmp_path / "sink") == 2
    assert len(told) == 1
    assert "är släppt: 3 brev ligger i kön" in told[0]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_where_machines_share_the_work_an_issue_is_released_by_an_order(app: App, tmp_path: Path) -> None:
    schedule(app, ["p1", "p2"], wait=timedelta(seconds=1.5))
    told: list[str] = []

    with sharing(app, tell=told.append) as shared:
        wait_for(lambda: shared.keeper.check() or states(app) == {"accepted": 2})

    assert shared.hands.carried_out > 0
    assert folder.count(tmp_path / "sink") == 2
    assert any("är släppt: 2 brev ligger i kön" in sentence for sentence in told)


@office.on_sqlite
def test_with_sqlite_there_is_no_work_to_share(app: App) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"), sharing(app):
        pytest.fail("shared with whom?")


@office.on_sqlite
def test_until_done_it_ends_when_nothing_is_left(app: App, tmp_path: Path) -> None:
    schedule(app, [f"p{n}" for n in range(50)])

    with working(app, until_done=True, tell=lambda _: None) as keeper:
        until_done(keeper)

    assert states(app) == {"accepted": 50}
    assert list(app.paths.journal.iterdir()) == []


@office.on_sqlite
def test_a_missed_issue_is_told_of_and_not_waited_for(app: App) -> None:
    schedule(app, ["p1"], wait=-timedelta(hours=3))
    told: list[str] = []

    with working(app, until_done=True, tell=told.append) as keeper:
        until_done(keeper)

    assert "missade sin tid" in told[0]
    assert states(app) == {}


@office.on_sqlite
def test_an_issue_of_tomorrow_is_not_waited_for(app: App) -> None:
    schedule(app, ["p1"], wait=timedelta(days=1))

    with working(app, until_done=True, tell=lambda _: None) as keeper:
        until_done(keeper)

    assert states(app) == {}


@office.on_sqlite
def test_a_sender_that_dies_is_replaced_and_nothing_goes_twice(app: App, tmp_path: Path) -> None:
    schedule(app, [f"p{n}" for n in range(300)])
    told: list[str] = []

    with working(app, until_done=True, tell=told.append) as keeper:
        wait_for(lambda: folder.count(tmp_path / "sink") >= 20)
        assert keeper.pid is not None
        os.kill(keeper.pid, signal.SIGKILL)
        until_done(keeper)

    assert any("avslutades oväntat (-9)" in sentence for sentence in told)
    accounted_for(app, tmp_path, 300, kills=1)


@office.on_sqlite
def test_it_uses_the_mailbox_that_runs_already(app: App, tmp_path: Path, port: int) -> None:
    schedule(app, ["p1"])
    with Sink(tmp_path / "sink", port, now=app.now) as sink:
        with working(app, until_done=True, tell=lambda _: None) as keeper:
            until_done(keeper)

        assert sink.kept == 1
        assert is_running(tmp_path / "sink", port)


@office.on_sqlite
def test_it_does_not_put_its_mails_into_anothers_mailbox(app: App, tmp_path: Path, port: int) -> None:
    (tmp_path / "another").mkdir()
    with (
        Sink(tmp_path / "another", port, now=app.now),
        pytest.raises(PlaceTaken, match=str(port)),
        working(app, tell=lambda _: None),
    ):
        pass


@office.on_sqlite
def test_settings_that_do_not_allow_sending_stop_it_before_it_starts(
    tmp_path: Path, database_url: str
) -> None:
    with (
        office.opened(tmp_path, database_url, SMTP_HOST="smtp.example") as app,
        pytest.raises(SendingRefused, match="BASE_URL"),
        working(app, tell=lambda _: None),
    ):
        pass


# --- kill -9 ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_killed_in_the_middle_and_started_again_nobody_is_forgotten_and_nobody_gets_two(
    app: App, tmp_path: Path, database_url: str, port: int
) -> None:
    """The sink lives on and is the judge: it counts what came, by Message-ID."""
    schedule(app, [f"p{n}" for n in range(400)])

    with Sink(tmp_path / "sink", port, now=app.now):
        for kill in range(1, 4):
            kill_in_the_middle(tmp_path, database_url, port, folder.count(tmp_path / "sink") + 30 * kill)
            assert states(app).keys() & {"queued", "sending"}, "it was over before the kill"
        work(tmp_path, database_url, port, "--until-done").communicate(timeout=120)

    accounted_for(app, tmp_path, 400, kills=3)


@office.on_sqlite
def test_interrupted_by_ctrl_c_it_ends_quietly(
    app: App, tmp_path: Path, database_url: str, port: int
) -> None:
    schedule(app, [f"slow.{n}" for n in range(20)])
    process = work(tmp_path, database_url, port)
    wait_for(lambda: states(app)["sending"] > 0)

    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to everyone in the foreground
    _, said = process.communicate(timeout=30)

    assert process.returncode == 0
    assert "Traceback" not in said
    assert set(states(app)) <= {"accepted", "queued"}
    assert list((tmp_path / "journal").iterdir()) == []


def work(directory: Path, database_url: str, port: int, *arguments: str) -> subprocess.Popen[str]:
    return office.start(
        "newsletter",
        "work",
        *arguments,
        directory=directory,
        database_url=database_url,
        SINK_PORT=port,
        SMTP_CONNECTIONS=CONNECTIONS,
    )


def kill_in_the_middle(directory: Path, database_url: str, port: int, at: int) -> None:
    process = work(directory, database_url, port, "--until-done")
    wait_for(lambda: folder.count(directory / "sink") >= at)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def accounted_for(app: App, directory: Path, people: int, *, kills: int) -> None:
    found, came = states(app), message_ids(directory)
    assert [each for each, times in came.items() if times > 1] == []
    assert set(found) <= {"accepted", "unknown"}
    assert found["accepted"] + found["unknown"] == people
    assert found["unknown"] <= CONNECTIONS * kills
    assert found["accepted"] <= len(came) <= people
    assert list(app.paths.journal.iterdir()) == []
