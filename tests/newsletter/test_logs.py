"""What is logged: a line an event, and from info on nobody's address or name."""

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from newsletter import logs
from newsletter.app import App
from newsletter.mail.sink import Sink
from newsletter.models import Delivery
from subscribers.models import Subscriber
from tests import office
from tests.letterpress import set_issue

_log = logging.getLogger("newsletter.tried")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the loggers as they were."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    yield
    logs.begin("text", "warning")
    root.handlers = handlers


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_an_event_is_one_json_object_a_line_with_its_numbers_beside_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.begin("json", "info")
    _log.info("issue released", extra={"issue": 3, "letters": 400})

    [line] = map(json.loads, said(capsys))
    assert line.pop("at").endswith("Z")
    assert line.pop("process") > 0
    assert line == {
        "level": "info", "logger": "newsletter.tried", "event": "issue released", "issue": 3, "letters": 400,
    }  # fmt: skip


def test_as_text_it_is_one_line_however_many_the_words_had(capsys: pytest.CaptureFixture[str]) -> None:
    logs.begin("text", "info")
    _log.info("sender\ndied", extra={"status": -9})

    [line] = said(capsys)
    assert "level=info logger=newsletter.tried" in line
    assert line.endswith("status=-9") or "status=-9 " in line


@pytest.mark.parametrize(("level", "events"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_it_speaks_from_the_level_on_that_was_asked_for(
    capsys: pytest.CaptureFixture[str], level: str, events: int
) -> None:
    logs.begin("json", level)
    for each in (_log.debug, _log.info, _log.warning, _log.error):
        each("said")

    assert len(said(capsys)) == events


def refusing(app: App) -> None:
    with app.sessions.begin() as session:
        session.execute(text("INSERT INTO regions (slug, name) VALUES ('skane', 'pia@privat.example')"))


@office.on_sqlite
def test_of_an_error_its_kind_and_place_are_told_and_not_the_row_that_it_quotes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str
) -> None:
    logs.begin("json", "info")
    with office.opened(tmp_path, database_url) as app:
        try:
            refusing(app)
        except IntegrityError:
            _log.exception("delivery %d cannot be written", 7)
        try:
            app.keyring.secrets[5]  # an error of no module of ours
        except IndexError:
            _log.exception("to %s", "pia@privat.example")

    first, second = map(json.loads, said(capsys))
    assert first["event"] == "delivery 7 cannot be written"
    assert first["error"] == "IntegrityError"
    assert second["event"] == "to …@…"
    assert "pia" not in json.dumps([first, second])


def test_at_debug_the_whole_error_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    logs.begin("json", "debug")
    try:
        raise ValueError("what went wrong")
    except ValueError:
        _log.debug("tick", exc_info=True)

    [line] = map(json.loads, said(capsys))
    assert "ValueError: what went wrong" in line["traceback"]


def test_of_other_peoples_libraries_only_the_fixed_words_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    logs.begin("json", "info")
    logging.getLogger("mail.log").info("sender: %s", "pia@privat.example")
    logging.getLogger("mail.log").warning("refused: %s", "Pia Privat")

    [line] = map(json.loads, said(capsys))
    assert line["event"] == "refused: %s"


#: Of each kind of trouble one, and the address in what the sink answers.
PEOPLE = ["pia", "per", "permfail.olga", "tempfail.nils", "drop.tove"]


@office.on_sqlite
def test_in_the_log_of_a_whole_send_nobody_is_named(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "sink").mkdir()
    with office.opened(tmp_path, database_url) as app, Sink(tmp_path / "sink", 0, now=app.now) as sink:
        with app.sessions.begin() as session:
            set_issue(session, list_id=office.crowd(session, PEOPLE, now=app.now()), now=app.now())
        process = office.start(
            "newsletter", "work", directory=tmp_path, database_url=database_url,
            SINK_PORT=sink.port, LOG_FORMAT="json", LOG_LEVEL="info",
        )  # fmt: skip
        try:
            _wait_for_letters(app)
        finally:
            process.terminate()
            said = process.communicate(timeout=30)[1]
        with app.readers() as session:
            people = session.scalars(select(Subscriber)).all()
            words = {word for one in people for word in (one.given_name, one.family_name)}
            words |= {delivery.address for delivery in session.scalars(select(Delivery))} | set(PEOPLE)

    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    events = {line["event"] for line in lines}
    assert {"issue released", "sender started", "sender stopped"} <= events
    assert [
        word for word in words if any(word in json.dumps(line, ensure_ascii=False) for line in lines)
    ] == []


def _wait_for_letters(app: App) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with app.readers() as session:
            rows = session.scalars(select(Delivery)).all()
            if rows and all(row.attempts or row.settled_at for row in rows):
                return
        time.sleep(0.05)
    raise AssertionError("the letters were not tried")
