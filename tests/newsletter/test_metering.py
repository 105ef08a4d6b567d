"""The files that senders' counts stand in: they grow for ever, whoever dies and whenever."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter import metering
from newsletter.core.meters import FEWEST_LETTERS, Meters
from newsletter.core.replies import Reply

RELAY = "relay.example:587"
OK = Reply(250, (2, 0, 0), "Ok")


def sent(counts: Meters, letters: int, domain: str = "a.example") -> None:
    for _ in range(letters):
        counts.settled(OK, RELAY, domain, 0.004)


def accepted(folder: Path) -> int:
    lines = metering.gathered(folder).totals.lines.values()
    return sum(line.outcomes.get("accepted", 0) for line in lines)


#: A sender in a process of its own, which counts so many letters and lives until it is told to go.
SENDER = """
import sys
from pathlib import Path
from newsletter import metering
from newsletter.core.replies import Reply
counts, sheet = metering.begin(Path(sys.argv[1]), sys.argv[2])
for _ in range(int(sys.argv[3])):
    counts.settled(Reply(250, None, "Ok"), "relay.example:587", "a.example", 0.004)
counts.wire("relay.example:587", connections=4, on_the_wire=9)
sheet.write()
print("ready", flush=True)
sys.stdin.read()
"""


def begin(folder: Path, name: str, letters: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SENDER, str(folder), name, str(letters)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_counts_of_a_sender_that_was_killed_are_kept_and_what_it_held_open_is_not(tmp_path: Path) -> None:
    process = begin(tmp_path, "host.1~1~aa", 7)
    with process:
        alive = metering.gathered(tmp_path)
        assert (alive.living, alive.totals.connections, accepted(tmp_path)) == (1, {RELAY: 4}, 7)
        process.kill()

    for _ in range(2):
        dead = metering.gathered(tmp_path)
        assert (dead.living, dead.totals.connections, accepted(tmp_path)) == (0, {}, 7)
    assert [path.name for path in tmp_path.glob("*.json")] == ["past.json"]


def test_who_dies_while_the_dead_are_counted_has_counted_them_once(tmp_path: Path) -> None:
    counts, sheet = metering.begin(tmp_path, "host.1~1~aa")
    sent(counts, 5)
    sheet.close()
    left = (tmp_path / "host.1~1~aa.json").read_bytes()
    assert accepted(tmp_path) == 5

    (tmp_path / "host.1~1~aa.json").write_bytes(left)  # as if it had not been taken away yet
    assert accepted(tmp_path) == 5
    assert accepted(tmp_path) == 5
    assert json.loads((tmp_path / "past.json").read_text())["folded"] == []


def test_a_sender_that_writes_while_somebody_looks_is_never_taken_for_dead(tmp_path: Path) -> None:
    counts, sheet = metering.begin(tmp_path, "host.1~1~aa")
    for number in range(100):
        sent(counts, 1)
        sheet.write()
        found = metering.gathered(tmp_path)
        assert (found.living, accepted(tmp_path)) == (1, number + 1)
    sheet.close()


def test_it_writes_once_a_second(tmp_path: Path) -> None:
    counts, sheet = metering.begin(tmp_path, "host.1~1~aa")
    sheet.write_now_and_then(100.0)
    sent(counts, 3)

    sheet.write_now_and_then(100.9)
    assert accepted(tmp_path) == 0

    sheet.write_now_and_then(101.0)
    assert accepted(tmp_path) == 3
    sheet.close()


def test_a_new_sender_knows_the_names_that_others_have_given(tmp_path: Path) -> None:
    counts, sheet = metering.begin(tmp_path, "host.1~1~aa")
    sent(counts, FEWEST_LETTERS + 1, "large.example")
    sheet.close()
    metering.gathered(tmp_path)

    counts, sheet = metering.begin(tmp_path, "host.1~2~bb")
    sent(counts, 1, "large.example")
    sheet.close()

    assert metering.gathered(tmp_path).totals.lines[RELAY, "large.example"].outcomes == {"accepted": 2}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"lines": 3}', b"\xff"])
def test_a_file_that_nobody_can_read_is_worth_nothing_and_harms_nobody(
    tmp_path: Path, content: bytes
) -> None:
    counts, sheet = metering.begin(tmp_path, "host.1~1~aa")
    sent(counts, 2)
    sheet.close()
    (tmp_path / "host.1~2~bb.json").write_bytes(content)

    assert accepted(tmp_path) == 2


def test_where_nothing_can_be_written_letters_go_on(tmp_path: Path) -> None:
    counts, sheet = metering.begin(tmp_path / "missing", "host.1~1~aa")
    sent(counts, 1)
    sheet.write()
    sheet.close()

    assert not (tmp_path / "missing").exists()
