"""An issue as Chromium shows it: it fits a phone, and every word can be read by day and by night."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.core import colours
from newsletter.core.articles import ArticleText
from newsletter.rendering.issues import render
from tests.newsletter.rendering.samples import VIEW, with_articles

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")

#: Every text that is seen, with its colour and its ground (the nearest one above it).
TEXTS = """() => {
  const two = (number) => (+number).toString(16).padStart(2, '0');
  const hex = (rgb) => '#' + rgb.match(/\\d+/g).slice(0, 3).map(two).join('');
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return hex(colour);
    }
    return '#ffffff';
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.checkVisibility() || e.tagName === 'STYLE') continue;
    found.push([walker.currentNode.data.trim(), hex(getComputedStyle(e).color), ground(e)]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Chromium, once for all tests here."""
    if not CHROMIUM.is_file():
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def opened(browser, html: str, *, width: int, scheme: str = "light"):
    """Show the mail without any network."""
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.route("**/*", lambda route: route.abort())
    page.set_content(html, wait_until="domcontentloaded")
    return page


LONG = ArticleText(
    title="Fyrvaktarnybyggnadsinvigningshögtidlighetsprogramblads" * 6,
    lead="https://example.org/" + "abc" * 150,
    body="| A | B | C | D |\n|--|--|--|--|\n| "
    + " | ".join(["utan" * 30] * 4)
    + " |\n\n```\n"
    + "x" * 400
    + "\n```",
    byline_role="ordförande" * 40,
)


@pytest.mark.parametrize("width", [320, 375, 800])
def test_nothing_reaches_outside_the_screen_however_long_the_words(browser, width: int) -> None:
    for view in (VIEW, with_articles(LONG, LONG)):
        page = opened(browser, render(view).html, width=width)

        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read_by_day_and_by_night(browser, scheme: str) -> None:
    """X7, X16: the computed colours of every text."""
    page = opened(browser, render(VIEW).html, width=375, scheme=scheme)
    texts = page.evaluate(TEXTS)
    page.close()

    grounds = {ground for _text, _colour, ground in texts}
    assert grounds == {
        colours.night(VIEW.frame.accent).paper if scheme == "dark" else colours.day("#000000").paper
    }
    assert len(texts) > 80
    weak = [t for t in texts if colours.contrast(t[1], t[2]) < 4.5]
    assert weak == []


def test_entries_of_the_contents_are_large_enough_for_a_thumb(browser) -> None:
    page = opened(browser, render(VIEW).html, width=375)
    heights = page.evaluate(
        "[...document.querySelectorAll('.entry')].map(e => e.getBoundingClientRect().height)"
    )
    page.close()

    assert len(heights) == 6
    assert min(heights) >= 44
