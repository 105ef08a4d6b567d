"""The pages as people see them: on a phone and a wide screen, by day and by night, by keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from newsletter import serving
from newsletter.app import App, build
from newsletter.core import colours
from newsletter.models import DeliveryState, Issue, IssueStatus
from newsletter.settings import load
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.models import MailingList
from tests.browsers import chromium
from tests.cast import settle_in
from tests.conftest import NOON
from tests.newsletter.web import mails
from tests.newsletter.web.test_start import deliver

pytestmark = pytest.mark.browser

#: Every text that is seen, with its colour, its ground (the nearest one above it) and its size in pixels.
TEXTS = """() => {
  const two = (number) => (+number).toString(16).padStart(2, '0');
  const hex = (rgb) => '#' + rgb.match(/\\d+/g).slice(0, 3).map(two).join('');
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return hex(colour);
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.checkVisibility()) continue;
    found.push([walker.currentNode.data.trim(), hex(getComputedStyle(e).color), ground(e)]);
  }
  return found;
}"""

#: What can be pressed and is no word in a sentence, with its height in pixels.
TARGETS = """() => [
  ...document.querySelectorAll('button, input:not([type=hidden]), nav a, .actions a, summary, .mails a')
]
  .filter(e => e.checkVisibility())
  .map(e => [e.textContent.trim(), e.getBoundingClientRect().height])"""


#: What a keyboard must reach.
PRESSABLE = """[...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary')]
  .filter(e => e.checkVisibility())"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, once for all tests here."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[App]:
    """An association with mails in its mailbox and issues in every state."""
    directory = tmp_path_factory.mktemp("site") / "var"
    directory.mkdir()
    (directory / "rundbrev.db").write_bytes(sqlite_template.read_bytes())
    settings = load(directory, {"ASSOCIATION_NAME": "Riksföreningen Gamla Äppelträd"})
    with build(replace(settings, web_port=0), migrate=False) as built:
        for number in range(3):
            mails.put(
                built.paths.sink,
                subject="Ett ämne som är långt " * 5,
                to="a" * 60 + "@lund.example",
                minutes=number,
            )
        yield built


@pytest.fixture(scope="module")
def addresses(app: App) -> Iterator[dict[str, str]]:
    """Every kind of page, by name."""
    with app.sessions.begin() as session:
        cast = settle_in(session, now=NOON)
        notices = session.scalars(select(MailingList.id).order_by(MailingList.id.desc())).first()
        deliver(
            session,
            cast.newsletter,
            {DeliveryState.ACCEPTED: 5, DeliveryState.REFUSED: 1, DeliveryState.LEFT_OUT: 2},
        )
        session.add(
            Issue(
                list_id=cast.newsletter, year=2031, number=1, title="Utkastet " * 12, subject="s",
                status=IssueStatus.DRAFT, created_at=NOON, updated_at=NOON,
            )
        )  # fmt: skip

    def token(list_id: int, person: int = cast.anna) -> str:
        return tokens.make(app.keyring, Purpose.LETTERS, person, list_id, 0)

    name = mails.put(app.paths.sink, minutes=9)
    with serving.pages(app) as web:
        yield {
            "start": f"{web}/",
            "sink": f"{web}/sink",
            "searched": f"{web}/sink?q=%C3%A4mne",
            "letter": f"{web}/sink/{name}",
            "text": f"{web}/sink/{name}?view=text",
            "headers": f"{web}/sink/{name}?view=headers",
            "source": f"{web}/sink/{name}?view=source",
            "unsubscribe": f"{web}/u/{token(cast.newsletter)}",
            "unsubscribed": f"{web}/u/{token(cast.newsletter, cast.farid)}",
            "notices": f"{web}/u/{token(notices or 0)}",
            "preferences": f"{web}/p/{token(cast.newsletter)}",
            "sign-up": f"{web}/prenumerera",
            "missing": f"{web}/u/rubbish",
        }


@contextmanager
def looking(browser: Browser, *, width: int, scheme: str = "light") -> Iterator[Page]:
    """A person with a screen of this width, and no JavaScript."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="sv-SE",
        java_script_enabled=False,
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width", [320, 375, 1600])
def test_nothing_has_to_be_scrolled_sideways(browser: Browser, addresses: dict[str, str], width: int) -> None:
    """X13: WCAG 2.2, 1.4.10."""
    with looking(browser, width=width) as page:
        for name, address in addresses.items():
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_what_can_be_pressed_is_large_enough_for_a_thumb(browser: Browser, addresses: dict[str, str]) -> None:
    """X13: WCAG 2.2, 2.5.8, and more than that."""
    with looking(browser, width=375) as page:
        for name, address in addresses.items():
            page.goto(address)
            small = [(words, height) for words, height in page.evaluate(TARGETS) if height < 44]
            assert small == [], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read(browser: Browser, addresses: dict[str, str], scheme: str) -> None:
    """X7, X13: contrast of 4.5 at least, by day and by night."""
    with looking(browser, width=375, scheme=scheme) as page:
        for name, address in addresses.items():
            page.goto(address)
            texts = page.evaluate(TEXTS)
            assert texts
            faint = [
                (text, ink, ground) for text, ink, ground in texts if colours.contrast(ink, ground) < 4.5
            ]
            assert faint == [], name


def test_each_page_has_one_heading_a_language_and_at_most_one_filled_button(
    browser: Browser, addresses: dict[str, str]
) -> None:
    with looking(browser, width=1280) as page:
        for name, address in addresses.items():
            page.goto(address)
            assert page.locator("h1").count() == 1, name
            assert page.locator("html").get_attribute("lang") == "sv"
            assert page.locator("button.chief").count() <= 1, name
            ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
            assert len(ids) == len(set(ids)), name


def test_all_that_can_be_pressed_is_reached_by_keyboard_and_shows_it(
    browser: Browser, addresses: dict[str, str]
) -> None:
    """X13: WCAG 2.2, 2.1.1 and 2.4.7."""
    with looking(browser, width=1280) as page:
        for name, address in addresses.items():
            page.goto(address)
            wanted = page.evaluate(f"{PRESSABLE}.length")
            reached = set()
            # The browser's own places come in between, and the links of a mail in its frame, once loaded.
            for _ in range(2 * wanted + 100):
                if len(reached) == wanted:
                    break
                page.keyboard.press("Tab")
                index, outline = page.evaluate(
                    f"[{PRESSABLE}.indexOf(document.activeElement),"
                    " getComputedStyle(document.activeElement).outline]"
                )
                if index >= 0:
                    reached.add(index)
                    assert "solid 3px" in outline, (name, index)
            assert len(reached) == wanted, name
