"""Following a send at the command line: a line for each change, a picture, JSON; it ends with the send."""

import io
import json
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from newsletter import jobs
from newsletter.app import App, build
from newsletter.cli import issue_watching
from newsletter.core.outcomes import Outcome, Unanswered
from newsletter.core.replies import Reply
from newsletter.services import claims, settling
from newsletter.settings import load
from newsletter.stopping import Stop
from tests import office
from tests.cast import settle_in
from tests.letterpress import set_issue
from tests.newsletter.cli.conftest import Run

OK, LATER = Reply.of(250, "Ok"), Reply.of(451, "later")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated: None) -> Iterator[App]:
    """The cast's association with issue 1 released: four letters in the queue."""
    monkeypatch.chdir(tmp_path)
    with build(load(Path("var"))) as app:
        with app.sessions.begin() as session:
            cast = settle_in(session, now=app.now())
            set_issue(session, list_id=cast.newsletter, now=app.now())
        jobs.release_issues(app)
        yield app


def send(app: App, letters: int, outcome: Outcome = OK) -> None:
    with app.sessions.begin() as session:
        copies = claims.claim(session, sender="a~1~b", now=app.now(), limit=letters)
        settling.settle(session, [(copy.claim, outcome) for copy in copies], sender="a~1~b", now=app.now())


def drawn(app: App) -> str:
    seen = issue_watching.look(app, 1)
    screen = Console(file=io.StringIO(), width=100)
    screen.print(issue_watching.picture(seen))
    return screen.file.getvalue()  # type: ignore[attr-defined]


def test_what_is_over_is_told_once_and_then_it_ends(app: App, run: Run) -> None:
    send(app, 3)
    send(app, 1, Unanswered("silence"))

    status, out, _ = run("issues", "status", "1", "--watch")

    assert status == 0
    [line] = out.splitlines()
    assert "Klart. Inget brev är på väg. Överlämnat 3, Ovisst 1, " in line
    assert "1 brev är ovisst: rundbrev deliveries unknown." in line


def test_each_change_is_a_json_object_a_line_of_its_own(
    app: App, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issue_watching, "EVERY_SECONDS", 0.0)
    monkeypatch.setattr(issue_watching, "_PATIENCE", 0.0)
    steps: list[Callable[[], None]] = [
        lambda: None, lambda: send(app, 2), lambda: None, lambda: send(app, 1, LATER), lambda: send(app, 1),
    ]  # fmt: skip
    stop = Stop()

    with issue_watching._screen(as_json=True) as tell:

        def look_on(seen: issue_watching.Seen) -> None:
            tell(seen)
            if steps:
                steps.pop(0)()
            else:
                stop.set()

        assert issue_watching._look_on(app, 1, look_on, stop) is False  # one letter waits for an hour yet

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counts = [{state: number for state, number in line["states"].items() if number} for line in lines]
    assert [(one.get("queued", 0), one.get("accepted", 0), one.get("waiting", 0)) for one in counts] == [
        (4, 0, 0), (2, 2, 0), (1, 2, 1), (0, 3, 1),
    ]  # fmt: skip
    assert [line["state"] for line in lines] == ["going", "going", "going", "later"]
    assert lines[1]["letters_a_second"] == 2.0
    assert lines[1]["finishes_at"] is not None
    assert lines[0]["waits_until"] is None
    assert lines[-1]["waits_until"] is not None
    assert not any(line["over"] for line in lines)
    assert sum(states["accepted"] for states in lines[-1]["by_region"].values()) == 3
    assert sum(states["waiting"] for states in lines[-1]["by_domain"].values()) == 1


def test_the_picture_has_states_regions_and_domains_and_says_until_when_what_waits(app: App) -> None:
    assert "Breven går ut." in drawn(app)
    send(app, 1, LATER)
    send(app, 1)

    told = drawn(app)

    for words in ("Just nu 1 brev i sekunden. Klart ungefär", "1 brev väntar, det första till", "Skåne"):
        assert words in told
    assert "lund.example" in told
    assert "@" not in told


def test_a_draft_is_over_before_it_begins_and_two_wishes_are_wrong_use(app: App, run: Run) -> None:
    with app.sessions.begin() as session:
        cast_list = set_issue(session, list_id=1, now=app.now(), send_at=app.now() + timedelta(hours=1))

    assert run("issues", "status", "1", "--watch", "--left-out")[0] == 2
    assert run("issues", "status", "99", "--watch")[0] == 1
    assert issue_watching.look(app, cast_list).state == "scheduled"
    assert not issue_watching.look(app, cast_list).is_over


def test_with_ctrl_c_it_ends_quietly(app: App, tmp_path: Path) -> None:
    database_url = app.settings.effective_database_url
    process: Any = office.start(
        "newsletter",
        "issues",
        "status",
        "1",
        "--watch",
        directory=tmp_path / "var",
        database_url=database_url,
    )
    assert "I kö 4" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)

    assert process.returncode == issue_watching.INTERRUPTED
    assert out == ""
    assert "Traceback" not in err


def test_what_letters_wait_for_is_told_with_when_they_can_be_done(
    app: App, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEND_RATE", "1/minute")

    status, out, _ = run("issues", "status", "1")
    assert status == 0
    assert "Väntar: högst 1 brev i minuten.\nKlart omkring 20" in out

    _, out, _ = run("issues", "status", "1", "--json")
    assert json.loads(out)["holds"] == [
        {"kind": "rate", "name": "", "until": None, "rate": "1/minute", "said": ""}
    ]

    with build(load(Path("var"))) as limited:
        seen = issue_watching.look(limited, 1)
    assert "Väntar: högst 1 brev i minuten. Klart omkring " in issue_watching.line(seen)
    told = issue_watching.plain(seen)
    assert told["holds"] == json.loads(out)["holds"]
    assert told["finishes_at"] > (seen.at + timedelta(minutes=2)).isoformat()
