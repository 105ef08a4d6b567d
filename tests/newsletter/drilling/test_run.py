"""Twenty senders killed in the middle of two thousand letters: nobody is lost, and nobody gets two."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.app import build
from newsletter.drilling import place, run
from newsletter.drilling.place import Ground
from newsletter.drilling.run import Plan
from newsletter.drilling.sink import CountingSink
from newsletter.settings import load
from tests.warm import Warm


@pytest.fixture
def ground(tmp_path: Path, database_url: str, request: pytest.FixtureRequest) -> Iterator[Ground]:
    with CountingSink(tmp_path / "message-ids") as sink:
        settings = place.own_settings(
            tmp_path, load(tmp_path, {}), database_url=database_url, sink_port=sink.port
        )
        with build(settings, migrate=False) as app:
            yield Ground(app, sink)


def furnish(ground: Ground, people: int) -> None:
    with ground.app.sessions.begin() as session:
        place.furnish(session, ground.app, people)


def test_twenty_kills_over_two_thousand_letters_lose_nobody_and_double_nobody(
    ground: Ground, warm: Warm
) -> None:
    furnish(ground, 2_000)

    report = run.drill(ground.app, ground.sink, Plan(20, 2_000, senders=1), start=warm.start)

    verdict = report.verdict
    assert len(report.counted) == 20
    assert (verdict.lost, verdict.doubled, verdict.foreign, verdict.unexplained) == ([], [], 0, [])
    assert verdict.most_unknown <= verdict.allowed == 4
    assert verdict.accepted + verdict.all_unknown == 2_000
    assert report.accidents == []
    assert "Traceback" not in (ground.app.paths.root / "senders.log").read_text()
