"""The whole way as a person runs it: the command, and then a look at every mail in the sink."""

import email
import email.policy
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from subscribers.core.addresses import wire

pytestmark = pytest.mark.slow

#: Long enough for a loaded machine; a healthy run takes a few seconds.
PATIENCE = 180


def rundbrev(*arguments: str | Path, directory: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "newsletter", *map(str, arguments), "--dir", str(directory)],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=directory.parent,
    )
    assert not check or done.returncode == 0, done.stderr
    return done


def demo(directory: Path, *options: str | Path) -> dict[str, object]:
    return json.loads(rundbrev("demo", "--once", "--json", *options, directory=directory).stdout)


def letters(directory: Path) -> list[EmailMessage]:
    return [letter for _, letter in _read(directory)]


def recipients(directory: Path) -> list[str]:
    """Whom each letter was for, by its envelope; in the order of ``letters``."""
    envelopes = [json.loads(path.with_suffix(".json").read_bytes()) for path, _ in _read(directory)]
    assert all(len(envelope["rcpt_tos"]) == 1 for envelope in envelopes)
    return [envelope["rcpt_tos"][0] for envelope in envelopes]


def _read(directory: Path) -> list[tuple[Path, EmailMessage]]:
    """The sink without our notes: who leaves by one click is told so by mail, a moment later."""
    found = [
        (path, email.message_from_bytes(path.read_bytes(), policy=email.policy.default))
        for path in sorted((directory / "sink").glob("*.eml"))
    ]
    return [(path, mail) for path, mail in found if "Auto-Submitted" not in mail]


def body(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return part.get_content()


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    directory = tmp_path_factory.mktemp("demo") / "var"
    return directory, demo(directory)


def test_everyone_is_accounted_for_and_nobody_gets_two(ran: tuple[Path, dict[str, object]]) -> None:
    directory, told = ran

    got = letters(directory)

    assert told["sink_messages"] == told["accepted"] == len(got)
    assert told["accepted"] + told["left_out"] == told["subscribers"] == 400
    assert len({letter["Message-ID"] for letter in got}) == len(got)
    assert len({letter["To"] for letter in got}) == len(got)
    assert told["unsubscribed"] == 1


def test_ten_regions_get_ten_variants(ran: tuple[Path, dict[str, object]]) -> None:
    directory, told = ran

    assert told["variants"] == 10
    assert len({body(letter, "html").split("</title>")[1] for letter in letters(directory)}) >= 10


def test_each_letter_holds_the_block_of_its_readers_region_and_no_other(
    ran: tuple[Path, dict[str, object]],
) -> None:
    directory, _ = ran
    region_of, blocks = regions_and_blocks(directory)

    seen = Counter()
    for letter, recipient in zip(letters(directory), recipients(directory), strict=True):
        region = region_of[recipient.lower()]
        for kind in ("html", "plain"):
            shown = {slug for slug, title in blocks.items() if title in flat(body(letter, kind))}
            assert shown == {region}
        seen[region] += 1

    assert len(seen) == 10


def test_both_parts_carry_a_working_way_out(ran: tuple[Path, dict[str, object]]) -> None:
    directory, _ = ran
    for letter in letters(directory):
        link = letter["List-Unsubscribe"].strip("<>").split(">")[0]

        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link in body(letter, "plain")
        assert link in body(letter, "html")


def test_the_unsubscribed_member_gets_no_second_letter(
    ran: tuple[Path, dict[str, object]], tmp_path: Path
) -> None:
    directory, first = tmp_path / "var", ran[1]
    shutil.copytree(ran[0], directory)
    second = demo(directory)

    assert second["subscribers"] == first["subscribers"]
    assert second["accepted"] == first["accepted"] - 1
    assert second["left_out"] == first["left_out"] + 1


def test_real_texts_go_the_whole_way_too(seeds: Callable[[], list[Path]], tmp_path: Path) -> None:
    told = demo(tmp_path / "var", "--articles", *seeds())

    assert told["sink_messages"] == told["accepted"] == len(letters(tmp_path / "var")) > 300
    assert told["variants"] == 10


def test_afterwards_it_stays_and_says_where_one_comes_in(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "newsletter", "demo", "--subscribers", "40", "--dir", str(tmp_path / "var")],
        env={**os.environ, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=tmp_path,
        # Whoever runs the tests in the background hands down that SIGINT is ignored; at a keyboard it is not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )
    assert running.stdout is not None
    try:
        said = next(line for line in running.stdout if line.startswith("Kom in som redaktör"))
        with urllib.request.urlopen(said.split()[-1], timeout=30) as answer:
            assert "Kom in" in answer.read().decode()
        assert running.stdout.readline().startswith("Läs breven på http://127.0.0.1:")
        running.send_signal(signal.SIGINT)
        assert running.stdout.read() == "Tack för titten.\n"
        assert running.wait(timeout=PATIENCE) == 0
    finally:
        running.kill()
        running.communicate()


def test_scheduling_without_sending_sends_nothing_until_somebody_works(tmp_path: Path) -> None:
    directory = tmp_path / "var"
    told = demo(directory, "--subscribers", "40", "--no-send")
    assert told["accepted"] == told["sink_messages"] == 0
    assert letters(directory) == []

    time.sleep(2)  # the demo schedules a moment ahead
    rundbrev("work", "--until-done", directory=directory)

    assert len(letters(directory)) >= 35


def test_a_killed_run_is_finished_by_work(tmp_path: Path) -> None:
    directory = tmp_path / "var"
    running = subprocess.Popen(
        [sys.executable, "-m", "newsletter", "demo", "--once", "--json", "--dir", str(directory)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=tmp_path,
    )
    wait_for(lambda: len(list((directory / "sink").glob("*.eml"))) >= 25)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert len(list((directory / "sink").glob("*.eml"))) < 380, "it was over before the kill"

    rundbrev("work", "--until-done", directory=directory)

    states = Counter(state for (state,) in query(directory, "SELECT state FROM deliveries"))
    ids = [letter["Message-ID"] for letter in letters(directory)]
    assert len(ids) == len(set(ids))
    assert sum(states.values()) == 400
    assert set(states) <= {"accepted", "left-out", "unknown"}
    assert states["accepted"] <= len(ids) <= states["accepted"] + states["unknown"]
    assert states["unknown"] <= 4  # no more than were on the wire: one for each connection


def regions_and_blocks(directory: Path) -> tuple[dict[str, str], dict[str, str]]:
    rows = query(
        directory,
        "SELECT d.address, s.region_slug FROM deliveries d "
        "JOIN subscribers s ON s.id = d.subscriber_id WHERE d.address <> ''",
    )
    region_of = {wire(address).lower(): region for address, region in rows}
    blocks = dict(query(directory, "SELECT audience, title FROM articles WHERE audience <> '*'"))
    assert len(blocks) == 10
    return region_of, {slug: flat(title) for slug, title in blocks.items()}


def flat(content: str) -> str:
    """Without line breaks and case: the text part wraps, and may set titles in capitals."""
    return " ".join(content.split()).casefold()


def query(directory: Path, statement: str) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(directory / "rundbrev.db")
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
