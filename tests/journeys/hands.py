"""The hands of a journey: a pointer, or the keyboard alone. A journey is written once, walked with either."""

import os
from collections.abc import Sequence
from typing import Protocol, TypeVar

from playwright.sync_api import Locator, Page, expect

Way = TypeVar("Way")


def ways(every: Sequence[Way]) -> Sequence[Way]:
    """Return the ways in which a journey is walked: every one by ``make proof``, else the first."""
    return every if "RUNDBREV_PICTURES" in os.environ else every[:1]


#: So many presses of Tab take one through the longest page we have.
_LONGEST_WAY = 400


class Hand(Protocol):
    """Somebody's way of using a page."""

    def press(self, what: Locator) -> None:
        """Follow a link or press a button."""

    def open(self, what: Locator) -> None:
        """Open what is folded away."""

    def write(self, where: Locator, text: str) -> None:
        """Put a text into a field, in place of what is there."""

    def tick(self, what: Locator) -> None:
        """Choose a box or a radio button."""


class Pointer:
    """A mouse, or a finger on a phone."""

    def press(self, what: Locator) -> None:
        """Click."""
        what.click()

    def open(self, what: Locator) -> None:
        """Click."""
        what.click()

    def write(self, where: Locator, text: str) -> None:
        """Click, and type over what is there."""
        where.fill(text)

    def tick(self, what: Locator) -> None:
        """Click."""
        what.check()


class Keyboard:
    """No pointer at all: Tab until it has the focus, and that is seen; then Enter, Space or letters."""

    def press(self, what: Locator) -> None:
        """Go there, and press Enter."""
        self._go(what)
        what.page.keyboard.press("Enter")

    def open(self, what: Locator) -> None:
        """Go there, and press Space."""
        self._go(what)
        what.page.keyboard.press("Space")

    def write(self, where: Locator, text: str) -> None:
        """Go there, and type over what is there; a date by its parts, as browsers ask for it."""
        self._go(where)
        where.page.keyboard.press("Control+A")
        where.page.keyboard.insert_text(text)

    def tick(self, what: Locator) -> None:
        """Go there, and press Space; among radio buttons the arrows lead on."""
        if what.is_checked():
            return
        if what.get_attribute("type") == "radio":
            self._among_radios(what)
        else:
            self._go(what)
            what.page.keyboard.press("Space")
        expect(what).to_be_checked()

    def _go(self, what: Locator) -> None:
        expect(what).to_be_visible()
        page = what.page
        for _ in range(_LONGEST_WAY):
            if _has_focus(what):
                assert _shows_focus(what), f"nobody sees that {what} has the focus"
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {what}")

    def _among_radios(self, what: Locator) -> None:
        page, name = what.page, what.get_attribute("name")
        for _ in range(_LONGEST_WAY):
            if _focused_name(page) == name:
                break
            page.keyboard.press("Tab")
        for _ in range(20):
            if what.is_checked():
                return
            page.keyboard.press("ArrowDown")


def _has_focus(what: Locator) -> bool:
    return bool(what.evaluate("element => element === document.activeElement"))


def _shows_focus(what: Locator) -> bool:
    """Tell whether there is an outline, a shadow or a border by which the focus is seen (WCAG 2.4.7)."""
    return bool(
        what.evaluate(
            "element => { const style = getComputedStyle(element);"
            " return style.outlineStyle !== 'none' || style.boxShadow !== 'none' }"
        )
    )


def _focused_name(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('name')"))
