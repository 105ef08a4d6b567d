"""Senders that sleep are woken, and the bells of the dead are taken away."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter import jobs, sending, waking
from newsletter.app import App
from newsletter.mail.sink import Sink
from newsletter.models import Delivery, DeliveryState
from newsletter.waking import Bell
from tests import office
from tests.letterpress import set_issue


def test_each_sender_hears_and_after_its_end_its_bell_is_gone(tmp_path: Path) -> None:
    heard = [threading.Event(), threading.Event()]
    bells = [Bell(tmp_path, f"host~{number}", event.set) for number, event in enumerate(heard)]

    assert waking.ring(tmp_path) == 2
    assert all(event.wait(5) for event in heard)
    for bell in bells:
        bell.close()
    assert list(tmp_path.iterdir()) == []
    assert waking.ring(tmp_path) == 0


def test_the_bell_of_a_sender_that_was_killed_is_taken_away(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "host~1.bell")

    assert waking.ring(tmp_path) == 0
    assert list(tmp_path.iterdir()) == []


def test_who_rings_never_waits_for_one_that_does_not_listen(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "host~1.bell")
    deaf = os.open(tmp_path / "host~1.bell", os.O_RDWR)

    os.set_blocking(deaf, False)
    os.write(deaf, bytes(1_048_576))  # as much as goes in
    with pytest.raises(BlockingIOError):
        os.write(deaf, b"r")
    assert waking.ring(tmp_path) == 1
    os.close(deaf)

    assert waking.ring(tmp_path / "missing") == 0


def test_where_no_bell_can_be_hung_the_sender_goes_on(tmp_path: Path) -> None:
    Bell(tmp_path / "missing", "host~1", lambda: None).close()


@office.on_sqlite
def test_a_release_wakes_a_sender_that_would_not_have_looked_for_a_minute(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_POLL_SECONDS", 60.0)
    (tmp_path / "sink").mkdir()
    with (
        office.opened(tmp_path, database_url) as plain,
        Sink(tmp_path / "sink", 0, now=plain.now) as sink,
        office.opened(tmp_path, database_url, SINK_PORT=sink.port) as app,
        sending.open_sender(app) as sender,
    ):
        run = sending.Run(app, sender, until_done=False, tell=lambda _: None)
        thread = threading.Thread(target=run.run)
        thread.start()
        try:
            wait_for(lambda: list(app.paths.bells.iterdir()) != [])
            time.sleep(0.3)  # it has looked, and found nothing
            with app.sessions.begin() as session:
                set_issue(session, list_id=office.crowd(session, ["pia"], now=app.now()), now=app.now())
            jobs.release_issues(app)
            wait_for(lambda: _accepted(app) == 1)
        finally:
            run.stop()
            thread.join()
    assert list(app.paths.bells.iterdir()) == []


def _accepted(app: App) -> int:
    with app.readers() as session:
        which = select(func.count()).where(Delivery.state == DeliveryState.ACCEPTED)
        return session.scalars(which).one()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
