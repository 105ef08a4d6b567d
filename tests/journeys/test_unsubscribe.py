"""A member leaves the newsletter by the link in a letter, after scanners have been there; and comes back."""

import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from newsletter import serving
from newsletter.app import App, build
from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus
from newsletter.settings import load
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.models import Subscription
from tests.browsers import chromium
from tests.cast import Cast, settle_in
from tests.conftest import NOON

pytestmark = pytest.mark.browser

#: What a scanner of links calls itself, and how it asks.
SCANNERS = [
    ("HEAD", "BarracudaLinkProtect"),
    ("GET", "SafeLinks"),
    ("GET", "Mozilla/5.0 (prefetch)"),
    ("HEAD", ""),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, once for all tests here."""
    with chromium() as started:
        yield started


@pytest.fixture
def app(tmp_path: Path, sqlite_template: Path) -> Iterator[App]:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "rundbrev.db").write_bytes(sqlite_template.read_bytes())
    settings = load(tmp_path / "var", {"ASSOCIATION_NAME": "Föreningen Äppelvänner"})
    with build(replace(settings, web_port=0), migrate=False) as built:
        yield built


@pytest.fixture
def cast(app: App) -> Cast:
    with app.sessions.begin() as session:
        return settle_in(session, now=NOON)


@pytest.fixture
def link(app: App, cast: Cast) -> Iterator[str]:
    """The link in the letter that Anna has read, while the next one waits in the queue."""
    with app.sessions.begin() as session:
        for number, state in ((1, DeliveryState.ACCEPTED), (2, DeliveryState.QUEUED)):
            issue = Issue(
                list_id=cast.newsletter, year=2030, number=number, title="t", subject="s",
                status=IssueStatus.RELEASED, created_at=NOON, updated_at=NOON,
            )  # fmt: skip
            session.add(issue)
            session.flush()
            copy = Delivery(
                issue_id=issue.id, subscriber_id=cast.anna, state=state, due_at=NOON,
                address="anna@lund.example", canonical="anna@lund.example",
            )  # fmt: skip
            session.add(copy)
        session.flush()
        read = session.scalars(select(Delivery.id).order_by(Delivery.id)).first()
    token = tokens.make(app.keyring, Purpose.LETTERS, cast.anna, cast.newsletter, read or 0)
    with serving.pages(app) as web:
        yield f"{web}/u/{token}"


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 375, "height": 800}, locale="sv-SE", java_script_enabled=request.param
    )
    page = context.new_page()
    page.on("response", lambda response: page.__dict__.setdefault("answers", []).append(response.status))
    yield page
    context.close()


def stands(app: App, cast: Cast) -> tuple[bool, DeliveryState]:
    """Return whether Anna gets the newsletter, and what became of the letter in the queue."""
    with app.readers() as session:
        active = session.get_one(Subscription, (cast.anna, cast.newsletter)).active
        waiting = session.scalars(select(Delivery.state).order_by(Delivery.id.desc())).first()
        assert waiting is not None
        return active, waiting


def scan(link: str) -> None:
    for method, name in SCANNERS:
        asked = urllib.request.Request(link, method=method, headers={"User-Agent": name})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert answer.status == 200


def test_scanners_change_nothing_one_press_stops_it_all_and_regret_brings_it_back(
    app: App, cast: Cast, link: str, phone: Page
) -> None:
    """U5, P8: and no page on the way is a redirect."""
    scan(link)
    assert stands(app, cast) == (True, DeliveryState.QUEUED)

    phone.goto(link)
    assert "a•••@l•••.example" in phone.locator("main").inner_text()
    phone.get_by_role("button", name="Sluta få Nyhetsbrevet").click()
    phone.get_by_role("heading", name="Klart").wait_for()
    assert stands(app, cast) == (False, DeliveryState.WITHDRAWN)
    assert "Ett brev, som alltså inte skickas" in phone.locator("main").inner_text()

    scan(link)
    assert stands(app, cast)[0] is False

    phone.get_by_role("button", name="Jag ångrar mig").click()
    phone.get_by_role("heading", name="Välkommen tillbaka").wait_for()
    assert stands(app, cast)[0] is True
    assert set(phone.__dict__["answers"]) == {200}


def test_a_member_who_uses_the_keyboard_finds_the_button_first_and_sees_where_they_are(
    app: App, cast: Cast, link: str, phone: Page
) -> None:
    """X13."""
    phone.goto(link)
    focused = phone.locator(":focus")

    pressed = 0
    while focused.count() == 0 or focused.inner_text() != "Sluta få Nyhetsbrevet":
        phone.keyboard.press("Tab")
        pressed += 1
        assert pressed <= 2, "the skip link may come first, and nothing else"
    assert "solid 3px" in focused.evaluate("e => getComputedStyle(e).outline")
    phone.keyboard.press("Enter")
    phone.get_by_role("heading", name="Klart").wait_for()

    assert stands(app, cast)[0] is False


def test_a_member_chooses_among_the_lists_instead(app: App, cast: Cast, link: str, phone: Page) -> None:
    phone.goto(link)
    phone.get_by_role("link", name="Välj vilka brev du vill ha").click()

    phone.get_by_role("button", name="Börja få Inbjudningar").click()
    assert "Du får Inbjudningar igen" in phone.get_by_role("status").inner_text()
    phone.get_by_role("button", name="Sluta få Nyhetsbrevet").click()
    assert "Du får inte Nyhetsbrevet längre" in phone.get_by_role("status").inner_text()

    assert stands(app, cast) == (False, DeliveryState.WITHDRAWN)
