"""A page that is shown, looked at with axe: by day by all its rules, by night by those of colours."""

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
#: What can differ at night: the dark theme changes colours and nothing else, which a test holds it to.
RULES_OF_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def faults_by_day_and_night(page: Page) -> Iterator[str]:
    """Give what axe finds, in words. The page is left as it is by day."""
    yield from faults_by_day(page)
    page.emulate_media(color_scheme="dark")
    yield from (f"by night, {fault}" for fault in _found(page, RULES_OF_COLOURS))
    page.emulate_media(color_scheme="light")


def faults_by_day(page: Page) -> Iterator[str]:
    """Give what axe finds by day, where the page has been looked at by night at another width."""
    page.emulate_media(color_scheme="light")
    yield from _found(page, RULES)


def _found(page: Page, rules: dict[str, Any]) -> Iterator[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # Without the long list of what is well, which nobody reads, it takes half the time.
    asked = {**rules, "resultTypes": ["violations"]}
    for fault in page.evaluate("asked => axe.run(asked).then(found => found.violations)", asked):
        yield f"{fault['id']}: {fault['nodes'][0]['html'][:150]}"
