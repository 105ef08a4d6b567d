"""The demo's association, served by the real processes, and people in front of real browsers.

``RUNDBREV_PICTURES`` names a folder that the journeys leave their pictures in (``make proof``).
"""

import email
import email.policy
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browsers import chromium

#: Long enough for a loaded machine; a healthy run takes a few seconds.
PATIENCE = 120

#: A phone as Safari on an iPhone 13 says it: its size, its pixels, a finger, and its name.
IPHONE = {
    "viewport": {"width": 390, "height": 664},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
    "user_agent": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/17.0 Mobile/15E148 Safari/604.1"
    ),
}


@dataclass
class House:
    """An association that runs: its data directory, its pages, and the mails in its sink."""

    directory: Path
    web: str

    def letters(self) -> list[tuple[str, EmailMessage]]:
        """Return all letters in the sink with the address that each was for."""
        found = []
        for path in sorted((self.directory / "sink").glob("*.json")):
            envelope = json.loads(path.read_bytes())
            content = path.with_suffix(".eml").read_bytes()
            letter = email.message_from_bytes(content, policy=email.policy.default)
            found.append((envelope["rcpt_tos"][0], letter))
        return found

    def letter(self, subject: str, *, to: str | None = None, holding: str = "") -> EmailMessage:
        """Wait for a letter whose subject and text hold these words, and return the newest."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = [
                letter
                for address, letter in self.letters()
                if subject in str(letter["Subject"]) and to in (None, address)
                if holding in words_of(letter)
            ]
            if found:
                return found[-1]
            time.sleep(0.3)
        raise AssertionError(
            f"no letter with ”{subject}”: {[str(each['Subject']) for _, each in self.letters()][-8:]}"
        )

    def address_of(self, name: str) -> str:
        """Return the address of somebody by their whole name."""
        given, _, family = name.rpartition(" ")
        [found] = self._asked("s.given_name = ? AND s.family_name = ?", given, family)
        return found

    def addresses_in(self, region: str) -> set[str]:
        """Return the addresses of a region's people (its slug)."""
        return set(self._asked("s.region_slug = ?", region))

    def all_addresses(self) -> set[str]:
        """Return every address in the register."""
        return set(self._asked("TRUE"))

    def _asked(self, condition: str, *values: str) -> list[str]:
        query = (
            "SELECT a.address FROM addresses a JOIN subscribers s ON s.id = a.subscriber_id "
            f"WHERE {condition}"
        )
        with closing(sqlite3.connect(f"file:{self.directory}/rundbrev.db?mode=ro", uri=True)) as database:
            return [row[0] for row in database.execute(query, values)]

    def enter(self, page: Page, name: str) -> None:
        """Come in by the demo's door as somebody."""
        page.goto(f"{self.web}/prova")
        page.get_by_role("button", name=name).first.click()
        page.wait_for_selector(".topbar")


def words_of(letter: EmailMessage, kind: str = "plain") -> str:
    """Return a letter's text, or its HTML."""
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, once for a module: while it runs, its thread has an event loop, which others make too."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo's association after its first issue, served by ``rundbrev serve``.

    A module's ``SETTINGS``, if it has any, are those that its journeys need.
    """
    directory = tmp_path_factory.mktemp("house") / "var"
    _rundbrev("demo", "--once", "--json", "--dir", str(directory))
    web, sink = _free_port(), _free_port()
    settings = {"WEB_PORT": str(web), "SINK_PORT": str(sink), "BASE_URL": f"http://127.0.0.1:{web}"}
    settings |= getattr(request.module, "SETTINGS", {})
    said = (directory.parent / "said").open("wb")
    served = subprocess.Popen(
        [sys.executable, "-m", "newsletter", "serve", "--dir", str(directory)],
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        _wait_for(f"http://127.0.0.1:{web}/healthz", served, directory.parent / "said")
        yield House(directory, f"http://127.0.0.1:{web}")
    finally:
        os.killpg(served.pid, signal.SIGTERM)
        served.wait(timeout=30)
        said.close()


@pytest.fixture
def desk(browser: Browser, house: House) -> Iterator[Page]:
    """A browser on a desk."""
    with person_at(browser, {"viewport": {"width": 1280, "height": 860}}) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, house: House) -> Iterator[Page]:
    """A browser on a phone."""
    with person_at(browser, IPHONE) as page:
        yield page


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keep a picture for the guides, where pictures are kept."""
    folder = os.environ.get("RUNDBREV_PICTURES")

    def take(page: Page, name: str) -> None:
        if folder:
            page.mouse.move(0, 0)
            page.screenshot(path=Path(folder) / f"{name}.png", scale="css", animations="disabled")

    return take


class person_at:  # noqa: N801 - it is used like a function
    """A page in a context of its own, which must ask no other place for anything (design.md, decision 9)."""

    def __init__(self, browser: Browser, options: dict[str, object]) -> None:
        self._context: BrowserContext = browser.new_context(
            locale="sv-SE", reduced_motion="reduce", **options
        )  # type: ignore[arg-type]
        self._elsewhere: list[str] = []
        self._context.on("request", lambda request: self._note(request.url))

    def _note(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:")):
            self._elsewhere.append(url)

    def __enter__(self) -> Page:
        return self._context.new_page()

    def __exit__(self, *_error: object) -> None:
        self._context.close()
        assert self._elsewhere == [], "a page asked another place for something"


def _rundbrev(*arguments: str) -> None:
    command = [sys.executable, "-m", "newsletter", *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _wait_for(address: str, served: subprocess.Popen[bytes], said: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert served.poll() is None, said.read_text("utf-8")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the pages do not answer")
