"""``rundbrev work`` and ``rundbrev sink`` as a person, or cron, runs them."""

import json
import signal
import smtplib
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from newsletter.app import App
from newsletter.mail import folder
from tests import office
from tests.letterpress import set_issue
from tests.newsletter.test_working import free_port

pytestmark = office.on_sqlite


@pytest.fixture
def app(tmp_path: Path, database_url: str) -> Iterator[App]:
    with office.opened(tmp_path, database_url) as app:
        yield app


@pytest.fixture
def rundbrev(tmp_path: Path, database_url: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    running: list[subprocess.Popen[str]] = []
    settings = {"SINK_PORT": free_port()}

    def start(*arguments: str, **more: object) -> subprocess.Popen[str]:
        process = office.start(
            "newsletter", *arguments, directory=tmp_path, database_url=database_url, **{**settings, **more}
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def schedule(app: App, names: list[str], *, wait: timedelta = timedelta(0)) -> None:
    with app.sessions.begin() as session:
        list_id = office.crowd(session, names, now=app.now())
        set_issue(session, list_id=list_id, now=app.now(), send_at=app.now() + wait)


def test_work_until_done_sends_and_tells_a_script_how_it_went(
    app: App, tmp_path: Path, rundbrev: Callable[..., subprocess.Popen[str]]
) -> None:
    schedule(app, ["p1", "p2", "permfail", "drop"])

    process = rundbrev("work", "--until-done", "--json")
    printed, _ = process.communicate(timeout=60)

    assert process.returncode == 0
    assert json.loads(printed) == {"done": True, "deliveries": {"accepted": 2, "refused": 1, "unknown": 1}}
    assert folder.count(tmp_path / "sink") == 2


def test_work_says_on_standard_error_what_was_missed(
    app: App, rundbrev: Callable[..., subprocess.Popen[str]]
) -> None:
    schedule(app, ["p1"], wait=-timedelta(hours=3))

    process = rundbrev("work", "--until-done")
    printed, said = process.communicate(timeout=60)

    assert (process.returncode, printed) == (0, "")
    assert "missade sin tid" in said


def test_work_that_is_interrupted_before_it_is_done_does_not_say_that_it_is(
    app: App, rundbrev: Callable[..., subprocess.Popen[str]]
) -> None:
    schedule(app, ["tempfail"])
    process = rundbrev("work", "--until-done", "--json")
    assert process.stderr is not None
    while "är släppt" not in process.stderr.readline():
        pass

    process.send_signal(signal.SIGTERM)
    printed, _ = process.communicate(timeout=30)

    assert process.returncode == 130
    assert json.loads(printed)["done"] is False


def test_work_is_refused_by_settings_that_do_not_allow_sending(
    rundbrev: Callable[..., subprocess.Popen[str]],
) -> None:
    process = rundbrev("work", SMTP_HOST="smtp.example")
    _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert "BASE_URL" in said
    assert "Traceback" not in said


def test_worker_says_that_one_machine_needs_none(rundbrev: Callable[..., subprocess.Popen[str]]) -> None:
    process = rundbrev("worker")
    _, said = process.communicate(timeout=30)

    assert process.returncode == 2
    assert "behöver ingen worker" in said
    assert "Traceback" not in said


def test_sink_takes_mail_on_the_port_it_names_until_it_is_stopped(
    tmp_path: Path, rundbrev: Callable[..., subprocess.Popen[str]]
) -> None:
    process = rundbrev("sink", "--port", "0")
    assert process.stderr is not None
    line = ""
    while "tar emot på 127.0.0.1:" not in line:
        line = process.stderr.readline()
    port = int(line.partition("127.0.0.1:")[2].split()[0])

    with smtplib.SMTP("127.0.0.1", port, "localhost") as client:
        client.sendmail("a@eken.example", ["anna@lund.example"], b"Subject: Hej\r\n\r\nHej\r\n")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)

    assert process.returncode == 0
    assert "Traceback" not in said
    assert folder.count(tmp_path / "sink") == 1


def test_sink_says_when_its_port_is_taken(rundbrev: Callable[..., subprocess.Popen[str]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = rundbrev("sink", "--port", str(port))
        _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert f"Porten {port} används av ett annat program" in said
