"""Whatever happens to a sender, nobody is lost and nobody gets two; and the operator is told in a sentence.

Real processes, a sink that counts, and the ledger: what counts is what can be seen from outside.
"""

import signal
import socket
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

from newsletter import jobs, sender
from newsletter.app import App, build
from newsletter.drilling import run
from newsletter.drilling.judging import Kill, Verdict
from newsletter.drilling.place import own_settings
from newsletter.drilling.sink import CountingSink
from newsletter.models import Delivery, DeliveryState
from newsletter.settings import Settings, load
from tests import office
from tests.letterpress import set_issue
from tests.postgres import TEST_DATABASE_URL, empty_postgres
from tests.warm import Warm, WarmSender

CONNECTIONS = 4


class Scene:
    """An issue on its way into the sink, and the sender that carries it: started again when it ends."""

    def __init__(self, app: App, sink: CountingSink, warm: Warm) -> None:
        self.app = app
        self.sink = sink
        self.people = 0
        self.kills: list[Kill] = []
        self.disturbed: list[str] | None = None
        self._warm = warm
        self._log = (app.paths.root / "senders.log").open("ab")
        self._sender: WarmSender | None = None

    @property
    def said(self) -> str:
        return Path(self._log.name).read_text(encoding="utf-8")

    def release(self, people: int) -> None:
        self.people = people
        with self.app.sessions.begin() as session:
            list_id = office.crowd(session, [f"p{n}" for n in range(people)], now=self.app.now())
            set_issue(session, list_id=list_id, now=self.app.now())
        jobs.release_issues(self.app)

    def start(self, port: int = 0) -> None:
        settings = replace(self.app.settings, smtp_port=port or self.sink.port)
        self._sender = self.start_with(settings)

    def start_with(self, settings: Settings) -> WarmSender:
        return self._warm.start(settings, self._log, disturbed=self.disturbed)

    def halfway(self) -> None:
        """Start, and come to where some letters are through, some on the wire and some only claimed."""
        self.sink.behave(delay=0.01, allow=10)
        self.start()
        self.wait(lambda: sum(self.sink.taken().values()) >= 10 + CONNECTIONS)

    def kill(self) -> None:
        assert self._sender is not None
        self._sender.kill()
        self._sender.wait()
        held = frozenset(self._ids(Delivery.state == DeliveryState.SENDING))
        self.kills.append(Kill(0.0, self._sender.pid, held))

    def signal(self, number: int) -> None:
        assert self._sender is not None
        self._sender.send_signal(number)

    def go_on(self) -> None:
        self.sink.behave(delay=0, allow=None)

    def wait(self, condition: Callable[[], bool], seconds: float = 120) -> None:
        """Wait, as the keeper of a sender does: one that has ended is started again."""
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, f"waited in vain; {self.states()}, {self.said[-500:]}"
            if self._sender is None or self._sender.poll() is not None:
                self.start()
                time.sleep(0.2)
            time.sleep(0.02)

    def wait_until_all_is_settled(self) -> None:
        still = (DeliveryState.QUEUED, DeliveryState.WAITING, DeliveryState.SENDING)
        self.wait(lambda: not any(state in still for state in self.states()))

    def states(self) -> Counter[DeliveryState]:
        with self.app.readers() as session:
            return Counter(session.scalars(select(Delivery.state)))

    def end(self) -> None:
        if self._sender is not None:
            self._sender.kill()
            self._sender.wait()
        self._log.close()

    def verdict(self, *, allowed: int = 0) -> Verdict:
        """Judge, and hear what the operator heard: nothing that only a programmer understands."""
        assert "Traceback" not in self.said
        return run.judged(self.app, self.sink, self.kills, people=self.people, allowed=allowed)

    def _ids(self, which: object) -> list[int]:
        with self.app.readers() as session:
            return list(session.scalars(select(Delivery.id).where(which)))  # type: ignore[arg-type]


