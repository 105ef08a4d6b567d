"""Everything runs, is found where it says, and ends without leaving anything behind."""

import gc
import re
import signal
import smtplib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter import serving
from newsletter.app import App, build
from newsletter.errors import PlaceTaken, SendingRefused
from newsletter.models import InboundMail
from newsletter.settings import load
from subscribers.core import tokens
from subscribers.core.tokens import Purpose

PATIENCE = 60


@pytest.fixture
def ports() -> tuple[int, int]:
    """Two ports that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    found = tuple(probe.getsockname()[1] for probe in probes)
    for probe in probes:
        probe.close()
    return found  # type: ignore[return-value]


@pytest.fixture
def environment(ports: tuple[int, int]) -> dict[str, str]:
    web, sink = ports
    return {"WEB_PORT": str(web), "SINK_PORT": str(sink), "BASE_URL": f"http://127.0.0.1:{web}"}


@pytest.fixture
def app(tmp_path: Path, environment: dict[str, str]) -> Iterator[App]:
    with build(load(tmp_path / "var", environment)) as built:
        yield built


def get(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def came_in(app: App) -> int:
    with app.readers() as session:
        return session.scalars(select(func.count(InboundMail.id))).one()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def senders(directory: Path) -> list[int]:
    """Return the process ids of the sender processes of a data directory."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,args="], capture_output=True, text=True, check=True
    )
    lines = (line for line in listed.stdout.splitlines() if "newsletter.sender" in line)
    return [int(line.split()[0]) for line in lines if f"--dir {directory} " in f"{line} "]


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@contextmanager
def rundbrev_serve(
    directory: Path, environment: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run the command until it says how to end it; give the process and the lines that it has said."""
    (directory / ".env").write_text("".join(f"{name}={value}\n" for name, value in environment.items()))
    process = subprocess.Popen(
        [sys.executable, "-m", "newsletter", "serve", "--dir", str(directory)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=directory,
    )
    said: list[str] = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        yield process, said
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_pages_sink_and_sender_run_for_the_length_of_the_block_and_no_longer(
    app: App, ports: tuple[int, int]
) -> None:
    with serving.running(app) as addresses:
        assert addresses == serving.Addresses(f"http://127.0.0.1:{ports[0]}", f"127.0.0.1:{ports[1]}")
        assert get(f"{addresses.web}/healthz") == (200, "ok\n")
        assert "Här är tomt" in get(addresses.mailbox)[1]
        assert answers(ports[1])
        wait_for(lambda: len(senders(app.settings.directory)) == 1)

    assert not answers(ports[0])
    assert not answers(ports[1])
    assert senders(app.settings.directory) == []


def test_what_stays_for_good_is_not_looked_through_for_garbage(app: App) -> None:
    frozen: list[int] = []

    def hear(_addresses: serving.Addresses) -> None:
        frozen.append(gc.get_freeze_count())
        signal.raise_signal(signal.SIGTERM)

    try:
        serving.serve(app, ready=hear, tell=lambda _: None)
    finally:
        gc.unfreeze()

    assert frozen[0] > 100_000


def test_pages_start_without_what_writes_pdfs_and_workbooks_or_moves_tables() -> None:
    """They take longer to import than all pages together."""
    heavy = ("fpdf", "fontTools", "openpyxl", "docx", "premailer", "cssutils", "alembic")
    program = f"import sys, newsletter.serving; print([each for each in {heavy} if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_a_sender_that_dies_is_followed_by_another(app: App) -> None:
    told: list[str] = []
    with serving.running(app, tell=told.append):
        wait_for(lambda: senders(app.settings.directory))
        (first,) = senders(app.settings.directory)
        subprocess.run(["kill", "-9", str(first)], check=True)
        wait_for(lambda: senders(app.settings.directory) not in ([], [first]))

    assert "Sändaren avslutades oväntat" in told[0]


@pytest.mark.parametrize(("which", "variable"), [(0, "WEB_PORT"), (1, "SINK_PORT")])
def test_a_port_that_is_taken_is_named_and_nothing_is_left_running(
    app: App, ports: tuple[int, int], which: int, variable: str
) -> None:
    with socket.create_server(("127.0.0.1", ports[which])):
        with pytest.raises(PlaceTaken, match=rf"{ports[which]}.*{variable}"), serving.running(app):
            pytest.fail("it began")

        assert not answers(ports[1 - which])
    assert senders(app.settings.directory) == []


def test_an_address_that_is_not_this_machines_is_named(tmp_path: Path, environment: dict[str, str]) -> None:
    settings = load(tmp_path / "var", {**environment, "WEB_HOST": "192.0.2.1"})
    elsewhere = pytest.raises(PlaceTaken, match=r"192\.0\.2\.1.*WEB_HOST")
    with build(settings) as app, elsewhere, serving.pages(app):
        pytest.fail("it began")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_where_things_are_and_ends_in_good_order_when_told_to(
    app: App, environment: dict[str, str], ports: tuple[int, int], how: signal.Signals
) -> None:
    with rundbrev_serve(app.settings.directory, environment) as (process, said):
        text = "".join(said)
        assert "Övningsläge – inga brev skickas på riktigt" in text
        assert f"http://127.0.0.1:{ports[0]}/sink" in text
        assert f"127.0.0.1:{ports[1]}" in text
        wait_for(lambda: senders(app.settings.directory))

        # Somebody is halfway through a form: that must not keep it from ending.
        with socket.create_connection(("127.0.0.1", ports[0])) as slow:
            slow.sendall(b"POST /u/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\nx")
            process.send_signal(how)
            rest, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0
    assert "Traceback" not in rest
    assert senders(app.settings.directory) == []


def test_nothing_that_a_stranger_asks_for_is_written_down(app: App, environment: dict[str, str]) -> None:
    """The address of a member's page is a key."""
    token = tokens.make(app.keyring, Purpose.LETTERS, 1, 1, 1)
    with rundbrev_serve(app.settings.directory, environment) as (process, said):
        assert get(f"{environment['BASE_URL']}/u/{token}")[0] == 404
        process.terminate()
        rest, _ = process.communicate(timeout=PATIENCE)

    assert token not in "".join(said) + rest
    kept = [path for path in app.settings.directory.rglob("*") if path.is_file()]
    assert not [path for path in kept if token.encode() in path.read_bytes()]


def test_what_a_real_server_says_does_not_tell_what_it_is(app: App) -> None:
    with serving.pages(app) as web, urllib.request.urlopen(f"{web}/healthz", timeout=10) as answer:
        assert not re.search("uvicorn|python", str(answer.headers), re.IGNORECASE)


def test_where_no_letter_may_go_members_can_still_leave(
    tmp_path: Path, environment: dict[str, str], ports: tuple[int, int]
) -> None:
    elsewhere = {"SMTP_HOST": "smtp.forening.example", "POSTAL_ADDRESS": "Gatan 1, 123 45 Orten"}
    with socket.create_server(("127.0.0.1", 0)) as probe:
        lmtp = probe.getsockname()[1]
    listening = {"INBOUND_LMTP_PORT": str(lmtp), "INBOUND_ADDRESS": "svar@forening.example"}
    told: list[str] = []

    with build(load(tmp_path / "var", environment | elsewhere | listening)) as app:
        with serving.running(app, tell=told.append, pages_alone=True) as addresses:
            assert get(f"{addresses.web}/healthz")[0] == 200
            assert senders(tmp_path / "var") == []
            with smtplib.LMTP("127.0.0.1", lmtp) as client:
                client.sendmail("a@lund.example", ["svar@forening.example"], "Subject: a\r\n\r\nAvsluta\r\n")
            wait_for(lambda: came_in(app) == 1)
        with pytest.raises(SendingRefused), serving.running(app):
            pass

    assert len(told) == 1
    assert "BASE_URL" in told[0]
    assert not answers(ports[0])
