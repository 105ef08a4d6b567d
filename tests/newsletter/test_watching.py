"""Metrics: what a Prometheus server reads, and that it reads of nobody."""

import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, event

from newsletter import jobs, metering, watching
from newsletter.app import App
from newsletter.core.outcomes import Unanswered
from newsletter.core.replies import Reply
from newsletter.errors import PlaceTaken
from tests import office
from tests.letterpress import set_issue

RELAY = "relay.example:587"


@pytest.fixture
def app(tmp_path: Path, database_url: str) -> Iterator[App]:
    with office.opened(tmp_path, database_url, METRICS_PORT=free_port()) as app:
        yield app


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def read(port: int) -> dict[tuple[str, ...], float]:
    """Read the metrics as Prometheus does: each sample's name and its labels' values, by label."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        told = answer.read().decode()
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }


def release(app: App, names: list[str]) -> None:
    with app.sessions.begin() as session:
        set_issue(session, list_id=office.crowd(session, names, now=app.now()), now=app.now())
    jobs.release_issues(app)


def test_ledger_and_senders_are_told_of_and_no_person_is(app: App) -> None:
    release(app, ["pia", "per"])
    counts, sheet = metering.begin(app.paths.metrics, "host.1~1~aa")
    counts.settled(Reply(250, None, "Ok"), RELAY, "familjen-öst.example", 0.004)
    counts.settled(Unanswered("reset"), RELAY, "familjen-öst.example", 3.0)
    counts.batch(2, 0.5, 0.25, retries=1)
    counts.wire(RELAY, connections=4, on_the_wire=9)
    sheet.write()

    with watching.answering(app) as port:
        assert port is not None
        found = read(port)
    sheet.close()

    assert found["rundbrev_ledger_up",] == 1
    assert found["rundbrev_deliveries", "queued"] == 2
    assert found["rundbrev_deliveries", "accepted"] == 0
    assert found["rundbrev_delivery_overdue_seconds",] >= 0
    assert found["rundbrev_letters_total", "other", "accepted", RELAY] == 1
    assert found["rundbrev_letters_total", "other", "unknown", RELAY] == 1
    assert found["rundbrev_letters_total", "other", "refused", RELAY] == 0
    assert found["rundbrev_answer_seconds_bucket", "other", "0.005", RELAY] == 1
    assert found["rundbrev_answer_seconds_bucket", "other", "+Inf", RELAY] == 2
    assert found["rundbrev_answer_seconds_sum", "other", RELAY] == pytest.approx(3.004)
    assert found["rundbrev_connections", RELAY] == 4
    assert found["rundbrev_letters_on_the_wire", RELAY] == 9
    assert found["rundbrev_claim_seconds_total",] == 0.5
    assert found["rundbrev_retries_total",] == 1
    assert found["rundbrev_senders",] == 1
    assert found["rundbrev_process_resident_memory_bytes",] > 0
    named = [key for key in found if any(word in part for part in key for word in ("@", "many", "öst"))]
    assert named == []


def test_the_letters_are_counted_once_however_many_look_and_the_longer_the_rarer(app: App) -> None:
    asked: list[str] = []
    engine: Engine = app.own_readers.kw["bind"].engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    clock = iter([0.0, 0.0, 1.0, 6.0, 8.0, 40.0, 49.0, 49.0])  # the second look takes two seconds
    ledger = watching.Ledger(app, lambda: next(clock))

    def looks() -> int:
        asked.clear()
        list(ledger.collect())
        return len([statement for statement in asked if "deliveries" in statement])

    assert looks() > 0
    assert looks() == 0  # a second later
    assert looks() > 0  # six
    assert looks() == 0  # forty: what takes two seconds is asked for each forty
    assert looks() > 0


@office.on_sqlite
def test_without_the_database_the_senders_are_told_of_all_the_same(app: App, tmp_path: Path) -> None:
    counts, sheet = metering.begin(app.paths.metrics, "host.1~1~aa")
    counts.settled(Reply(250, None, "Ok"), RELAY, "a.example", 0.004)
    sheet.close()
    app.own_readers.kw["bind"].dispose()
    (tmp_path / "rundbrev.db").write_bytes(b"no database" * 1000)

    with watching.answering(app) as port:
        assert port is not None
        found = read(port)

    assert found["rundbrev_ledger_up",] == 0
    assert ("rundbrev_deliveries", "queued") not in found
    assert found["rundbrev_letters_total", "other", "accepted", RELAY] == 1


@office.on_sqlite
def test_nobody_answers_unless_a_port_is_set_and_one_that_is_taken_is_told(
    tmp_path: Path, database_url: str, app: App
) -> None:
    with office.opened(tmp_path, database_url) as quiet, watching.answering(quiet) as port:
        assert port is None
    with (
        socket.create_server(("127.0.0.1", app.settings.metrics_port)),
        pytest.raises(PlaceTaken, match="METRICS_PORT"),
        watching.answering(app),
    ):
        pass