@contextmanager
def opened(tmp_path: Path, database_url: str, warm: Warm) -> Iterator[Scene]:
    with ExitStack() as parts:
        sink = parts.enter_context(CountingSink(tmp_path / "message-ids"))
        settings = own_settings(tmp_path, load(tmp_path, {}), database_url=database_url, sink_port=sink.port)
        app = parts.enter_context(build(settings, migrate=False))
        scene = Scene(app, sink, warm)
        parts.callback(scene.end)
        yield scene


@pytest.fixture
def scene(tmp_path: Path, database_url: str, warm: Warm) -> Iterator[Scene]:
    with opened(tmp_path, database_url, warm) as scene:
        yield scene


@contextmanager
def small_disk(place: Path, kilobytes: int) -> Iterator[None]:
    """Mount a file system of this size."""
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here, which takes root: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@contextmanager
def full(place: Path) -> Iterator[None]:
    """Leave no room at all on a disk for the length of the block."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        piece = b"x" * 65536
        while piece:
            try:
                file.write(piece)
            except OSError:
                piece = piece[: len(piece) // 2]
    try:
        yield
    finally:
        filler.unlink()


# --- The disk -----------------------------------------------------------------------------------------------


@office.on_sqlite
def test_a_full_disk_for_the_journal_makes_letters_wait_and_loses_none(scene: Scene) -> None:
    """What cannot be written down must not be sent."""
    scene.release(200)
    with small_disk(scene.app.paths.journal, 64):
        scene.halfway()
        with full(scene.app.paths.journal):
            scene.go_on()
            scene.wait(lambda: "Inga brev skickas just nu (the journal cannot be written" in scene.said)
            before = scene.sink.taken()
            waiting = scene.states()[DeliveryState.ACCEPTED]
        scene.wait_until_all_is_settled()

        found = scene.verdict()
        scene.end()
    assert waiting < 200
    assert sum(before.values()) < 200
    assert (found.lost, found.doubled, found.all_unknown, found.accepted) == ([], [], 0, 200)


def test_a_full_disk_for_the_ledger_loses_no_letter_and_doubles_none(
    tmp_path: Path, sqlite_template: Path, warm: Warm
) -> None:
    small = tmp_path / "small"
    with small_disk(small, sqlite_template.stat().st_size // 1024 + 4096):
        (small / "rundbrev.db").write_bytes(sqlite_template.read_bytes())
        with opened(tmp_path, f"sqlite:///{small / 'rundbrev.db'}", warm) as scene:
            scene.release(200)
            scene.halfway()
            with full(small):
                scene.go_on()
                scene.wait(lambda: "disk is full" in scene.said)
            scene.wait_until_all_is_settled()

            found = scene.verdict()
    assert (found.lost, found.doubled, found.all_unknown, found.accepted) == ([], [], 0, 200)


# --- The database -------------------------------------------------------------------------------------------


@office.on_sqlite
def test_a_database_that_is_locked_for_long_is_waited_for(scene: Scene, tmp_path: Path) -> None:
    scene.disturbed = ["impatient", "150"]
    scene.release(200)
    scene.halfway()

    other = sqlite3.connect(tmp_path / "rundbrev.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    scene.go_on()
    scene.wait(lambda: "locked" in scene.said)
    other.execute("ROLLBACK")
    other.close()
    scene.wait_until_all_is_settled()

    found = scene.verdict()
    assert (found.lost, found.doubled, found.all_unknown, found.accepted) == ([], [], 0, 200)


@contextmanager
def database_gone(url: str) -> Iterator[None]:
    """Cut all connections to a PostgreSQL database, and let none in, for the length of the block."""
    name = make_url(url).database
    admin = create_engine(TEST_DATABASE_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        try:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
                {"name": name},
            )
            yield
        finally:
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    admin.dispose()


def test_a_database_that_goes_away_and_comes_back_costs_nothing(
    tmp_path: Path, postgres_template: str | None, warm: Warm
) -> None:
    if postgres_template is None:
        pytest.skip(f"no PostgreSQL answers at {TEST_DATABASE_URL}")
    with empty_postgres(postgres_template) as url:
        assert url is not None
        with opened(tmp_path, url, warm) as scene:
            scene.release(200)
            scene.halfway()

            with database_gone(url):
                scene.go_on()
                scene.wait(lambda: bool(scene.said))
                time.sleep(0.5)
            scene.wait_until_all_is_settled()

            found = scene.verdict()
    assert (found.lost, found.doubled, found.all_unknown, found.accepted) == ([], [], 0, 200)


@office.on_sqlite
def test_a_sender_that_finds_no_database_says_so_in_a_sentence(scene: Scene) -> None:
    nowhere = replace(scene.app.settings, database_url="postgresql+psycopg://127.0.0.1:9/rundbrev")

    status = scene.start_with(nowhere).wait()

    assert status == sender.FAILED  # its keeper starts another
    assert "Databasen går inte att använda (connection failed" in scene.said
    assert scene.said.endswith("vad DATABASE_URL säger.\n")


# --- The clock ----------------------------------------------------------------------------------------------


def test_a_clock_that_jumps_back_an_hour_delays_letters_and_neither_loses_nor_doubles_one(
    scene: Scene, tmp_path: Path
) -> None:
    turned_back = tmp_path / "turned back"
    scene.disturbed = ["clock back an hour", str(turned_back)]
    scene.release(200)
    scene.halfway()

    turned_back.touch()
    scene.go_on()
    scene.wait(lambda: scene.states()[DeliveryState.SENDING] == 0)
    scene.kill()  # the next one begins under the wrong clock
    scene.start()
    time.sleep(0.3)
    turned_back.unlink()
    scene.wait_until_all_is_settled()

    found = scene.verdict(allowed=CONNECTIONS)
    assert (found.lost, found.doubled, found.unexplained) == ([], [], [])
    assert found.holds


# --- The machine --------------------------------------------------------------------------------------------


def journal(scene: Scene) -> Path:
    [path] = scene.app.paths.journal.glob("*.log")
    return path


@pytest.mark.parametrize("left", [-10, 30, 0], ids=["half a line", "hardly its head", "nothing"])
@office.on_sqlite
def test_a_journal_whose_tail_is_cut_leaves_letters_unknown_and_none_lost(scene: Scene, left: int) -> None:
    scene.release(100)
    scene.halfway()
    scene.kill()
    content = journal(scene).read_bytes()
    journal(scene).write_bytes(content[:left])

    scene.go_on()
    scene.wait_until_all_is_settled()

    held = scene.kills[0].held
    found = scene.verdict(allowed=len(held))
    assert found.holds
    assert found.all_unknown >= CONNECTIONS


@office.on_sqlite
def test_after_a_reboot_every_open_claim_without_a_reply_is_unknown(scene: Scene) -> None:
    scene.release(100)
    scene.halfway()
    scene.kill()
    head, _, lines = journal(scene).read_text().partition("\n")
    journal(scene).write_text(f"{head[:-4]}0000\n{lines}")
    replied = sum(line.startswith("<") for line in lines.splitlines())
    accepted = scene.states()[DeliveryState.ACCEPTED]

    scene.go_on()
    scene.wait_until_all_is_settled()

    held = scene.kills[0].held
    found = scene.verdict(allowed=len(held))
    assert found.holds
    assert found.all_unknown == len(held) - (replied - accepted)


def test_a_kill_between_the_claim_and_the_first_octet_leaves_nothing_unknown(scene: Scene) -> None:
    scene.release(60)
    with socket.create_server(("127.0.0.1", 0)) as mute:  # takes connections, and never says a word
        scene.start(port=mute.getsockname()[1])
        scene.wait(lambda: scene.states()[DeliveryState.SENDING] > 0)
        scene.kill()

    scene.go_on()
    scene.start()
    scene.wait_until_all_is_settled()

    found = scene.verdict()
    assert len(scene.kills[0].held) > 0
    assert (found.lost, found.doubled, found.all_unknown, found.accepted) == ([], [], 0, 60)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@office.on_sqlite
def test_told_to_stop_in_the_middle_leaves_nothing_unknown(scene: Scene, number: int) -> None:
    scene.release(100)
    scene.halfway()

    scene.signal(number)
    scene.go_on()
    scene.wait_until_all_is_settled()

    found = scene.verdict()
    assert (found.lost, found.doubled, found.all_unknown, found.accepted) == ([], [], 0, 100)
