"""A member leaves the newsletter by the link in a letter, after scanners have been there; and comes back."""

import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
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


def test_a_member_pauses_from_the_link_and_changes_their_mind_on_the_way(
    app: App, cast: Cast, link: str, phone: Page
) -> None:
    """A day that cannot be is told of, and is not in the way of a month that is chosen instead."""
    phone.goto(link)
    phone.get_by_text("Pausa i stället").click()
    day = phone.get_by_label("Dagen då breven ska börja komma igen")
    expect(day).to_be_hidden()  # until it is wanted: else it could be filled in and passed over
    phone.get_by_label("Till en dag som jag väljer").check()
    day.fill("2020-01-01")
    check_fingers(phone)

    phone.get_by_role("button", name="Pausa Nyhetsbrevet").click()
    phone.get_by_role("alert").wait_for()
    expect(phone.get_by_label("Till en dag som jag väljer")).to_be_checked()
    expect(day).to_be_visible()
    assert stands(app, cast) == (True, DeliveryState.QUEUED)

    day.fill("2020-01-01")
    phone.get_by_label("3 månader").check()
    phone.get_by_role("button", name="Pausa Nyhetsbrevet").click()
    expect(phone.get_by_role("status")).to_contain_text("Nyhetsbrevet är pausat.")
    check_fingers(phone)
    assert stands(app, cast) == (True, DeliveryState.WITHDRAWN)

    phone.get_by_role("button", name="Jag ångrar mig").click()
    phone.get_by_role("heading", name="Välkommen tillbaka").wait_for()
    check_fingers(phone)


def check_fingers(page: Page) -> None:
    """Require that nothing is wider than the screen, and that what is pressed is 44 pixels high."""
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    for each in page.locator("main").locator("button, summary, input, .choice label, a").all():
        box = each.bounding_box()
        assert box is None or box["height"] >= 44, each.evaluate("e => e.outerHTML")
