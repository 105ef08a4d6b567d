"""Every page that people reach: axe finds no fault, by day and by night, wide and on a phone.

A new page is among them by itself: the routes are walked.
"""

from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from newsletter import serving
from newsletter.app import App
from tests.newsletter.web.test_site import addresses, insider, routes
from tests.newsletter.web.visitors import Visitor

__all__ = ["addresses", "insider"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Parts of pages, and what is no page at all.
NO_PAGES = {"/urval/prova", "/borja"}

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def pages(app: App, insider: Visitor, addresses: dict[str, str]) -> list[str]:
    """The address of every page that is HTML and answers."""
    found = []
    for route in routes(app):
        if "GET" not in route.methods:
            continue
        answer = insider.get(addresses[route.path])
        is_page = answer.headers["content-type"].startswith("text/html") and "<!DOCTYPE" in answer.text[:200]
        is_frame = "sandbox" in answer.headers.get("content-security-policy", "")
        if route.path not in NO_PAGES and answer.status_code == 200 and is_page and not is_frame:
            found.append(addresses[route.path])
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_no_fault_on_any_page_and_none_is_wider_than_the_screen(
    browser: Browser, app: App, insider: Visitor, pages: list[str], scheme: str, width: int
) -> None:
    assert len(pages) >= 10
    faults: dict[str, list[str]] = {}
    with (
        serving.pages(_on_a_free_port(app)) as web,
        browser.new_context(
            color_scheme=scheme, viewport={"width": width, "height": 800}, reduced_motion="reduce"
        ) as context,
    ):
        context.add_cookies(
            [{"name": name, "value": value, "url": web} for name, value in insider.cookies.items()]
        )
        page = context.new_page()
        for address in pages:
            page.goto(f"{web}{address}")
            found = Axe().run(page, options=RULES)
            told = [f"{v['id']}: {v['nodes'][0]['html'][:150]}" for v in found.response["violations"]]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                told.append("wider than the screen")
            if told:
                faults[address] = told

    assert faults == {}


def _on_a_free_port(app: App) -> App:
    return replace(app, settings=replace(app.settings, web_port=0))
