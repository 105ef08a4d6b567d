"""The sender process: small, obedient, and gone when its parent is."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter import jobs
from newsletter.app import App
from newsletter.core.messages import MessageTemplate
from newsletter.core.pace import AT_ONCE
from newsletter.mail import folder
from newsletter.mail.sink import Sink
from newsletter.models import Article, Delivery, Variant
from newsletter.services import issues, items, scheduling
from tests import office
from tests.letterpress import set_issue

FOREIGN = (
    "newsletter.web",
    "newsletter.rendering",
    "newsletter.importing",
    "apscheduler",
    "fastapi",
    "starlette",
    "mjml",
    "premailer",
    "prometheus_client",
    "structlog",  # loaded with the first line that is logged
)


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    (tmp_path / "sink").mkdir(exist_ok=True)
    clock = App.now
    with Sink(tmp_path / "sink", 0, now=lambda: clock(None)) as sink:  # type: ignore[arg-type]
        yield sink


@pytest.fixture
def app(tmp_path: Path, database_url: str, sink: Sink) -> Iterator[App]:
    with office.opened(tmp_path, database_url, SINK_PORT=sink.port) as app:
        yield app


def release(app: App, names: list[str]) -> None:
    with app.sessions.begin() as session:
        list_id = office.crowd(session, names, now=app.now())
        set_issue(session, list_id=list_id, now=app.now())
    jobs.release_issues(app)


def states(app: App) -> Counter[str]:
    with app.readers() as session:
        return Counter(state.value for state in session.scalars(select(Delivery.state)))


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def start(tmp_path: Path, database_url: str, sink: Sink) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    running: list[subprocess.Popen[str]] = []

    def begin(*arguments: str, **settings: object) -> subprocess.Popen[str]:
        process = office.start(
            "newsletter.sender",
            *arguments,
            directory=tmp_path,
            database_url=database_url,
            **{"SINK_PORT": sink.port, **settings},
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def test_the_sender_process_knows_neither_pages_nor_rendering_nor_the_clock() -> None:
    program = "import sys, newsletter.sender; print('\\n'.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()

    assert "newsletter.sending" in loaded
    assert [module for module in loaded if module.startswith(FOREIGN)] == []


@office.on_sqlite
def test_what_arrives_is_byte_for_byte_what_was_frozen_but_for_the_slots(
    app: App, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    now = app.now()
    with app.sessions.begin() as session:
        office.crowd(session, ["pia", "per", "eva"], now=now)
        issue = issues.create(session, title="Mars", subject="Vårens träffar", now=now)
        article = Article(title="Skörden", body="Ät *äpplen*.", created_at=now, updated_at=now)
        session.add(article)
        session.flush()
        items.add(session, issue_id=issue.id, article_id=article.id, now=now)
        zone = app.settings.time_zone
        scheduling.schedule(
            session, issue_id=issue.id, at=now, zone=zone, frame=app.frame(), pace=AT_ONCE, now=now
        )
        [variant] = session.scalars(select(Variant)).all()
        assert hashlib.sha256(variant.template).hexdigest() == variant.sha256
        frozen = MessageTemplate.load(variant.template)
    jobs.release_issues(app)

    start("--until-done").communicate(timeout=60)

    as_frozen = re.compile(b"(.*?)".join(map(re.escape, frozen.pieces)), re.DOTALL)
    arrived = [path.read_bytes() for path in (tmp_path / "sink").glob("*.eml")]
    assert len(arrived) == 3
    for mail in arrived:
        found = as_frozen.fullmatch(mail)
        assert found is not None
        assert len(found.groups()) == len(frozen.slots)
    assert len({as_frozen.fullmatch(mail).groups() for mail in arrived}) == 3  # type: ignore[union-attr]


@office.on_sqlite
def test_until_done_it_sends_everything_and_ends(
    app: App, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    release(app, [f"p{n}" for n in range(40)])

    _, said = start("--until-done").communicate(timeout=60)

    assert said == ""
    assert states(app) == {"accepted": 40}
    assert folder.count(tmp_path / "sink") == 40
    assert list(app.paths.journal.iterdir()) == []


@office.on_sqlite
def test_with_nothing_to_do_until_done_ends_at_once(
    app: App, start: Callable[..., subprocess.Popen[str]]
) -> None:
    process = start("--until-done")

    process.communicate(timeout=30)

    assert process.returncode == 0


@office.on_sqlite
def test_it_sends_what_comes_later_too(
    app: App, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    process = start()
    wait_for(lambda: bool(list(app.paths.journal.iterdir())))
    release(app, ["p1", "p2"])

    wait_for(lambda: folder.count(tmp_path / "sink") == 2)

    assert process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_finishes_what_is_on_the_wire_and_gives_back_the_rest(
    app: App, tmp_path: Path, start: Callable[..., subprocess.Popen[str]], number: int
) -> None:
    release(app, [f"slow.{n}" for n in range(30)])
    process = start(SMTP_CONNECTIONS=3)
    wait_for(lambda: states(app)["sending"] > 0)
    time.sleep(0.5)  # they are on the wire by now, and take two seconds

    begun = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=30)

    assert time.monotonic() - begun < 10
    assert (process.returncode, said) == (0, "")
    found = states(app)
    assert found["accepted"] == folder.count(tmp_path / "sink") >= 3
    assert found["queued"] == 30 - found["accepted"]  # nothing unknown, nothing held
    assert list(app.paths.journal.iterdir()) == []


@office.on_sqlite
def test_its_parents_end_is_its_own(app: App, tmp_path: Path, database_url: str, sink: Sink) -> None:
    release(app, ["p1"])
    program = (
        "import subprocess, sys, os;"
        "child = subprocess.Popen([sys.executable, '-m', 'newsletter.sender', '--dir', sys.argv[1],"
        "'--parent', str(os.getpid())]); print(child.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        env={**os.environ, **office.environment(database_url, SINK_PORT=sink.port)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    wait_for(lambda: folder.count(tmp_path / "sink") == 1)

    parent.kill()
    parent.communicate()

    wait_for(lambda: not list(app.paths.journal.iterdir()))
    wait_for(lambda: not _alive(child))


@office.on_sqlite
def test_a_server_that_is_away_is_told_of_and_waited_for(
    app: App, tmp_path: Path, sink: Sink, start: Callable[..., subprocess.Popen[str]]
) -> None:
    release(app, ["p1", "p2"])
    sink.stop()
    process = start("--until-done")
    wait_for(lambda: states(app)["waiting"] == 2)

    sink.start()
    _, said = process.communicate(timeout=60)

    assert process.returncode == 0
    assert f"Mejlservern 127.0.0.1:{sink.port} tar inte emot brev just nu" in said
    assert states(app) == {"accepted": 2}


@office.on_sqlite
def test_settings_that_do_not_allow_sending_end_it_with_a_sentence(
    start: Callable[..., subprocess.Popen[str]],
) -> None:
    process = start(SMTP_HOST="smtp.example")

    _, said = process.communicate(timeout=30)

    assert process.returncode == 2
    assert "BASE_URL" in said
    assert "Traceback" not in said


def _alive(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
